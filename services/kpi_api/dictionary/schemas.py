"""What the dictionary's doors take and give."""

from datetime import date, datetime
from typing import Annotated, Any, Self
from uuid import UUID

from pydantic import BaseModel, ConfigDict, Field, StrictBool, StringConstraints, model_validator
from pydantic_core import PydanticCustomError

from chassis.dates import WrittenDate
from chassis.field_errors import InWords
from chassis.numbers import ExactDecimal
from chassis.verbs import VerbOutput
from kpi_api.dictionary.vocabulary import (
    Combine,
    CombineParts,
    Comparison,
    Controllability,
    ControllabilityCause,
    Dimension,
    Direction,
    Frequency,
    Kind,
    TargetPeriod,
    VersionStatus,
)

Code = Annotated[
    str,
    StringConstraints(pattern=r"^[A-Za-z0-9][A-Za-z0-9_.-]{0,63}$"),
    InWords("A code begins with a letter or a digit and holds letters, digits, points, underscores and hyphens, at most 64."),
]
Name = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=200)]
Prose = Annotated[str, StringConstraints(max_length=4000)]
UnitCode = Annotated[
    str,
    StringConstraints(pattern=r"^[A-Za-z][A-Za-z0-9_/]{0,31}$"),
    InWords("A unit begins with a letter and holds letters, digits, underscores and slashes, at most 32, such as USD or days."),
]


class Input(BaseModel):
    """Base of what comes in: unknown fields are refused."""

    model_config = ConfigDict(extra="forbid")


class Output(BaseModel):
    """Base of what goes out, read off rows."""

    model_config = ConfigDict(from_attributes=True)


class Part(Input):
    """One thing a KPI measures; most have the single part `main` (S0's e-mail KPI has two)."""

    model_config = ConfigDict(extra="forbid", json_schema_extra={"examples": [{"code": "main", "name": "Calls", "unit": "count"}]})

    code: Code = "main"
    name: Name
    unit: UnitCode
    direction: Direction = "higher"


class Target(Input):
    """The target of one part. `above` and `below` are strict; `within` runs from `value` to `value_high`, both included.

    `period` is what the value holds for: each day, week, sprint (14 days), month, quarter, half-year or year, or the whole window.
    `phasing` gives each period a value of its own, in order.
    """

    part: Code = "main"
    comparison: Comparison = "at_least"
    value: ExactDecimal
    value_high: ExactDecimal | None = None
    unit: UnitCode
    period: TargetPeriod = "window"
    baseline: ExactDecimal | None = None
    threshold: ExactDecimal | None = None
    stretch: ExactDecimal | None = None
    scale_minimum: ExactDecimal | None = None
    scale_maximum: ExactDecimal | None = None
    phasing: list[ExactDecimal] | None = None
    due_on: WrittenDate | None = None

    @model_validator(mode="after")
    def makes_sense(self) -> Self:
        if (self.comparison == "within") != (self.value_high is not None):
            raise PydanticCustomError("target_band", "`within` needs `value_high`, and only `within` has one")
        if self.value_high is not None and self.value_high < self.value:
            raise PydanticCustomError("target_band", "`value_high` is the upper end: it must not be under `value`")
        if self.comparison != "within" and self.baseline == self.value:
            raise PydanticCustomError(
                "target_equals_baseline", "The target equals the baseline, so there is nothing to achieve. Change one of them."
            )
        self._check_scale()
        return self

    def _check_scale(self) -> None:
        low, high = self.scale_minimum, self.scale_maximum
        if (low is None) != (high is None):
            raise PydanticCustomError("rating_scale", "Give both ends of the scale, or neither")
        if low is not None and high is not None and not low < high:
            raise PydanticCustomError("rating_scale", "The scale's maximum must be over its minimum")
        if low is not None and high is not None and not low <= self.value <= high:
            raise PydanticCustomError("rating_scale", "The target lies outside its scale")


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
    combine_parts: CombineParts = "all"
    formulas: dict[str, Prose] = Field(default={}, description="By part, an expression over `measures`.")
    measures: dict[str, str] = Field(default={}, description="Source measures by name, with their units.")
    source_of_truth: Prose | None = None
    update_frequency: Frequency | None = None
    decision_speed_days: int | None = Field(default=None, ge=0, le=3660, description="How soon someone can act on a change.")
    exclusion_rules: Prose | None = None
    leading: StrictBool = False
    leads_to_code: Code | None = Field(default=None, description="The lagging KPI that this leading one leads to.")
    kind: Kind = "result"
    outcome_code: Code | None = None
    competency_code: Code | None = None
    controllability: Controllability = "high"
    controllability_cause: ControllabilityCause | None = None
    effective_from: WrittenDate
    note: Prose = Field(default="", description="Why it was written or changed.")

    @model_validator(mode="after")
    def parts_have_codes_of_their_own(self) -> Self:
        codes = [part.code for part in self.parts]
        if len(set(codes)) < len(codes):
            raise PydanticCustomError("duplicate_part", "Two parts have the same code")
        return self

    def all_parts(self) -> list[Part]:
        return self.parts or [Part(name=self.name, unit=self.unit, direction=self.direction)]


class NewDefinition(Input):
    code: Code
    owner_id: UUID | None = Field(default=None, description="Who answers for the definition; the author when left out.")
    version: VersionInput


class Retirement(Input):
    from_day: WrittenDate = Field(description="The first day on which no new KPI uses the version.")


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
    kind: Kind
    outcome_id: UUID | None
    competency_code: str | None
    controllability: Controllability
    controllability_cause: ControllabilityCause | None
    note: str
    author_id: UUID | None
    approver_id: UUID | None
    approved_at: datetime | None
    retired_from: date | None


class VersionDetail(VersionOutput):
    """A definition version; `verbs` says what the viewer may do now: propose, approve, retire."""

    verbs: list[VerbOutput]


class DefinitionOutput(Output):
    """A definition and the version in force on the day asked for, or the newest in sight when none is in force."""

    id: UUID
    code: str
    owner_id: UUID | None
    origin: str
    version: VersionOutput | None


class DefinitionDetail(DefinitionOutput):
    """A definition, with what the viewer may do now with the version shown."""

    version: VersionDetail | None


class OutcomeInput(Input):
    code: Code
    name: Name
    area: Code = Field(description="Outcome area, such as retention, adoption, quality, cycle_time.")
    description: Prose = ""


class OutcomeOutput(Output):
    id: UUID
    code: str
    name: str
    area: str
    description: str


class CompetencyOutput(Output):
    id: UUID
    code: str
    name: str
    description: str
    levels: list[Any]
