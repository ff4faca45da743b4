"""The signed text of a scorecard, to be read and verified later by whoever sees the scorecard."""
