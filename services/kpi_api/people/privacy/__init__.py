"""What kpi_api holds about a person (`holdings`): given to them as one document (`export`), erased once they have left (`erasure`)."""
