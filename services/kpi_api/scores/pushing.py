"""The job that tells scoring who is who: persons, roles and reporting lines, whenever they change and as a whole now and then."""

from collections.abc import Sequence
from datetime import timedelta
from typing import Any, Final
from uuid import UUID

import structlog

from chassis import jobs
from chassis.http_client import ServiceUnavailable
from chassis.jobs import Job
from kpi_api.people.references import references
from kpi_api.scores.scoring_client import scoring_of

log = structlog.get_logger()

PUSH: Final = "people.push"
PUSH_SECONDS: Final = 6 * 3600.0
RETRY: Final = timedelta(seconds=15)
BATCH: Final = 2000


async def push_people(job: Job) -> None:
    """Send the people that the payload names, or everybody, the inactive first. With scoring down the job is put off, never lost."""
    try:
        await _push(job, job.payload.get("person_ids"))
    except ServiceUnavailable as reason:
        log.warning("people_not_pushed", organization_id=str(job.organization_id), reason=str(reason))
        async with job.database.write(job.organization_id) as session:
            await jobs.enqueue(session, PUSH, {"person_ids": job.payload.get("person_ids")}, after=RETRY)


async def _push(job: Job, person_ids: Sequence[str] | None) -> None:
    async with job.database.read(job.organization_id) as session:
        as_of = session.now
        people = await references(session, None if person_ids is None else [UUID(id_) for id_ in person_ids])
    for some in _batches(people):
        await scoring_of(job.resources).put_people(job.organization_id, some, as_of)


def _batches(people: Sequence[dict[str, Any]]) -> list[Sequence[dict[str, Any]]]:
    return [people[start : start + BATCH] for start in range(0, len(people), BATCH)]
