"""From a proven identity to a viewer: the person must be active, roles and delegations are those of the day."""

from uuid import UUID

from sqlalchemy import text

from chassis.access import Viewer
from chassis.database import ReadSession
from chassis.identity import Principal
from chassis.problems import Unauthenticated
from kpi_api.access import matrix
from kpi_api.access.sight import MANY

FIND_VIEWER = text(
    """
    SELECT p.active AND coalesce(p.termination_date >= :today, true) AS active,
      coalesce(array_agg(DISTINCT g.role) FILTER (WHERE g.role IS NOT NULL), '{}') AS roles,
      ARRAY(
        SELECT d.delegator_id FROM delegations d
        WHERE d.organization_id = p.organization_id AND d.delegate_id = p.id AND d.valid_from <= :today AND d.valid_to > :today
      ) AS stands_in_for,
      (SELECT count(*) FROM (
        SELECT FROM reporting_lines r
        WHERE r.organization_id = p.organization_id AND r.manager_id = p.id
          AND r.valid_from <= :today AND (r.valid_to IS NULL OR r.valid_to > :today)
        LIMIT :many
      ) lines) AS led
    FROM persons p
    LEFT JOIN grants g ON g.organization_id = p.organization_id AND g.person_id = p.id
      AND g.approved_at IS NOT NULL AND g.valid_from <= :today AND (g.valid_to IS NULL OR g.valid_to > :today)
    WHERE p.organization_id = :organization_id AND p.id = :person_id
    GROUP BY p.organization_id, p.id
    """
)


async def load_viewer(principal: Principal, session: ReadSession) -> Viewer:
    """The viewer of a proven identity. Raises Unauthenticated for a person who is unknown or no longer active."""
    roles, stands_in_for, led = principal.scopes, frozenset[UUID](), 0
    if principal.person_id is not None:
        keys = {"organization_id": principal.organization_id, "person_id": principal.person_id, "today": session.today, "many": MANY}
        found = (await session.execute(FIND_VIEWER, keys)).one_or_none()
        if found is None or not found.active:
            raise Unauthenticated()
        roles, stands_in_for, led = frozenset(found.roles), frozenset(found.stands_in_for), found.led
    who = (principal.organization_id, principal.subject, principal.person_id)
    return Viewer(*who, roles, session.today, matrix.MATRIX, stands_in_for, led)
