"""What scoring holds about one person (`holdings`): given to them as one document (`export`), and erased when it is told so (`erasure`)."""
