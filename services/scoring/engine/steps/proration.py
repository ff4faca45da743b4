"""Proration: the share of the period somebody was assigned, by day and full-time equivalent, each segment with its own pay."""

from collections.abc import Iterator
from dataclasses import replace
from decimal import Decimal
from fractions import Fraction
from typing import Any, ClassVar, Final, Literal

import numpy as np
import pyarrow as pa
from pydantic import Field

from chassis.numbers import scaled
from scoring.engine.columns import Column
from scoring.engine.exact import Integers, constant, multiplied_quotient, product, sums, wide
from scoring.engine.frame import Figures, Frame, chosen
from scoring.engine.meanings import Level, Meaning, finest
from scoring.engine.numerals import Numeral, Operand
from scoring.engine.reasons import Reason, first_of, marked
from scoring.engine.steps.step import Scope, Step, Strict, later, places_of
from scoring.engine.teller import Teller, digits

DATED: Final = frozenset({"salary", "target_bonus"})
"""Pay facts a segment may carry itself; then each segment counts with its own."""


class Months(Strict):
    """Whole months: each belongs to the segment that holds this day of it, so that no month counts twice or is lost between two.

    1: who is there when the month begins; 15: who is there in its middle; 31: who is there when it ends (the last day of a shorter month).
    """

    months_by_day: int = Field(ge=1, le=31)


class Proration(Step):
    """`of` for the part of the period the person was assigned: the sum over segments of days × FTE × value, divided by the period's days.

    Both ends of a segment count, and what lies outside the period does not. salary and target_bonus are taken from each segment that has
    its own. A person without segments was assigned throughout. Only the total is rounded.
    """

    kind: Literal["proration"]
    of: Operand
    fte: Literal["counts", "ignored"] = Field("counts", description="Whether 60 % of full time counts as 60 %.")
    by: Literal["days"] | Months = later("days", description="What is counted: days, or whole months by one day of theirs.")
    whole: Numeral | None = later(
        None, gt=0, le=100_000, description="What the whole counts, such as 365, 360 or 12; if left out, the person's own period."
    )

    zero_reason: ClassVar[str] = "not_assigned"

    def operands(self) -> Iterator[str | Decimal]:
        yield self.of
        yield from super().operands()

    def meaning(self, scope: Scope) -> Meaning:
        of = scope.find(self.of, "of")
        # full-time equivalents above 1 are accepted up to 2; a stated whole may be shorter than the period
        most = 2 if self.whole is None else Fraction(2 * LONGEST_PERIOD) / Fraction(self.whole)
        low, high = min(of.low * most, Fraction(0)), max(of.high * most, Fraction(0))
        return replace(of, level=finest([of.level, Level.PERSON]), low=low, high=high, among=())

    def words(self, teller: Teller) -> str:
        period = _Period(teller.frame, self)
        segments = teller.frame.people.array("segments")
        if segments is None or not len(segments[0] if segments[0].is_valid else []):
            return f"{teller.text(self.of)} for the whole period"
        of = teller.frame.at(Level.PERSON, self.of)
        assigned = _Assigned(segments, period, of, self)
        parts = [
            f"{assigned.days[row]} × {digits(assigned.fte.number(row))} × {digits(assigned.value.number(row))}"
            for row in range(len(assigned.days))
        ]
        return f"({' + '.join(parts)}) ÷ {digits(self.whole) if self.whole is not None else period.days[0]}"

    def compute(self, frame: Frame, level: Level) -> Column:
        period = _Period(frame, self)
        of = frame.at(Level.PERSON, self.of)
        base = Column(np.broadcast_to(of.values, frame.person_count), of.places, of.reasons)
        segments = frame.people.array("segments")
        if segments is None or pa.types.is_null(segments.type):
            return base.at(self.places, self.rounding)
        assigned = _Assigned(segments, period, base, self)
        prorated = assigned.total()
        whole = ~assigned.has_segments
        return chosen(whole, base.at(self.places, self.rounding), prorated) if whole.any() else prorated


LONGEST_PERIOD: Final = 40_000
"""Days of a period that bounds are proven for, more than a hundred years."""


def _counted(step: Proration, first: Any, last: Any) -> Any:
    """The days from first to last, or the months that are counted by one of them."""
    if not isinstance(step.by, Months):
        return np.maximum(last - first + 1, 0)
    return np.where(last < first, 0, _months_until(last, step.by.months_by_day) - _months_until(first - 1, step.by.months_by_day))


def _months_until(days: Any, day: int) -> Any:
    """How many months since 1970 have reached the day, on these dates; a shorter month by its last day."""
    dates = days.astype("datetime64[D]")
    months = dates.astype("datetime64[M]")
    begins, ends = months.astype("datetime64[D]"), (months + 1).astype("datetime64[D]")
    counts_from = np.minimum(begins + (day - 1), ends - 1)
    return months.astype(np.int64) + (dates >= counts_from)


class _Period:
    """The days or months of each person's period; without one, nothing is prorated but whole assignments."""

    def __init__(self, frame: Frame, step: Proration) -> None:
        self.first, no_first = days_of(frame.people.array("period_starts_on"), frame.person_count)
        self.last, no_last = days_of(frame.people.array("period_ends_on"), frame.person_count)
        counted = _counted(step, self.first, self.last)
        self.missing = no_first | no_last | (counted <= 0)
        if step.whole is not None:
            self.missing |= self.last - self.first > LONGEST_PERIOD
        self.days = np.where(self.missing, 1, counted)


class _Assigned:
    """The segments of a slice of people, flattened, with the days of each that lie in its person's period."""

    def __init__(self, segments: pa.Array, period: _Period, base: Column, step: Proration) -> None:
        self._period, self._base, self._step = period, base, step
        self.counts = np.asarray(segments.value_lengths().fill_null(0)).astype(np.int64)
        self.has_segments = self.counts > 0
        self.owner = np.repeat(np.arange(len(self.counts)), self.counts)
        flat = segments.flatten()
        columns = {flat.type.field(place).name: flat.field(place) for place in range(flat.type.num_fields)}
        self._figures = Figures(columns, 0, len(flat))
        self.starts_on, _ = days_of(columns["starts_on"], len(flat))
        self.ends_on, _ = days_of(columns["ends_on"], len(flat))
        first, last = period.first[self.owner], period.last[self.owner]
        self.days = _counted(step, np.maximum(self.starts_on, first), np.minimum(self.ends_on, last))
        fte = self._figures.number("fte")
        self.fte = (
            Column(np.where(self._figures.null("fte"), 10**fte.places, fte.values), fte.places)
            if step.fte == "counts"
            else Column(constant(1), 0)
        )
        self.value = self._dated_value(step.of)

    def _dated_value(self, fact: str | Decimal) -> Column:
        own = _at(self._base, self.owner)
        if fact not in DATED:
            return own
        if fact == "salary":
            return chosen(~self._figures.null("salary"), self._figures.number("salary"), own)
        salary, share = self._figures.number("salary"), self._figures.number("target_bonus_share")
        both = ~self._figures.null("salary") & ~self._figures.null("target_bonus_share")
        own = chosen(both, Column(product(salary.values, share.values), salary.places + share.places), own)
        return chosen(~self._figures.null("target_bonus_amount"), self._figures.number("target_bonus_amount"), own)

    def total(self) -> Column:
        weighted = product(product(self.value.values, self.fte.values), self.days)
        divisor, divisor_places = self._whole()
        gathered, step = self._per_person(weighted), self._step
        exponent = step.places + divisor_places - self.value.places - self.fte.places
        factor, extra = (10**exponent, 1) if exponent >= 0 else (1, 10**-exponent)
        values = multiplied_quotient(gathered, constant(factor), product(divisor, constant(extra)), step.rounding)
        return Column(values, step.places, self._reasons())

    def _whole(self) -> tuple[Integers, int]:
        """What is divided by, and its places."""
        whole = self._step.whole
        if whole is None:
            return self._period.days, 0
        return constant(scaled(whole, places_of(whole))), places_of(whole)

    def _per_person(self, values: Integers) -> Integers:
        if self.has_segments.all():
            return sums(values, np.cumsum(self.counts) - self.counts)
        result = np.zeros(len(self.counts), dtype=values.dtype)
        found = sums(values, (np.cumsum(self.counts) - self.counts)[self.has_segments])
        result = wide(result) if found.dtype == object else result
        result[self.has_segments] = found
        return result

    def _reasons(self) -> Any:
        nothing = self._per_person(self.days) == 0
        reasons = first_of(self._wrong_segments(), self._value_reasons())
        reasons = marked(reasons, self._period.missing, Reason.period_missing)
        return marked(reasons, nothing, Reason.not_assigned)

    def _value_reasons(self) -> Any:
        """Why a value is null or zero, where one of the person's segments says so."""
        if self.value.reasons is None:
            return None
        result = np.zeros(len(self.counts), dtype=np.int8)
        speaking = np.flatnonzero(self.value.reasons * (self.days > 0))  # what lies outside the period is not asked
        result[self.owner[speaking][::-1]] = self.value.reasons[speaking][::-1]
        return result

    def _wrong_segments(self) -> Any:
        order = np.lexsort((self.starts_on, self.owner)) if len(self.owner) != len(self.counts) or (self.counts != 1).any() else slice(None)
        owner, start, end = self.owner[order], self.starts_on[order], self.ends_on[order]
        overlaps = (owner[1:] == owner[:-1]) & (start[1:] <= end[:-1])
        result = np.zeros(len(self.counts), dtype=np.int8)
        result[owner[1:][overlaps]] = Reason.segments_overlap
        result[self.owner[self.ends_on < self.starts_on]] = Reason.segment_ends_before_start
        fte = self.fte.values
        if fte.size > 1 and (fte.min() < 0 or fte.max() > 2 * 10**self.fte.places):
            result[self.owner[(fte < 0) | (fte > 2 * 10**self.fte.places)]] = Reason.value_out_of_bounds
        return result if result.any() else None


def days_of(array: pa.Array | None, length: int) -> tuple[Any, Any]:
    """Dates as day numbers, and where there is none."""
    if array is None or pa.types.is_null(array.type):
        return np.zeros(length, dtype=np.int64), np.ones(length, dtype=bool)
    numbers = np.asarray(array.cast(pa.int32()).fill_null(0)).astype(np.int64)
    return numbers, np.asarray(array.is_null())


def _at(column: Column, rows: Any) -> Column:
    reasons = None if column.reasons is None else np.broadcast_to(column.reasons, column.values.shape)[rows]
    return Column(column.values[rows], column.places, reasons)
