"""Whom a definition is for: by role, by grade, or only for people with (or without) direct reports (domain "KPI definition").

- `standing`  what a person is on a day: role, grade, whether somebody reports to them
- `fitting`   whether a version is for somebody of that standing, and in words why not
- `queries`   the definitions that are for a person
"""
