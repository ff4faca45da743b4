"""Who leads a unit's branch before and after a move, and which shared KPIs its people carry as members of a unit above."""

from collections.abc import Collection
from uuid import UUID

from sqlalchemy import Select, or_, select, union
from sqlalchemy.orm import aliased

from chassis.access import Viewer, on_day
from chassis.database import ReadSession
from kpi_api.access.matrix import READS_ALL
from kpi_api.access.models import Grant, ReportingLine
from kpi_api.access.sight import sees_person
from kpi_api.cascade.models import Kpi, KpiStakeholder
from kpi_api.cascade.queries import among
from kpi_api.cascade.schemas import PersonName
from kpi_api.people.models import OrgUnit, Person


async def changed_leaders(
    viewer: Viewer, session: ReadSession, unit_id: UUID, before: Collection[UUID], after: Collection[UUID]
) -> tuple[list[PersonName], list[PersonName]]:
    """People in sight who lead the unit no more, and who lead it from now on: by heading a unit above it (`before`, `after`), by standing
    over such a head, or as its executive. Whoever sees all by role loses nothing."""
    own = await _leaders(viewer, session, {unit_id}) | await _see_all(viewer, session)
    led = await _leaders(viewer, session, before) - own
    leads = await _leaders(viewer, session, after) - own
    return await _names(viewer, session, led - leads), await _names(viewer, session, leads - led)


async def _leaders(viewer: Viewer, session: ReadSession, units: Collection[UUID]) -> set[UUID]:
    """The same people as `cascade.sight.portfolio`, asked from the unit's end."""
    head, line = aliased(OrgUnit), ReportingLine
    heads: Select[UUID | None] = select(OrgUnit.head_id).where(among(OrgUnit.id, units), OrgUnit.head_id.is_not(None))
    over_heads = (
        select(line.manager_id)
        .join(head, head.head_id == line.person_id)
        .where(among(head.id, units), line.organization_id == viewer.organization_id)
        .where(on_day(line.valid_from, line.valid_to, viewer.today))
    )
    executives = select(Grant.person_id).where(Grant.role == "executive", among(Grant.unit_id, units), Grant.holds_on(viewer.today))
    return set((await session.scalars(union(heads, over_heads, executives))).all())


async def _see_all(viewer: Viewer, session: ReadSession) -> set[UUID]:
    everywhere = or_(Grant.role.in_(READS_ALL), (Grant.role == "executive") & Grant.unit_id.is_(None))
    return set((await session.scalars(select(Grant.person_id).where(everywhere, Grant.holds_on(viewer.today)))).all())


async def _names(viewer: Viewer, session: ReadSession, people: Collection[UUID]) -> list[PersonName]:
    statement = select(Person.id, Person.display_name).where(among(Person.id, people), Person.active, sees_person(viewer, Person.id))
    rows = await session.execute(statement.order_by(Person.display_name, Person.id))
    return [PersonName(id=row.id, name=row.display_name) for row in rows]


async def carried_as_members(session: ReadSession, units: Collection[UUID]) -> list[UUID]:
    """Shared KPIs that one of these units carries, and with it everybody who works below."""
    statement = (
        select(KpiStakeholder.kpi_id)
        .join(Kpi, Kpi.id == KpiStakeholder.kpi_id)
        .where(among(KpiStakeholder.unit_id, units), KpiStakeholder.left_at.is_(None), Kpi.status.in_(("active", "waiting")))
        .distinct()
    )
    return sorted((await session.scalars(statement)).all())
