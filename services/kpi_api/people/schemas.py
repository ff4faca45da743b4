"""What comes in and goes out about people and structure."""

from datetime import date
from decimal import Decimal
from typing import Annotated, Literal, Self
from uuid import UUID

from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, Field, StringConstraints, model_validator
from pydantic_core import PydanticCustomError

from chassis.bulk import BulkResult
from chassis.dates import PlausibleDate
from chassis.field_errors import InWords
from chassis.numbers import ExactDecimal
from chassis.problems import FieldError
from chassis.texts import NOT_BLANK
from kpi_api.findings import Limits
from kpi_api.people.leaves.rules import TimeRules
from kpi_api.people.models import UnitKind


def _not_of_the_erased(external_id: str) -> str:
    if external_id.startswith("erased:"):
        message = "An id that begins with `erased:` stands for somebody who was erased; it comes from no HRIS."
        raise PydanticCustomError("reserved_id", "{message}", {"message": message})
    return external_id


Text = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=200), NOT_BLANK]
ExternalId = Annotated[Text, AfterValidator(_not_of_the_erased)]
LongText = Annotated[str, StringConstraints(strip_whitespace=True, max_length=4000)]
Code = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=100), NOT_BLANK]
Currency = Annotated[str, StringConstraints(pattern=r"^[A-Z]{3}$"), InWords("A currency is three capital letters, such as EUR.")]
Email = Annotated[
    str,
    StringConstraints(strip_whitespace=True, max_length=254, pattern=r"^[^\s@,;<>]+@([^\s@,;<>.]+\.)+[^\s@,;<>.]+$"),
    InWords("This is no e-mail address such as ada.quill@example.com."),
]
SimilarNamesFrom = Annotated[
    ExactDecimal,
    Field(ge=Decimal("0.3"), le=1, description="So alike, from 0.3 to 1, two definitions' names are to be a finding.", examples=["0.60"]),
]
Fte = Annotated[ExactDecimal, Field(gt=0, le=2, examples=["0.6"])]


class Input(BaseModel):
    """Base of what is sent: unknown fields are refused."""

    model_config = ConfigDict(extra="forbid")


class Output(BaseModel):
    """Base of what is answered, read off a row."""

    model_config = ConfigDict(from_attributes=True)


def require_order(start: date | None, end: date | None, column: str) -> None:
    """Raises PydanticCustomError `end_before_start` naming the column of the end."""
    if start and end and end < start:
        raise PydanticCustomError("end_before_start", "{column} {end} lies before {start}.", {"column": column, "end": end, "start": start})


class ImportRow(Input):
    """One row of a people file. Only `external_id` must be there."""

    external_id: ExternalId
    user_name: Text | None = None
    email: Email | None = None
    given_name: Text | None = None
    family_name: Text | None = None
    display_name: Text | None = None
    active: bool | None = None
    hire_date: PlausibleDate | None = None
    termination_date: PlausibleDate | None = None
    birth_date: PlausibleDate | None = None
    gender: Text | None = None
    manager: Text | None = Field(default=None, description="external_id of the manager, who may come later")
    unit: Text | None = Field(default=None, description="code or name of a unit")
    role: Text | None = Field(default=None, description="code or name of a role")
    legal_entity: Text | None = Field(default=None, description="code of a legal entity")
    fte: Fte | None = None
    grade: Text | None = Field(default=None, description="as the organization calls it, such as G7")
    valid_from: PlausibleDate | None = Field(default=None, description="first day of the line; else today, or when somebody new was hired")
    valid_to: PlausibleDate | None = Field(default=None, description="first day on which the line no longer holds")

    @model_validator(mode="after")
    def dates_in_order(self) -> Self:
        require_order(self.hire_date, self.termination_date, "termination_date")
        require_order(self.valid_from, self.valid_to, "valid_to")
        return self

    def name(self) -> str:
        """What to call the person: the display name, else given and family name, else the user name, else the external id."""
        names = " ".join(filter(None, (self.given_name, self.family_name)))
        return self.display_name or names or self.user_name or self.external_id


class ImportResult(BulkResult):
    """What became of a file, row by row, counted from 1 below the header. With a dry run nothing was written."""

    pending_managers: int = Field(description="Rows whose manager is not known yet; their lines start when that person is there.")
    notes: list[FieldError] = Field(description="What is worth a look in rows that were written, such as whom a row names as manager.")
    dry_run: bool


class PersonIn(Input):
    """A person without an employment; see `POST /v1/people/{id}/employments`."""

    external_id: ExternalId
    user_name: Text | None = None
    email: Email | None = None
    given_name: Text
    family_name: Text
    display_name: Text | None = None
    hire_date: PlausibleDate | None = None
    birth_date: PlausibleDate | None = None
    gender: Text | None = None


class PersonChange(Input):
    """What to change; fields left out stay."""

    external_id: ExternalId = ""
    user_name: Text | None = None
    email: Email | None = None
    given_name: Text = ""
    family_name: Text = ""
    display_name: Text = ""
    hire_date: PlausibleDate | None = None
    birth_date: PlausibleDate | None = None
    gender: Text | None = None


class Leaving(Input):
    """The last day of somebody who leaves."""

    last_day: PlausibleDate


class EmploymentIn(Input):
    """A line from a day on: a first employment, a move, or with `is_primary` false a second job. Fields left out are kept."""

    valid_from: PlausibleDate
    valid_to: PlausibleDate | None = Field(default=None, description="first day on which it no longer holds")
    unit_id: UUID | None = None
    role_id: UUID | None = None
    manager_external_id: Text | None = None
    fte: Fte = Decimal(1)
    legal_entity_id: UUID | None = None
    grade: Text | None = Field(default=None, description="As the organization calls it.", examples=["G7"])
    is_primary: bool = True


ManagerState = Literal["none", "in_place", "starts_later", "unknown"]


class EmploymentOut(Output):
    """A dated line. `manager_state` flags a manager who is not there yet: `starts_later`, or `unknown` to us so far."""

    id: UUID
    person_id: UUID
    valid_from: date
    valid_to: date | None
    unit_id: UUID | None
    role_id: UUID | None
    manager_id: UUID | None
    manager_external_id: str | None
    manager_state: ManagerState
    fte: ExactDecimal
    legal_entity_id: UUID | None
    grade: str | None
    is_primary: bool


class PersonOut(Output):
    """A person as their colleagues may see them; birth date and gender are left out, since they serve fairness figures only."""

    id: UUID
    external_id: str
    user_name: str | None
    email: str | None
    given_name: str
    family_name: str
    display_name: str
    active: bool
    hire_date: date | None
    termination_date: date | None
    version: int


class PersonDetail(PersonOut):
    """A person with every employment line, the earliest first."""

    employments: list[EmploymentOut]


class UnitIn(Input):
    code: Code
    name: Text
    kind: UnitKind
    parent_id: UUID | None = None
    head_id: UUID | None = None
    value_statement: LongText | None = None


class UnitOut(Output):
    id: UUID
    code: str
    name: str
    kind: str
    parent_id: UUID | None
    head_id: UUID | None
    value_statement: str | None
    version: int


class LegalEntityIn(Input):
    code: Code
    name: Text
    currency: Currency


class LegalEntityOut(Output):
    id: UUID
    code: str
    name: str
    currency: str


def _whole(given: object) -> object:
    """JSON Schema takes 7.0 for a whole number, too."""
    return int(given) if isinstance(given, float) and given.is_integer() else given


Days = Annotated[int, BeforeValidator(_whole), Field(strict=True)]


class OrganizationChange(Input):
    """What to change; fields left out stay."""

    name: Text = ""
    mission: LongText = ""
    indicator_label: Text = ""
    currency: Currency = ""
    time_zone: Text = ""
    similar_names_from: SimilarNamesFrom = Decimal(1)
    agreement_reminder_days: Days = Field(default=7, ge=1, le=365, description="Until who has not answered is reminded.")
    finding_limits: Limits = Field(default=Limits(), description="All of them; those left out are as shipped.")
    time_rules: TimeRules = Field(default=TimeRules(), description="All of them; they hold for what is signed from now on.")


class OrganizationOut(Output):
    id: UUID
    name: str
    mission: str
    indicator_label: str
    currency: str
    time_zone: str
    similar_names_from: ExactDecimal
    agreement_reminder_days: int
    finding_limits: Limits
    time_rules: TimeRules
    version: int
