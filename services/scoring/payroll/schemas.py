"""Payroll batches as they come in and go out. A batch's document is a contract with payroll systems."""

from datetime import date, datetime
from typing import Annotated, Literal, Self
from uuid import UUID

from pydantic import AliasChoices, Field, StrictBool, model_validator
from pydantic_core import PydanticCustomError

from chassis.dates import WrittenDate
from chassis.numbers import Money
from chassis.verbs import VerbOutput
from scoring.schemas import Input, Label, Output


class DuePay(Output):
    """A payout on its way, without its amount: in a run that is not released, in no payroll batch, or in one not paid yet."""

    payout_id: UUID
    state: Literal["not_released", "not_gathered", "not_paid"]
    run_id: UUID
    batch_id: UUID | None


class PayDue(Output):
    """What of a person's pay is computed and not paid."""

    person_id: UUID
    due: list[DuePay]


class PayrollBatchIn(Input):
    """Whom and when to pay. What was released by the end of `cut_off` (without one, of the check date) is gathered."""

    pay_group: Label
    legal_entity: Label | None = None
    check_date: WrittenDate
    cut_off: WrittenDate | None = None
    off_cycle: StrictBool = False


class EarningTotal(Output):
    """Count and sum of one earning code in one currency."""

    earning_code: str
    currency: str
    line_count: int
    amount: Money


class ControlTotals(Output):
    """What payroll compares with its own sums before it pays."""

    line_count: int
    amounts: Annotated[dict[str, Money], Field(description="Currency to sum.")]
    earnings: list[EarningTotal]


class Variance(Output):
    """One currency against the last locked batch of the same pay group and legal entity."""

    currency: str
    previous: Money
    current: Money
    difference: Money


class PayrollLineOut(Output):
    """One amount to pay. A negative one takes back; `corrects_run_line_id` then names what it corrects."""

    line_id: UUID
    external_id: str
    payroll_number: str | None
    legal_entity: str | None
    cost_centre: str | None
    earning_code: str
    amount: Money
    currency: str
    earned_from: date
    earned_to: date
    off_cycle: bool
    run_id: UUID
    run_line_id: UUID
    plan_code: str
    plan_version: int
    corrects_run_line_id: UUID | None
    carried_over_from: UUID | None
    payee_salt: Annotated[str, Field(description="Random.")]
    payee_digest: Annotated[
        str, Field(description="SHA-256 of line_id, external_id, payroll_number and payee_salt in canonical JSON; it stays when these go.")
    ]


class PayrollDocument(Output):
    """A batch as payroll pulls it. Once it is locked, every pull gives the same bytes, until somebody in it is erased: then external_id,
    payroll_number and payee_salt of their lines say "erased", and nothing else differs."""

    batch_id: UUID
    digest: Annotated[
        str,
        Field(
            description="SHA-256 of everything else in canonical JSON, of each line without external_id, payroll_number and payee_salt,"
            " for which payee_digest stands: so it holds after a person has been erased."
        ),
    ]
    status: Literal["draft", "locked"]
    pay_group: str
    legal_entity: str | None
    check_date: date
    cut_off: date
    off_cycle: bool
    control_totals: ControlTotals
    previous_batch_id: UUID | None
    variance: list[Variance]
    lines: list[PayrollLineOut]


class PayrollBatchOut(Output):
    """A batch in short."""

    id: UUID
    pay_group: str
    legal_entity: str | None
    check_date: date
    cut_off: date
    off_cycle: bool
    status: Literal["draft", "locked"]
    control_totals: ControlTotals
    digest: str | None
    created_at: datetime
    locked_at: datetime | None


class PayrollBatchDetail(PayrollBatchOut):
    """A batch in short; `verbs` says what the viewer may do now: lock, discard, acknowledge."""

    verbs: list[VerbOutput]


class AnswerIn(Input):
    """Payroll's answer to one line: taken over, paid (with the amount read back), or rejected with a reason."""

    line_id: UUID
    status: Literal["acknowledged", "paid", "rejected"]
    paid_amount: Money | None = None
    reason: Annotated[str, Field(min_length=1, max_length=1000)] | None = None

    @model_validator(mode="after")
    def complete(self) -> Self:
        if (self.status == "paid") != (self.paid_amount is not None):
            raise PydanticCustomError("paid_amount", "paid_amount belongs to status paid, and only there")
        if self.status == "rejected" and self.reason is None:
            raise PydanticCustomError("reason_missing", "Say why the line is rejected")
        return self


class AnswersIn(Input):
    """Answers to lines of one batch."""

    lines: Annotated[list[AnswerIn], Field(min_length=1, max_length=50_000)]


class AnswerOut(Output):
    """What payroll has answered to a line. `differs` when the amount paid is not the amount of the line."""

    line_id: UUID = Field(validation_alias=AliasChoices("line_id", "id"))
    status: Literal["pending", "acknowledged", "paid", "rejected"]
    amount: Money
    paid_amount: Money | None
    differs: bool
    reason: str | None = Field(validation_alias=AliasChoices("reason", "answer"))
    answered_at: datetime | None
