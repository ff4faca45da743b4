"""Links existing KPIs upward, row by row, and unlinks them: weights may change, circles and downward links are refused by name."""

from collections.abc import Collection, Sequence
from uuid import UUID

from sqlalchemy import select

from chassis.access import Viewer
from chassis.bulk import RowResult
from chassis.database import WriteSession
from chassis.identifiers import new_id
from chassis.problems import NotFound
from kpi_api.cascade import references, storing
from kpi_api.cascade.actions import changeable_kpi
from kpi_api.cascade.levels import UnitTree, leads_upward
from kpi_api.cascade.lines import upward
from kpi_api.cascade.models import Contribution, Kpi
from kpi_api.cascade.placement import not_upward, refused
from kpi_api.cascade.problems import NOT_YOURS
from kpi_api.cascade.queries import among
from kpi_api.cascade.references import Kpis
from kpi_api.cascade.schemas import NewContribution
from kpi_api.cascade.sights import refresh_sights_of_kpis
from kpi_api.cascade.withdrawing import CLOSED, in_closed_cycles


class Edges:
    """Contributions above some KPIs, stored and just made."""

    def __init__(self, stored: Sequence[Contribution]) -> None:
        self.rows = {(row.child_id, row.parent_id): row for row in stored}
        self._parents: dict[UUID, set[UUID]] = {}
        for row in stored:
            self._parents.setdefault(row.child_id, set()).add(row.parent_id)

    def reaches(self, start: UUID, goal: UUID) -> bool:
        """`goal` is `start` or stands above it."""
        seen, waiting = {start}, [start]
        while waiting:
            here = waiting.pop()
            if here == goal:
                return True
            for parent in self._parents.get(here, set()) - seen:
                seen.add(parent)
                waiting.append(parent)
        return False

    def add(self, row: Contribution) -> None:
        self.rows[row.child_id, row.parent_id] = row
        self._parents.setdefault(row.child_id, set()).add(row.parent_id)


async def contribute(viewer: Viewer, session: WriteSession, given: Sequence[NewContribution]) -> list[RowResult]:
    """Link KPIs upward. The viewer may change the child and sees the parent. An existing link takes the weight given.

    Row errors: unknown_child, unknown_parent, not_allowed, cycle_closed, not_upward, circle.
    """
    await storing.lock_contributions(session)
    units = await references.load_units(session)
    kpis = await references.load_kpis(viewer, session, {reference for row in given for reference in (row.child, row.parent)})
    edges = await _edges_of(session, kpis)
    closed = await in_closed_cycles(session, kpis.ids)
    results = [_contribute(session, n, row, kpis, units, edges, closed) for n, row in enumerate(given, start=1)]
    await session.flush()
    touched = {result.id for result in results if result.status in {"created", "updated"}}
    changed = {link.child_id for link in edges.rows.values() if link.id in touched}
    if changed:
        await refresh_sights_of_kpis(session, changed)
        await storing.record_events(session, "kpi.changed", sorted(changed))
    return results


async def _edges_of(session: WriteSession, kpis: Kpis) -> Edges:
    above = upward(select(Kpi.id).where(among(Kpi.id, kpis.ids)))
    stored = await session.scalars(select(Contribution).join(above, above.c.id == Contribution.child_id))
    return Edges(stored.all())


def _contribute(
    session: WriteSession, row: int, given: NewContribution, kpis: Kpis, units: UnitTree, edges: Edges, closed: Collection[UUID]
) -> RowResult:
    child, parent = kpis.get(given.child), kpis.get(given.parent)
    if child is None:
        return refused(row, "/child", "unknown_child", "There is no such KPI that you may see.")
    if parent is None:
        return refused(row, "/parent", "unknown_parent", "There is no such KPI that you may see.")
    if not child.changeable:
        return refused(row, "/child", "not_allowed", NOT_YOURS)
    existing = edges.rows.get((child.id, parent.id))
    if existing is not None and existing.weight == given.weight:
        return RowResult(row=row, status="unchanged", id=existing.id)
    if parent.id == child.id:
        return refused(row, "/parent", "circle", "A KPI does not contribute to itself.")
    if edges.reaches(parent.id, child.id):
        return refused(row, "/parent", "circle", "The parent contributes to the child already, so this would make a circle.")
    if child.id in closed:
        return refused(row, "/child", "cycle_closed", CLOSED)
    if existing is not None:
        existing.weight = given.weight
        return RowResult(row=row, status="updated", id=existing.id)
    if not leads_upward(child.place, parent.place, units):
        return refused(row, "/parent", "not_upward", not_upward(child.place, parent.place))
    link = Contribution(id=new_id(), child_id=child.id, parent_id=parent.id, weight=given.weight)
    session.add(link)
    edges.add(link)
    return RowResult(row=row, status="created", id=link.id)


async def end_contribution(viewer: Viewer, session: WriteSession, child_id: UUID, parent_id: UUID) -> None:
    """Take a link away. Raises NotFound, NotAllowed."""
    await storing.lock_contributions(session)
    child = await changeable_kpi(viewer, session, child_id)
    link = await session.scalar(select(Contribution).where(Contribution.child_id == child.id, Contribution.parent_id == parent_id))
    if link is None:
        raise NotFound()
    await session.delete(link)
    await session.flush()
    await refresh_sights_of_kpis(session, [child.id])
    await storing.record_events(session, "kpi.changed", [child.id])
