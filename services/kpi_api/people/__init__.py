"""People and structure: the organization, persons, units, roles, legal entities and dated employments.

Map
- `organizations` making one; `persons`, `lines`, `reporting` the writing of persons, employments and the closure, in bulk or one
- `importing`     a people file: `import_rows` checks it row by row, `import_references` finds the units and roles it names
- `actions`       one function per verb of the API; `structure` those of units and legal entities
- `roles`         positions and their versions
- `queries`       reads, the viewer first; `references` what scoring is told of people
- `changes`       the events person.changed and employment.changed
"""
