"""Payouts as people read them: the statement of one run line, with each step of its arithmetic and its line of sight."""
