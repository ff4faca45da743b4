"""Rolling up: the sum, mean or weighted mean of what the KPIs below a KPI measured, recorded as that KPI's own values (domain "Roll-up").

For each period of the upper KPI the values below that lie in it are rolled up as the KPI says; one that is otherwise measured on its own
is summed when it is named. Null is not zero: where a KPI below lacks a value, nothing is recorded unless the caller accepts it, and the
missing KPI is named either way. Rolled up again with the same values nothing changes; with corrected ones the value is corrected, and both
are kept.

Sums are exact; means are rounded half-up at 12 places. Weights are those of the contributions, relative to each other.
"""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from fractions import Fraction
from typing import Final, Literal, NamedTuple
from uuid import UUID

from sqlalchemy import select

from chassis.access import Viewer
from chassis.bulk import RowStatus
from chassis.database import ReadSession, WriteSession
from chassis.numbers import PLACES, round_half_up
from chassis.problems import FieldError
from kpi_api.cascade.models import Contribution, Kpi
from kpi_api.cycles.periods import Period, periods
from kpi_api.dictionary.vocabulary import PAIRED
from kpi_api.measurements.actions import record_measurements
from kpi_api.measurements.actuals import Actual
from kpi_api.measurements.measurable import lock_measurable
from kpi_api.measurements.queries import MeasuredPart, actuals_of, measured_parts

MAIN: Final = "main"
ORIGIN: Final = {"source": "Roll-up", "provenance": "system"}
ADDITIVE: Final = {"total", "mean", "last"}
"""How the periods of KPIs combine whose values may be added up; ratios and shares may not."""

Status = Literal["incomplete"] | RowStatus


@dataclass(frozen=True)
class RolledPeriod:
    """A period in which something below was measured: its value so far, what became of it, and which KPIs below lack a value.

    `incomplete`: not recorded, since KPIs below are missing.
    """

    period_start: date
    value: Decimal
    status: Status
    missing: list[UUID]


@dataclass(frozen=True)
class RollUp:
    """What became of one KPI. `errors` tell why it cannot be rolled up, or why a value was refused."""

    kpi_id: UUID | None
    periods: list[RolledPeriod]
    errors: list[FieldError]


@dataclass(frozen=True)
class _Value:
    start: date
    amount: Decimal
    missing: list[UUID]


async def roll_up(viewer: Viewer, session: WriteSession, names: Sequence[str], *, accept_missing: bool = False) -> list[RollUp]:
    """Roll up KPIs (ids or codes) in the order given, so that lower levels go first. Raises NotAllowed.

    Codes of refusals: unknown_kpi, attainments_are_read, not_a_total, takes_ratios, nothing_below, other_unit, periods_do_not_nest;
    period_closed as for any measurement.
    """
    viewer.require("roll_ups.write")
    references = [(_read_id(name), name) for name in names]
    kpis = await lock_measurable(viewer, session, {str(id_) for id_, _ in references if id_}, {code for id_, code in references if not id_})
    return [
        await _roll_up(viewer, session, row, kpis.id_of(id_, code), accept_missing=accept_missing)
        for row, (id_, code) in enumerate(references, start=1)
    ]


def _read_id(name: str) -> UUID | None:
    try:
        return UUID(name)
    except ValueError:
        return None


async def _roll_up(viewer: Viewer, session: WriteSession, row: int, found: str | None, *, accept_missing: bool) -> RollUp:
    if found is None:
        return _refused(row, None, "unknown_kpi", "There is no such KPI that you may record values for.")
    kpi_id = UUID(found)
    method, of = (await session.execute(select(Kpi.roll_up, Kpi.roll_up_of).where(Kpi.id == kpi_id))).one()
    own = await measured_parts(session, [kpi_id])
    weights = await _below(session, kpi_id)
    below = await measured_parts(session, weights.keys())
    if problem := _problem(method, of, own, below):
        return _refused(row, kpi_id, *problem)
    pieces = [piece for period in periods(own[0].window, own[0].per) for part in below if (piece := _piece(part, period))]
    actuals = await actuals_of(session, [piece.part for piece in pieces])
    if any(actual.measured_until and actual.measured_until > piece.period.end for piece, actual in zip(pieces, actuals, strict=True)):
        return _refused(row, kpi_id, "periods_do_not_nest", f"A KPI below is measured in periods that do not lie within a {own[0].per}.")
    values = _values(pieces, actuals, weights if method == "weighted_mean" else dict.fromkeys(weights, Decimal(1)), method)
    return await _record(viewer, session, kpi_id, values, accept_missing=accept_missing)


async def _below(session: ReadSession, kpi_id: UUID) -> dict[UUID, Decimal]:
    """The active KPIs that contribute to this one, and their weights. Asks for no viewer: those who may roll up see all."""
    child = select(Contribution.child_id, Contribution.weight).join(Kpi, Kpi.id == Contribution.child_id)
    found = await session.execute(child.where(Contribution.parent_id == kpi_id, Kpi.status == "active"))
    return dict(found.all())


def _problem(method: str, of: str, own: Sequence[MeasuredPart], below: Sequence[MeasuredPart]) -> tuple[str, str] | None:
    """Why these cannot be rolled up: code and sentence."""
    if of == "attainments":
        return "attainments_are_read", "This KPI rolls up attainments, which are read, not recorded: GET /v1/cascade/roll-up."
    if any(part.target.part != MAIN for part in (*own, *below)):
        return "not_a_total", "Only KPIs of one part can be rolled up, and so must be those below."
    combines = {part.combine for part in (*own, *below)}
    if method in {"measured", "sum"} and (len(combines) > 1 or not combines <= ADDITIVE):
        return "not_a_total", "Values add up only where the periods of this KPI and of those below combine alike, to no ratio or share."
    if own[0].combine in PAIRED:
        return "takes_ratios", "This KPI takes numerators and denominators, of which no mean can be made."
    if not below:
        return "nothing_below", "No KPI contributes to this one."
    if any(part.target.unit != own[0].target.unit for part in below):
        return "other_unit", f"A KPI below is not measured in {own[0].target.unit}."
    return None


class _Piece(NamedTuple):
    """A KPI below during one period of the KPI above."""

    period: Period
    part: MeasuredPart


def _piece(part: MeasuredPart, period: Period) -> _Piece | None:
    """The part cut to the period; None where its window lies elsewhere, so that nothing is missing from it."""
    start, end = max(part.window.start, period.start), min(part.window.end, period.end)
    return _Piece(period, part._replace(window=part.window._replace(start=start, end=end))) if start <= end else None


def _values(pieces: Sequence[_Piece], actuals: Sequence[Actual], weights: Mapping[UUID, Decimal], method: str) -> list[_Value]:
    """The sum or mean of each period in which something was measured."""
    amounts: defaultdict[date, list[_Weighed]] = defaultdict(list)
    missing: defaultdict[date, list[UUID]] = defaultdict(list)
    for (period, part), actual in zip(pieces, actuals, strict=True):
        if actual.actual is not None:
            amounts[period.start].append(_Weighed(actual.actual, weights[part.kpi_id]))
        if actual.missing:
            missing[period.start].append(part.kpi_id)
    return [_Value(start, _rolled(own, method), missing[start]) for start, own in amounts.items()]


class _Weighed(NamedTuple):
    """The value of a KPI below and its weight."""

    amount: Decimal
    weight: Decimal


def _rolled(values: Sequence[_Weighed], method: str) -> Decimal:
    """Fractions, so that no order and no size of the values changes the result."""
    total = sum((Fraction(value.amount) * Fraction(value.weight) for value in values), Fraction())
    if method in {"measured", "sum"}:
        return round_half_up(total, max(_places(value.amount) for value in values))
    return round_half_up(total / sum(Fraction(value.weight) for value in values), PLACES)


def _places(value: Decimal) -> int:
    exponent = value.as_tuple().exponent
    return max(-exponent, 0) if isinstance(exponent, int) else 0


async def _record(viewer: Viewer, session: WriteSession, kpi_id: UUID, values: Sequence[_Value], *, accept_missing: bool) -> RollUp:
    complete = [found for found in values if accept_missing or not found.missing]
    table = {
        "kpi_id": [str(kpi_id) for _ in complete],
        "period_start": [str(found.start) for found in complete],
        "value": [f"{found.amount:f}" for found in complete],
        **{column: [text for _ in complete] for column, text in ORIGIN.items()},
    }
    outcomes = await record_measurements(viewer, session, table)
    status: dict[date, Status] = {found.start: status for found, status in zip(complete, outcomes.statuses, strict=True)}
    rolled = [RolledPeriod(found.start, found.amount, status.get(found.start, "incomplete"), found.missing) for found in values]
    return RollUp(kpi_id, rolled, [error for row in sorted(outcomes.errors) for error in outcomes.errors[row]])


def _refused(row: int, kpi_id: UUID | None, code: str, message: str) -> RollUp:
    return RollUp(kpi_id, [], [FieldError(row=row, field=f"/kpis/{row - 1}", code=code, message=message)])
