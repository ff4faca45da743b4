"""What can be wrong with a comment on a scorecard."""

from chassis.problems import Invalid


class CommentRefused(Invalid):
    """The comment names a KPI that is not on the scorecard, or replies to nothing that stands there."""

    code, title = "comment_refused", "The comment has no place"
