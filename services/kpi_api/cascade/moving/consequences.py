"""What a unit's move does to its KPIs and to who sees them, found before anything is written."""

from collections.abc import Collection, Mapping, Sequence
from typing import Any
from uuid import UUID

from sqlalchemy import Row

from chassis.access import Viewer
from chassis.database import ReadSession
from kpi_api.cascade import references
from kpi_api.cascade.levels import Unit
from kpi_api.cascade.moving.leaders import carried_as_members, changed_leaders
from kpi_api.cascade.moving.links import Link, count_kpis, led_by_alone, links_out
from kpi_api.cascade.moving.schemas import Finding, KpiName, StrayLink, StrayLinks, UnitMove
from kpi_api.cascade.queries import kpi_facts
from kpi_api.cascade.schemas import UnitName
from kpi_api.people import queries as people
from kpi_api.people.models import OrgUnit
from kpi_api.people.queries import manager_on
from kpi_api.people.schemas import UnitOut

NAMED = 200

Facts = Mapping[UUID, Row[Any]]


async def stray_links(viewer: Viewer, session: ReadSession, unit_id: UUID) -> StrayLinks:
    """Contributions out of a unit and those below it that do not lead to a unit above, as far as the viewer sees. Raises NotFound."""
    await people.structure_row(viewer, session, OrgUnit, unit_id)
    units = await references.load_units(session)
    found = [(link, finding) for link in await links_out(session, units.under(unit_id)) if (finding := link.finding(units))]
    return _shown(found, await _facts(viewer, session, [link for link, _ in found]))


async def consequences(viewer: Viewer, session: ReadSession, unit: OrgUnit, parent_id: UUID | None) -> tuple[UnitMove, list[UUID]]:
    """The move of a unit under another parent as a preview, and the contributions that would lead upward no more."""
    before = await references.load_units(session)
    after, moving = before.moved(unit.id, parent_id), before.under(unit.id)
    astray = [(link, finding) for link in await links_out(session, moving) if not link.finding(before) and (finding := link.finding(after))]
    links = [link for link, _ in astray]
    cut_off = await led_by_alone(session, links)
    old, new = set(before.above(unit.id)), set(after.above(unit.id))
    loses, gains = await changed_leaders(viewer, session, unit.id, old, new)
    no_more, from_now = await carried_as_members(session, old - new), await carried_as_members(session, new - old)
    facts = await _facts(viewer, session, links, [*cut_off, *no_more, *from_now])
    shown = _shown(astray, facts)
    cut_off_shown = _names(cut_off, facts)
    move = UnitMove(
        unit=UnitOut.model_validate(unit),
        moved=False,
        from_parent=_unit_name(before.get(unit.parent_id)),
        to_parent=_unit_name(before.get(parent_id)),
        kpis=await count_kpis(session, moving),
        astray_count=shown.astray_count,
        astray=shown.astray,
        cut_off_count=len(cut_off_shown),
        cut_off=cut_off_shown[:NAMED],
        loses_sight=loses[:NAMED],
        gains_sight=gains[:NAMED],
        carried_no_more=_names(no_more, facts)[:NAMED],
        carried_from_now=_names(from_now, facts)[:NAMED],
        warnings=await _warnings(session, unit, before.get(parent_id)),
    )
    return move, [link.id for link in links]


async def _facts(viewer: Viewer, session: ReadSession, links: Sequence[Link], more: Collection[UUID] = ()) -> Facts:
    ids = {id_ for link in links for id_ in (link.child_id, link.parent_id)} | set(more)
    return await kpi_facts(viewer, session, ids) if ids else {}


def _shown(found: Sequence[tuple[Link, Finding]], facts: Facts) -> StrayLinks:
    """The links of which the viewer sees both ends."""
    seen = [(link, finding) for link, finding in found if link.child_id in facts and link.parent_id in facts]
    return StrayLinks(astray_count=len(seen), astray=[_stray(link, finding, facts) for link, finding in seen[:NAMED]])


def _stray(link: Link, finding: Finding, facts: Facts) -> StrayLink:
    child, parent = _name(facts[link.child_id]), _name(facts[link.parent_id])
    sentence = f"{_in_words(child)} contributes to {_in_words(parent)}, which does not stand above it."
    return StrayLink(contribution_id=link.id, finding=finding, child=child, parent=parent, sentence=sentence)


def _in_words(kpi: KpiName) -> str:
    return f"“{kpi.name}”" + (f" ({kpi.unit.name})" if kpi.unit else "")


def _names(ids: Sequence[UUID], facts: Facts) -> list[KpiName]:
    return [_name(facts[id_]) for id_ in ids if id_ in facts]


def _name(row: Row[Any]) -> KpiName:
    unit = UnitName(id=row.unit_id, name=row.unit_name) if row.unit_id else None
    return KpiName(id=row.Kpi.id, name=row.Kpi.name, level=row.Kpi.level, unit=unit)


def _unit_name(unit: Unit | None) -> UnitName | None:
    return UnitName(id=unit.id, name=unit.name) if unit else None


async def _warnings(session: ReadSession, unit: OrgUnit, parent: Unit | None) -> list[str]:
    found = []
    if unit.kind == "company" and parent is not None:
        found.append(f"{unit.name} is a company: its KPIs stay strategic though it stands under {parent.name}.")
    if await _reports_elsewhere(session, unit, parent):
        above = parent.name if parent else ""
        found.append(f"The head of {unit.name} does not report to the head of {above}; who leads whom follows employments.")
    return found


async def _reports_elsewhere(session: ReadSession, unit: OrgUnit, parent: Unit | None) -> bool:
    if unit.head_id is None or parent is None or parent.head_id in {None, unit.head_id}:
        return False
    return await manager_on(session, unit.head_id, session.today) != parent.head_id
