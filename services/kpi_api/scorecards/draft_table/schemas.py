"""What the doors of the table give."""

from typing import Literal
from uuid import UUID

from pydantic import BaseModel, Field

from chassis.problems import FieldError

Change = Literal["changed", "unchanged", "error"]


class DraftRow(BaseModel):
    """What the rows of one draft say: what would change, or changed, in words, or what is wrong with them."""

    row: int = Field(description="Its first row below the header, counted from 1.")
    scorecard_id: UUID | None
    change: Change
    sentences: list[str]
    errors: list[FieldError]


class DraftsImported(BaseModel):
    """What became of each draft of the table, in the order of its rows. Drafts that are not in it stay as they are."""

    preview: bool
    scorecards: list[DraftRow]
    changed: int
    unchanged: int
    error: int
