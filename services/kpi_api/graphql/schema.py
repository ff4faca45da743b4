"""The root of the graph, and its schema."""

from collections.abc import Awaitable, Callable
from decimal import Decimal
from uuid import UUID

import strawberry
from graphql import GraphQLError, lexicographic_sort_schema, print_schema
from strawberry.schema.config import StrawberryConfig
from strawberry.types import ExecutionContext

from chassis.problems import NotFound
from kpi_api.graphql.assignments import AssignmentQuery
from kpi_api.graphql.calendars import Calendar, CalendarQuery, load_calendar
from kpi_api.graphql.cascade.coverage import CoverageQuery
from kpi_api.graphql.cascade.measuring import MeasuringQuery
from kpi_api.graphql.cascade.window_events import WindowEvent, WindowEventQuery, load_window_event
from kpi_api.graphql.competencies import Competency, load_competency
from kpi_api.graphql.corrections import CorrectionQuery
from kpi_api.graphql.cycles import Cycle, CycleQuery, load_cycle
from kpi_api.graphql.development import DevelopmentGoal, DevelopmentQuery, load_goal
from kpi_api.graphql.dictionary.definitions import load_definition
from kpi_api.graphql.dictionary.outcomes import load_outcome
from kpi_api.graphql.dictionary.query import DictionaryQuery
from kpi_api.graphql.duplicates import DefinitionDuplicate, load_duplicates
from kpi_api.graphql.executor import LeafPlanExecutor
from kpi_api.graphql.findings import FindingQuery
from kpi_api.graphql.kpi_query import KpiQuery
from kpi_api.graphql.kpis import Kpi, load_kpi, load_unit
from kpi_api.graphql.limits import EXTENSIONS
from kpi_api.graphql.mutations import Mutation
from kpi_api.graphql.nodes import (
    DEFAULT_FIRST,
    After,
    Connection,
    First,
    Id,
    Info,
    Node,
    page_request,
    read_global_id,
)
from kpi_api.graphql.payouts import Payout, own_payouts
from kpi_api.graphql.people import Person, load_person
from kpi_api.graphql.people_query import PeopleQuery
from kpi_api.graphql.readings import Reading, own_readings
from kpi_api.graphql.roles import Role, load_role
from kpi_api.graphql.scalars import EXACT_DECIMAL
from kpi_api.graphql.scorecard_changes import ScorecardChangeQuery
from kpi_api.graphql.scorecard_query import ScorecardQuery, load_scorecard
from kpi_api.graphql.scorecard_time import ScorecardTimeQuery
from kpi_api.graphql.scorecards import Review, Scorecard
from kpi_api.graphql.structure import Organization
from kpi_api.graphql.templates import Template, TemplateQuery, load_template
from kpi_api.people import queries as people
from kpi_api.reviews import queries as reviews


@strawberry.type(description="Who is asking.")
class Viewer:
    roles: list[str]
    person_id: strawberry.Private[UUID | None]

    @strawberry.field(description="Null for an integration.")
    async def person(self, info: Info) -> Person | None:
        return await load_person(info, self.person_id)

    @strawberry.field(description="One's own released payouts, newest first. Null with an error while scoring cannot be reached.")
    async def payouts(self, info: Info, first: First = DEFAULT_FIRST) -> list[Payout] | None:
        return await own_payouts(info, page_request(info, first, None).limit)

    @strawberry.field(description="Who read one's reviews and scores, the latest first; null for an integration.")
    async def readings(self, info: Info, first: First = DEFAULT_FIRST, after: After = None) -> Connection[Reading] | None:
        return await own_readings(info, first, after)


@strawberry.type
class Query(
    AssignmentQuery,
    CalendarQuery,
    CycleQuery,
    CorrectionQuery,
    CoverageQuery,
    DevelopmentQuery,
    DictionaryQuery,
    FindingQuery,
    KpiQuery,
    MeasuringQuery,
    PeopleQuery,
    ScorecardChangeQuery,
    ScorecardQuery,
    ScorecardTimeQuery,
    TemplateQuery,
    WindowEventQuery,
):
    @strawberry.field
    def viewer(self, info: Info) -> Viewer:
        viewer = info.context.viewer
        return Viewer(roles=sorted(viewer.roles), person_id=viewer.person_id)

    @strawberry.field
    async def organization(self, info: Info) -> Organization:
        async with info.context.read() as session:
            row = await people.organization(info.context.viewer, session)
        return Organization.of(row)

    @strawberry.field(description="Anything by its global id; null where out of sight.")
    async def node(self, info: Info, id_: Id) -> Node | None:
        type_name, record_id = read_global_id(id_) or ("", UUID(int=0))
        load = NODES.get(type_name)
        return await load(info, record_id) if load else None

    @strawberry.field(description="Live definitions that look alike, the most alike first; `stated`: those told apart.")
    async def definition_duplicates(
        self, info: Info, first: First = DEFAULT_FIRST, after: After = None, stated: bool = False
    ) -> Connection[DefinitionDuplicate]:
        return await load_duplicates(info, first, after, stated=stated)


async def load_review(info: Info, review_id: UUID) -> Review | None:
    try:
        async with info.context.read() as session:
            return Review.of(await reviews.review(info.context.viewer, session, review_id))
    except NotFound:
        return None


NODES: dict[str, Callable[[Info, UUID], Awaitable[Node | None]]] = {
    "Person": load_person,
    "Unit": load_unit,
    "Role": load_role,
    "Competency": load_competency,
    "Cycle": load_cycle,
    "Calendar": load_calendar,
    "Kpi": load_kpi,
    "Scorecard": load_scorecard,
    "DevelopmentGoal": load_goal,
    "Review": load_review,
    "Outcome": load_outcome,
    "Definition": load_definition,
    "WindowEvent": load_window_event,
    "Template": load_template,
}
"""What has a global id, and how it is read by the viewer's sight."""


class Schema(strawberry.Schema):
    """Errors are logged where they are told (`http`), not here, where most are nobody's fault."""

    def process_errors(self, errors: list[GraphQLError], execution_context: ExecutionContext | None = None) -> None:
        return


schema = Schema(
    query=Query,
    mutation=Mutation,
    types=[Person, DevelopmentGoal, Kpi, Scorecard, Review, Cycle, Calendar, Role, Competency, Template, WindowEvent],
    extensions=EXTENSIONS,
    execution_context_class=LeafPlanExecutor,
    config=StrawberryConfig(scalar_map={Decimal: EXACT_DECIMAL}),
)


def sdl() -> str:
    """The schema's definition, sorted, as committed in openapi/kpi_api.graphql."""
    return print_schema(lexicographic_sort_schema(schema._schema)) + "\n"  # noqa: SLF001  # Strawberry prints in order of definition only
