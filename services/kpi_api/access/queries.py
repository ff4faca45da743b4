"""Reads of granted roles."""

from uuid import UUID

from sqlalchemy import select

from chassis.access import Viewer
from chassis.database import ReadSession
from chassis.pagination import PageRequest, Rows, fetch_page
from kpi_api.access.models import Grant


async def grants(viewer: Viewer, session: ReadSession, page: PageRequest, *, person_id: UUID | None) -> Rows[Grant]:
    """Granted roles in the order in which they were given. Raises NotAllowed."""
    viewer.require("grants.read")
    statement = select(Grant) if person_id is None else select(Grant).where(Grant.person_id == person_id)
    return await fetch_page(
        session,
        statement,
        page,
        keys=[(Grant.id, lambda row: row.id)],
        scope=f"grants {viewer.subject} {person_id}",
    )
