"""Payouts and their statements."""

from datetime import date, datetime
from uuid import UUID

from pydantic import Field

from chassis.numbers import ExactDecimal, Money, Percent
from scoring.engine import Explanation
from scoring.schemas import Output, PaidOutput


class PayoutOut(PaidOutput):
    """A payout. `amount` is what this run pays: `payout` less what was released before for the same scorecard."""

    AMOUNTS = ("payout", "released_before", "amount")

    id: UUID
    run_id: UUID
    scorecard_id: UUID
    person_id: UUID
    cycle_code: str
    period_start: date
    period_end: date
    composite: ExactDecimal | None
    payout: Money | None
    released_before: Money
    amount: Money | None
    reason_code: str | None
    error_code: str | None
    error_message: str | None
    corrects_line_id: UUID | None
    run_status: str
    released_at: datetime | None


class PartOnStatement(Output):
    """One part of a KPI: what was to be reached and what was."""

    part: str
    comparison: str | None
    target: ExactDecimal | None
    target_high: ExactDecimal | None
    actual: ExactDecimal | None
    unit: str | None


class KpiOnStatement(Output):
    """One KPI: what was measured, how it counted, and every path from it up to the top."""

    line: int
    kpi_id: UUID
    kpi_code: str | None
    name: str | None
    component: str | None
    weight: Percent
    parts: list[PartOnStatement]
    attainment_raw: ExactDecimal | None
    attainment_capped: ExactDecimal | None
    score: ExactDecimal | None
    weight_used: ExactDecimal | None
    reason_code: str | None
    line_of_sight: list[list[str]] = Field(default_factory=list)


class Statement(PayoutOut):
    """A payout with all that it came from: KPIs, each step of the plan in words and as data, and the plan's text by digest."""

    plan_code: str | None
    plan_version: int | None
    plan_digest: str | None
    engine_version: int | None
    kpis: list[KpiOnStatement]
    explanation: Explanation | None
