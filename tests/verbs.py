"""What an object says of a verb, held against the answer of the verb itself."""

from collections.abc import Awaitable, Mapping
from typing import Any

import httpx


def said(shown: Mapping[str, Any], verb: str) -> tuple[bool, str | None]:
    """Whether the viewer was told that they may, and why not."""
    (entry,) = [entry for entry in shown["verbs"] if entry["verb"] == verb]
    return entry["allowed"], entry["reason"]


async def do_as_said(shown: Mapping[str, Any], verb: str, action: Awaitable[httpx.Response]) -> bool:
    """Do it, and find it done or refused as the object said, for the same reason. Returns whether it was done."""
    allowed, reason = said(shown, verb)
    answer = await action
    if allowed:
        assert answer.is_success, answer.text
        assert reason is None
    else:
        assert answer.status_code in {403, 409, 422}, answer.text
        assert answer.json()["detail"] == reason
    return allowed
