"""Pure: a scorecard's days against a person's pay bases. What the engine is told about pay, and where payroll books it."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

DAY = timedelta(days=1)


@dataclass(frozen=True)
class Basis:
    """A pay basis as the computation needs it."""

    valid_from: date
    valid_to: date | None
    salary: Decimal | None
    currency: str
    target_bonus_share: Decimal | None
    target_bonus_amount: Decimal | None
    fte: Decimal | None
    legal_entity: str | None
    pay_group: str
    payroll_number: str | None
    cost_centre: str | None


@dataclass(frozen=True)
class Segment:
    """Counted days of a scorecard, both inclusive."""

    first: date
    last: date
    fte: Decimal | None


@dataclass(frozen=True)
class PayFacts:
    """The engine's segments, each within one pay basis, and the last basis, which names currency and booking."""

    last: Basis
    segments: list[dict[str, Any]]


@dataclass(frozen=True)
class NoPay:
    """Why a scorecard cannot be paid: `no_pay_basis`, `pay_gap` or `currency_changes`, in words."""

    code: str
    message: str


def pay_facts(segments: Sequence[Segment], bases: Sequence[Basis]) -> PayFacts | NoPay:
    """Join counted days and pay bases, both sorted by first day. Every counted day needs a basis, all in one currency; with no counted day
    the last basis still says where a zero is booked."""
    pieces = [(days, segment, basis) for segment in segments for basis in bases if (days := _common(segment, basis))]
    used = [basis for *_, basis in pieces] if segments else list(bases[-1:])
    if not used:
        return NoPay("no_pay_basis", "The person has no pay basis on any day that counts.")
    if len({basis.currency for basis in used}) > 1:
        return NoPay("currency_changes", "The currency of the pay basis changes within the period; score each part by itself.")
    if missing := _first_missing(segments, bases):
        return NoPay("pay_gap", f"There is no pay basis on {missing}, which counts.")
    several = any(basis is not used[0] for basis in used)
    return PayFacts(used[-1], [_piece(days, segment, basis, several) for days, segment, basis in pieces])


def _common(segment: Segment, basis: Basis) -> tuple[date, date] | None:
    first = max(segment.first, basis.valid_from)
    last = segment.last if basis.valid_to is None else min(segment.last, basis.valid_to - DAY)
    return (first, last) if first <= last else None


def _first_missing(segments: Sequence[Segment], bases: Sequence[Basis]) -> date | None:
    for segment in segments:
        day = segment.first
        for basis in bases:
            if (common := _common(segment, basis)) and common[0] <= day <= common[1]:
                day = common[1] + DAY
        if day <= segment.last:
            return day
    return None


def _piece(days: tuple[date, date], segment: Segment, basis: Basis, several: bool) -> dict[str, Any]:
    """A segment for the engine; its own pay facts only where they change within the period."""
    return {
        "starts_on": days[0],
        "ends_on": days[1],
        "fte": segment.fte if segment.fte is not None else basis.fte,
        "salary": basis.salary if several else None,
        "target_bonus_share": basis.target_bonus_share if several else None,
        "target_bonus_amount": basis.target_bonus_amount if several else None,
    }
