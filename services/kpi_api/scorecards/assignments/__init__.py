"""A template given to any number of people: one call, worked on as a job, with a result for each person, and undone while untouched.

- `actions`   ask for an assignment, undo one
- `picking`   whom it is for: people by name, or those of a unit or a role
- `jobs`      the worker's part, some hundred people in a transaction
- `queries`   assignments in sight with their progress, and results
"""
