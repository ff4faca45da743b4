"""Withdrawing a KPI for good: whoever carries it is told in the same transaction.

Domains above the cascade name who carries a KPI by `CARRIERS`, which the application fills when it starts.
"""

from collections.abc import Awaitable, Callable, Collection, Sequence
from uuid import UUID

from sqlalchemy import select

from chassis import events
from chassis.access import Viewer
from chassis.database import ReadSession, WriteSession
from kpi_api.cascade.models import Kpi
from kpi_api.cascade.problems import KpiRefused
from kpi_api.cascade.queries import among
from kpi_api.cascade.storing import IDS_PER_EVENT
from kpi_api.cycles.models import Cycle

Carriers = Callable[[Viewer, WriteSession, Kpi], Awaitable[Sequence[UUID]]]
"""Notes on every open scorecard that carries the KPI that it was withdrawn, and gives their ids."""

CARRIERS: list[Carriers] = []

CLOSED_CYCLES = {"closing", "closed"}


CLOSED = "Its cycle is closed, so the KPI stays as it is."


async def require_open_cycle(session: ReadSession, kpi: Kpi) -> None:
    """The cycle of a KPI, which a writing transaction keeps from being closed until it ends. Raises KpiRefused."""
    statement = select(Cycle.status).where(Cycle.id == kpi.cycle_id)
    statement = statement.with_for_update(read=True) if isinstance(session, WriteSession) else statement
    if kpi.status == "closed" or await session.scalar(statement) in CLOSED_CYCLES:
        raise KpiRefused(CLOSED)


async def in_closed_cycles(session: WriteSession, kpi_ids: Collection[UUID]) -> set[UUID]:
    """Those of the KPIs whose cycle is closed; the others' are kept from being closed until the transaction ends."""
    statement = select(Kpi.id, Cycle.status).join(Cycle, Cycle.id == Kpi.cycle_id).where(among(Kpi.id, kpi_ids))
    rows = await session.execute(statement.order_by(Cycle.id).with_for_update(read=True, of=Cycle))
    return {id_ for id_, status in rows if status in CLOSED_CYCLES}


async def withdraw(viewer: Viewer, session: WriteSession, kpi: Kpi) -> None:
    """From now on it counts as a KPI without a value, never as zero. A second time changes nothing.

    Events: `kpi.withdrawn`, naming the open scorecards that carry it, a thousand to an event.
    """
    if kpi.status == "withdrawn":
        return
    kpi.status, kpi.withdrawn_at = "withdrawn", session.now
    await session.flush()
    cards = [str(id_) for carriers in CARRIERS for id_ in await carriers(viewer, session, kpi)]
    for start in range(0, max(len(cards), 1), IDS_PER_EVENT):
        named = cards[start : start + IDS_PER_EVENT]
        await events.record(session, "kpi.withdrawn", "kpi", kpi.id, kpi_ids=[str(kpi.id)], scorecard_ids=named)
