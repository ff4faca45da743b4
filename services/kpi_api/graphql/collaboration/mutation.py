"""The steps of those who carry a KPI together, as mutations."""

from collections.abc import Awaitable, Callable
from datetime import date
from decimal import Decimal
from enum import Enum
from typing import Annotated, Any
from uuid import UUID

import strawberry

from chassis.database import WriteSession
from kpi_api.collaboration import actions, agreeing, carriers, schemas
from kpi_api.collaboration.shown import collaboration
from kpi_api.graphql.cascade.inputs import TargetInput
from kpi_api.graphql.collaboration.page import Collaboration
from kpi_api.graphql.nodes import Id, Info
from kpi_api.graphql.problems import ChangedProblem, ConflictProblem, InvalidProblem, NotAllowedProblem, NotFoundProblem
from kpi_api.graphql.writing import attempt, found, validated


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

    @strawberry.mutation(description="Take that back for yourself and the units you head, before the window begins.")
    async def take_back_kpi_agreement(self, info: Info, id_: Id) -> CollaborationResult:
        return await change(info, id_, lambda s, kpi: agreeing.take_back(info.context.viewer, s, kpi))

    @strawberry.mutation(description="Take a stakeholder off, as whoever leads the KPI; what they agreed to and recorded stays.")
    async def take_off_kpi_stakeholder(self, info: Info, id_: Id, stakeholder: UUID, reason: str) -> CollaborationResult:
        async def step(session: WriteSession, kpi_id: UUID) -> None:
            given = validated(schemas.LeavingInput, {"reason": reason})
            await carriers.take_off(info.context.viewer, session, kpi_id, stakeholder, given.reason)

        return await change(info, id_, step)

    @strawberry.mutation(description="Propose other terms in words and, where it is about them, as targets.")
    async def propose_for_kpi(self, info: Info, id_: Id, text: str, targets: list[TargetInput] | None = None) -> CollaborationResult:
        given = {"text": text, "targets": [target.values() for target in targets] if targets else None}
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
