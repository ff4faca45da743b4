"""Outcomes, the directional commitments that KPIs serve, and the areas they lie in (S1; S2, step 1: outcome first, KPI second).

- `schemas`  what comes in and goes out
- `queries`  reads, and which definitions serve an outcome
- `areas`    the areas that ship with the library, and those of an organization's own
- `actions`  adding and changing outcomes
"""
