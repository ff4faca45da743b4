"""How much of a time somebody was there, by the signed rules. Pure; exact.

Days of leave count as none where leave pro-rates, and each day of work counts with its share of full time by the one that was signed for,
where part-time does. A day without employment counts in full: joining and leaving change a scorecard's days, not its targets.
"""

from collections.abc import Collection, Iterator, Sequence
from datetime import date, timedelta
from decimal import Decimal
from fractions import Fraction
from typing import Final, NamedTuple

from kpi_api.people.leaves.rules import TimeRules
from kpi_api.scorecards.presence.rules import ProRating, SignedRules

ONE_DAY: Final = timedelta(days=1)


class Away(NamedTuple):
    """A leave, both days included; null `last`: not known yet."""

    first: date
    last: date | None
    kind: str | None


class Work(NamedTuple):
    """Days of one primary employment, both included, with the share of full time."""

    first: date
    last: date | None
    fte: Decimal


class Presence(NamedTuple):
    """When one person worked and was away, each in order and without overlaps."""

    work: Sequence[Work] = ()
    away: Sequence[Away] = ()


def affecting(rules: TimeRules, away: Sequence[Away]) -> list[Away]:
    """The leaves that change anything: long enough, as far as their end is known, and of no kind that is left alone."""
    return [leave for leave in away if _long_enough(rules, leave) and leave.kind not in rules.unaffected_kinds]


def _long_enough(rules: TimeRules, leave: Away) -> bool:
    return leave.last is None or (leave.last - leave.first).days + 1 >= rules.leave_from_days


def share(rules: SignedRules, by: Collection[ProRating], presence: Presence, first: date, last: date) -> Fraction:
    """The share of these days, both included, that somebody was there, by what pro-rates."""
    away = affecting(rules, presence.away) if "leave" in by else []
    work = presence.work if "part_time" in by else ()
    days = sum((_counted(piece, away, work, rules) for piece in pieces(first, last, [*away, *work])), Fraction())
    return days / ((last - first).days + 1)


def _counted(piece: tuple[date, date], away: Sequence[Away], work: Sequence[Work], rules: SignedRules) -> Fraction:
    day, until = piece
    if any(_holds(leave, day) for leave in away):
        return Fraction(0)
    full = next((Fraction(line.fte) / Fraction(rules.full_time_share) for line in work if _holds(line, day)), Fraction(1))
    return full * ((until - day).days + 1)


def _holds(span: Away | Work, day: date) -> bool:
    return span.first <= day and (span.last is None or day <= span.last)


def pieces(first: date, last: date, spans: Sequence[Away | Work]) -> Iterator[tuple[date, date]]:
    """The days from first to last, divided wherever one of the spans begins or ends."""
    begins = {span.first for span in spans} | {span.last + ONE_DAY for span in spans if span.last}
    starts = [first, *sorted(day for day in begins if first < day <= last)]
    yield from zip(starts, [*(day - ONE_DAY for day in starts[1:]), last], strict=True)


def is_away(away: Sequence[Away], day: date) -> bool:
    return any(_holds(leave, day) for leave in away)
