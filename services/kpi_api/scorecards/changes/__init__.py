"""Changes of agreed scorecards within the year: asked for, agreed to by both sides, and in force from a day on."""
