"""Runs and their lines as they come in and go out."""

from datetime import date, datetime
from typing import Annotated, Literal, Self
from uuid import UUID

from pydantic import Field, StrictBool, model_validator
from pydantic_core import PydanticCustomError

from chassis.dates import WrittenDate
from chassis.numbers import ExactDecimal, Money
from chassis.verbs import VerbOutput
from scoring.schemas import Input, Label, Output, PaidOutput, money

Kind = Literal["regular", "correction"]
Status = Literal["open", "received", "computed", "approved", "released", "superseded"]


class RunIn(Input):
    """What a run is for. `correction` keeps only lines that differ from what was released."""

    cycle_code: Label
    period_start: WrittenDate
    period_end: WrittenDate
    kind: Kind = "regular"

    @model_validator(mode="after")
    def end_after_start(self) -> Self:
        if self.period_end < self.period_start:
            raise PydanticCustomError("end_before_start", "period_end lies before period_start")
        return self


class Approval(Input):
    """`accept_failed`: approve although some lines could not be computed, and so pay nothing."""

    accept_failed: StrictBool = False


TO_WHO_SEES_LINES = "Null for whoever does not see the run's lines."


class RunTotals(Output):
    """How many lines there are, how many failed or come to zero, and the sum of what the run pays by currency."""

    line_count: int
    failed_count: int
    zero_count: int | None = Field(description=TO_WHO_SEES_LINES)
    amounts: dict[str, Money] | None = Field(description=f"Currency to sum of amounts. {TO_WHO_SEES_LINES}")

    @model_validator(mode="after")
    def in_smallest_units(self) -> Self:
        if self.amounts is not None:
            self.amounts = {currency: money(amount, currency) for currency, amount in self.amounts.items()}
        return self


class RunOut(Output):
    """A run. Digests name what went in: equal snapshot, inputs and engine version give equal bytes."""

    id: UUID
    cycle_code: str
    period_start: date
    period_end: date
    kind: Kind
    status: Status
    scorecard_count: int
    snapshot_digest: str | None
    input_digest: Annotated[str | None, Field(description=TO_WHO_SEES_LINES)]
    engine_version: int | None
    totals: RunTotals | None
    created_at: datetime
    received_at: datetime | None
    requested_by: str | None
    computed_at: datetime | None
    approver_id: UUID | None
    approved_at: datetime | None
    released_at: datetime | None
    superseded_at: datetime | None


class ApprovalOut(Output):
    """Who approved what the run was computed from, and when."""

    approver_id: UUID
    approved_at: datetime


class RunDetail(RunOut):
    """A run with its approvals; `verbs` says what the viewer may do now."""

    approvals: list[ApprovalOut]
    approvals_needed: Annotated[int | None, Field(description=f"2 above the organization's limit. {TO_WHO_SEES_LINES}")]
    verbs: list[VerbOutput]


class RunLineOut(PaidOutput):
    """The payout line of one scorecard. `amount` is what this run pays: `payout` less what was released before."""

    AMOUNTS = ("payout", "released_before", "amount")

    id: UUID
    scorecard_id: UUID
    person_id: UUID
    composite: ExactDecimal | None
    payout: Money | None
    released_before: Money
    amount: Money | None
    reason_code: str | None
    error_code: str | None
    error_message: str | None
    pay_group: str | None
    legal_entity: str | None
    cost_centre: str | None
    corrects_line_id: UUID | None


class DifferenceOut(Output):
    """A figure that came out otherwise; null is no figure."""

    scorecard_id: UUID
    person_id: UUID
    figure: Literal["composite", "payout"]
    stored: ExactDecimal | None
    replayed: ExactDecimal | None


class ReplayOut(Output):
    """A run scored once more from what is stored with it; `same` when every byte came out as it was."""

    same: bool
    engine_version: int
    snapshot_digest: str
    replayed_snapshot_digest: str
    input_digest: str
    replayed_input_digest: str
    result_digest: Annotated[str, Field(description="Over each byte that the engine answered then, by plan and in order.")]
    replayed_result_digest: str
    line_count: int
    difference_count: int
    differences: Annotated[list[DifferenceOut], Field(description="The first hundred.")]
