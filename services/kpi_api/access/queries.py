"""Reads of granted roles."""

from uuid import UUID

from sqlalchemy import select

from chassis.database import ReadSession
from chassis.pagination import CursorSigner, fetch_page
from kpi_api.access.models import Grant
from kpi_api.access.viewer import Viewer


async def grants(
    viewer: Viewer, session: ReadSession, signer: CursorSigner, *, person_id: UUID | None, limit: int, cursor: str | None
) -> tuple[list[Grant], str | None]:
    """Granted roles in the order in which they were given, and the next page's cursor. Raises NotAllowed."""
    viewer.require("hr_admin", "auditor")
    statement = select(Grant) if person_id is None else select(Grant).where(Grant.person_id == person_id)
    return await fetch_page(
        session,
        statement,
        keys=[(Grant.id, lambda row: row.id)],
        scope=f"grants {viewer.subject} {person_id}",
        signer=signer,
        limit=limit,
        cursor=cursor,
    )
