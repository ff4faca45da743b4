"""What can be wrong with a table of drafts as a whole."""

from chassis.problems import Invalid


class DraftsRefused(Invalid):
    """Nothing was written; `errors` names each row and column."""

    code, title = "table_refused", "The table cannot be brought back"


class TooManyDrafts(Invalid):
    code, title = "too_many_rows", "These are too many drafts for one table"
