"""Reads of cycles and calendars, which the whole organization may see."""

from uuid import UUID

from sqlalchemy import ColumnElement, select

from chassis.access import Viewer
from chassis.database import ReadSession
from chassis.pagination import PageRequest, Rows, fetch_page
from chassis.problems import NotFound
from kpi_api.cycles.models import Calendar, Cycle
from kpi_api.cycles.periods import Window
from kpi_api.cycles.working_days import WorkingDays


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


async def calendars(viewer: Viewer, session: ReadSession) -> list[Calendar]:
    """Every calendar: the organization's own first, if it has one, then those of legal entities."""
    return list(await session.scalars(select(Calendar).order_by(Calendar.legal_entity_id.nulls_first())))


async def working_days(session: ReadSession, legal_entity_id: UUID | None = None) -> WorkingDays:
    """Working days of a legal entity: its own calendar, else the organization's, else Monday to Friday."""
    own_or_general: ColumnElement[bool] = Calendar.legal_entity_id.is_(None)
    if legal_entity_id is not None:
        own_or_general |= Calendar.legal_entity_id == legal_entity_id
    found = await session.scalar(select(Calendar).where(own_or_general).order_by(Calendar.legal_entity_id.nulls_last()).limit(1))
    return WorkingDays(frozenset(found.working_weekdays), frozenset(found.holidays)) if found else WorkingDays()
