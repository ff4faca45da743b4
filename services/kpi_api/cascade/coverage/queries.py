"""Reads of coverage, each one statement over what the viewer sees."""

from collections import Counter
from collections.abc import Sequence
from decimal import ROUND_HALF_UP, Decimal
from typing import Any
from uuid import UUID

from sqlalchemy import CTE, ColumnElement, Row, Select, case, func, or_, select
from sqlalchemy.orm import aliased

from chassis.access import Viewer, on_day
from chassis.database import ReadSession
from chassis.problems import NotFound
from kpi_api.access.sight import sees_person
from kpi_api.cascade.coverage.schemas import Coverage, UncarriedKpi, UnitCoverage
from kpi_api.cascade.levels import LEVELS
from kpi_api.cascade.models import Contribution, Kpi
from kpi_api.cascade.queries import owning_unit
from kpi_api.cascade.schemas import PersonName, UnitName
from kpi_api.cascade.sight import sees_whole
from kpi_api.cycles import queries as cycles
from kpi_api.cycles.models import Cycle
from kpi_api.people.models import Employment, OrgUnit, Person

NAMED = 200
LIVE = ("active", "waiting")
CENT = Decimal("0.01")


async def coverage(viewer: Viewer, session: ReadSession, cycle: str, unit_id: UUID | None = None) -> Coverage:
    """The coverage of a cycle (by id or code), of the whole organization or of a unit with all below it. Raises NotFound."""
    found = await cycles.cycle(viewer, session, cycle)
    units = await _units(session, unit_id)
    uncarried = await _uncarried(viewer, session, found, units)
    people = await _people(viewer, session, found, units)
    without = [PersonName(id=row.id, name=row.display_name) for row in people if not row.has_kpi]
    connected = sum(row.connected for row in people)
    return Coverage(
        cycle_code=found.code,
        people=len(people),
        with_kpis=len(people) - len(without),
        connected=connected,
        connected_share=_share(connected, len(people)),
        uncarried_count=len(uncarried),
        uncarried=uncarried[:NAMED],
        without_count=len(without),
        without=without[:NAMED],
        units=await _by_unit(viewer, session, found, units, people),
    )


def _share(part: int, whole: int) -> Decimal | None:
    """Percent to two places, half-up."""
    return None if whole == 0 else (Decimal(100 * part) / whole).quantize(CENT, ROUND_HALF_UP)


async def _units(session: ReadSession, unit_id: UUID | None) -> dict[UUID, str]:
    """Names by unit: all, or a unit with all below it. Raises NotFound."""
    rows = (await session.execute(select(OrgUnit.id, OrgUnit.name, OrgUnit.parent_id))).all()
    if unit_id is None:
        return {row.id: row.name for row in rows}
    wanted = {row.id for row in rows if row.id == unit_id}
    if not wanted:
        raise NotFound()
    while more := {row.id for row in rows if row.parent_id in wanted} - wanted:
        wanted |= more
    return {row.id: row.name for row in rows if row.id in wanted}


def _live(cycle: Cycle) -> ColumnElement[bool]:
    return (Kpi.cycle_id == cycle.id) & Kpi.status.in_(LIVE)


async def _uncarried(viewer: Viewer, session: ReadSession, cycle: Cycle, units: dict[UUID, str]) -> list[UncarriedKpi]:
    """KPIs above the individual level, seen whole, that nothing contributes to; the highest level first."""
    child = aliased(Kpi)
    carried = (
        select(Contribution.id)
        .join(child, child.id == Contribution.child_id)
        .where(Contribution.organization_id == Kpi.organization_id, Contribution.parent_id == Kpi.id, child.status.in_(LIVE))
    )
    unit, is_owning = owning_unit(viewer.today)
    statement = (
        select(Kpi.id, Kpi.name, Kpi.level, unit.id.label("unit_id"), unit.name.label("unit_name"))
        .outerjoin(unit, is_owning)
        .where(Kpi.organization_id == viewer.organization_id, _live(cycle), Kpi.level != "individual", sees_whole(viewer))
        .where(~carried.exists())
        .order_by(case({level: n for n, level in enumerate(LEVELS)}, value=Kpi.level), Kpi.name, Kpi.id)
    )
    return [
        UncarriedKpi(id=row.id, name=row.name, level=row.level, owning_unit=UnitName(id=row.unit_id, name=row.unit_name))
        for row in await session.execute(statement)
        if row.unit_id in units
    ]


def _connected(viewer: Viewer) -> CTE:
    """Ids of every KPI from which a strategic one is reached."""
    strategic = select(Kpi.id).where(Kpi.organization_id == viewer.organization_id, Kpi.level == "strategic")
    reached = strategic.cte(recursive=True)
    below = select(Contribution.child_id).where(
        Contribution.organization_id == viewer.organization_id, Contribution.parent_id == reached.c.id
    )
    return reached.union(below)


async def _people(viewer: Viewer, session: ReadSession, cycle: Cycle, units: dict[UUID, str]) -> Sequence[Row[Any]]:
    """People in sight who work in the units today: whether they have an individual KPI, and whether one leads to a strategic KPI."""
    connected = _connected(viewer)
    carried = _carried(viewer, cycle, connected).subquery()
    works = on_day(Employment.valid_from, Employment.valid_to, viewer.today)
    statement = (
        select(
            Person.id,
            Person.display_name,
            Employment.unit_id,
            carried.c.person_id.is_not(None).label("has_kpi"),
            func.coalesce(carried.c.connected, False).label("connected"),
        )
        .join(Employment, (Employment.person_id == Person.id) & Employment.is_primary & works)
        .outerjoin(carried, carried.c.person_id == Person.id)
        .where(Person.organization_id == viewer.organization_id, Person.active, sees_person(viewer, Person.id))
        .order_by(Person.display_name, Person.id)
    )
    return [row for row in await session.execute(statement) if row.unit_id in units]


def _carried(viewer: Viewer, cycle: Cycle, connected: CTE) -> Select[Any]:
    """By person with an individual KPI of the cycle: whether one of them is connected."""
    leads_up = Kpi.id.in_(select(connected.c.id))
    return (
        select(Kpi.owner_person_id.label("person_id"), func.bool_or(leads_up).label("connected"))
        .where(Kpi.organization_id == viewer.organization_id, _live(cycle), Kpi.owner_person_id.is_not(None))
        .where(or_(Kpi.level == "individual", Kpi.level == "strategic"))
        .group_by(Kpi.owner_person_id)
    )


async def _by_unit(
    viewer: Viewer, session: ReadSession, cycle: Cycle, units: dict[UUID, str], people: Sequence[Row[Any]]
) -> list[UnitCoverage]:
    own = select(Kpi.owner_unit_id, func.count()).where(
        Kpi.organization_id == viewer.organization_id, _live(cycle), Kpi.owner_unit_id.is_not(None), sees_whole(viewer)
    )
    kpis = dict((await session.execute(own.group_by(Kpi.owner_unit_id))).all())
    counts = {name: Counter(row.unit_id for row in people if counted(row)) for name, counted in COUNTED.items()}
    return [
        UnitCoverage(unit=UnitName(id=id_, name=name), kpis=kpis.get(id_, 0), **{what: count[id_] for what, count in counts.items()})
        for id_, name in sorted(units.items(), key=lambda item: (item[1], item[0]))
        if kpis.get(id_) or counts["people"][id_]
    ]


COUNTED: dict[str, Any] = {
    "people": lambda row: True,
    "with_kpis": lambda row: row.has_kpi,
    "connected": lambda row: row.connected,
}
