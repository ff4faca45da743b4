"""Live scores: computed by scoring, kept here with when and by what, so that reads work and say how fresh they are."""
