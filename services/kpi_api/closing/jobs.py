"""The worker's part of closings: bring each one that is under way as far as it goes, now and every few seconds."""

from typing import Final
from uuid import UUID

from sqlalchemy import select

from chassis.http_client import ServiceUnavailable
from chassis.jobs import Job
from kpi_api.closing.following import follow
from kpi_api.closing.models import UNDER_WAY, Closing
from kpi_api.closing.sending import send
from kpi_api.scores.scoring_client import ScoringRefused, scoring_of

ADVANCE_SECONDS: Final = 2


async def advance_closings(job: Job) -> None:
    """Send what is frozen and follow what was sent. Why one did not get further is kept with it, and tried again at the next turn."""
    async with job.database.read(job.organization_id) as session:
        waiting = (await session.scalars(select(Closing.id).where(Closing.status.in_(UNDER_WAY)).order_by(Closing.id))).all()
    for closing_id in waiting:
        await _advance(job, closing_id)


async def _advance(job: Job, closing_id: UUID) -> None:
    """The row's lock is held meanwhile, so that another worker leaves this closing alone; one that is killed lets go of it."""
    async with job.database.write(job.organization_id) as session:
        closing = await session.scalar(
            select(Closing).where(Closing.id == closing_id, Closing.status.in_(UNDER_WAY)).with_for_update(skip_locked=True)
        )
        if closing is None:
            return
        step = send if closing.status == "frozen" else follow
        try:
            await step(session, scoring_of(job.resources), closing)
            closing.failure = None
        except (ServiceUnavailable, ScoringRefused) as reason:
            closing.failure = str(reason)
