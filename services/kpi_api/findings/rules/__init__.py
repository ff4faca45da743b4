"""The rules by topic, each a function from facts and limits to what it found, with its words beside it."""
