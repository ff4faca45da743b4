"""Competencies: the values, behaviours and skills that behavioural KPIs are held against (S0, "Behavioural / Competency KPIs").

- `schemas`  what comes in and goes out
- `queries`  reads, and which definitions refer to one
- `actions`  adding and changing
"""
