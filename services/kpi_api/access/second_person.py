"""When something waits for a second person, and when whoever began it is alone and may go on (domain "Visibility")."""

from collections.abc import Collection
from datetime import timedelta
from uuid import UUID

from sqlalchemy import or_, select

from chassis.access import Viewer
from chassis.database import WriteSession
from kpi_api.access.models import Grant

# Whoever ends the other hr_admin's role does not become the only one at once. Nor do they by deactivating the other, which one hr_admin or
# an integration can: somebody who has left counts until their role is ended, too.
LONE_AFTER = timedelta(days=30)


async def somebody_else_could_approve(viewer: Viewer, session: WriteSession, permit: str, parties: Collection[UUID] = ()) -> bool:
    """Whether anybody but the viewer and the other `parties` has this permit, or had it in the last thirty days. Raises NotAllowed."""
    lately = session.today - LONE_AFTER
    others = select(Grant.id).where(
        Grant.role.in_(viewer.matrix.permits[permit]),
        Grant.person_id.not_in([viewer.require_person(), *parties]),
        Grant.approved_at.is_not(None),
        Grant.valid_from <= session.today,
        or_(Grant.valid_to.is_(None), Grant.valid_to > lately),
    )
    return await session.scalar(others.limit(1)) is not None
