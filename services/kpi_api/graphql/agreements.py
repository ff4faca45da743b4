"""Agreements in the graph: what was signed, what is said about a scorecard, and objections to a correction of it."""

from datetime import date, datetime
from typing import Annotated
from uuid import UUID

import strawberry
from strawberry.scalars import JSON

from chassis.database import WriteSession
from chassis.problems import NotFound
from kpi_api.graphql.nodes import Id, Info
from kpi_api.graphql.problems import ChangedProblem, ConflictProblem, InvalidProblem, NotAllowedProblem, NotFoundProblem
from kpi_api.graphql.words import Side
from kpi_api.graphql.writing import attempt, found, validated
from kpi_api.scorecards.agreement import queries as agreement
from kpi_api.scorecards.agreement.problems import NotAgreed
from kpi_api.scorecards.agreement.schemas import AgreementOutput
from kpi_api.scorecards.corrections import actions as corrections
from kpi_api.scorecards.corrections import queries as correction_queries
from kpi_api.scorecards.corrections.schemas import CorrectionOfScorecard, ObjectionInput
from kpi_api.scorecards.discussion import actions as discussion
from kpi_api.scorecards.discussion import queries as discussion_queries
from kpi_api.scorecards.discussion.models import ThreadComment
from kpi_api.scorecards.discussion.schemas import NewThreadComment
from kpi_api.scorecards.schemas import SignatureOutput


@strawberry.type(description="Who signed; a delegate signs in their own name for the absent manager.")
class ScorecardSignature:
    side: Side
    signer_uuid: UUID
    on_behalf_of_uuid: UUID | None
    signed_at: datetime
    digest: str

    @classmethod
    def of(cls, given: SignatureOutput) -> "ScorecardSignature":
        return cls(
            side=Side(given.side),
            signer_uuid=given.signer_id,
            on_behalf_of_uuid=given.on_behalf_of_id,
            signed_at=given.signed_at,
            digest=given.digest,
        )


@strawberry.type(description="A signed text. `verified`: it still has the digest that every side signed, computed anew.")
class SignedScorecard:
    document: JSON
    digest: str
    recomputed_digest: str
    verified: bool
    present: bool = strawberry.field(description="It is the agreement in force.")
    imposed: bool
    signatures: list[ScorecardSignature]

    @classmethod
    def of(cls, given: AgreementOutput) -> "SignedScorecard":
        return cls(
            document=JSON(given.document),
            digest=given.digest,
            recomputed_digest=given.recomputed_digest,
            verified=given.verified,
            present=given.present,
            imposed=given.imposed,
            signatures=[ScorecardSignature.of(one) for one in given.signatures],
        )


@strawberry.type(description="What somebody said about a scorecard or one KPI on it; removed ones keep their place without text.")
class ScorecardComment:
    uuid: UUID
    kpi_uuid: UUID | None
    reply_to_uuid: UUID | None
    author_uuid: UUID
    side: Side
    text: str | None
    created_at: datetime
    removed_at: datetime | None

    @classmethod
    def of(cls, row: ThreadComment) -> "ScorecardComment":
        return cls(
            uuid=row.id,
            kpi_uuid=row.kpi_id,
            reply_to_uuid=row.reply_to_id,
            author_uuid=row.author_id,
            side=Side(row.side),
            text=row.text,
            created_at=row.created_at,
            removed_at=row.removed_at,
        )


@strawberry.type(description="A correction of many scorecards as it concerns this one, and until when its sides may object.")
class ScorecardCorrection:
    correction_uuid: UUID
    status: str
    changes: list[str]
    reason: str
    objections_until: date
    refused_message: str | None
    objected_side: Side | None
    objection: str | None

    @classmethod
    def of(cls, given: CorrectionOfScorecard) -> "ScorecardCorrection":
        return cls(
            correction_uuid=given.correction_id,
            status=given.status,
            changes=given.changes,
            reason=given.reason,
            objections_until=given.objections_until,
            refused_message=given.refused_message,
            objected_side=Side(given.objected_side) if given.objected_side else None,
            objection=given.objection,
        )


async def load_agreement(info: Info, scorecard_id: UUID, digest: str | None) -> SignedScorecard | None:
    """Null before both signed, and for what nobody signed here."""
    try:
        async with info.context.read() as session:
            return SignedScorecard.of(await agreement.agreement(info.context.viewer, session, scorecard_id, digest))
    except (NotFound, NotAgreed):
        return None


async def load_comments(info: Info, scorecard_id: UUID) -> list[ScorecardComment]:
    return [ScorecardComment.of(row) for row in await info.context.loaders.scorecard_comments.load(scorecard_id) or []]


async def load_corrections(info: Info, scorecard_id: UUID) -> list[ScorecardCorrection]:
    return [ScorecardCorrection.of(one) for one in await info.context.loaders.scorecard_corrections.load(scorecard_id) or []]


@strawberry.type(description="What is said about the scorecard now.")
class ScorecardCommentsChanged:
    comments: list[ScorecardComment]


@strawberry.type(description="What is corrected on the scorecard now.")
class ScorecardCorrectionsChanged:
    corrections: list[ScorecardCorrection]


ScorecardCommentsResult = Annotated[
    ScorecardCommentsChanged | NotFoundProblem | NotAllowedProblem | ChangedProblem | ConflictProblem | InvalidProblem,
    strawberry.union("ScorecardCommentsResult", description="The comments, or why none was written or removed."),
]
ScorecardCorrectionsResult = Annotated[
    ScorecardCorrectionsChanged | NotFoundProblem | NotAllowedProblem | ChangedProblem | ConflictProblem | InvalidProblem,
    strawberry.union("ScorecardCorrectionsResult", description="The corrections, or why nobody objected."),
]


async def _comments(info: Info, session: WriteSession, card: UUID) -> ScorecardCommentsChanged:
    rows = (await discussion_queries.comments_of_cards(info.context.viewer, session, [card])).get(card, [])
    return ScorecardCommentsChanged(comments=[ScorecardComment.of(row) for row in rows])


@strawberry.type
class AgreementMutation:
    @strawberry.mutation(description="Say something about a scorecard, one KPI on it, or in reply to another comment.")
    async def comment_on_scorecard(
        self, info: Info, id_: Id, text: str, kpi: strawberry.ID | None = None, reply_to: UUID | None = None
    ) -> ScorecardCommentsResult:
        async def write(session: WriteSession) -> ScorecardCommentsChanged:
            card = found("Scorecard", id_)
            given = {"text": text, "kpi_id": found("Kpi", kpi) if kpi else None, "reply_to_id": reply_to}
            await discussion.comment(info.context.viewer, session, card, validated(NewThreadComment, given))
            return await _comments(info, session, card)

        result: ScorecardCommentsResult = await attempt(info, write)
        return result

    @strawberry.mutation(description="Take the text of a comment away, as its author or HR; its place stays.")
    async def remove_scorecard_comment(self, info: Info, id_: Id, comment: UUID) -> ScorecardCommentsResult:
        async def write(session: WriteSession) -> ScorecardCommentsChanged:
            card = found("Scorecard", id_)
            await discussion.remove(info.context.viewer, session, card, comment)
            return await _comments(info, session, card)

        result: ScorecardCommentsResult = await attempt(info, write)
        return result

    @strawberry.mutation(description="Keep the signed text of a scorecard, as one of its sides, against a correction of many.")
    async def object_to_scorecard_correction(self, info: Info, id_: Id, correction: UUID, reason: str) -> ScorecardCorrectionsResult:
        async def write(session: WriteSession) -> ScorecardCorrectionsChanged:
            card, viewer = found("Scorecard", id_), info.context.viewer
            given = validated(ObjectionInput, {"reason": reason})
            await corrections.object_to(viewer, session, card, correction, given.reason)
            return ScorecardCorrectionsChanged(
                corrections=[ScorecardCorrection.of(one) for one in await correction_queries.of_scorecard(viewer, session, card)]
            )

        result: ScorecardCorrectionsResult = await attempt(info, write)
        return result
