"""The worker's part of runs."""

from uuid import UUID

from chassis.jobs import Handler, Job
from scoring.engine.batches import Each, here
from scoring.runs.computing import compute_run


def compute(dask_scheduler: str | None) -> Handler:
    """The job that computes the run named in its payload, in one transaction, on the cluster if there is one."""
    each = _on_cluster(dask_scheduler) if dask_scheduler else here

    async def handle(job: Job) -> None:
        async with job.database.write(job.organization_id) as session:
            await compute_run(session, UUID(job.payload["run_id"]), each)

    return handle


def _on_cluster(scheduler: str) -> Each:
    from scoring.runs.cluster import on_cluster  # Dask is an extra, needed only here

    return on_cluster(scheduler)
