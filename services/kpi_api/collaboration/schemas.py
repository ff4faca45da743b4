"""What the doors of collaboration take and give."""

from datetime import date, datetime
from typing import Annotated, Any, Literal, Self
from uuid import UUID

from pydantic import ConfigDict, Field, StrictBool, StringConstraints, model_validator
from pydantic_core import PydanticCustomError

from chassis.dates import WrittenDate
from chassis.numbers import ExactDecimal, Percent
from chassis.texts import NOT_BLANK
from chassis.verbs import VerbOutput
from kpi_api.cascade.schemas import PersonName, UnitName
from kpi_api.collaboration.models import ProposalStatus
from kpi_api.dictionary.fields import Input, Output, UnitCode
from kpi_api.dictionary.target_schemas import Target

Said = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=4000), NOT_BLANK]
State = Literal["open", "agreed", "achieved", "over"]


class AgreementInput(Input):
    """The digest of the terms that were read, so that nobody agrees to what changed under their hand."""

    model_config = ConfigDict(extra="forbid", json_schema_extra={"examples": [{"digest": "sha256:0f…"}]})

    digest: str = Field(max_length=100)


class ProposalInput(Input):
    """Other terms: in words and, where it is about the targets, as the targets that the KPI would then have."""

    text: Said
    targets: list[Target] | None = Field(default=None, min_length=1, max_length=20)


class LeavingInput(Input):
    """Why somebody carries the KPI no more."""

    model_config = ConfigDict(extra="forbid", json_schema_extra={"examples": [{"reason": "Support hands over to Service in March."}]})

    reason: Said


class AnswerInput(Input):
    reply: Said | None = None


class CommentInput(Input):
    text: Said
    proposal_id: UUID | None = None


class PartRecordInput(Input):
    """What a stakeholder brought by a day; a figure has a unit of its own, which need not be that of the KPI."""

    stakeholder_id: UUID
    day: WrittenDate
    note: Said
    value: ExactDecimal | None = None
    unit: UnitCode | None = None

    @model_validator(mode="after")
    def a_figure_has_a_unit(self) -> Self:
        if (self.value is None) != (self.unit is None):
            raise PydanticCustomError("value_and_unit", "Give a value together with its unit, or neither")
        return self


class Share(Input):
    stakeholder_id: UUID
    share: Percent = Field(gt=0, le=100, decimal_places=2)


class SharesInput(Input):
    """Everybody's share, which total 100.00, or none: then each carries the whole result. `digest` is that of the terms that were read."""

    digest: str = Field(max_length=100)
    shares: list[Share] = Field(max_length=200)


class NamingInput(Input):
    named: StrictBool


class RetrospectiveInput(Input):
    """What one would tell those who design the next one."""

    went_well: Said
    to_improve: Said


class CollaboratorOutput(Output):
    """One who carries the KPI together with others, and whether they agree to the present terms. `changes` says what is different now for
    who agreed to earlier ones."""

    id: UUID
    person: PersonName | None
    unit: UnitName | None
    part: str
    credit_share: Percent | None
    agreed: bool
    agreed_at: datetime | None
    agreed_by: PersonName | None
    changes: list[str]
    yours: bool = Field(description="You speak for them: it is you, or you head the unit.")


class FormerCollaboratorOutput(Output):
    """One who carried the KPI and left, with what they had agreed to last."""

    id: UUID
    person: PersonName | None
    unit: UnitName | None
    part: str
    left_at: datetime
    reason: str
    agreed_at: datetime | None


class ProposalOutput(Output):
    id: UUID
    author: PersonName
    text: str
    targets: list[Target] | None
    status: ProposalStatus
    reply: str | None
    created_at: datetime
    answered_at: datetime | None


class CommentOutput(Output):
    id: UUID
    author: PersonName
    proposal_id: UUID | None
    text: str
    created_at: datetime


class PartRecordOutput(Output):
    id: UUID
    stakeholder_id: UUID
    recorded_by: PersonName
    day: date
    value: ExactDecimal | None
    unit: str | None
    note: str


class CelebrationOutput(Output):
    """That the shared target was reached: the joint result first, then who brought what, but for those who would rather not be named."""

    achieved_on: date
    text: str


class RetrospectiveOutput(Output):
    kpi_id: UUID
    kpi_name: str
    window_end: date
    author: PersonName
    went_well: str
    to_improve: str


class Collaboration(Output):
    """A collaborative KPI as those who carry it work on it. `state`: open while somebody has not agreed to the present terms, then agreed;
    achieved once the target is reached; over when its window is and it was not."""

    kpi_id: UUID
    name: str
    state: State
    terms: dict[str, Any] = Field(description="What is agreed to: definition, measurement, benchmark, timeline, credit shares if any.")
    digest: str
    stakeholders: list[CollaboratorOutput]
    former: list[FormerCollaboratorOutput]
    waiting_for: list[str] = Field(description="Who has not agreed to the present terms.")
    proposals: list[ProposalOutput] = Field(
        description="The latest 20, like `comments` and `records`; all of them have pages of their own."
    )
    comments: list[CommentOutput]
    records: list[PartRecordOutput]
    celebration: CelebrationOutput | None
    retrospectives: list[RetrospectiveOutput]
    earlier: list[RetrospectiveOutput] = Field(description="What was learned from earlier ones of the same definition or owner.")
    named: bool = Field(description="Whether you are named when it is celebrated.")
    verbs: list[VerbOutput]
