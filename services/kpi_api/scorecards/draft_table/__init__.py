"""Drafts of scorecards as a table to change in a spreadsheet and bring back: weights, order, lines and one's own targets.

- `table`      drafts in sight as rows
- `importing`  what differs is written as by its doors, or in a preview written and taken back
"""
