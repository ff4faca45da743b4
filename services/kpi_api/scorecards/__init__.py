"""Scorecards: weighted KPIs of one person for a window, proposed by one side, agreed by the other, signed by both."""
