"""The kinds of field that the dictionary's inputs are made of, and the bases of what comes in and goes out."""

from typing import Annotated

from pydantic import BaseModel, ConfigDict, StringConstraints

from chassis.field_errors import InWords
from chassis.texts import NOT_BLANK

Code = Annotated[
    str,
    StringConstraints(pattern=r"^[A-Za-z0-9][A-Za-z0-9_.-]{0,63}$"),
    InWords("A code begins with a letter or a digit and holds letters, digits, points, underscores and hyphens, at most 64."),
]
Name = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=200), NOT_BLANK]
Prose = Annotated[str, StringConstraints(max_length=4000)]
Said = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=4000), NOT_BLANK]
UnitCode = Annotated[
    str,
    StringConstraints(pattern=r"^[A-Za-z][A-Za-z0-9_/]{0,31}$"),
    InWords("A unit begins with a letter and holds letters, digits, underscores and slashes, at most 32, such as USD or days."),
]


class Input(BaseModel):
    """Base of what comes in: unknown fields are refused."""

    model_config = ConfigDict(extra="forbid")


class Output(BaseModel):
    """Base of what goes out, read off rows."""

    model_config = ConfigDict(from_attributes=True)
