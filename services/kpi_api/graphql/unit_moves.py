"""A unit's move in the graph, and contributions that do not lead upward since."""

from enum import Enum
from typing import Annotated
from uuid import UUID

import strawberry

from chassis.database import WriteSession
from chassis.problems import NotFound
from kpi_api.cascade.moving import actions, consequences, schemas
from kpi_api.graphql.kpis import Kpi, load_kpi, load_unit
from kpi_api.graphql.nodes import Info, id_of
from kpi_api.graphql.people import Person, Unit, load_person
from kpi_api.graphql.problems import ChangedProblem, ConflictProblem, InvalidProblem, NotAllowedProblem, NotFoundProblem
from kpi_api.graphql.writing import attempt, found, tag


@strawberry.enum(description="Not upward: both of one level, which no new contribution may be. Across: up, but in another branch.")
class StrayFinding(Enum):
    NOT_UPWARD = "not_upward"
    ACROSS = "across"


@strawberry.type(description="A contribution to a KPI of a unit that does not stand above.")
class StrayContribution:
    uuid: UUID
    finding: StrayFinding
    sentence: str
    child_id: strawberry.Private[UUID]
    parent_id: strawberry.Private[UUID]

    @strawberry.field
    async def child(self, info: Info) -> Kpi | None:
        return await load_kpi(info, self.child_id)

    @strawberry.field
    async def parent(self, info: Info) -> Kpi | None:
        return await load_kpi(info, self.parent_id)

    @classmethod
    def of(cls, link: schemas.StrayLink) -> "StrayContribution":
        finding = StrayFinding(link.finding)
        return cls(uuid=link.contribution_id, finding=finding, sentence=link.sentence, child_id=link.child.id, parent_id=link.parent.id)


@strawberry.type(description="What a unit's move did, or what it would do.")
class UnitMoveChanged:
    moved: bool = strawberry.field(description="False for a preview, and where the unit stood there already.")
    version: int = strawberry.field(description="Of the unit. Send it with a change, so that nobody's change is overwritten.")
    kpi_count: int = strawberry.field(description="KPIs that move with it.")
    astray_count: int
    astray: list[StrayContribution] = strawberry.field(description="Contributions that lead upward no more; the first ones.")
    cut_off_count: int
    cut_off: list[str] = strawberry.field(description="Names of KPIs that lead to strategy by such contributions alone; the first ones.")
    warnings: list[str]
    move: strawberry.Private[schemas.UnitMove]

    @strawberry.field
    async def unit(self, info: Info) -> Unit | None:
        return await load_unit(info, self.move.unit.id)

    @strawberry.field(description="People who led the unit and do not any more.")
    async def loses_sight(self, info: Info) -> list[Person]:
        people = [await load_person(info, person.id) for person in self.move.loses_sight]
        return [person for person in people if person]

    @strawberry.field(description="People who lead the unit from now on.")
    async def gains_sight(self, info: Info) -> list[Person]:
        people = [await load_person(info, person.id) for person in self.move.gains_sight]
        return [person for person in people if person]

    @classmethod
    def of(cls, move: schemas.UnitMove) -> "UnitMoveChanged":
        return cls(
            moved=move.moved,
            version=move.unit.version,
            kpi_count=move.kpis,
            astray_count=move.astray_count,
            astray=[StrayContribution.of(link) for link in move.astray],
            cut_off_count=move.cut_off_count,
            cut_off=[kpi.name for kpi in move.cut_off],
            warnings=move.warnings,
            move=move,
        )


UnitMoveResult = Annotated[
    UnitMoveChanged | NotFoundProblem | NotAllowedProblem | ChangedProblem | ConflictProblem | InvalidProblem,
    strawberry.union("UnitMoveResult", description="What the move did, or why the unit stays where it is."),
]


async def move_unit(info: Info, id_: str, parent: str | None, version: int | None, *, preview: bool) -> UnitMoveResult:
    async def write(session: WriteSession) -> UnitMoveChanged:
        parent_id = None if parent is None else found("Unit", parent)
        seen = None if version is None else tag(version)
        unit_id = found("Unit", id_)
        return UnitMoveChanged.of(await actions.move_unit(info.context.viewer, session, unit_id, parent_id, seen, preview=preview))

    result: UnitMoveResult = await attempt(info, write)
    return result


async def stray_contributions(info: Info, unit_id: strawberry.ID) -> list[StrayContribution] | None:
    found_id = id_of("Unit", unit_id)
    if found_id is None:
        return None
    try:
        async with info.context.read() as session:
            links = await consequences.stray_links(info.context.viewer, session, found_id)
    except NotFound:
        return None
    return [StrayContribution.of(link) for link in links.astray]
