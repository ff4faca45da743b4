"""The viewer: the first argument of every read. It says who looks, from which organization, with which granted roles, on which day."""

from dataclasses import dataclass
from datetime import date
from typing import Literal, get_args
from uuid import UUID

from sqlalchemy import text

from chassis.database import ReadSession
from chassis.identity import Principal
from chassis.problems import NotAllowed, Unauthenticated

GrantedRole = Literal["board", "hr_admin", "comp_admin", "executive", "payroll", "auditor", "integration"]
GRANTED_ROLES: tuple[GrantedRole, ...] = get_args(GrantedRole)

FIND_VIEWER = text(
    """
    SELECT p.active AND coalesce(p.termination_date >= :today, true) AS active,
      coalesce(array_agg(DISTINCT g.role) FILTER (WHERE g.role IS NOT NULL), '{}') AS roles
    FROM persons p
    LEFT JOIN grants g ON g.organization_id = p.organization_id AND g.person_id = p.id
      AND g.valid_from <= :today AND (g.valid_to IS NULL OR g.valid_to > :today)
    WHERE p.organization_id = :organization_id AND p.id = :person_id
    GROUP BY p.active, p.termination_date
    """
)


@dataclass(frozen=True)
class Viewer:
    """Who looks. `person_id` is null for an integration's key; `subject` is what audit records name."""

    organization_id: UUID
    subject: str
    person_id: UUID | None
    roles: frozenset[str]
    today: date

    def has(self, *roles: GrantedRole) -> bool:
        """Whether any of these roles is granted."""
        return not self.roles.isdisjoint(roles)

    def require(self, *roles: GrantedRole) -> None:
        """Raises NotAllowed unless one of these roles is granted."""
        if not self.has(*roles):
            raise NotAllowed(f"This needs the role {' or '.join(roles)}.")

    def require_person(self) -> UUID:
        """The viewer's person. Raises NotAllowed for an integration."""
        if self.person_id is None:
            raise NotAllowed("Only a person can do this, not an integration.")
        return self.person_id


async def load_viewer(principal: Principal, session: ReadSession) -> Viewer:
    """The viewer of a proven identity. Raises Unauthenticated for a person who is unknown or no longer active."""
    roles = principal.scopes
    if principal.person_id is not None:
        keys = {"organization_id": principal.organization_id, "person_id": principal.person_id, "today": session.today}
        found = (await session.execute(FIND_VIEWER, keys)).one_or_none()
        if found is None or not found.active:
            raise Unauthenticated()
        roles = frozenset(found.roles)
    return Viewer(principal.organization_id, principal.subject, principal.person_id, roles, session.today)
