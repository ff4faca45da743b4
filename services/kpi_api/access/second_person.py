"""When something waits for a second person, and when whoever began it is alone and may go on (domain "Visibility")."""

from collections.abc import Collection
from datetime import timedelta
from uuid import UUID

from sqlalchemy import text

from chassis.access import Viewer
from chassis.database import WriteSession

# Whoever ends the other hr_admin's role does not become the only one at once.
LONE_AFTER = timedelta(days=30)

# access stands below people, so it asks the table by name.
COULD_APPROVE = text(
    """
    SELECT EXISTS (
      SELECT FROM grants g JOIN persons p ON p.organization_id = g.organization_id AND p.id = g.person_id
      WHERE g.organization_id = :organization_id AND g.role = ANY(:roles) AND g.approved_at IS NOT NULL AND g.person_id <> ALL(:parties)
        AND g.valid_from <= :today AND (g.valid_to IS NULL OR g.valid_to > :lately)
        AND p.active AND (p.termination_date IS NULL OR p.termination_date >= :today)
    )
    """
)


async def somebody_else_could_approve(viewer: Viewer, session: WriteSession, permit: str, parties: Collection[UUID] = ()) -> bool:
    """Whether anybody but the viewer and the other `parties` has this permit, or had it in the last thirty days. Raises NotAllowed."""
    left_out = [viewer.require_person(), *parties]
    keys = {"organization_id": viewer.organization_id, "roles": sorted(viewer.matrix.permits[permit]), "parties": left_out}
    return bool(await session.scalar(COULD_APPROVE, {**keys, "today": session.today, "lately": session.today - LONE_AFTER}))
