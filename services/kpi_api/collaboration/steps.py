"""What every step of a collaboration begins and ends with: the shared KPI, whether one takes part, and telling others."""

from typing import Any
from uuid import UUID

from sqlalchemy import select

from chassis import events
from chassis.access import Viewer
from chassis.database import ReadSession, WriteSession
from kpi_api.cascade.models import Kpi
from kpi_api.collaboration import queries
from kpi_api.collaboration.problems import NotYourVoice
from kpi_api.measurements.measurable import may_record


async def locked(viewer: Viewer, session: WriteSession, kpi_id: UUID) -> Kpi:
    """The shared KPI, which nobody else changes until the transaction ends. Raises NotFound, NotCollaborative."""
    kpi = await queries.shared_kpi(viewer, session, kpi_id)
    await session.refresh(kpi, with_for_update=True)
    return kpi


async def taking_part(viewer: Viewer, session: WriteSession, kpi_id: UUID) -> Kpi:
    """The shared KPI of one who takes part. Raises NotFound, NotCollaborative, NotYourVoice."""
    kpi = await queries.shared_kpi(viewer, session, kpi_id)
    await require_carrier(viewer, session, kpi_id)
    return kpi


async def require_carrier(viewer: Viewer, session: ReadSession, kpi_id: UUID) -> None:
    """Whoever carries the KPI together with others or may change it shapes it, too. Raises NotYourVoice."""
    if await session.scalar(select(Kpi.id).where(Kpi.id == kpi_id, may_record(viewer))) is None:
        raise NotYourVoice("Only those who carry this KPI together, and whoever leads it, take part.")


async def tell(session: WriteSession, type_: str, kpi_id: UUID, **facts: Any) -> None:
    """An event of the KPI."""
    await events.record(session, type_, "kpi", kpi_id, **facts)
