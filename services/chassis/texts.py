"""Texts that people write."""

from pydantic import Field

NOT_BLANK = Field(json_schema_extra={"pattern": r"\S"})
"""Beside `strip_whitespace` and `min_length`: the document says, too, that spaces alone are no text."""
