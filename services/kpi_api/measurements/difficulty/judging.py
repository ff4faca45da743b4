"""Judging a target by values that were measured. Pure; exact."""

from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction
from typing import Final

from chassis.numbers import round_half_up
from kpi_api.dictionary.target_schemas import Target
from kpi_api.dictionary.vocabulary import Comparison

FEWEST_PEERS: Final = 5
"""Others are told of only together, and only from this many owners on."""


@dataclass(frozen=True)
class Judged:
    """How often the target would have been met: `met` of `measured` values; `without_value` periods or windows have none, and do not
    count as missed. `share` is a percentage half-up at `places` given, null without a value."""

    met: int
    measured: int
    without_value: int
    share: Decimal | None


def meets(value: Decimal, comparison: Comparison, target: Decimal, high: Decimal | None) -> bool:
    """Whether a value meets a target, as written: `above` and `below` are strict, `within` has both ends."""
    match comparison:
        case "at_least":
            return value >= target
        case "above":
            return value > target
        case "at_most":
            return value <= target
        case "below":
            return value < target
        case "within":
            return target <= value <= (target if high is None else high)


def judged(target: Target, values: Iterable[Decimal | None], *, places: int) -> Judged:
    """The target held against these values; null is no value."""
    given = list(values)
    known = [value for value in given if value is not None]
    met = sum(meets(value, target.comparison, target.value, target.value_high) for value in known)
    share = round_half_up(Fraction(100 * met, len(known)), places) if known else None
    return Judged(met, len(known), len(given) - len(known), share)


def sentence(own: Judged, peers: Judged | None, owners: int, times: str) -> str:
    """In words; `times` is what is counted, such as "months"."""
    return f"{_own_words(own, times)} {_peer_words(peers, owners, times)}"


def _own_words(own: Judged, times: str) -> str:
    if own.share is None:
        return f"The owner has no earlier {times} of this KPI with a value to hold it against."
    nulls = f"; {own.without_value} more had no value" if own.without_value else ""
    return f"The owner would have met it in {own.met} of {own.measured} earlier {times} ({own.share}%{nulls})."


def _peer_words(peers: Judged | None, owners: int, times: str) -> str:
    if peers is None or peers.share is None:
        return f"Others are not told of: fewer than {FEWEST_PEERS} had the same KPI."
    nulls = f"; {peers.without_value} more had no value" if peers.without_value else ""
    return f"{owners} others would have met it in {peers.share}% of {peers.measured} {times}{nulls}."
