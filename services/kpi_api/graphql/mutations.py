"""The graph's writes: the same actions as REST. Each answers with what it changed, or with a problem by name."""

from collections.abc import Awaitable, Callable
from decimal import Decimal
from typing import Annotated, Any, TypeVar
from uuid import UUID

import strawberry
from pydantic import ValidationError
from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm.exc import StaleDataError

from chassis.database import WriteSession
from chassis.error_answers import problem_of
from chassis.field_errors import plain_words
from chassis.problems import Invalid, NotFound, PreconditionFailed
from chassis.problems import Problem as RaisedProblem
from kpi_api.graphql import problems
from kpi_api.graphql.nodes import Id, Info, id_of
from kpi_api.graphql.problems import ChangedProblem, ConflictProblem, InvalidProblem, NotAllowedProblem, NotFoundProblem
from kpi_api.graphql.scorecards import Review, Scorecard
from kpi_api.reviews import actions as reviews
from kpi_api.scorecards import actions as scorecards
from kpi_api.scorecards.schemas import LineInput

Done = TypeVar("Done")


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
    component: str = "kpis"

    def read(self) -> LineInput:
        return LineInput(kpi_id=found("Kpi", self.kpi), weight=self.weight, component=self.component)


def found(type_name: str, id_: str) -> UUID:
    """Raises NotFound for what is no such id."""
    record_id = id_of(type_name, id_)
    if record_id is None:
        raise NotFound()
    return record_id


async def attempt(info: Info, write: Callable[[WriteSession], Awaitable[Done]]) -> Any:
    """What `write` gives, or the problem as a member of the union; then nothing of it stays."""
    try:
        async with info.context.transaction() as session:
            return await write(session)
    except RaisedProblem as problem:
        return problems.shown(problem)
    except StaleDataError:
        return problems.shown(PreconditionFailed("It was changed at the same moment by somebody else. Read it again, then decide."))
    except DBAPIError as error:
        if (refusal := problem_of(error)) is None:
            raise
        return problems.shown(refusal)
    except ValidationError as error:
        return problems.shown(Invalid("; ".join(plain_words(item) for item in error.errors()), field="/input"))


def tag(version: int) -> str:
    return f'"{version}"'


async def change_scorecard(info: Info, id_: str, change: Callable[[WriteSession, UUID], Awaitable[Any]]) -> ScorecardResult:
    async def write(session: WriteSession) -> ScorecardChanged:
        return ScorecardChanged(scorecard=Scorecard.of(await change(session, found("Scorecard", id_))))

    result: ScorecardResult = await attempt(info, write)
    return result


@strawberry.type
class Mutation:
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
