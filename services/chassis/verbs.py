"""What a viewer may do with an object now and, where not, why: asked of the very rules that the action itself checks."""

import inspect
from collections.abc import Awaitable, Callable

from pydantic import BaseModel, Field

from chassis.problems import Problem


class VerbOutput(BaseModel):
    """Whether the viewer may do something with an object now, and if not, why."""

    verb: str
    allowed: bool
    reason: str | None = Field(description="why not; null when allowed")


async def verb_output(verb: str, check: Callable[[], Awaitable[object] | object]) -> VerbOutput:
    """`check` raises the problem with which the action would be refused."""
    try:
        found = check()
        if inspect.isawaitable(found):
            await found
    except Problem as problem:
        return VerbOutput(verb=verb, allowed=False, reason=problem.detail)
    return VerbOutput(verb=verb, allowed=True, reason=None)
