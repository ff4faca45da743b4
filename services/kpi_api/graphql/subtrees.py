"""What stands below a KPI or a unit, in the graph."""

from collections.abc import Collection
from decimal import Decimal
from typing import Annotated
from uuid import UUID

import strawberry
from graphql import GraphQLError

from chassis.problems import NotFound
from kpi_api.cascade.subtrees import schemas
from kpi_api.cascade.subtrees.reading import Wanted, line_of_sight_down, unit_cascade
from kpi_api.graphql.kpis import Kpi, load_kpi
from kpi_api.graphql.nodes import Info, id_of
from kpi_api.graphql.people import Person, load_person
from kpi_api.graphql.words import KpiLevel, KpiStatus

MAX_FOLDED, MAX_DEPTH = 200, 50

Fold = Annotated[list[strawberry.ID] | None, strawberry.argument(description="Units to fold into one node each, with all below them.")]
Depth = Annotated[int | None, strawberry.argument(description="How many levels of units below the top stay open.")]


@strawberry.type(description="A KPI in sight in a cascade downward.")
class CascadeKpi:
    uuid: UUID
    name: str
    level: KpiLevel
    status: KpiStatus
    owning_unit: str | None = strawberry.field(description="The unit's name.")
    targets: list[str] = strawberry.field(description="The target of each part in words.")
    owner_id: strawberry.Private[UUID | None]

    @strawberry.field(description="The owning person; null for a unit's KPI and where out of sight.")
    async def owner(self, info: Info) -> Person | None:
        return await load_person(info, self.owner_id)

    @strawberry.field(description="The KPI itself.")
    async def kpi(self, info: Info) -> Kpi | None:
        return await load_kpi(info, self.uuid)

    @classmethod
    def of(cls, node: schemas.CascadeNode) -> "CascadeKpi":
        return cls(
            uuid=node.id,
            name=node.name,
            level=KpiLevel(node.level),
            status=KpiStatus(node.status),
            owning_unit=node.owning_unit.name if node.owning_unit else None,
            targets=node.targets,
            owner_id=node.owner.id if node.owner else None,
        )


@strawberry.type(description="A contribution of a KPI or folded group; a group has no weight and as many links as `contributions`.")
class CascadeStep:
    child_uuid: UUID
    parent_uuid: UUID
    weight: Decimal | None
    contributions: int


@strawberry.type(description="KPIs in sight shown as one: a unit's with all below it (`unit`), or those of a unit's people (`people`).")
class FoldedGroup:
    uuid: UUID = strawberry.field(description="The unit's.")
    unit: str
    of: str
    kpis: int
    people: int
    label: str = strawberry.field(description='Such as "Sales: 48 KPIs of 8 people".')


@strawberry.type(description="How many KPIs in sight a unit and its people have on a level.")
class CascadeUnitCount:
    uuid: UUID
    unit: str
    kpis: int


@strawberry.type(description="A level's KPIs in sight, what is folded too.")
class CascadeLevel:
    level: KpiLevel
    kpis: int
    units: int
    people: int
    by_unit: list[CascadeUnitCount]

    @classmethod
    def of(cls, count: schemas.LevelCount) -> "CascadeLevel":
        units = [CascadeUnitCount(uuid=each.unit.id, unit=each.unit.name, kpis=each.kpis) for each in count.by_unit]
        return cls(level=KpiLevel(count.level), kpis=count.kpis, units=count.units, people=count.people, by_unit=units)


@strawberry.type(description="KPIs in sight from the top level down; beyond 300 of them units are folded.")
class Cascade:
    sentence: str
    levels: list[CascadeLevel]
    kpis: list[CascadeKpi]
    steps: list[CascadeStep]
    folded: list[FoldedGroup]
    complete: bool = strawberry.field(description="False where even one unit's own KPIs are too many.")

    @classmethod
    def of(cls, subtree: schemas.Subtree) -> "Cascade":
        return cls(
            sentence=subtree.sentence,
            levels=[CascadeLevel.of(level) for level in subtree.levels],
            kpis=[CascadeKpi.of(node) for node in subtree.nodes],
            steps=[_step(edge) for edge in subtree.edges],
            folded=[_group(group) for group in subtree.folded],
            complete=subtree.complete,
        )


def _step(edge: schemas.CascadeEdge) -> CascadeStep:
    return CascadeStep(child_uuid=edge.child_id, parent_uuid=edge.parent_id, weight=edge.weight, contributions=edge.contributions)


def _group(group: schemas.FoldedGroup) -> FoldedGroup:
    return FoldedGroup(uuid=group.id, unit=group.unit.name, of=group.of, kpis=group.kpis, people=group.people, label=group.label)


async def cascade_of_kpi(info: Info, kpi_id: strawberry.ID, fold: Fold = None, depth: Depth = None) -> Cascade | None:
    wanted, found = _wanted(fold, depth), id_of("Kpi", kpi_id)
    if found is None:
        return None
    try:
        async with info.context.read() as session:
            return Cascade.of(await line_of_sight_down(info.context.viewer, session, found, wanted))
    except NotFound:
        return None


async def cascade_of_unit(
    info: Info, unit_id: strawberry.ID, cycle: str | None = None, fold: Fold = None, depth: Depth = None
) -> Cascade | None:
    wanted, found = _wanted(fold, depth), id_of("Unit", unit_id)
    if found is None:
        return None
    try:
        async with info.context.read() as session:
            return Cascade.of(await unit_cascade(info.context.viewer, session, found, cycle, wanted))
    except NotFound:
        return None


def _wanted(fold: Collection[str] | None, depth: int | None) -> Wanted:
    """Raises GraphQLError `folding` for more units or a depth out of bounds."""
    if len(fold or ()) > MAX_FOLDED or (depth is not None and not 0 <= depth <= MAX_DEPTH):
        message = f"At most {MAX_FOLDED} units can be named in `fold`, and `depth` goes from 0 to {MAX_DEPTH}."
        raise GraphQLError(message, extensions={"code": "folding"})
    return Wanted(frozenset(id_ for text in fold or () if (id_ := id_of("Unit", text))), depth)
