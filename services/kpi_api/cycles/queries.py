"""Reads of cycles, which the whole organization may see."""

from uuid import UUID

from sqlalchemy import select

from chassis.access import Viewer
from chassis.database import ReadSession
from chassis.pagination import PageRequest, Rows, fetch_page
from chassis.problems import NotFound
from kpi_api.cycles.models import Cycle
from kpi_api.cycles.periods import Window


def window(cycle: Cycle) -> Window:
    """The whole cycle as a window to divide into periods."""
    return Window(cycle.starts_on, cycle.ends_on, cycle.starts_on)


async def cycle(viewer: Viewer, session: ReadSession, code_or_id: str | UUID) -> Cycle:
    """A cycle by id or, since people know it so, by code. Raises NotFound."""
    wanted = _as_id(code_or_id)
    found = await session.scalar(select(Cycle).where(Cycle.id == wanted if wanted else Cycle.code == code_or_id))
    if found is None:
        raise NotFound()
    return found


def _as_id(text: str | UUID) -> UUID | None:
    if isinstance(text, UUID):
        return text
    try:
        return UUID(text)
    except ValueError:
        return None


async def cycles(viewer: Viewer, session: ReadSession, page: PageRequest) -> Rows[Cycle]:
    """Cycles, the latest first."""
    return await fetch_page(
        session,
        select(Cycle),
        page,
        keys=[(Cycle.starts_on, lambda row: row.starts_on), (Cycle.id, lambda row: row.id)],
        scope=f"cycles {viewer.subject}",
        descending=True,
    )
