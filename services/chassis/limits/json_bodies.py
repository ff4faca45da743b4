"""How deep JSON may be nested and how long its numbers may be. It is UTF-8, without NaN, Infinity, halves of characters or an object with
two equal names."""

from codecs import BOM_UTF8
from email.message import Message
from typing import Any

from fastapi import Request
from pydantic_core import from_json

from chassis.limits.json_names import repeated_name, zero_character
from chassis.problems import UnreadableBody, UnsupportedMediaType, ZeroCharacter

MAXIMUM_DEPTH = 200  # the parser's own, as the digits below
MAXIMUM_DIGITS = 4_300

_REASONS = {
    "recursion limit exceeded": ("too_deep", f"Lists and objects are nested deeper than {MAXIMUM_DEPTH} levels"),
    "number out of range": ("too_many_digits", f"A number has more than {MAXIMUM_DIGITS} digits"),
}


def read_json(body: bytes) -> Any:
    """What the body says. Raises UnreadableBody: wrong_encoding, too_deep, too_many_digits, malformed_json, repeated_name."""
    try:
        found = from_json(body, allow_inf_nan=False)
    except ValueError as error:
        raise _wrong_encoding(body) or unreadable(str(error)) from None
    if repeated := repeated_name(body, found):
        raise UnreadableBody("repeated_name", f"{repeated} is given twice in one object. Say it once.", repeated)
    return found


def unreadable(reason: str) -> UnreadableBody:
    """The problem with a body that pydantic cannot parse; `reason` is its own, which ends in line and column."""
    words, at, place = reason.partition(" at line ")
    code, sentence = _REASONS.get(words, ("malformed_json", f"This is not JSON: {words}"))
    return UnreadableBody(code, f"{sentence}{at}{place}.")


def _wrong_encoding(body: bytes) -> UnreadableBody | None:
    if body.startswith(BOM_UTF8):
        return UnreadableBody("wrong_encoding", "The body begins with a byte order mark (0xef 0xbb 0xbf). Send JSON as UTF-8 without it.")
    try:
        body.decode()
    except UnicodeDecodeError as error:
        byte = f"Byte {error.start + 1} of the body is 0x{body[error.start]:02x}, which is not UTF-8."
        return UnreadableBody("wrong_encoding", f"{byte} Send JSON as UTF-8.")
    return None


class BoundedJsonRequest(Request):
    """A request whose JSON is read within these bounds. Raises ZeroCharacter, too."""

    async def json(self) -> Any:
        if not hasattr(self, "_json"):
            body = await self.body()
            self._json = read_json(body)
            if zero := zero_character(body, self._json):
                raise ZeroCharacter(zero)
        return self._json


def require_json(request: Request) -> None:
    """Raises UnsupportedMediaType for a body that is not declared to be JSON; none at all is what its fields say."""
    declared = Message()
    declared["content-type"] = request.headers.get("content-type", "")
    is_json = declared.get_content_maintype() == "application" and declared.get_content_subtype().rpartition("+")[2] == "json"
    if _has_body(request) and not is_json:
        raise UnsupportedMediaType("Send the body as JSON, with the header Content-Type: application/json.")


def _has_body(request: Request) -> bool:
    return request.headers.get("content-length", "0") != "0" or "transfer-encoding" in request.headers
