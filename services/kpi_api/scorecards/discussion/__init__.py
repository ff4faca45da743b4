"""What is said about a scorecard while two sides come to an agreement: comments and replies, on all of it or on one line."""
