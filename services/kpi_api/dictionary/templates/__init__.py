"""Scorecard templates: KPIs with weights for a role, in versions, and whom they are for.

- `actions`      create, change (each change is the next version), retire
- `eligibility`  whom a template is for, and in words why not
- `queries`      versions, and which lines name a definition that is in force no more
"""
