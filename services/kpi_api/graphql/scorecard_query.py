"""Scorecards: fields of the root."""

from uuid import UUID

import strawberry

from kpi_api.graphql.nodes import DEFAULT_FIRST, After, Connection, First, Id, Info, connection, id_of, page_request, wanted_id
from kpi_api.graphql.scorecards import Scorecard
from kpi_api.graphql.words import ScorecardStatus
from kpi_api.scorecards import queries as scorecards


@strawberry.type
class ScorecardQuery:
    @strawberry.field
    async def scorecard(self, info: Info, id_: Id) -> Scorecard | None:
        scorecard_id = id_of("Scorecard", id_)
        return await load_scorecard(info, scorecard_id) if scorecard_id else None

    @strawberry.field(description="Scorecards in sight, oldest first.")
    async def scorecards(
        self,
        info: Info,
        first: First = DEFAULT_FIRST,
        after: After = None,
        cycle_code: str | None = None,
        person_id: strawberry.ID | None = None,
        status: ScorecardStatus | None = None,
        waiting_for_me: bool = False,
        late: bool | None = None,
    ) -> Connection[Scorecard]:
        page = page_request(info, first, after)
        async with info.context.read() as session:
            rows = await scorecards.scorecards(
                info.context.viewer,
                session,
                page,
                cycle_code=cycle_code,
                person_id=wanted_id("Person", person_id),
                status=status.value if status else None,
                waiting_for_me=waiting_for_me,
                late=late,
            )
        return connection(rows, after, Scorecard.of)


async def load_scorecard(info: Info, scorecard_id: UUID) -> Scorecard | None:
    row = await info.context.loaders.scorecards.load(scorecard_id)
    return Scorecard.of(row) if row else None
