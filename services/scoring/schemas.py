"""What the schemas of several domains share: strict inputs, currencies, dated facts."""

from decimal import Decimal
from typing import Annotated, ClassVar, Self

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, model_validator
from pydantic_core import PydanticCustomError

from chassis.dates import PlausibleDate
from chassis.field_errors import InWords
from chassis.numbers import minor_digits, rounded


class Input(BaseModel):
    """A request body: an unknown field is refused."""

    model_config = ConfigDict(extra="forbid")


class Output(BaseModel):
    """A response body, read off a row."""

    model_config = ConfigDict(from_attributes=True)


def _known_currency(code: str) -> str:
    try:
        minor_digits(code)
    except ValueError as error:
        raise PydanticCustomError("unknown_currency", "{reason}", {"reason": str(error)}) from None
    return code


def money(amount: Decimal, currency: str) -> Decimal:
    """The amount with the digits of the currency's smallest unit; further digits would stay, so that nothing is lost unseen."""
    shown = rounded(amount, minor_digits(currency))
    return shown if shown == amount else amount


Currency = Annotated[
    str,
    Field(pattern="^[A-Z]{3}$", description="ISO 4217 code.", examples=["USD"]),
    InWords("A currency is three capital letters, such as EUR."),
    AfterValidator(_known_currency),
]
Code = Annotated[
    str,
    Field(pattern="^[A-Za-z0-9][A-Za-z0-9_.-]{0,79}$", description="Letters, digits, _ . -", examples=["bonus-2026"]),
    InWords("A code begins with a letter or a digit and holds letters, digits, points, underscores and hyphens, at most 80."),
]
Label = Annotated[str, Field(min_length=1, max_length=200)]


class DateRange(Input):
    """From a date until a date (exclusive; open when null)."""

    valid_from: PlausibleDate
    valid_to: PlausibleDate | None = None

    @model_validator(mode="after")
    def end_after_start(self) -> Self:
        if self.valid_to is not None and self.valid_to <= self.valid_from:
            raise PydanticCustomError("end_before_start", "valid_to must lie after valid_from: it is the first day without")
        return self


class PaidOutput(Output):
    """A response with amounts of one currency, shown with the digits of its smallest unit."""

    AMOUNTS: ClassVar[tuple[str, ...]]
    currency: str | None

    @model_validator(mode="after")
    def in_smallest_units(self) -> Self:
        for name in self.AMOUNTS:
            if self.currency is not None and (amount := getattr(self, name)) is not None:
                setattr(self, name, money(amount, self.currency))
        return self
