"""Plans and assignments as they come in and go out."""

from datetime import date, datetime
from typing import Annotated, Any, Self
from uuid import UUID

from pydantic import Field, StrictBool, model_validator
from pydantic_core import PydanticCustomError

from chassis.dates import WrittenDate
from chassis.verbs import VerbOutput
from scoring.schemas import Code, DateRange, Input, Label, Output

DocumentIn = Annotated[
    dict[str, Any] | str,
    Field(description="The plan: YAML or JSON as one text, or a JSON object whose decimals are strings. See openapi/plan.schema.json."),
]


class PlanVersionIn(Input):
    """A new text of a plan."""

    document: DocumentIn


class PlanIn(PlanVersionIn):
    """A new plan with its first text."""

    code: Code
    name: Label
    earning_code: Annotated[Code, Field(description="The name under which payroll books what the plan pays.")] = "BONUS"


class PlanFinding(Output):
    """One thing worth a second look: which rule, at which step, where (a JSON pointer), what was seen, why it matters and what mends it.
    Findings of versions kept before have fewer words."""

    code: str
    severity: str
    step: str
    path: str | None = None
    message: str
    reason: str | None = None
    fix: str | None = None


class PlanVersionFacts(Output):
    """One version: who wrote it, whether it is approved, what the check found. `digest` names what it means."""

    number: int
    status: str
    digest: str
    findings: list[PlanFinding]
    author_id: UUID | None
    created_at: datetime
    approver_id: UUID | None
    approved_at: datetime | None


class PlanVersionOut(PlanVersionFacts):
    """One version; `verbs` says what the viewer may do now: approve."""

    verbs: list[VerbOutput]


class PlanVersionText(PlanVersionOut):
    """One version with its text as written."""

    source: str


class PlanOut(Output):
    """A plan without its versions."""

    code: str
    name: str
    earning_code: str


class PlanWithVersions(PlanOut):
    """A plan and its versions, the newest first."""

    versions: list[PlanVersionText]


class Population(Input):
    """Whom an assignment covers: exactly one of the three."""

    everyone: StrictBool = False
    legal_entities: Annotated[list[Label], Field(max_length=1000)] = Field(default_factory=list)
    person_ids: Annotated[list[UUID], Field(max_length=20_000)] = Field(default_factory=list)

    @model_validator(mode="after")
    def exactly_one(self) -> Self:
        if sum(map(bool, (self.everyone, self.legal_entities, self.person_ids))) != 1:
            raise PydanticCustomError("one_population", "Give exactly one of everyone: true, legal_entities and person_ids")
        return self

    def members(self) -> list[str]:
        """The parts of the population as they are stored, each once."""
        if self.everyone:
            return ["everyone"]
        return sorted({f"legal_entity:{code}" for code in self.legal_entities} | {f"person:{id_}" for id_ in self.person_ids})


class PlanAssignmentIn(DateRange):
    """A plan for a population, from a date until a date (exclusive). Without `version`, the newest approved one."""

    plan_code: Code
    version: Annotated[int, Field(ge=1)] | None = None
    population: Population


class AssignmentEnd(Input):
    """The first day on which the assignment no longer holds."""

    valid_to: WrittenDate


class PlanAssignmentOut(Output):
    """An assignment. `members` are `everyone`, `legal_entity:CODE` or `person:ID`."""

    id: UUID
    plan_code: str
    version: int
    valid_from: date
    valid_to: date | None
    members: list[str]


class PlanAssignmentDetail(PlanAssignmentOut):
    """An assignment; `verbs` says what the viewer may do now: end."""

    verbs: list[VerbOutput]
