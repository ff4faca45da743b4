"""How deep JSON may be nested and how long its numbers may be. It is UTF-8, without NaN, Infinity or halves of characters."""

from typing import Any

from fastapi import Request
from pydantic_core import from_json

from chassis.problems import UnreadableBody

MAXIMUM_DEPTH = 200  # the parser's own, as the digits below
MAXIMUM_DIGITS = 4_300

_REASONS = {
    "recursion limit exceeded": ("too_deep", f"Lists and objects are nested deeper than {MAXIMUM_DEPTH} levels"),
    "number out of range": ("too_many_digits", f"A number has more than {MAXIMUM_DIGITS} digits"),
}


def read_json(body: bytes) -> Any:
    """What the body says. Raises UnreadableBody: wrong_encoding, too_deep, too_many_digits, malformed_json."""
    try:
        return from_json(body, allow_inf_nan=False)
    except ValueError as error:
        raise _wrong_encoding(body) or unreadable(str(error)) from None


def unreadable(reason: str) -> UnreadableBody:
    """The problem with a body that pydantic cannot parse; `reason` is its own, which ends in line and column."""
    words, at, place = reason.partition(" at line ")
    code, sentence = _REASONS.get(words, ("malformed_json", f"This is not JSON: {words}"))
    return UnreadableBody(code, f"{sentence}{at}{place}.")


def _wrong_encoding(body: bytes) -> UnreadableBody | None:
    try:
        body.decode()
    except UnicodeDecodeError as error:
        byte = f"Byte {error.start + 1} of the body is 0x{body[error.start]:02x}, which is not UTF-8."
        return UnreadableBody("wrong_encoding", f"{byte} Send JSON as UTF-8.")
    return None


class BoundedJsonRequest(Request):
    """A request whose JSON is read within these bounds."""

    async def json(self) -> Any:
        if not hasattr(self, "_json"):
            self._json = read_json(await self.body())
        return self._json
