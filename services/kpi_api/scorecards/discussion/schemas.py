"""What the doors of comments take and give."""

from datetime import datetime
from uuid import UUID

from pydantic import ConfigDict, Field

from kpi_api.scorecards.lifecycle import Side
from kpi_api.scorecards.schemas import Comment, Input, Output


class NewThreadComment(Input):
    """What to say about a scorecard or, with `kpi_id`, about one KPI on it; `reply_to_id` puts it under another comment."""

    model_config = ConfigDict(extra="forbid", json_schema_extra={"examples": [{"text": "Is 120 realistic before the launch in May?"}]})

    text: Comment
    kpi_id: UUID | None = Field(default=None, description="Left out in a reply, which is about what it replies to.")
    reply_to_id: UUID | None = None


class ThreadCommentOutput(Output):
    """A comment; one that was removed keeps its place without its text. A reply to a reply stands under the comment that began.

    `side` is as what its author spoke: the person, their manager (a delegate, the board), or HR.
    """

    id: UUID
    scorecard_id: UUID
    kpi_id: UUID | None
    reply_to_id: UUID | None
    author_id: UUID
    side: Side
    text: str | None
    created_at: datetime
    removed_at: datetime | None
