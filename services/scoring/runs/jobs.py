"""The worker's part of runs."""

from uuid import UUID

from chassis.jobs import Job
from scoring.runs.computing import compute_run


async def compute(job: Job) -> None:
    """Compute the run named in the payload, in one transaction."""
    async with job.database.write(job.organization_id) as session:
        await compute_run(session, UUID(job.payload["run_id"]))
