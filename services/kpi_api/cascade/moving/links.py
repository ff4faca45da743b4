"""Contributions out of a unit: which of them lead to a unit above it, and which KPIs lead to strategy by others alone."""

from collections.abc import Collection, Iterable
from typing import NamedTuple
from uuid import UUID

from sqlalchemy import Uuid, bindparam, text
from sqlalchemy.dialects.postgresql import ARRAY

from chassis.database import ReadSession
from kpi_api.cascade.levels import Level, UnitTree
from kpi_api.cascade.moving.schemas import Finding

INSIDE = """
    works AS (
      SELECT person_id, unit_id FROM employments
      WHERE organization_id = :organization AND is_primary AND valid_from <= :today AND (valid_to IS NULL OR valid_to > :today)
    ),
    inside AS (
      SELECT organization_id, id, owner_unit_id AS unit_id FROM kpis
      WHERE organization_id = :organization AND owner_unit_id = ANY (:units) AND status IN ('active', 'waiting')
      UNION ALL
      SELECT k.organization_id, k.id, w.unit_id FROM works w
      JOIN kpis k ON k.organization_id = :organization AND k.owner_person_id = w.person_id
      WHERE w.unit_id = ANY (:units) AND k.status IN ('active', 'waiting')
    )
"""

KPIS_INSIDE = text(
    f"WITH {INSIDE} SELECT count(*) FROM inside WHERE organization_id = :organization"  # noqa: S608
).bindparams(bindparam("units", type_=ARRAY(Uuid)))

LINKS_OUT = text(
    f"""
    WITH {INSIDE}
    SELECT c.id, c.child_id, c.parent_id, child.level AS child_level, parent.level AS parent_level, inside.unit_id AS child_unit_id,
      coalesce(parent.owner_unit_id, CASE WHEN parent.level <> 'strategic' THEN w.unit_id END) AS parent_unit_id
    FROM inside
    JOIN contributions c ON c.organization_id = :organization AND c.child_id = inside.id
    JOIN kpis child ON child.organization_id = :organization AND child.id = c.child_id
    JOIN kpis parent ON parent.organization_id = :organization AND parent.id = c.parent_id AND parent.status IN ('active', 'waiting')
    LEFT JOIN works w ON w.person_id = parent.owner_person_id
    WHERE NOT coalesce(coalesce(parent.owner_unit_id, w.unit_id) = ANY (:units), false)
    ORDER BY c.id
    """  # noqa: S608
).bindparams(bindparam("units", type_=ARRAY(Uuid)))

# Whatever leads up through the links, with every way from there to the top.
WAYS_UP = text(
    """
    WITH RECURSIVE below AS (
      SELECT unnest(:kpis) AS id
      UNION
      SELECT c.child_id FROM below b JOIN contributions c ON c.organization_id = :organization AND c.parent_id = b.id
    ),
    up AS (
      SELECT id FROM below
      UNION
      SELECT c.parent_id FROM up JOIN contributions c ON c.organization_id = :organization AND c.child_id = up.id
    )
    SELECT c.id, c.child_id, c.parent_id, k.level = 'strategic' AS at_the_top
    FROM up
    JOIN contributions c ON c.organization_id = :organization AND c.child_id = up.id
    JOIN kpis k ON k.organization_id = :organization AND k.id = c.parent_id
    """
).bindparams(bindparam("kpis", type_=ARRAY(Uuid)))


class Link(NamedTuple):
    """A contribution out of a unit. A strategic KPI of a person (board, chief executive) stands in no unit: it is everybody's."""

    id: UUID
    child_id: UUID
    parent_id: UUID
    child_level: Level
    parent_level: Level
    child_unit_id: UUID
    parent_unit_id: UUID | None

    def finding(self, units: UnitTree) -> Finding | None:
        """What is wrong with the link among these units; null where it leads to a unit above."""
        if self.parent_unit_id is None or units.lies_above(self.parent_unit_id, self.child_unit_id):
            return None
        return "not_upward" if self.child_level == self.parent_level else "across"


async def count_kpis(session: ReadSession, units: Collection[UUID]) -> int:
    """Live KPIs of these units and of the people who work there today."""
    return await session.scalar(KPIS_INSIDE, _keys(session) | {"units": list(units)}) or 0


async def links_out(session: ReadSession, units: Collection[UUID]) -> list[Link]:
    """Contributions of live KPIs in these units to live KPIs outside, the oldest first."""
    rows = await session.execute(LINKS_OUT, _keys(session) | {"units": list(units)})
    return [Link(*row) for row in rows]


async def led_by_alone(session: ReadSession, links: Collection[Link]) -> list[UUID]:
    """KPIs that lead to a strategic KPI by these links and no other way."""
    if not links:
        return []
    keys = {"organization": session.organization_id, "kpis": [link.child_id for link in links]}
    rows = (await session.execute(WAYS_UP, keys)).all()
    strategic = {row.parent_id for row in rows if row.at_the_top}
    without = {link.id for link in links}
    before = _reached(strategic, [(row.parent_id, row.child_id) for row in rows])
    after = _reached(strategic, [(row.parent_id, row.child_id) for row in rows if row.id not in without])
    return sorted(before - after)


def _reached(tops: Collection[UUID], edges: Iterable[tuple[UUID, UUID]]) -> set[UUID]:
    children: dict[UUID, list[UUID]] = {}
    for parent, child in edges:
        children.setdefault(parent, []).append(child)
    seen, following = set(tops), list(tops)
    while following:
        fresh = set(children.get(following.pop(), ())) - seen
        seen |= fresh
        following += fresh
    return seen


def _keys(session: ReadSession) -> dict[str, object]:
    return {"organization": session.organization_id, "today": session.today}
