"""What the viewer may do now with an object of the graph, and why not."""

from collections.abc import Iterable

import strawberry

from chassis.verbs import VerbOutput


@strawberry.type(description="Whether you may do something now and, where not, why.")
class Verb:
    verb: str
    allowed: bool
    reason: str | None


def verbs_of(given: Iterable[VerbOutput]) -> list[Verb]:
    """As the doors of REST say it."""
    return [Verb(verb=one.verb, allowed=one.allowed, reason=one.reason) for one in given]
