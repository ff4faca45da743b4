"""What scoring is told of people: who they are, whether they are active, their granted roles and their dated reporting line."""

from collections.abc import Collection
from typing import Any
from uuid import UUID

from sqlalchemy import text

from chassis.database import ReadSession

# One row a person; dates as ISO text, so that the answer is JSON as it stands. What held since ever starts at -infinity, which is no
# date; a role that was ended before it ever held is left out.
REFERENCES = text(
    """
    SELECT p.id AS person_id, p.external_id, p.display_name, p.active, p.erased_at IS NOT NULL AS erased, l.code AS legal_entity,
      coalesce((SELECT jsonb_agg(jsonb_build_object('role', g.role, 'valid_from', greatest(g.valid_from, '1900-01-01'),
          'valid_to', g.valid_to) ORDER BY g.role, g.valid_from, g.id)
        FROM grants g WHERE g.organization_id = p.organization_id AND g.person_id = p.id AND g.approved_at IS NOT NULL
          AND (g.valid_to IS NULL OR g.valid_to > g.valid_from)), '[]') AS grants,
      coalesce((SELECT jsonb_agg(jsonb_build_object('manager_id', r.manager_id, 'depth', r.depth, 'valid_from', r.valid_from,
          'valid_to', r.valid_to) ORDER BY r.depth, r.valid_from, r.manager_id)
        FROM reporting_lines r WHERE r.organization_id = p.organization_id AND r.person_id = p.id), '[]') AS managers
    FROM persons p
    LEFT JOIN employments e ON e.organization_id = p.organization_id AND e.person_id = p.id AND e.is_primary
      AND e.valid_from <= :today AND (e.valid_to IS NULL OR e.valid_to > :today)
    LEFT JOIN legal_entities l ON l.organization_id = e.organization_id AND l.id = e.legal_entity_id
    WHERE p.organization_id = :organization_id AND (CAST(:everybody AS boolean) OR p.id = ANY(:person_ids))
    ORDER BY p.active, p.id
    """
)


async def references(session: ReadSession, person_ids: Collection[UUID] | None = None) -> list[dict[str, Any]]:
    """The references of these people, or of everybody; the inactive first, so that whoever lost access loses it first.

    Each: person_id, external_id, display_name, active, erased, legal_entity (code on the session's day or null), grants (role, valid_from,
    valid_to) and managers (manager_id, depth, valid_from, valid_to); ids and dates are text, `valid_to` is exclusive or null.
    """
    keys = {
        "organization_id": session.organization_id,
        "today": session.today,
        "everybody": person_ids is None,
        "person_ids": list(person_ids or []),
    }
    return [{**row, "person_id": str(row["person_id"])} for row in (await session.execute(REFERENCES, keys)).mappings()]
