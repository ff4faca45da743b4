"""Reads of granted roles."""

from collections.abc import Sequence
from uuid import UUID

from sqlalchemy import select

from chassis import audit
from chassis.access import Viewer
from chassis.database import ReadSession
from chassis.pagination import PageRequest, Rows, fetch_page
from chassis.problems import NotFound
from kpi_api.access.models import Grant


async def grants(viewer: Viewer, session: ReadSession, page: PageRequest, *, person_id: UUID | None) -> Rows[Grant]:
    """Granted roles in the order in which they were given; whose were read is recorded. Raises NotAllowed."""
    viewer.require("grants.read")
    statement = select(Grant) if person_id is None else select(Grant).where(Grant.person_id == person_id)
    rows = await fetch_page(
        session,
        statement,
        page,
        keys=[(Grant.id, lambda row: row.id)],
        scope=f"grants {viewer.subject} {person_id}",
    )
    await _record_reading(viewer, session, rows)
    return rows


async def grant(viewer: Viewer, session: ReadSession, grant_id: UUID) -> Grant:
    """A granted role; that it was read is recorded. Raises NotAllowed, NotFound."""
    viewer.require("grants.read")
    found = await session.scalar(select(Grant).where(Grant.id == grant_id))
    if found is None:
        raise NotFound()
    await _record_reading(viewer, session, [found])
    return found


async def _record_reading(viewer: Viewer, session: ReadSession, rows: Sequence[Grant]) -> None:
    others = sorted({row.person_id for row in rows} - {viewer.person_id})
    await audit.record_read(session, viewer.subject, "grant.read", "person", others)
