"""What the cascade's doors take and give."""

from datetime import date
from typing import Annotated, Literal, Self
from uuid import UUID

from pydantic import Field, StrictBool, StringConstraints, model_validator
from pydantic_core import PydanticCustomError

from chassis.dates import WrittenDate
from chassis.numbers import ExactDecimal
from chassis.problems import FieldError
from chassis.verbs import VerbOutput
from kpi_api.cascade.levels import Level
from kpi_api.cascade.windows.schemas import WindowBeginning, WindowStart
from kpi_api.dictionary.fields import Code, Input, Name, Output, Prose
from kpi_api.dictionary.target_schemas import Target
from kpi_api.dictionary.vocabulary import Controllability

KpiReference = Annotated[str, StringConstraints(min_length=1, max_length=64), Field(description="A KPI's id or code.")]
Weight = Annotated[ExactDecimal, Field(gt=0, description="Relative to the other contributions into the same parent.")]
KpiStatus = Literal["waiting", "active", "closed", "withdrawn"]
RollUpMethod = Annotated[
    Literal["measured", "sum", "mean", "weighted_mean"],
    Field(description="How the KPI comes about: measured on its own, or rolled up from the KPIs that contribute to it."),
]
RollUpOf = Annotated[Literal["values", "attainments"], Field(description="What is rolled up of the KPIs below.")]


class Holder(Input):
    """A person or a unit, by id or by the code that the organization uses: exactly one of the four."""

    person_id: UUID | None = None
    person_external_id: str | None = None
    unit_id: UUID | None = None
    unit_code: str | None = None

    @model_validator(mode="after")
    def names_one(self) -> Self:
        if sum(value is not None for value in (self.person_id, self.person_external_id, self.unit_id, self.unit_code)) != 1:
            raise PydanticCustomError("one_holder", "Name one of person_id, person_external_id, unit_id and unit_code")
        return self

    @property
    def is_person(self) -> bool:
        return self.person_id is not None or self.person_external_id is not None


class Parent(Input):
    parent: KpiReference
    weight: Weight = Field(default="1", validate_default=True)


class NewStakeholder(Holder):
    part: Prose = Field(default="", description="What they bring to the shared result.")


class NewKpi(Input):
    """A KPI to create. The window is the cycle's unless given: a last day, or a number of days ("first 60 days")."""

    code: Code | None = Field(default=None, description="Your own reference; the same code again changes nothing.")
    definition_code: Code
    definition_version: int | None = Field(default=None, ge=1, description="The version in force when left out.")
    cycle_code: Code
    name: Name | None = Field(default=None, description="The definition's name when left out.")
    why: Prose = ""
    level: Level
    owner: Holder
    collaborative: StrictBool = False
    window_start: WrittenDate | None = None
    window_end: WrittenDate | None = None
    window_days: int | None = Field(default=None, ge=1, le=3660)
    window_event: WindowStart | None = Field(default=None, description="The window's days are counted from an event, which may come later.")
    controllability: Controllability | None = Field(default=None, description="The definition's when left out.")
    roll_up: RollUpMethod = "measured"
    roll_up_of: RollUpOf = "values"
    targets: list[Target] = Field(min_length=1, max_length=20)
    contributes_to: list[Parent] = Field(default=[], max_length=50)
    stakeholders: list[NewStakeholder] = Field(default=[], max_length=200)

    @model_validator(mode="after")
    def window_ends_once(self) -> Self:
        if self.window_end is not None and self.window_days is not None:
            raise PydanticCustomError("window", "Give the window's last day or its number of days, not both")
        if self.window_event and (self.window_days is None or self.window_start is not None):
            raise PydanticCustomError("window", "A window that begins with an event has `window_days`, and no first day of its own")
        return self


class RollUpChoice(Input):
    """How a KPI comes about."""

    roll_up: RollUpMethod
    roll_up_of: RollUpOf = "values"


class NewContribution(Input):
    child: KpiReference
    parent: KpiReference
    weight: Weight = Field(default="1", validate_default=True)


class TargetOutput(Target):
    """A target and how it reads."""

    sentence: str


class UnitName(Output):
    id: UUID
    name: str


class PersonName(Output):
    id: UUID
    name: str


class StakeholderOutput(Output):
    id: UUID
    person: PersonName | None
    unit: UnitName | None
    part: str


class AncestorKpi(Output):
    """A KPI on somebody's line of sight, as those below may see it: no person, no measurements."""

    view: Literal["ancestor"] = "ancestor"
    id: UUID
    name: str
    why: str
    level: Level
    owning_unit: UnitName | None
    targets: list[TargetOutput]
    status: KpiStatus


class KpiOutput(Output):
    """A KPI as its owner and those above them see it."""

    view: Literal["full"] = "full"
    id: UUID
    code: str | None
    name: str
    why: str
    level: Level
    owner: PersonName | None
    owning_unit: UnitName | None
    collaborative: bool
    definition_id: UUID
    definition_code: str
    definition_version: int
    cycle_id: UUID
    window_start: date | None = Field(description="Null while the KPI waits for the event with which its window begins.")
    window_end: date | None
    window_event: WindowBeginning | None
    controllability: Controllability
    status: KpiStatus
    roll_up: RollUpMethod
    roll_up_of: RollUpOf
    version: int = Field(description="Counts its states; If-Match sends it, in quotation marks.")
    targets: list[TargetOutput]
    stakeholders: list[StakeholderOutput]
    contributes_to: list[UUID]


class KpiDetail(KpiOutput):
    """A KPI whole; `warnings` says what seems wrong though it is allowed: targets, whom it is for; `verbs` says what the viewer may do now:
    change_targets, change_roll_up, contribute, add_stakeholders."""

    warnings: list[FieldError]
    verbs: list[VerbOutput]


KpiView = Annotated[KpiOutput | AncestorKpi, Field(discriminator="view")]
KpiDetailView = Annotated[KpiDetail | AncestorKpi, Field(discriminator="view")]


class LineNode(AncestorKpi):
    """A KPI on a line of sight."""


class LineEdge(Output):
    child_id: UUID
    parent_id: UUID
    weight: ExactDecimal
    skips_level: bool


class LineOfSight(Output):
    """Every way from a KPI up to strategic KPIs and the mission.

    `paths` hold ids from the KPI upward; one that does not end at a strategic KPI is a dead end and left out. `orphan` says that there
    is none. Very many paths are cut off, which `complete` tells.
    """

    direction: Literal["up"] = "up"
    kpi_id: UUID
    mission: str
    nodes: list[LineNode]
    edges: list[LineEdge]
    paths: list[list[UUID]]
    complete: bool
    orphan: bool
    sentence: str
