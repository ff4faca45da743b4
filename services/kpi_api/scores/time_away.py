"""The job that makes scores stale when leave or a share of full time changes, where a scorecard's signed rules let it shrink targets."""

from typing import Final
from uuid import UUID

from sqlalchemy import text

from chassis import jobs
from chassis.jobs import Job
from kpi_api.scores.computing import COMPUTE

MARK: Final = "scores.mark_by_time_away"

# In the order of their ids, as the triggers do, so that two writers wait for each other.
STALE: Final = text(
    """
    INSERT INTO scores (organization_id, id, inputs_version, stale_since)
    SELECT s.organization_id, s.id, 1, :now FROM scorecards s
    WHERE s.organization_id = :organization_id AND s.status IN ('active', 'closed') AND jsonb_exists(s.agreement, 'time_rules')
      AND (CAST(:people AS uuid[]) IS NULL OR s.person_id = ANY(CAST(:people AS uuid[])))
    ORDER BY s.organization_id, s.id
    ON CONFLICT (organization_id, id) DO UPDATE
      SET inputs_version = scores.inputs_version + 1, stale_since = coalesce(scores.stale_since, excluded.stale_since)
    RETURNING id
    """
)


async def mark_by_time_away(job: Job) -> None:
    """For the people of `leave.changed` and `employment.changed`, or everybody where they are too many to name. Again, it marks again."""
    people = job.payload.get("person_ids")
    async with job.database.write(job.organization_id) as session:
        keys = {"organization_id": session.organization_id, "now": session.now, "people": people and [UUID(id_) for id_ in people]}
        if (await session.execute(STALE, keys)).first() is not None:
            await jobs.enqueue(session, COMPUTE)
