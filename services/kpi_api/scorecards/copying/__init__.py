"""Scorecards of an earlier cycle copied into another: lines, weights and the person's own KPIs, or why not.

- `copying`   copies for any number of people at once
- `actions`   one scorecard at once, or many people's as an assignment (`assignments`), which can be undone
"""
