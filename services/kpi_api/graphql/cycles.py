"""Cycles in the graph: read by everybody, planned, changed and opened by who may."""

from datetime import date
from typing import Annotated
from uuid import UUID

import strawberry

from chassis.database import ReadSession, WriteSession
from chassis.etags import require_current
from chassis.problems import NotFound
from kpi_api.cycles import actions, models, queries
from kpi_api.cycles.schemas import CycleChange, CycleIn
from kpi_api.cycles.shown import cycle_verbs
from kpi_api.graphql.nodes import DEFAULT_FIRST, After, Connection, First, Info, Node, connection, global_id, id_of, page_request
from kpi_api.graphql.problems import ChangedProblem, ConflictProblem, InvalidProblem, NotAllowedProblem, NotFoundProblem
from kpi_api.graphql.verbs import Verb, verbs_of
from kpi_api.graphql.writing import attempt, given, tag, validated

COLUMNS = ("code", "name", "starts_on", "ends_on", "mid_year_on", "year_end_on", "status", "version")
CycleName = Annotated[str, strawberry.argument(name="cycle", description="Its id or its code.")]


@strawberry.type(description="A performance cycle, from its first to its last day.")
class Cycle(Node):
    uuid: UUID
    code: str
    name: str
    starts_on: date
    ends_on: date
    mid_year_on: date = strawberry.field(description="The day from which the mid-year check-in is due.")
    year_end_on: date | None = strawberry.field(description="By when annual reviews are to be released; null where no day is set.")
    status: str
    version: int = strawberry.field(description="Counts its states; `changeCycle` asks for the one that was read.")
    row: strawberry.Private[models.Cycle]

    @strawberry.field(description="What the viewer may do with it now.")
    async def verbs(self, info: Info) -> list[Verb]:
        return verbs_of(await cycle_verbs(info.context.viewer, self.row))

    @classmethod
    def of(cls, row: models.Cycle) -> "Cycle":
        return cls(id=global_id("Cycle", row.id), uuid=row.id, row=row, **{name: getattr(row, name) for name in COLUMNS})


@strawberry.input(description="A cycle to plan, first and last day included.")
class CycleInput:
    code: str
    name: str
    starts_on: date
    ends_on: date
    mid_year_on: date | None = strawberry.field(default=None, description="Half-way when left out.")
    year_end_on: date | None = strawberry.field(default=None, description="By when annual reviews are to be released, if a day is set.")
    open: bool = strawberry.field(default=False, description="Open it at once; else it is planned, and opened by `openCycle`.")

    def read(self) -> CycleIn:
        said = given(self)
        status = "open" if said.pop("open") else "planned"
        return validated(CycleIn, said | {"status": status})


@strawberry.input(description="What to change; what is left out stays. Dates change only while the cycle is planned.")
class CycleChangeInput:
    name: str | None = strawberry.UNSET
    starts_on: date | None = strawberry.UNSET
    ends_on: date | None = strawberry.UNSET
    mid_year_on: date | None = strawberry.UNSET
    year_end_on: date | None = strawberry.UNSET


@strawberry.type(description="The cycle as it stands now.")
class CycleChanged:
    cycle: Cycle


CycleResult = Annotated[
    CycleChanged | NotFoundProblem | NotAllowedProblem | ChangedProblem | ConflictProblem | InvalidProblem,
    strawberry.union("CycleResult", description="The cycle, or why it did not change."),
]


async def load_cycle(info: Info, cycle_id: UUID) -> Cycle | None:
    row = await info.context.loaders.cycles.load(cycle_id)
    return Cycle.of(row) if row else None


async def find_cycle(info: Info, session: ReadSession, name: str) -> models.Cycle:
    """By global id, by the id that REST gives, or by code. Raises NotFound."""
    return await queries.cycle(info.context.viewer, session, id_of("Cycle", name) or name)


@strawberry.type
class CycleQuery:
    @strawberry.field(description="By id or code; null for what is not there.")
    async def cycle(self, info: Info, name: CycleName) -> Cycle | None:
        try:
            async with info.context.read() as session:
                return Cycle.of(await find_cycle(info, session, name))
        except NotFound:
            return None

    @strawberry.field(description="Cycles, the latest first.")
    async def cycles(self, info: Info, first: First = DEFAULT_FIRST, after: After = None) -> Connection[Cycle]:
        page = page_request(info, first, after)
        async with info.context.read() as session:
            rows = await queries.cycles(info.context.viewer, session, page)
        return connection(rows, after, Cycle.of)


@strawberry.type
class CycleMutation:
    @strawberry.mutation(description="Plan a cycle, or open it at once.")
    async def create_cycle(self, info: Info, cycle: CycleInput) -> CycleResult:
        async def write(session: WriteSession) -> CycleChanged:
            return CycleChanged(cycle=Cycle.of(await actions.create_cycle(info.context.viewer, session, cycle.read())))

        result: CycleResult = await attempt(info, write)
        return result

    @strawberry.mutation(description="A cycle's name at any time, its dates while it is planned.")
    async def change_cycle(self, info: Info, name: CycleName, version: int, changes: CycleChangeInput) -> CycleResult:
        async def write(session: WriteSession) -> CycleChanged:
            row = await find_cycle(info, session, name)
            change = validated(CycleChange, given(changes))
            require_current(tag(version), row, actions.differing(row, change))
            return CycleChanged(cycle=Cycle.of(await actions.change_cycle(info.context.viewer, session, row, change)))

        result: CycleResult = await attempt(info, write)
        return result

    @strawberry.mutation(description="From now on KPIs, scorecards and measurements can be made for it. An open one stays open.")
    async def open_cycle(self, info: Info, name: CycleName) -> CycleResult:
        async def write(session: WriteSession) -> CycleChanged:
            row = await find_cycle(info, session, name)
            return CycleChanged(cycle=Cycle.of(await actions.open_cycle(info.context.viewer, session, row)))

        result: CycleResult = await attempt(info, write)
        return result
