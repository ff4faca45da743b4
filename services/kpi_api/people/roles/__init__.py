"""Roles: positions whose name and core responsibilities stand in versions, each in force from a day on (S0, "role-relevant").

- `schemas`      what comes in and goes out
- `queries`      the version of a day, the history
- `differences`  two versions compared in words
- `naming`       the roles that a people file names
- `actions`      adding a role and changing it, which writes a version
"""
