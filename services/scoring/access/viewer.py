"""The viewer: the first argument of every read. It says who looks, from which organization, with which roles, on which day.

A sibling service that acts for a person has that person's rights and no more; acting on its own account it has the role `service`.
"""

from dataclasses import dataclass
from datetime import date
from typing import Literal
from uuid import UUID

from sqlalchemy import text

from chassis.database import ReadSession
from chassis.identity import Principal
from chassis.problems import NotAllowed, Unauthenticated

Role = Literal["board", "hr_admin", "comp_admin", "executive", "payroll", "auditor", "integration", "service"]

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


@dataclass(frozen=True)
class Viewer:
    """Who looks. `person_id` is null for an integration and for a service on its own account; `subject` is what audit records name."""

    organization_id: UUID
    subject: str
    person_id: UUID | None
    roles: frozenset[str]
    today: date

    def has(self, *roles: Role) -> bool:
        """Whether the viewer has any of these roles."""
        return not self.roles.isdisjoint(roles)

    def require(self, *roles: Role) -> None:
        """Raises NotAllowed unless the viewer has one of these roles."""
        if not self.has(*roles):
            raise NotAllowed(f"This needs the role {' or '.join(roles)}.")

    def require_person(self) -> UUID:
        """The viewer's person. Raises NotAllowed for an integration and for a service on its own account."""
        if self.person_id is None:
            raise NotAllowed("Only a person can do this, not an integration.")
        return self.person_id


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
    return Viewer(principal.organization_id, principal.subject, principal.person_id, roles, session.today)
