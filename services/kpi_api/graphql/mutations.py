"""The graph's writes: the same actions as REST. Each answers with what it changed, or with a problem by name."""

from collections.abc import Awaitable, Callable
from decimal import Decimal
from typing import Annotated, Any
from uuid import UUID

import strawberry

from chassis.database import WriteSession
from kpi_api.graphql.agreements import AgreementMutation
from kpi_api.graphql.assignments import AssignmentMutation
from kpi_api.graphql.calendars import CalendarMutation
from kpi_api.graphql.cascade.changing import KpiMutation
from kpi_api.graphql.cascade.copying import CopyMutation
from kpi_api.graphql.cascade.linking import LinkMutation
from kpi_api.graphql.cascade.measuring import MeasuringMutation
from kpi_api.graphql.cascade.window_events import WindowEventMutation
from kpi_api.graphql.collaboration.mutation import CollaborationMutation
from kpi_api.graphql.competencies import CompetencyInput, CompetencyResult, change_competency, create_competency
from kpi_api.graphql.corrections import CorrectionMutation
from kpi_api.graphql.cycles import CycleMutation
from kpi_api.graphql.development import DevelopmentMutation
from kpi_api.graphql.dictionary.mutation import DictionaryMutation
from kpi_api.graphql.duplicates import DuplicateResult, ResolveBy, resolve_duplicate
from kpi_api.graphql.findings import FindingMutation
from kpi_api.graphql.leaves import LeaveMutation
from kpi_api.graphql.nodes import Id, Info
from kpi_api.graphql.problems import ChangedProblem, ConflictProblem, InvalidProblem, NotAllowedProblem, NotFoundProblem
from kpi_api.graphql.roles import RoleInput, RoleResult, change_role, create_role
from kpi_api.graphql.scorecard_changes import ScorecardChangeMutation
from kpi_api.graphql.scorecard_copies import ScorecardCopyMutation
from kpi_api.graphql.scorecards import Review, Scorecard
from kpi_api.graphql.structure import StructureMutation
from kpi_api.graphql.templates import TemplateMutation
from kpi_api.graphql.unit_moves import UnitMoveResult, move_unit
from kpi_api.graphql.writing import attempt, found, tag
from kpi_api.reviews import actions as reviews
from kpi_api.scorecards import actions as scorecards
from kpi_api.scorecards.schemas import LineInput

RoleGiven = Annotated[RoleInput, strawberry.argument(name="input")]
CompetencyGiven = Annotated[CompetencyInput, strawberry.argument(name="input")]


@strawberry.type(description="The scorecard as it stands now.")
class ScorecardChanged:
    scorecard: Scorecard


@strawberry.type(description="The review as it stands now.")
class ReviewChanged:
    review: Review


ScorecardResult = Annotated[
    ScorecardChanged | NotFoundProblem | NotAllowedProblem | ChangedProblem | ConflictProblem | InvalidProblem,
    strawberry.union("ScorecardResult", description="The scorecard, or why it did not change."),
]
ReviewResult = Annotated[
    ReviewChanged | NotFoundProblem | NotAllowedProblem | ChangedProblem | ConflictProblem | InvalidProblem,
    strawberry.union("ReviewResult", description="The review, or why it did not change."),
]


@strawberry.input(description="One KPI of a counter-proposal with its weight in percent.")
class ScorecardLineInput:
    kpi: strawberry.ID
    weight: Decimal
    component: str | None = None

    def read(self) -> LineInput:
        return LineInput(kpi_id=found("Kpi", self.kpi), weight=self.weight, component=self.component)


async def change_scorecard(info: Info, id_: str, change: Callable[[WriteSession, UUID], Awaitable[Any]]) -> ScorecardResult:
    async def write(session: WriteSession) -> ScorecardChanged:
        return ScorecardChanged(scorecard=Scorecard.of(await change(session, found("Scorecard", id_))))

    result: ScorecardResult = await attempt(info, write)
    return result


@strawberry.type
class Mutation(
    AgreementMutation,
    AssignmentMutation,
    ScorecardCopyMutation,
    CalendarMutation,
    CollaborationMutation,
    CopyMutation,
    CorrectionMutation,
    CycleMutation,
    DevelopmentMutation,
    DictionaryMutation,
    FindingMutation,
    KpiMutation,
    LeaveMutation,
    LinkMutation,
    MeasuringMutation,
    ScorecardChangeMutation,
    StructureMutation,
    TemplateMutation,
    WindowEventMutation,
):
    @strawberry.mutation(description="Propose a draft to the other side and sign its text.")
    async def propose_scorecard(self, info: Info, id_: Id, version: int, comment: str | None = None) -> ScorecardResult:
        viewer = info.context.viewer
        return await change_scorecard(info, id_, lambda s, card: scorecards.propose(viewer, s, card, tag(version), comment))

    @strawberry.mutation(description="Answer the other side's text with a comment, other lines, or both.")
    async def counter_scorecard(
        self, info: Info, id_: Id, version: int, comment: str | None = None, lines: list[ScorecardLineInput] | None = None
    ) -> ScorecardResult:
        viewer = info.context.viewer

        async def counter(session: WriteSession, card: UUID) -> Any:
            given = None if lines is None else [line.read() for line in lines]
            return await scorecards.counter(viewer, session, card, tag(version), comment, given)

        return await change_scorecard(info, id_, counter)

    @strawberry.mutation(description="Put the second signature to the other side's text.")
    async def agree_scorecard(self, info: Info, id_: Id, version: int, comment: str | None = None) -> ScorecardResult:
        viewer = info.context.viewer
        return await change_scorecard(info, id_, lambda s, card: scorecards.agree(viewer, s, card, tag(version), comment))

    @strawberry.mutation(description="Send the other side's text back to draft.")
    async def reject_scorecard(self, info: Info, id_: Id, version: int, comment: str | None = None) -> ScorecardResult:
        viewer = info.context.viewer
        return await change_scorecard(info, id_, lambda s, card: scorecards.reject(viewer, s, card, tag(version), comment))

    @strawberry.mutation(description="Take one's own proposal back to draft.")
    async def withdraw_scorecard(self, info: Info, id_: Id, version: int, comment: str | None = None) -> ScorecardResult:
        viewer = info.context.viewer
        return await change_scorecard(info, id_, lambda s, card: scorecards.withdraw(viewer, s, card, tag(version), comment))

    @strawberry.mutation(description="Say that one has read one's released review.")
    async def acknowledge_review(self, info: Info, id_: Id) -> ReviewResult:
        viewer = info.context.viewer

        async def write(session: WriteSession) -> ReviewChanged:
            return ReviewChanged(review=Review.of(await reviews.acknowledge(viewer, session, found("Review", id_))))

        result: ReviewResult = await attempt(info, write)
        return result

    @strawberry.mutation(description="Merge one of two definitions that look alike into the other, rename it, or state the difference.")
    async def resolve_definition_duplicate(
        self, info: Info, definition: strawberry.ID, other: strawberry.ID, by: ResolveBy, note: str, name: str | None = None
    ) -> DuplicateResult:
        return await resolve_duplicate(info, definition, other, by, note, name)

    @strawberry.mutation(description="Move a unit with its KPIs under another, or under none; a preview says what would come of it.")
    async def move_unit(
        self, info: Info, id_: Id, parent: strawberry.ID | None, version: int | None = None, preview: bool = False
    ) -> UnitMoveResult:
        return await move_unit(info, id_, parent, version, preview=preview)

    @strawberry.mutation(description="Add a role with its first version.")
    async def create_role(self, info: Info, input_: RoleGiven) -> RoleResult:
        return await create_role(info, input_)

    @strawberry.mutation(description="Write a role's next version, in force from a day on.")
    async def change_role(self, info: Info, id_: Id, version: int, input_: RoleGiven) -> RoleResult:
        return await change_role(info, id_, version, input_)

    @strawberry.mutation(description="Add a competency under a code that definitions name.")
    async def create_competency(self, info: Info, code: str, input_: CompetencyGiven) -> CompetencyResult:
        return await create_competency(info, code, input_)

    @strawberry.mutation(description="Write a competency anew; its code stays.")
    async def change_competency(self, info: Info, id_: Id, version: int, input_: CompetencyGiven) -> CompetencyResult:
        return await change_competency(info, id_, version, input_)
