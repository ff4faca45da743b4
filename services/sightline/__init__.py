"""The operator's command: the only package that may know both services.

`cli` is what a person types, `embedded_postgres` and `processes` run the database and the services on one machine.
"""
