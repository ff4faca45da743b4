"""Collaborative KPIs in the graph: everything about one in one query, and the steps of those who carry it."""

from collections.abc import Awaitable, Callable
from datetime import date, datetime
from decimal import Decimal
from enum import Enum
from typing import Annotated, Any
from uuid import UUID

import strawberry
from strawberry.scalars import JSON

from chassis.database import WriteSession
from chassis.problems import NotFound
from kpi_api.collaboration import actions, agreeing, carriers, schemas
from kpi_api.collaboration.problems import NotCollaborative
from kpi_api.collaboration.shown import collaboration
from kpi_api.graphql.nodes import Id, Info
from kpi_api.graphql.problems import ChangedProblem, ConflictProblem, InvalidProblem, NotAllowedProblem, NotFoundProblem
from kpi_api.graphql.verbs import Verb, verbs_of
from kpi_api.graphql.writing import attempt, found, validated


def same(type_: Any, given: Any, **others: Any) -> Any:
    """A type of the graph from what the REST door shows, field by field, but for `others`."""
    names = [field.name for field in type_.__dataclass_fields__.values() if field.name not in others]
    return type_(**{name: getattr(given, name) for name in names}, **others)


@strawberry.type(description="One who carries a KPI together with others: a person or a unit, and whether they agree to the present terms.")
class Collaborator:
    uuid: UUID
    name: str
    part: str
    credit_share: Decimal | None
    agreed: bool
    agreed_at: datetime | None
    agreed_by: str | None
    changes: list[str] = strawberry.field(description="What is different since they agreed, where they have not agreed anew.")
    yours: bool = strawberry.field(description="You speak for them.")

    @classmethod
    def of(cls, given: schemas.CollaboratorOutput) -> "Collaborator":
        holder = given.person or given.unit
        named = {"uuid": given.id, "name": holder.name if holder else "", "agreed_by": given.agreed_by.name if given.agreed_by else None}
        return same(cls, given, **named)  # type: ignore[no-any-return]


@strawberry.type(description="Other terms that somebody proposed, and the answer.")
class KpiProposal:
    uuid: UUID
    author: str
    text: str
    targets: JSON | None = strawberry.field(description="The targets that the KPI would have.")
    status: str
    reply: str | None
    created_at: datetime
    answered_at: datetime | None

    @classmethod
    def of(cls, given: schemas.ProposalOutput) -> "KpiProposal":
        targets = [target.model_dump(mode="json", exclude_none=True) for target in given.targets] if given.targets else None
        return same(cls, given, uuid=given.id, author=given.author.name, targets=targets)  # type: ignore[no-any-return]


@strawberry.type(description="What somebody said about a shared KPI, or one of its proposals.")
class KpiComment:
    uuid: UUID
    author: str
    proposal_uuid: UUID | None
    text: str
    created_at: datetime

    @classmethod
    def of(cls, given: schemas.CommentOutput) -> "KpiComment":
        return same(cls, given, uuid=given.id, author=given.author.name, proposal_uuid=given.proposal_id)  # type: ignore[no-any-return]


@strawberry.type(description="What a stakeholder brought; not summed into the joint result.")
class PartRecord:
    uuid: UUID
    stakeholder_uuid: UUID
    recorded_by: str
    day: date
    value: Decimal | None
    unit: str | None
    note: str

    @classmethod
    def of(cls, given: schemas.PartRecordOutput) -> "PartRecord":
        names = {"uuid": given.id, "stakeholder_uuid": given.stakeholder_id, "recorded_by": given.recorded_by.name}
        return same(cls, given, **names)  # type: ignore[no-any-return]


@strawberry.type(description="What one of those who carried a KPI learned.")
class Retrospective:
    kpi_uuid: UUID
    kpi_name: str
    window_end: date
    author: str
    went_well: str
    to_improve: str

    @classmethod
    def of(cls, given: schemas.RetrospectiveOutput) -> "Retrospective":
        return same(cls, given, kpi_uuid=given.kpi_id, author=given.author.name)  # type: ignore[no-any-return]


@strawberry.type(description="That the shared target was reached; the joint result comes first.")
class Celebration:
    achieved_on: date
    text: str


@strawberry.type(description="A collaborative KPI as those who carry it work on it.")
class Collaboration:
    kpi_uuid: UUID
    state: str = strawberry.field(description="open, agreed, achieved or over.")
    terms: JSON = strawberry.field(description="What is agreed to: definition, measurement, benchmark, timeline, credit shares if any.")
    digest: str
    stakeholders: list[Collaborator]
    waiting_for: list[str]
    proposals: list[KpiProposal]
    comments: list[KpiComment]
    records: list[PartRecord]
    celebration: Celebration | None
    retrospectives: list[Retrospective]
    earlier: list[Retrospective] = strawberry.field(description="What was learned from earlier ones of the same definition or owner.")
    named: bool = strawberry.field(description="Whether you are named when it is celebrated.")
    verbs: list[Verb]

    @classmethod
    def of(cls, given: schemas.Collaboration) -> "Collaboration":
        return same(  # type: ignore[no-any-return]
            cls,
            given,
            kpi_uuid=given.kpi_id,
            stakeholders=[Collaborator.of(one) for one in given.stakeholders],
            proposals=[KpiProposal.of(one) for one in given.proposals],
            comments=[KpiComment.of(one) for one in given.comments],
            records=[PartRecord.of(one) for one in given.records],
            celebration=Celebration(achieved_on=given.celebration.achieved_on, text=given.celebration.text) if given.celebration else None,
            retrospectives=[Retrospective.of(one) for one in given.retrospectives],
            earlier=[Retrospective.of(one) for one in given.earlier],
            verbs=verbs_of(given.verbs),
        )


async def load_collaboration(info: Info, kpi_id: UUID) -> Collaboration | None:
    """Null where the KPI is not seen whole, or nobody carries it together."""
    try:
        async with info.context.read() as session:
            return Collaboration.of(await collaboration(info.context.viewer, session, kpi_id))
    except (NotFound, NotCollaborative):
        return None


@strawberry.type(description="The collaboration as it stands now.")
class CollaborationChanged:
    collaboration: Collaboration


CollaborationResult = Annotated[
    CollaborationChanged | NotFoundProblem | NotAllowedProblem | ChangedProblem | ConflictProblem | InvalidProblem,
    strawberry.union("CollaborationResult", description="The collaboration, or why it did not change."),
]


@strawberry.enum(description="What becomes of a proposal.")
class ProposalAnswer(Enum):
    TAKE = "take"
    DECLINE = "decline"
    WITHDRAW = "withdraw"


@strawberry.input(description="A stakeholder's share of the credit in percent.")
class CreditShareInput:
    stakeholder: UUID
    share: Decimal


async def change(info: Info, id_: str, step: Callable[[WriteSession, UUID], Awaitable[Any]]) -> CollaborationResult:
    async def write(session: WriteSession) -> CollaborationChanged:
        kpi_id = found("Kpi", id_)
        await step(session, kpi_id)
        return CollaborationChanged(collaboration=Collaboration.of(await collaboration(info.context.viewer, session, kpi_id)))

    result: CollaborationResult = await attempt(info, write)
    return result


@strawberry.type
class CollaborationMutation:
    @strawberry.mutation(description="Agree to a shared KPI's terms, for yourself and the units you head.")
    async def agree_to_kpi(self, info: Info, id_: Id, digest: str) -> CollaborationResult:
        return await change(info, id_, lambda s, kpi: agreeing.agree(info.context.viewer, s, kpi, digest))

    @strawberry.mutation(description="Propose other terms in words and, where it is about them, as targets (in the form of REST).")
    async def propose_for_kpi(self, info: Info, id_: Id, text: str, targets: JSON | None = None) -> CollaborationResult:
        given = {"text": text, "targets": targets}
        return await change(info, id_, lambda s, kpi: actions.propose(info.context.viewer, s, kpi, validated(schemas.ProposalInput, given)))

    @strawberry.mutation(description="Take or decline a proposal, as whoever leads the KPI, or withdraw one's own.")
    async def answer_kpi_proposal(
        self, info: Info, id_: Id, proposal: UUID, answer: ProposalAnswer, reply: str | None = None
    ) -> CollaborationResult:
        async def step(session: WriteSession, kpi_id: UUID) -> None:
            said = validated(schemas.AnswerInput, {"reply": reply}).reply
            await actions.answer(info.context.viewer, session, kpi_id, proposal, answer.value, said)

        return await change(info, id_, step)

    @strawberry.mutation(description="Say something about a shared KPI or one of its proposals.")
    async def comment_on_kpi(self, info: Info, id_: Id, text: str, proposal: UUID | None = None) -> CollaborationResult:
        given = {"text": text, "proposal_id": proposal}
        return await change(info, id_, lambda s, kpi: actions.comment(info.context.viewer, s, kpi, validated(schemas.CommentInput, given)))

    @strawberry.mutation(description="Record what a stakeholder brought by a day, with a figure of its own unit where there is one.")
    async def record_kpi_part(
        self, info: Info, id_: Id, stakeholder: UUID, day: date, note: str, value: Decimal | None = None, unit: str | None = None
    ) -> CollaborationResult:
        given = {"stakeholder_id": stakeholder, "day": day, "note": note, "value": value, "unit": unit}
        return await change(
            info, id_, lambda s, kpi: actions.record_part(info.context.viewer, s, kpi, validated(schemas.PartRecordInput, given))
        )

    @strawberry.mutation(description="Divide the credit, which totals 100.00, or take the shares away.")
    async def divide_kpi_credit(self, info: Info, id_: Id, digest: str, shares: list[CreditShareInput]) -> CollaborationResult:
        async def step(session: WriteSession, kpi_id: UUID) -> None:
            rows = [{"stakeholder_id": share.stakeholder, "share": share.share} for share in shares]
            given = validated(schemas.SharesInput, {"digest": digest, "shares": rows})
            await carriers.divide_credit(info.context.viewer, session, kpi_id, given.shares, given.digest)

        return await change(info, id_, step)

    @strawberry.mutation(description="Say whether you are named when it is celebrated.")
    async def choose_kpi_naming(self, info: Info, id_: Id, named: bool) -> CollaborationResult:
        return await change(info, id_, lambda s, kpi: actions.choose_naming(info.context.viewer, s, kpi, named=named))

    @strawberry.mutation(description="Keep what you learned from a shared KPI that is reached or over.")
    async def look_back_on_kpi(self, info: Info, id_: Id, went_well: str, to_improve: str) -> CollaborationResult:
        given = {"went_well": went_well, "to_improve": to_improve}
        return await change(
            info, id_, lambda s, kpi: actions.look_back(info.context.viewer, s, kpi, validated(schemas.RetrospectiveInput, given))
        )
