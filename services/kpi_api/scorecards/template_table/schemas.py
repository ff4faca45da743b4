"""What the doors of the table give."""

from typing import Literal

from pydantic import BaseModel, Field

from chassis.problems import FieldError

Change = Literal["new", "changed", "unchanged", "error"]


class TemplateRow(BaseModel):
    """What the rows of one template say: what would change, or changed, in words, or what is wrong with them."""

    row: int = Field(description="Its first row below the header, counted from 1.")
    template_code: str
    change: Change
    sentences: list[str]
    errors: list[FieldError]
    number: int | None = Field(description="The version that stands there now; null in a preview and for an error.")


class TemplatesImported(BaseModel):
    """What became of each template of the table, in the order of its rows. Templates that are not in it stay as they are."""

    preview: bool
    templates: list[TemplateRow]
    new: int
    changed: int
    unchanged: int
    error: int
