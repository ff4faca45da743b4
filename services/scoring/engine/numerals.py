"""Numbers as a plan writes them: exact, `0.8`, `"0.8"` or `80%`; never a binary float. A name in the place of a number is a reference."""

import re
from decimal import Decimal
from typing import Annotated, Any, Final

from pydantic import BeforeValidator, Field, PlainSerializer, WithJsonSchema
from pydantic_core import PydanticCustomError

from chassis.field_errors import InWords
from chassis.numbers import plain_text, read_exact

NAME: Final = r"^[a-z][a-z0-9_]{0,62}$"
_NUMERAL: Final = r"^-?(0|[1-9][0-9]*)(\.[0-9]+)?%?$"


def read_numeral(value: Any) -> Decimal:
    """A Decimal from a whole number, a Decimal, or text such as "1.25" or "125%". Raises PydanticCustomError."""
    if isinstance(value, str) and value.endswith("%"):
        return read_exact(value[:-1].rstrip(" ")).scaleb(-2)
    return read_exact(value)


def read_operand(value: Any) -> Decimal | str:
    """A reference where the text is a name, else a number."""
    if isinstance(value, str) and re.fullmatch(NAME, value):
        return value
    try:
        return read_numeral(value)
    except PydanticCustomError as problem:
        raise PydanticCustomError(
            problem.type, "Write the name of a figure or an earlier step, or a number: {why}", {"why": problem.message()}
        ) from None


def _shortest(value: Decimal) -> str:
    text = plain_text(value)
    return text.rstrip("0").rstrip(".") if "." in text else text


def _operand_text(value: Decimal | str) -> str:
    return value if isinstance(value, str) else _shortest(value)


_NUMBER_SCHEMA: Final = {"anyOf": [{"type": "string", "pattern": _NUMERAL}, {"type": "number"}], "examples": ["0.8", "80%", 2]}

Numeral = Annotated[
    Decimal, BeforeValidator(read_numeral), PlainSerializer(_shortest, return_type=str, when_used="json"), WithJsonSchema(_NUMBER_SCHEMA)
]
Operand = Annotated[
    Decimal | str,
    BeforeValidator(read_operand),
    PlainSerializer(_operand_text, return_type=str, when_used="json"),
    WithJsonSchema({"anyOf": [{"type": "string", "pattern": NAME}, *_NUMBER_SCHEMA["anyOf"]], "examples": ["composite", "120%"]}),
]
Name = Annotated[str, WithJsonSchema({"type": "string", "pattern": NAME}), BeforeValidator(lambda value: _read_name(value))]

Currency = Annotated[str, Field(pattern=r"^[A-Z]{3}$"), InWords("A currency is three capital letters, such as EUR.")]


def _read_name(value: Any) -> str:
    if not isinstance(value, str) or not re.fullmatch(NAME, value):
        raise PydanticCustomError(
            "name_format", "A name begins with a small letter and holds small letters, digits and underscores (at most 63)"
        )
    return value
