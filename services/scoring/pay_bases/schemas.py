"""Pay bases as they come in and go out."""

from datetime import date
from decimal import Decimal
from typing import Annotated, Self
from uuid import UUID

from pydantic import AfterValidator, model_validator
from pydantic_core import PydanticCustomError

from chassis.bulk import BulkResult
from chassis.numbers import ExactDecimal, Money
from scoring.pay_bases.models import MONEY_PLACES
from scoring.schemas import Currency, DateRange, Label, Output


def _not_negative(value: Decimal) -> Decimal:
    if value < 0:
        raise PydanticCustomError("negative", "Must be 0 or more")
    return value


def _few_places(value: Decimal) -> Decimal:
    if round(value, MONEY_PLACES) != value:
        raise PydanticCustomError("too_many_places", "Money has at most {places} digits after the point", {"places": MONEY_PLACES})
    return round(value, MONEY_PLACES)


Amount = Annotated[Money, AfterValidator(_not_negative), AfterValidator(_few_places)]
Share = Annotated[ExactDecimal, AfterValidator(_not_negative)]


class PayBasisRow(DateRange):
    """A row of an import. `target_bonus_share` is a share of the salary: 0.15 is 15 %."""

    external_id: Label
    salary: Amount | None = None
    currency: Currency
    target_bonus_share: Share | None = None
    target_bonus_amount: Amount | None = None
    fte: Share | None = None
    legal_entity: Label | None = None
    pay_group: Label
    payroll_number: Label | None = None
    cost_centre: Label | None = None

    @model_validator(mode="after")
    def one_target_bonus(self) -> Self:
        if self.target_bonus_share is not None and self.target_bonus_amount is not None:
            raise PydanticCustomError("two_target_bonuses", "Give target_bonus_share or target_bonus_amount, not both")
        if self.target_bonus_share is not None and self.salary is None:
            raise PydanticCustomError("salary_missing", "A target bonus that is a share of the salary needs the salary")
        return self


REQUIRED = ("external_id", "valid_from", "currency", "pay_group")


class Gap(Output):
    """Days between two pay bases of a person on which there is none, both inclusive."""

    external_id: str
    first_day: date
    last_day: date


class ImportResult(BulkResult):
    """The rows' results, and the gaps which the people of this file have now."""

    gaps: list[Gap]


class PayBasisOut(Output):
    """A pay basis."""

    id: UUID
    person_id: UUID
    valid_from: date
    valid_to: date | None
    salary: Money | None
    currency: str
    target_bonus_share: ExactDecimal | None
    target_bonus_amount: Money | None
    fte: ExactDecimal | None
    legal_entity: str | None
    pay_group: str
    payroll_number: str | None
    cost_centre: str | None
