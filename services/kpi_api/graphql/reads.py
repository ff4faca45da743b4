"""Reads of many records by id for the loaders, by the same sight as the domains' own queries."""

from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import select

from chassis.access import Viewer
from chassis.database import ReadSession
from chassis.verbs import VerbOutput
from kpi_api.access.sight import sees_person
from kpi_api.cascade.models import Kpi, KpiTarget
from kpi_api.cascade.queries import among, targets
from kpi_api.cycles.models import Cycle
from kpi_api.people.models import OrgUnit, Person, Role
from kpi_api.people.roles.queries import roles_on
from kpi_api.people.roles.schemas import RoleOut
from kpi_api.scorecards.models import Scorecard, ScorecardLine
from kpi_api.scorecards.queries import visible
from kpi_api.scorecards.shown import verbs


async def people_by_id(viewer: Viewer, session: ReadSession, ids: list[UUID]) -> dict[UUID, Person]:
    found = await session.scalars(select(Person).where(among(Person.id, ids), sees_person(viewer, Person.id)))
    return {row.id: row for row in found}


async def units_by_id(viewer: Viewer, session: ReadSession, ids: list[UUID]) -> dict[UUID, OrgUnit]:
    return {row.id: row for row in await session.scalars(select(OrgUnit).where(among(OrgUnit.id, ids)))}


async def roles_by_id(viewer: Viewer, session: ReadSession, ids: list[UUID]) -> dict[UUID, RoleOut]:
    """Roles as they are today."""
    rows = (await session.scalars(select(Role).where(among(Role.id, ids)))).all()
    return {role.id: role for role in await roles_on(viewer, session, rows, viewer.today)}


async def cycles_by_id(viewer: Viewer, session: ReadSession, ids: list[UUID]) -> dict[UUID, Cycle]:
    return {row.id: row for row in await session.scalars(select(Cycle).where(among(Cycle.id, ids)))}


async def scorecards_by_id(viewer: Viewer, session: ReadSession, ids: list[UUID]) -> dict[UUID, Scorecard]:
    return {row.id: row for row in await session.scalars(visible(viewer).where(among(Scorecard.id, ids)))}


@dataclass(frozen=True)
class LineRows:
    """A line of a scorecard with its KPI's name and targets, which whoever sees the scorecard sees."""

    line: ScorecardLine
    name: str
    kpi_status: str
    targets: Sequence[KpiTarget]


async def lines_of_scorecards(viewer: Viewer, session: ReadSession, ids: list[UUID]) -> dict[UUID, list[LineRows]]:
    """The lines of the scorecards in sight, in order."""
    seen = visible(viewer).where(among(Scorecard.id, ids)).with_only_columns(Scorecard.id)
    statement = select(ScorecardLine, Kpi.name, Kpi.status).join(Kpi, Kpi.id == ScorecardLine.kpi_id)
    statement = statement.where(ScorecardLine.scorecard_id.in_(seen))
    rows = (await session.execute(statement.order_by(ScorecardLine.scorecard_id, ScorecardLine.position))).all()
    by_kpi = await targets(session, {row.ScorecardLine.kpi_id for row in rows})
    lines: dict[UUID, list[LineRows]] = {id_: [] for id_ in ids}
    for line, name, status in rows:
        lines[line.scorecard_id].append(LineRows(line, name, status, by_kpi[line.kpi_id]))
    return lines


async def verbs_of_scorecards(viewer: Viewer, session: ReadSession, ids: list[UUID]) -> dict[UUID, list[VerbOutput]]:
    """What the viewer may do with each scorecard in sight; one look-up of the manager per scorecard."""
    cards = await scorecards_by_id(viewer, session, ids)
    return {id_: await verbs(viewer, session, card) for id_, card in cards.items()}
