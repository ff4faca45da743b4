"""Pure: which of a person's dated facts overlap, and where days are missing between them."""

from collections.abc import Iterable, Iterator
from datetime import date
from itertools import pairwise
from typing import Protocol, TypeVar


class Dated(Protocol):
    """From a date until a date (exclusive; open when null)."""

    @property
    def valid_from(self) -> date: ...
    @property
    def valid_to(self) -> date | None: ...


Fact = TypeVar("Fact", bound=Dated)


def overlaps(facts: Iterable[Fact]) -> Iterator[tuple[Fact, Fact]]:
    """Neighbours in time of which the earlier has not ended when the later begins."""
    ordered = sorted(facts, key=lambda fact: fact.valid_from)
    for earlier, later in pairwise(ordered):
        if earlier.valid_to is None or earlier.valid_to > later.valid_from:
            yield earlier, later


def gaps(facts: Iterable[Fact]) -> Iterator[tuple[date, date]]:
    """The days without any fact between the first and the last: first such day, and the day that is covered again."""
    ordered = sorted(facts, key=lambda fact: fact.valid_from)
    for earlier, later in pairwise(ordered):
        if earlier.valid_to is not None and earlier.valid_to < later.valid_from:
            yield earlier.valid_to, later.valid_from
