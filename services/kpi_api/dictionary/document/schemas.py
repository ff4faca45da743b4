"""What the doors of the document take and give."""

from typing import Literal

from pydantic import BaseModel, Field

from chassis.problems import FieldError

Change = Literal["new", "changed", "unchanged", "error"]


class DefinitionRow(BaseModel):
    """What the rows of one definition say: what would change, or changed, in words, or what is wrong with them."""

    row: int = Field(description="Its first row below the header, counted from 1.")
    code: str
    change: Change
    sentences: list[str] = Field(examples=[["Name: “Win rate” became “Deal win rate”."]])
    errors: list[FieldError]
    draft_number: int | None = Field(description="The draft that was written; null in a preview.")


class Imported(BaseModel):
    """What became of each definition of the document, in the order of its rows."""

    preview: bool
    definitions: list[DefinitionRow]
    new: int
    changed: int
    unchanged: int
    error: int
