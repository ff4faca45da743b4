"""What each KPI in sight comes to now: a page of the cascade from the top, with the values and attainments that its KPIs follow from."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import Any, Final
from uuid import UUID

from sqlalchemy import Select, case, select

from chassis.access import Viewer
from chassis.database import ReadSession
from chassis.pagination import PageRequest, Rows, fetch_page
from kpi_api.access.sight import among
from kpi_api.cascade import queries as cascade
from kpi_api.cascade.levels import LEVELS, Level
from kpi_api.cascade.models import Contribution, Kpi
from kpi_api.cascade.schemas import UnitName
from kpi_api.cascade.sight import sees_whole
from kpi_api.people.models import OrgUnit
from kpi_api.scores.roll_ups.arithmetic import Own, Reason, Rolled
from kpi_api.scores.roll_ups.attainments import Attainment, attainments_of
from kpi_api.scores.roll_ups.schemas import MissingBelow, RolledUpKpi
from kpi_api.scores.roll_ups.tree import Outcome, load_cascade, outcome, values_of

MOST_NAMED: Final = 100
"""Missing KPIs named of one KPI; with more, naming them helps nobody."""

RANK: Final = case({level: place for place, level in enumerate(LEVELS)}, value=Kpi.level)


@dataclass(frozen=True)
class RollUpFilter:
    """Which KPIs, and how they are rolled up: of a cycle; of a unit and those below it; a KPI and all below it."""

    cycle_id: UUID
    unit_id: UUID | None = None
    kpi_id: UUID | None = None
    level: Level | None = None
    accept_missing: bool = False
    once: bool = False


async def roll_ups_page(viewer: Viewer, session: ReadSession, page: PageRequest, wanted: RollUpFilter) -> Rows[Kpi]:
    """Active KPIs that the viewer sees whole, strategic first. Raises NotFound where a KPI is asked for that they do not see whole."""
    if wanted.kpi_id is not None:
        await cascade.kpi(viewer, session, wanted.kpi_id)
    statement = cascade.kpis(viewer).where(Kpi.cycle_id == wanted.cycle_id, Kpi.status == "active")
    if wanted.level is not None:
        statement = statement.where(Kpi.level == wanted.level)
    if wanted.kpi_id is not None:
        statement = statement.where(Kpi.id.in_(_below(viewer, wanted.kpi_id)))
    if wanted.unit_id is not None:
        unit, is_owning = cascade.owning_unit(viewer.today)
        statement = statement.join(unit, is_owning).where(among(unit.id, _units(viewer, wanted.unit_id)))
    keys: list[Any] = [(RANK, lambda row: LEVELS.index(row.level)), (Kpi.id, lambda row: row.id)]
    return await fetch_page(session, statement, page, keys=keys, scope=f"roll-ups {wanted} {viewer.subject}")


def _below(viewer: Viewer, kpi_id: UUID) -> Select[Any]:
    """The KPI and all below it."""
    found = select(Kpi.id).where(Kpi.organization_id == viewer.organization_id, Kpi.id == kpi_id).cte(recursive=True)
    link = Contribution
    children = select(link.child_id).where(link.organization_id == viewer.organization_id, link.parent_id == found.c.id)
    return select(found.union(children).c.id)


def _units(viewer: Viewer, unit_id: UUID) -> Select[Any]:
    """The unit and all below it."""
    found = select(OrgUnit.id).where(OrgUnit.organization_id == viewer.organization_id, OrgUnit.id == unit_id).cte(recursive=True)
    children = select(OrgUnit.id).where(OrgUnit.organization_id == viewer.organization_id, OrgUnit.parent_id == found.c.id)
    return select(found.union(children).c.id)


async def rolled_up(viewer: Viewer, session: ReadSession, kpis: Collection[Kpi], wanted: RollUpFilter) -> list[RolledUpKpi]:
    """What each of these KPIs comes to. The caller has found that the viewer sees them whole; what lies below counts whether seen or not,
    and is named only where it is."""
    facts = await cascade.kpi_facts(viewer, session, [kpi.id for kpi in kpis])
    upper = await load_cascade(session, [kpi.id for kpi in kpis if kpi.roll_up != "measured"])
    found = outcome(upper, accept_missing=wanted.accept_missing, once=wanted.once)
    measured = [kpi.id for kpi in kpis if kpi.roll_up == "measured"]
    values, attained = await values_of(session, measured), await attainments_of(session, measured)
    named = await _names(viewer, session, {id_ for kpi in kpis for id_ in _asked(kpi, found).missing})
    return [
        _shown(facts[kpi.id], _measured(values[kpi.id]), attained.get(kpi.id), {}, unit=values[kpi.id].unit)
        if kpi.roll_up == "measured"
        else _shown(facts[kpi.id], _asked(kpi, found), _attained(kpi, found), named, unit=upper.rolled[kpi.id].unit)
        for kpi in kpis
        if kpi.roll_up == "measured" or kpi.id in upper.rolled
    ]


def _asked(kpi: Kpi, found: Outcome) -> Rolled:
    """What it rolls up: its value, or its attainment."""
    return (found.values if kpi.roll_up_of == "values" else found.raw).get(kpi.id, Rolled(None))


def _attained(kpi: Kpi, found: Outcome) -> Attainment:
    return Attainment(found.raw[kpi.id].value, found.capped[kpi.id].value)


def _measured(own: Own) -> Rolled:
    reason: Reason | None = None if own.value is not None else "several_parts" if own.unit is None else "not_measured"
    return Rolled(own.value, reason, own.value is not None)


async def _names(viewer: Viewer, session: ReadSession, kpi_ids: Collection[UUID]) -> dict[UUID, MissingBelow]:
    """Those among these that the viewer sees whole."""
    if not kpi_ids:
        return {}
    statement = select(Kpi.id, Kpi.name, Kpi.window_start).where(
        Kpi.organization_id == viewer.organization_id, cascade.among(Kpi.id, kpi_ids), sees_whole(viewer)
    )
    return {id_: MissingBelow(kpi_id=id_, name=name, since=since) for id_, name, since in await session.execute(statement)}


def _shown(
    facts: Any, rolled: Rolled, attained: Attainment | None, named: Mapping[UUID, MissingBelow], unit: str | None
) -> RolledUpKpi:
    kpi: Kpi = facts.Kpi
    missing = sorted((named[id_] for id_ in rolled.missing if id_ in named), key=lambda one: (one.name, one.kpi_id))
    return RolledUpKpi(
        kpi_id=kpi.id,
        code=kpi.code,
        name=kpi.name,
        level=kpi.level,
        owning_unit=UnitName(id=facts.unit_id, name=facts.unit_name) if facts.unit_id else None,
        roll_up=kpi.roll_up,
        roll_up_of=kpi.roll_up_of,
        value=rolled.value if kpi.roll_up_of == "values" or kpi.roll_up == "measured" else None,
        unit=unit,
        attainment_raw=attained.raw if attained else None,
        attainment_capped=attained.capped if attained else None,
        reason=rolled.reason,
        complete=rolled.complete,
        counted_twice=rolled.counted_twice,
        missing=missing[:MOST_NAMED],
    )
