"""ETag and If-Match (RFC 9110) on everything that can be edited; a missing If-Match is RFC 6585's 428."""

import hashlib
from collections.abc import Mapping
from typing import Annotated, Any, Protocol

from fastapi import Header, Response

from chassis.problems import PreconditionFailed, PreconditionRequired

IfMatch = Annotated[str | None, Header(alias="If-Match", description="The ETag you last read; refused with 412 when it has changed since.")]


class HasVersion(Protocol):
    @property
    def version(self) -> int: ...


def etag(row: HasVersion) -> str:
    """The strong entity tag of a row's current state."""
    return f'"{row.version}"'


def set_etag(response: Response, row: HasVersion) -> None:
    response.headers["ETag"] = etag(row)


def require_match(if_match: str | None, row: HasVersion) -> None:
    """Refuse to change `row` unless the caller has seen its current state.

    Raises PreconditionRequired when If-Match is missing, PreconditionFailed when it names another state.
    """
    require_tag(if_match, etag(row))


def require_current(if_match: str | None, row: HasVersion, differing: Mapping[str, Any]) -> None:
    """`require_match`, saying what stands there now for each field of which something else was sent (`changes` of the problem)."""
    try:
        require_match(if_match, row)
    except PreconditionFailed as failed:
        changes = [_stands(name, getattr(row, name)) for name in differing] or ["It says what you sent already."]
        detail = f"It was changed since you read it. {' '.join(changes)} Read it again, then decide."
        raise PreconditionFailed(detail, changes=changes, **failed.facts) from None


def _stands(name: str, value: Any) -> str:
    words = _in_words(value)
    return f"`{name}` is {f'“{words}”' if words else 'empty'} now."


def _in_words(value: Any) -> str:
    if isinstance(value, Mapping):
        return ", ".join(f"{key}: {one}" for key, one in value.items())
    return ", ".join(map(str, value)) if isinstance(value, list) else "" if value is None else str(value)


def content_etag(content: str) -> str:
    """The strong entity tag of what a reader is shown, for things of which different readers see different parts."""
    return f'"{hashlib.sha256(content.encode()).hexdigest()[:32]}"'


def require_tag(if_match: str | None, current: str) -> None:
    """`require_match` by the tag itself."""
    if if_match is None:
        raise PreconditionRequired("Send If-Match with the ETag you last read, so that nobody's change is overwritten.")
    if if_match.strip() != "*" and current not in {tag.strip() for tag in if_match.split(",")}:
        raise PreconditionFailed("It was changed since you read it. Read it again, then decide.", current_etag=current)
