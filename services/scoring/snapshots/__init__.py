"""Scorecards as other systems send them to be scored, as JSON or Arrow, and the one canonical form that both become.

`schema` is the shape, `documents` reads JSON, `arrow` reads Arrow, `canonical` orders, digests and stores, `facts` hands the engine its
lines. Lines of sight ride along unread, so that a payout can show them without asking anybody.
"""
