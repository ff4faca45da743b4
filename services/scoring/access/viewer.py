"""From a proven identity to a viewer: the person must be active, the roles are those granted on the day.

A sibling service that acts for a person has that person's rights and no more; acting on its own account it has the role `service`.
"""

from sqlalchemy import text

from chassis.access import Viewer
from chassis.database import ReadSession
from chassis.identity import Principal
from chassis.problems import Unauthenticated
from scoring.access import matrix

FIND_VIEWER = text(
    """
    SELECT p.active, coalesce(array_agg(DISTINCT g.role) FILTER (WHERE g.role IS NOT NULL), '{}') AS roles
    FROM people p
    LEFT JOIN grants g ON g.organization_id = p.organization_id AND g.person_id = p.id
      AND g.valid_from <= :today AND (g.valid_to IS NULL OR g.valid_to > :today)
    WHERE p.organization_id = :organization_id AND p.id = :person_id
    GROUP BY p.active
    """
)


async def load_viewer(principal: Principal, session: ReadSession) -> Viewer:
    """The viewer of a proven identity. Raises Unauthenticated for a person who is unknown here or no longer active."""
    roles = principal.scopes - {"service"}
    if principal.person_id is not None:
        keys = {"organization_id": principal.organization_id, "person_id": principal.person_id, "today": session.today}
        found = (await session.execute(FIND_VIEWER, keys)).one_or_none()
        if found is None or not found.active:
            raise Unauthenticated()
        roles = frozenset(found.roles) - {"service"}
    elif principal.kind == "service":
        roles = frozenset({"service"})
    return Viewer(principal.organization_id, principal.subject, principal.person_id, roles, session.today, matrix.MATRIX)
