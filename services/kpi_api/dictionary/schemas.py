"""What the dictionary's doors take and give: definitions, their versions, outcomes and uses."""

from datetime import date, datetime
from typing import Any, Literal, Self
from uuid import UUID

from pydantic import BaseModel, ConfigDict, Field, StrictBool, model_validator
from pydantic_core import PydanticCustomError

from chassis.dates import PlausibleDate
from chassis.verbs import VerbOutput
from kpi_api.dictionary.fields import Code, Input, Name, Output, Prose, Said, UnitCode
from kpi_api.dictionary.target_schemas import Part
from kpi_api.dictionary.vocabulary import (
    Combine,
    CombineParts,
    Controllability,
    ControllabilityCause,
    Dimension,
    Direction,
    Frequency,
    Kind,
    VersionStatus,
)


class Applicability(Input):
    """Whom a KPI is for; what is empty or null does not limit it."""

    model_config = ConfigDict(extra="forbid", from_attributes=True)

    roles: list[Code] = Field(default=[], max_length=100, description="Codes of roles; one of them.")
    grades: list[Name] = Field(default=[], max_length=100, description="Grades; one of them.")
    has_direct_reports: StrictBool | None = None


class VersionInput(Input):
    """Everything a definition means (S2, step 2). It is never edited later: a change is a new version with a note."""

    model_config = ConfigDict(
        extra="forbid",
        json_schema_extra={
            "examples": [
                {
                    "name": "Win rate",
                    "unit": "percent",
                    "direction": "higher",
                    "combine": "ratio_of_sums",
                    "dimension": "output",
                    "source_of_truth": "CRM",
                    "effective_from": "2026-01-01",
                }
            ]
        },
    )

    name: Name
    description: Prose = ""
    direction: Direction = "higher"
    unit: UnitCode
    precision: int = Field(default=2, ge=0, le=12, description="Digits after the point that people see.")
    dimension: Dimension = "output"
    combine: Combine = "total"
    parts: list[Part] = Field(default=[], description="Empty for a KPI of one part, `main`, with this unit and direction.")
    combine_parts: CombineParts = Field(
        default="all", description="`count`: the first part counts only what also meets the targets of the others."
    )
    formulas: dict[str, Prose] = Field(default={}, description="By part, an expression over `measures`.")
    measures: dict[str, str] = Field(default={}, description="Source measures by name, with their units.")
    source_of_truth: Prose | None = None
    update_frequency: Frequency | None = None
    decision_speed_days: int | None = Field(default=None, ge=0, le=3660, description="How soon someone can act on a change.")
    exclusion_rules: Prose | None = None
    leading: StrictBool = False
    leads_to_code: Code | None = Field(default=None, description="The lagging KPI that this leading one leads to.")
    leads_to_lag_days: int | None = Field(default=None, ge=0, le=3660, description="After how many days it shows there.")
    kind: Kind = "result"
    outcome_code: Code | None = None
    competency_code: Code | None = None
    controllability: Controllability = "high"
    controllability_cause: ControllabilityCause | None = None
    applicability: Applicability = Field(default_factory=Applicability, description="Whom it is for; everybody when left out.")
    effective_from: PlausibleDate
    note: Prose = Field(default="", description="Why it was written or changed.")

    @model_validator(mode="after")
    def parts_have_codes_of_their_own(self) -> Self:
        codes = [part.code for part in self.parts]
        if len(set(codes)) < len(codes):
            raise PydanticCustomError("duplicate_part", "Two parts have the same code")
        if self.combine_parts == "count" and len(codes) > 1 and self.combine != "total":
            raise PydanticCustomError("count_is_a_total", "With `combine_parts` count the first part is counted: `combine` must be total")
        return self

    def all_parts(self) -> list[Part]:
        return self.parts or [Part(name=self.name, unit=self.unit, direction=self.direction)]


class NewDefinition(Input):
    code: Code
    owner_id: UUID | None = Field(default=None, description="Who answers for the definition; the author when left out.")
    steward_id: UUID | None = Field(default=None, description="Who answers for its source of truth; the owner when left out.")
    review_every_months: int | None = Field(default=None, ge=1, le=120, description="How often it is looked at anew.")
    version: VersionInput


class DefinitionChange(Input):
    """What may change about a definition itself; what it means stands in its versions. What is left out stays as it is."""

    owner_id: UUID | None = None
    steward_id: UUID | None = None
    review_every_months: int | None = Field(default=None, ge=1, le=120)
    review_due_on: PlausibleDate | None = None


class Difference(BaseModel):
    """One thing in which two versions differ: where, what it was, what it is, and a sentence."""

    field: str = Field(examples=["/exclusion_rules"])
    before: Any
    after: Any
    sentence: str = Field(examples=["Exclusion rules: added “Renewals do not count”."])


class DifferenceOutput(BaseModel):
    """What changed from one version of a definition to another."""

    from_number: int
    to_number: int
    note: str = Field(description="What the author of the later version says about it.")
    differences: list[Difference]


class Retirement(Input):
    from_day: PlausibleDate = Field(description="The first day on which no new KPI uses the version.")


class SendingBack(Input):
    reason: Said = Field(description="What would have to be different.", examples=["Say what happens to renewals."])


class SentBack(BaseModel):
    """When a proposed version was sent back, by whom and why."""

    at: datetime
    by_person_id: UUID
    reason: str


class VersionOutput(Output):
    """A definition version as it stands."""

    id: UUID
    definition_id: UUID
    number: int
    status: VersionStatus
    effective_from: date
    name: str
    description: str
    direction: Direction
    unit: str
    precision: int
    dimension: Dimension
    combine: Combine
    parts: list[Part]
    combine_parts: CombineParts
    formulas: dict[str, str]
    measures: dict[str, Any]
    source_of_truth: str | None
    update_frequency: Frequency | None
    decision_speed_days: int | None
    exclusion_rules: str | None
    leading: bool
    leads_to_code: str | None
    leads_to_lag_days: int | None
    kind: Kind
    outcome_id: UUID | None
    competency_code: str | None
    controllability: Controllability
    controllability_cause: ControllabilityCause | None
    applicability: Applicability
    note: str
    author_id: UUID | None
    approver_id: UUID | None
    approved_at: datetime | None
    retired_from: date | None
    sent_back: SentBack | None = Field(description="The last time that it was sent back; null once it is approved.")


class VersionDetail(VersionOutput):
    """A definition version; `verbs` says what the viewer may do now: try, propose, send_back, approve, retire."""

    verbs: list[VerbOutput]


class DefinitionOutput(Output):
    """A definition and the version in force on the day asked for, or the newest in sight when none is in force."""

    id: UUID
    code: str
    owner_id: UUID | None
    steward_id: UUID | None = Field(description="Who answers for the source of truth; null: the owner.")
    review_every_months: int | None
    review_due_on: date | None
    origin: str
    merged_into_id: UUID | None = Field(description="The definition to use instead.")
    version: VersionOutput | None


class DefinitionDetail(DefinitionOutput):
    """A definition, with what the viewer may do now with the version shown."""

    version: VersionDetail | None


class Use(BaseModel):
    """Something that uses a definition: a KPI with its version, owner and last day, a template, or a definition that leads to it."""

    kind: Literal["kpi", "template", "leads_to"]
    id: UUID
    name: str
    owner_name: str | None = Field(default=None, description="The person or unit that a KPI belongs to.")
    level: str | None = None
    version_number: int | None = Field(default=None, description="Which version a KPI was given.")
    window_end: date | None = None

    def in_words(self) -> str:
        owner = f" of {self.owner_name}" if self.owner_name else ""
        return f"the template “{self.name}”" if self.kind == "template" else f"“{self.name}”{owner}"


class Uses(BaseModel):
    """Where a definition is used, as far as you see it."""

    uses: list[Use]
