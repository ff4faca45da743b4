"""Closing a cycle: freeze its scorecards, send them to scoring as one run, and follow that run until its payouts are released."""
