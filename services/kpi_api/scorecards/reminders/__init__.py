"""Scorecards whose answer is awaited: by whom, since when, and reminding them again and again until it comes."""
