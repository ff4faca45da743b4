"""The root of the graph, and its schema."""

from collections.abc import Awaitable, Callable
from datetime import date
from decimal import Decimal
from uuid import UUID

import strawberry
from graphql import GraphQLError, lexicographic_sort_schema, print_schema
from strawberry.schema.config import StrawberryConfig
from strawberry.types import ExecutionContext

from chassis.problems import NotFound
from kpi_api.cascade import queries as cascade
from kpi_api.cascade.shown import kpi_views
from kpi_api.graphql.applicability import ApplicableDefinitions, load_applicable
from kpi_api.graphql.assignments import AssignmentQuery
from kpi_api.graphql.calendars import Calendar, CalendarQuery, load_calendar
from kpi_api.graphql.cascade.coverage import CoverageQuery
from kpi_api.graphql.cascade.measuring import MeasuringQuery
from kpi_api.graphql.cascade.window_events import WindowEvent, WindowEventQuery, load_window_event
from kpi_api.graphql.competencies import Competency, competencies_page, load_competency
from kpi_api.graphql.corrections import CorrectionQuery
from kpi_api.graphql.cycles import Cycle, CycleQuery, load_cycle
from kpi_api.graphql.development import DevelopmentGoal, DevelopmentQuery, load_goal
from kpi_api.graphql.dictionary.definitions import load_definition
from kpi_api.graphql.dictionary.outcomes import load_outcome
from kpi_api.graphql.dictionary.query import DictionaryQuery
from kpi_api.graphql.duplicates import DefinitionDuplicate, load_duplicates
from kpi_api.graphql.executor import LeafPlanExecutor
from kpi_api.graphql.findings import FindingQuery
from kpi_api.graphql.kpis import Kpi, LineOfSight, load_kpi, load_unit
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
    connection,
    id_of,
    page_request,
    read_global_id,
    wanted_id,
)
from kpi_api.graphql.payouts import Payout, own_payouts
from kpi_api.graphql.people import Person, load_person
from kpi_api.graphql.readings import Reading, own_readings
from kpi_api.graphql.roles import Role, load_role, roles_page
from kpi_api.graphql.roll_ups import DoubledResult, RolledUpKpi, SupposedChange, WhatIfResult, double_counting, roll_ups_page, what_would
from kpi_api.graphql.scalars import EXACT_DECIMAL
from kpi_api.graphql.scorecard_changes import ScorecardChangeQuery
from kpi_api.graphql.scorecard_time import ScorecardTimeQuery
from kpi_api.graphql.scorecards import Review, Scorecard
from kpi_api.graphql.structure import Organization
from kpi_api.graphql.subtrees import Cascade, cascade_of_kpi, cascade_of_unit
from kpi_api.graphql.templates import Template, TemplateQuery, load_template
from kpi_api.graphql.unit_moves import StrayContribution, stray_contributions
from kpi_api.graphql.words import KpiLevel, ScorecardStatus
from kpi_api.people import queries as people
from kpi_api.reviews import queries as reviews
from kpi_api.scorecards import queries as scorecards


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
    MeasuringQuery,
    ScorecardChangeQuery,
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

    @strawberry.field(description="By global id, or by the id that REST gives.")
    async def person(self, info: Info, id_: Id) -> Person | None:
        return await load_person(info, id_of("Person", id_))

    @strawberry.field(description="People in sight by name.")
    async def people(
        self, info: Info, first: First = DEFAULT_FIRST, after: After = None, search: str | None = None, active: bool | None = None
    ) -> Connection[Person]:
        page = page_request(info, first, after)
        async with info.context.read() as session:
            rows = await people.people(info.context.viewer, session, page, search=search, active=active)
        return connection(rows, after, Person.of)

    @strawberry.field(description="Whole, or as an ancestor on the viewer's line of sight; null where out of sight.")
    async def kpi(self, info: Info, id_: Id) -> Kpi | None:
        kpi_id = id_of("Kpi", id_)
        return await load_kpi(info, kpi_id) if kpi_id else None

    @strawberry.field(description="KPIs that the viewer sees whole, oldest first.")
    async def kpis(
        self,
        info: Info,
        first: First = DEFAULT_FIRST,
        after: After = None,
        cycle_id: strawberry.ID | None = None,
        level: KpiLevel | None = None,
        owner_id: strawberry.ID | None = None,
        unit_id: strawberry.ID | None = None,
    ) -> Connection[Kpi]:
        wanted = cascade.KpiFilter(
            cycle_id=wanted_id("Cycle", cycle_id),
            level=level.value if level else None,
            owner_person_id=wanted_id("Person", owner_id),
            owner_unit_id=wanted_id("Unit", unit_id),
        )
        page = page_request(info, first, after)
        async with info.context.read() as session:
            rows = await cascade.kpis_page(info.context.viewer, session, page, wanted)
            views = {view.id: view for view in await kpi_views(info.context.viewer, session, [row.id for row in rows])}
        return connection(rows, after, lambda row: Kpi.of(views[row.id]) if row.id in views else None)

    @strawberry.field(description="KPIs below strategic that lead to no strategic KPI.")
    async def orphans(self, info: Info, first: First = DEFAULT_FIRST, after: After = None) -> Connection[Kpi]:
        page = page_request(info, first, after)
        async with info.context.read() as session:
            rows = await cascade.orphans_page(info.context.viewer, session, page)
            views = {view.id: view for view in await kpi_views(info.context.viewer, session, [row.id for row in rows])}
        return connection(rows, after, lambda row: Kpi.of(views[row.id]) if row.id in views else None)

    @strawberry.field(description="Every way from a KPI up to the mission; null where out of sight.")
    async def line_of_sight(self, info: Info, kpi_id: strawberry.ID) -> LineOfSight | None:
        found = id_of("Kpi", kpi_id)
        line = await info.context.loaders.lines_of_sight.load(found) if found else None
        return LineOfSight.of(line) if line else None

    cascade_of_kpi: Cascade | None = strawberry.field(
        resolver=cascade_of_kpi, description="Everything in sight that contributes to a KPI; null where the KPI is out of sight."
    )
    cascade_of_unit: Cascade | None = strawberry.field(
        resolver=cascade_of_unit,
        description="KPIs in sight of a unit, of the units below it and of their people, in a cycle by id or code, else the current one.",
    )

    @strawberry.field(description="What KPIs come to, those that the viewer sees whole, strategic first; null for what they may not see.")
    async def roll_ups(
        self,
        info: Info,
        cycle: str,
        first: First = DEFAULT_FIRST,
        after: After = None,
        unit_id: strawberry.ID | None = None,
        kpi_id: strawberry.ID | None = None,
        level: KpiLevel | None = None,
        accept_missing: bool = False,
        once: bool = False,
    ) -> Connection[RolledUpKpi] | None:
        wanted = {"unit_id": wanted_id("Unit", unit_id), "kpi_id": wanted_id("Kpi", kpi_id), "level": level.value if level else None}
        return await roll_ups_page(info, first, after, cycle, wanted | {"accept_missing": accept_missing, "once": once})

    @strawberry.field(description="Shared results that reach one sum by two ways or more, as far as the viewer sees them.")
    async def double_counting(self, info: Info, cycle: str) -> list[DoubledResult] | None:
        return await double_counting(info, cycle)

    @strawberry.field(description="Which KPIs above change if some come to something else. Nothing is written.")
    async def what_if(
        self, info: Info, cycle: str, changes: list[SupposedChange], accept_missing: bool = False, once: bool = False
    ) -> WhatIfResult:
        return await what_would(info, cycle, changes, {"accept_missing": accept_missing, "once": once})

    @strawberry.field(description="Contributions out of a unit to units that do not stand above it, where the viewer sees both ends.")
    async def stray_contributions(self, info: Info, unit_id: strawberry.ID) -> list[StrayContribution] | None:
        return await stray_contributions(info, unit_id)

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

    @strawberry.field(description="A role as it is on a day, today when left out; null for what is not there.")
    async def role(self, info: Info, id_: Id, as_of: date | None = None) -> Role | None:
        return await load_role(info, id_of("Role", id_), as_of)

    @strawberry.field(description="Roles by code, as they are on a day, today when left out.")
    async def roles(self, info: Info, first: First = DEFAULT_FIRST, after: After = None, as_of: date | None = None) -> Connection[Role]:
        return await roles_page(info, first, after, as_of)

    @strawberry.field(description="A competency; null for what is not there.")
    async def competency(self, info: Info, id_: Id) -> Competency | None:
        return await load_competency(info, id_of("Competency", id_))

    @strawberry.field(description="Competencies by code.")
    async def competencies(self, info: Info, first: First = DEFAULT_FIRST, after: After = None) -> Connection[Competency]:
        return await competencies_page(info, first, after)

    @strawberry.field(description="The definitions that are for a person on a day, today when left out; null where out of sight.")
    async def applicable_definitions(self, info: Info, person_id: strawberry.ID, on: date | None = None) -> ApplicableDefinitions | None:
        return await load_applicable(info, id_of("Person", person_id), on)

    @strawberry.field(description="Live definitions that look alike, the most alike first; `stated`: those told apart.")
    async def definition_duplicates(
        self, info: Info, first: First = DEFAULT_FIRST, after: After = None, stated: bool = False
    ) -> Connection[DefinitionDuplicate]:
        return await load_duplicates(info, first, after, stated=stated)


async def load_scorecard(info: Info, scorecard_id: UUID) -> Scorecard | None:
    row = await info.context.loaders.scorecards.load(scorecard_id)
    return Scorecard.of(row) if row else None


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
