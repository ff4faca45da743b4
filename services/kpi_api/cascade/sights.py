"""Keeps `kpi_sights`: why a person sees KPIs that are not theirs.

A person's line of sight starts at their own KPIs, those of units they head, and those they carry together; every KPI above is an
`ancestor`. Whoever carries a KPI together, in person or as a member of a unit that does, is a `stakeholder`. Both follow from facts, so a
change recomputes the people it touches, set-based, and writes only what differs.
"""

from collections.abc import Collection
from uuid import UUID

from sqlalchemy import Uuid, bindparam, text
from sqlalchemy.dialects.postgresql import ARRAY

from chassis.database import WriteSession

# Who owns a KPI: the person, or the head of the unit.
OWNERS = """
    owners AS (
      SELECT organization_id, id AS kpi_id, owner_person_id AS person_id FROM kpis WHERE owner_person_id IS NOT NULL
      UNION ALL
      SELECT k.organization_id, k.id, o.head_id FROM kpis k
      JOIN org_units o ON o.organization_id = k.organization_id AND o.id = k.owner_unit_id
      WHERE o.head_id IS NOT NULL
    )
"""


def stakes(wanted: str) -> str:
    """Who carries which KPI together, as far as `wanted`: persons named, and whoever works today in a unit named or below it."""
    return f"""
    units AS (
      SELECT DISTINCT unit_id AS top, unit_id AS id FROM kpi_stakeholders
      WHERE organization_id = :organization AND unit_id IS NOT NULL AND left_at IS NULL
      UNION
      SELECT u.top, o.id FROM units u JOIN org_units o ON o.organization_id = :organization AND o.parent_id = u.id
    ),
    stakes AS (
      SELECT stake.person_id, stake.kpi_id
      FROM (
        SELECT person_id, kpi_id FROM kpi_stakeholders WHERE organization_id = :organization AND person_id IS NOT NULL AND left_at IS NULL
      ) AS stake
      WHERE {wanted}
      UNION
      SELECT stake.person_id, stake.kpi_id
      FROM (
        SELECT e.person_id, s.kpi_id
        FROM kpi_stakeholders s
        JOIN units u ON u.top = s.unit_id
        JOIN employments e ON e.organization_id = :organization AND e.unit_id = u.id AND e.is_primary
          AND e.valid_from <= :today AND (e.valid_to IS NULL OR e.valid_to > :today)
        WHERE s.organization_id = :organization AND s.left_at IS NULL
      ) AS stake
      WHERE {wanted}
    )
    """  # noqa: S608


PEOPLE_OF_KPIS = text(
    f"""
    WITH RECURSIVE downward AS (
      SELECT unnest(:kpis) AS id
      UNION
      SELECT c.child_id FROM downward d JOIN contributions c ON c.organization_id = :organization AND c.parent_id = d.id
    ),
    {OWNERS},
    {stakes("stake.kpi_id IN (SELECT id FROM downward)")}
    SELECT o.person_id FROM downward d JOIN owners o ON o.organization_id = :organization AND o.kpi_id = d.id
    UNION
    SELECT person_id FROM stakes
    UNION
    SELECT x.person_id FROM kpi_sights x WHERE x.organization_id = :organization AND x.kpi_id = ANY (:kpis)
    """  # noqa: S608
).bindparams(bindparam("kpis", type_=ARRAY(Uuid)))

REFRESH = text(
    f"""
    WITH RECURSIVE people AS (SELECT unnest(:people) AS person_id),
    {OWNERS},
    {stakes("stake.person_id IN (SELECT person_id FROM people)")},
    upward AS (
      SELECT o.person_id, c.parent_id AS kpi_id
      FROM people p
      JOIN owners o ON o.organization_id = :organization AND o.person_id = p.person_id
      JOIN contributions c ON c.organization_id = :organization AND c.child_id = o.kpi_id
      UNION
      SELECT s.person_id, c.parent_id
      FROM stakes s JOIN contributions c ON c.organization_id = :organization AND c.child_id = s.kpi_id
      UNION
      SELECT u.person_id, c.parent_id
      FROM upward u JOIN contributions c ON c.organization_id = :organization AND c.child_id = u.kpi_id
    ),
    wanted AS (
      SELECT person_id, kpi_id, 'ancestor' AS sight FROM upward
      UNION ALL
      SELECT person_id, kpi_id, 'stakeholder' FROM stakes
    ),
    gone AS (
      DELETE FROM kpi_sights x USING people p
      WHERE x.organization_id = :organization AND x.person_id = p.person_id
        AND NOT EXISTS (SELECT 1 FROM wanted w WHERE (w.person_id, w.kpi_id, w.sight) = (x.person_id, x.kpi_id, x.sight))
    )
    INSERT INTO kpi_sights (organization_id, id, person_id, kpi_id, sight)
    SELECT CAST(:organization AS uuid), gen_random_uuid(), person_id, kpi_id, sight FROM wanted
    ON CONFLICT (organization_id, person_id, kpi_id, sight) DO NOTHING
    """  # noqa: S608
).bindparams(bindparam("people", type_=ARRAY(Uuid)))


async def refresh_sights_of_kpis(session: WriteSession, kpi_ids: Collection[UUID]) -> None:
    """After contributions or stakeholders of these KPIs changed: recompute everybody whose line of sight passes through them."""
    if kpi_ids:
        found = await session.scalars(PEOPLE_OF_KPIS, {**_keys(session), "kpis": list(kpi_ids)})
        await refresh_sights(session, found.all())


async def refresh_sights(session: WriteSession, person_ids: Collection[UUID]) -> None:
    """Recompute what these people see, for example after one of them moved to another unit."""
    if person_ids:
        # Sorted, so that two refreshes take their rows in one order.
        await session.execute(REFRESH, {**_keys(session), "people": sorted(person_ids)})


def _keys(session: WriteSession) -> dict[str, object]:
    return {"organization": session.organization_id, "today": session.today}
