"""KPIs and lines of sight in the graph."""

from datetime import date
from decimal import Decimal
from typing import Any
from uuid import UUID

import strawberry

from kpi_api.cascade import schemas
from kpi_api.graphql.cascade.leads import KpiLead, load_leads
from kpi_api.graphql.cascade.measurements import KpiMeasurements, load_measurements
from kpi_api.graphql.collaboration.page import Collaboration, load_collaboration
from kpi_api.graphql.cycles import Cycle, load_cycle
from kpi_api.graphql.nodes import Info, Node, global_id
from kpi_api.graphql.people import Person, Unit, load_person
from kpi_api.graphql.standing import KpiActual
from kpi_api.graphql.targets import Difficulty, Milestone, Target, load_difficulty, load_milestones
from kpi_api.graphql.verbs import Verb, verbs_of
from kpi_api.graphql.words import KpiLevel, KpiSight, KpiStatus, RollUpMethod, RollUpOf


@strawberry.type(description="Who carries a collaborative KPI together: a person or a unit, and what they bring to it.")
class Stakeholder:
    part: str
    name: str
    person_id: strawberry.Private[UUID | None]
    unit_id: strawberry.Private[UUID | None]

    @strawberry.field
    async def person(self, info: Info) -> Person | None:
        return await load_person(info, self.person_id)

    @strawberry.field
    async def unit(self, info: Info) -> Unit | None:
        return await load_unit(info, self.unit_id)


@strawberry.type(description="A KPI on a line of sight, as those below may see it: no person, no measurements.")
class LineOfSightKpi:
    uuid: UUID
    name: str
    why: str
    level: KpiLevel
    status: KpiStatus
    owning_unit: str | None = strawberry.field(description="The unit's name.")
    targets: list[Target]

    @strawberry.field(description="The KPI itself, where the viewer sees it on their own.")
    async def kpi(self, info: Info) -> "Kpi | None":
        return await load_kpi(info, self.uuid)

    @classmethod
    def of(cls, node: schemas.LineNode) -> "LineOfSightKpi":
        return cls(
            uuid=node.id,
            name=node.name,
            why=node.why,
            level=KpiLevel(node.level),
            status=KpiStatus(node.status),
            owning_unit=node.owning_unit.name if node.owning_unit else None,
            targets=[Target.of(target) for target in node.targets],
        )


@strawberry.type(description="One way up: from the KPI to a strategic one.")
class LineOfSightPath:
    kpis: list[LineOfSightKpi]


@strawberry.type(description="A contribution on a line of sight; weights into one parent are relative numbers.")
class LineOfSightStep:
    child_uuid: UUID
    parent_uuid: UUID
    weight: Decimal
    skips_level: bool


@strawberry.type(description="Every way from a KPI up to strategic KPIs and the mission.")
class LineOfSight:
    sentence: str
    mission: str
    orphan: bool = strawberry.field(description="Whether no way leads to a strategic KPI.")
    complete: bool = strawberry.field(description="False when there were too many paths to list.")
    kpis: list[LineOfSightKpi]
    steps: list[LineOfSightStep]
    paths: list[LineOfSightPath]

    @classmethod
    def of(cls, line: schemas.LineOfSight) -> "LineOfSight":
        nodes = {node.id: LineOfSightKpi.of(node) for node in line.nodes}
        return cls(
            sentence=line.sentence,
            mission=line.mission,
            orphan=line.orphan,
            complete=line.complete,
            kpis=list(nodes.values()),
            steps=[
                LineOfSightStep(child_uuid=edge.child_id, parent_uuid=edge.parent_id, weight=edge.weight, skips_level=edge.skips_level)
                for edge in line.edges
            ],
            paths=[LineOfSightPath(kpis=[nodes[id_] for id_ in path]) for path in line.paths],
        )


HIDDEN = "Null where the KPI is seen as an ancestor."


@strawberry.type(description="A KPI given to an owner for a window.")
class Kpi(Node):
    uuid: UUID
    sight: KpiSight
    name: str
    why: str
    level: KpiLevel
    status: KpiStatus
    targets: list[Target]
    code: str | None = strawberry.field(description=HIDDEN)
    collaborative: bool | None = strawberry.field(description=HIDDEN)
    definition_code: str | None = strawberry.field(description=HIDDEN)
    definition_version: int | None = strawberry.field(description=HIDDEN)
    window_start: date | None = strawberry.field(description=HIDDEN)
    window_end: date | None = strawberry.field(description=HIDDEN)
    controllability: str | None = strawberry.field(description=HIDDEN)
    roll_up: RollUpMethod | None = strawberry.field(description=HIDDEN)
    roll_up_of: RollUpOf | None = strawberry.field(description=HIDDEN)
    version: int | None = strawberry.field(description="Counts its states; changes ask for the one that was read. " + HIDDEN)
    stakeholders: list[Stakeholder] | None = strawberry.field(description=HIDDEN)
    owner_id: strawberry.Private[UUID | None]
    owning_unit_id: strawberry.Private[UUID | None]
    cycle_id: strawberry.Private[UUID | None]
    parent_ids: strawberry.Private[list[UUID]]

    @strawberry.field(description="The owning person; null for a unit's KPI and where out of sight.")
    async def owner(self, info: Info) -> Person | None:
        return await load_person(info, self.owner_id)

    @strawberry.field(description="The owning unit, or the owner's.")
    async def owning_unit(self, info: Info) -> Unit | None:
        return await load_unit(info, self.owning_unit_id)

    @strawberry.field(description=HIDDEN)
    async def cycle(self, info: Info) -> Cycle | None:
        return await load_cycle(info, self.cycle_id) if self.cycle_id else None

    @strawberry.field(description="KPIs in sight that this one contributes to.")
    async def contributes_to(self, info: Info) -> list["Kpi"]:
        views = await info.context.loaders.kpis.load_many(self.parent_ids)
        return [Kpi.of(view) for view in views if view is not None]

    @strawberry.field(description="KPIs in sight on which this one shows later. " + HIDDEN)
    async def leads_to(self, info: Info) -> list[KpiLead] | None:
        return await load_leads(info, self.uuid, "leads_to")

    @strawberry.field(description="KPIs in sight that show on this one later. " + HIDDEN)
    async def led_by(self, info: Info) -> list[KpiLead] | None:
        return await load_leads(info, self.uuid, "led_by")

    @strawberry.field(description="How often the target of a part would have been met before; null where the KPI is seen as an ancestor.")
    async def target_difficulty(self, info: Info, part: str = "main") -> Difficulty | None:
        return await load_difficulty(info, self.uuid, part)

    @strawberry.field(description="Milestones that were done, the newest first. " + HIDDEN)
    async def milestones(self, info: Info) -> list[Milestone] | None:
        return await load_milestones(info, self.uuid)

    @strawberry.field(description="Its values, or with `history` every value ever recorded, and what they add up to. " + HIDDEN)
    async def measurements(self, info: Info, history: bool = False) -> KpiMeasurements | None:
        return await load_measurements(info, self.uuid, history=history)

    @strawberry.field(description="How it is carried together; null where nobody does, or the KPI is seen as an ancestor.")
    async def collaboration(self, info: Info) -> Collaboration | None:
        return await load_collaboration(info, self.uuid) if self.collaborative else None

    @strawberry.field(description="What its values come to so far, part by part; empty without a window. " + HIDDEN)
    async def actuals(self, info: Info) -> list[KpiActual] | None:
        standing = await info.context.loaders.standings.load(self.uuid)
        return [KpiActual.of(one) for one in standing.actuals] if standing else None

    @strawberry.field(description="What the viewer may do with it now. " + HIDDEN)
    async def verbs(self, info: Info) -> list[Verb] | None:
        standing = await info.context.loaders.standings.load(self.uuid)
        return verbs_of(standing.verbs) if standing else None

    @strawberry.field
    async def line_of_sight(self, info: Info) -> LineOfSight | None:
        line = await info.context.loaders.lines_of_sight.load(self.uuid)
        return LineOfSight.of(line) if line else None

    @classmethod
    def of(cls, view: schemas.KpiOutput | schemas.AncestorKpi) -> "Kpi":
        return cls(
            **(_whole(view) if isinstance(view, schemas.KpiOutput) else NOTHING_MORE),
            id=global_id("Kpi", view.id),
            uuid=view.id,
            sight=KpiSight(view.view),
            name=view.name,
            why=view.why,
            level=KpiLevel(view.level),
            status=KpiStatus(view.status),
            targets=[Target.of(target) for target in view.targets],
            owning_unit_id=view.owning_unit.id if view.owning_unit else None,
        )


SHOWN_WHOLE = (
    "code", "collaborative", "definition_code", "definition_version", "window_start", "window_end", "controllability", "cycle_id",
    "version",
)  # fmt: skip
NOTHING_MORE: dict[str, Any] = {
    **dict.fromkeys((*SHOWN_WHOLE, "roll_up", "roll_up_of", "stakeholders", "owner_id")), "parent_ids": [],
}  # fmt: skip


def _whole(view: schemas.KpiOutput) -> dict[str, Any]:
    """What is shown of a KPI beyond its ancestor view."""
    return {
        **{name: getattr(view, name) for name in SHOWN_WHOLE},
        "roll_up": RollUpMethod(view.roll_up),
        "roll_up_of": RollUpOf(view.roll_up_of),
        "stakeholders": [_stakeholder(carrier) for carrier in view.stakeholders],
        "owner_id": view.owner.id if view.owner else None,
        "parent_ids": view.contributes_to,
    }


def _stakeholder(carrier: schemas.StakeholderOutput) -> Stakeholder:
    named = carrier.person or carrier.unit
    return Stakeholder(
        part=carrier.part,
        name=named.name if named else "",
        person_id=carrier.person.id if carrier.person else None,
        unit_id=carrier.unit.id if carrier.unit else None,
    )


async def load_kpi(info: Info, kpi_id: UUID) -> Kpi | None:
    view = await info.context.loaders.kpis.load(kpi_id)
    return Kpi.of(view) if view else None


async def load_unit(info: Info, unit_id: UUID | None) -> Unit | None:
    row = await info.context.loaders.units.load(unit_id) if unit_id else None
    return Unit.of(row) if row else None
