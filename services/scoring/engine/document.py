"""What somebody writes as a plan: its inputs, its rates of exchange, its list of steps, and which of them are the results."""

from decimal import Decimal
from fractions import Fraction
from typing import Final, Literal

from pydantic import Field, model_validator
from pydantic_core import PydanticCustomError

from scoring.engine.meanings import LARGEST_SUM, Level, Meaning, Unit
from scoring.engine.numerals import Currency, Name, Numeral
from scoring.engine.steps import AnyStep
from scoring.engine.steps.exchange import Rate
from scoring.engine.steps.step import Strict, Words, later

MOST_STEPS: Final = 200


class Input(Strict):
    """A figure of each person, or of each KPI line, that the plan asks for: a decimal column of that table with this name."""

    name: Name
    title: str | None = Field(None, max_length=200)
    per: Literal["person", "line"] = later("person", description="Whose figure it is.")
    unit: Unit = Unit.PLAIN
    currency: Currency | None = later(None, description="Of money that is in one currency whoever is paid; left out, each person's own.")
    minimum: Numeral = Field(Decimal(-LARGEST_SUM), ge=-LARGEST_SUM)
    maximum: Numeral = Field(Decimal(LARGEST_SUM), le=LARGEST_SUM)
    discretionary: bool = later(
        False, description="Somebody judges it, such as a manager's modifier; the check compares how far judgement and results move pay."
    )

    @model_validator(mode="after")
    def _bounds_in_order(self) -> "Input":
        if self.minimum > self.maximum:
            raise PydanticCustomError("input_bounds", "minimum comes before maximum")
        if self.currency is not None and self.unit is not Unit.MONEY:
            raise PydanticCustomError("input_currency", "Only money has a currency; say unit: money")
        return self

    def meaning(self, own: str | None) -> Meaning:
        """Level, unit and bounds; `own` is the plan's currency, in which everybody is paid."""
        currency = None if self.currency == own else self.currency
        return Meaning(Level(self.per), self.unit, Fraction(self.minimum), Fraction(self.maximum), currency=currency)


class PlanDocument(Strict):
    """What somebody writes."""

    plan: Name = Field(description="The plan's code.")
    title: str | None = Field(None, max_length=200)
    currency: Currency | None = Field(None, description="Of the sums of money the plan names; people paid in another currency are refused.")
    kpis: Words | None = later(None, description="The codes of its KPIs; a step for another is refused.")
    inputs: list[Input] = Field([], max_length=100, description="Further figures of people and of KPI lines.")
    rates: list[Rate] = later([], max_length=10_000, description="Rates of exchange, by policy, currencies and the day they begin.")
    steps: list[AnyStep] = Field(min_length=1, max_length=MOST_STEPS)
    composite: Name | None = Field(None, description="The step whose value is the composite score.")
    payout: Name | None = Field(None, description="The step whose value is paid.")

    @model_validator(mode="after")
    def _one_rate_a_day(self) -> "PlanDocument":
        days = [(rate.policy, rate.of, rate.into, rate.starts_on) for rate in self.rates]
        if len(set(days)) < len(days):
            again = next(day for day in days if days.count(day) > 1)
            raise PydanticCustomError("repeated_rate", "Two rates of {policy} begin on {day}", {"policy": again[0], "day": str(again[3])})
        return self
