"""Corrections of many signed scorecards at once: a wrong target or weight, with a reason and time to object before it takes effect."""
