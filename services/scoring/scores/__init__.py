"""Live scores: the plan's arithmetic over scorecards as they stand, asked for in bulk, kept by whoever asked."""
