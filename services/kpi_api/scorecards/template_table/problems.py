"""What can be wrong with a table of templates as a whole."""

from chassis.problems import Invalid


class TableRefused(Invalid):
    """Nothing was written; `errors` names each row and column."""

    code, title = "table_refused", "The table cannot be brought back"
