"""The jobs that tell scoring who is who: persons, roles, reporting lines, identities and API keys, whenever they change and as a whole now
and then."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any, Final, TypeVar
from uuid import UUID

import structlog
from sqlalchemy import select, update

from chassis import jobs
from chassis.clock import real_now
from chassis.http_client import ServiceUnavailable
from chassis.identity.api_keys import ApiKey
from chassis.jobs import Job
from kpi_api.identities.api_keys import TELL
from kpi_api.identities.queries import identities_of
from kpi_api.people.references import references
from kpi_api.scores.scoring_client import scoring_of

log = structlog.get_logger()
T = TypeVar("T")

PUSH: Final = "people.push"
PUSH_SECONDS: Final = 6 * 3600
RETRY: Final = timedelta(seconds=15)
BATCH: Final = 2000
TOLD_OF_KEYS: Final = (
    "name", "digest", "scopes", "created_by", "created_at", "expires_at", "revoked_at", "approved_by", "approved_at",
    "previous_digest", "previous_until", "changed_at",
)  # fmt: skip


async def push_people(job: Job) -> None:
    """Send the people that the payload names, or everybody, the inactive first. With scoring down the job is put off, never lost."""
    try:
        await _push(job, job.payload.get("person_ids"))
    except ServiceUnavailable as reason:
        log.warning("people_not_pushed", organization_id=str(job.organization_id), reason=str(reason))
        await _try_later(job, PUSH, {"person_ids": job.payload.get("person_ids")})


async def push_api_keys(job: Job) -> None:
    """Send every key and note which states scoring knows now. With scoring down the job is put off, never lost."""
    async with job.database.read(job.organization_id) as session:
        keys = list(await session.scalars(select(ApiKey).order_by(ApiKey.id)))
    try:
        for some in _batches(keys):
            await scoring_of(job.resources).put_api_keys(job.organization_id, [_told_of(key) for key in some])
    except ServiceUnavailable as reason:
        log.warning("api_keys_not_pushed", organization_id=str(job.organization_id), reason=str(reason))
        await _try_later(job, TELL, {})
    else:
        await _note_told(job, keys)


def _told_of(key: ApiKey) -> dict[str, Any]:
    values = {name: getattr(key, name) for name in TOLD_OF_KEYS}
    return {"key_id": str(key.id)} | {name: value.isoformat() if isinstance(value, datetime) else value for name, value in values.items()}


async def _note_told(job: Job, keys: Sequence[ApiKey]) -> None:
    """A key that changed since is left as it is: its own job follows."""
    async with job.database.write(job.organization_id) as session:
        for key in keys:
            if key.told_at is None:
                same = (ApiKey.organization_id == job.organization_id, ApiKey.id == key.id, ApiKey.changed_at == key.changed_at)
                await session.execute(update(ApiKey).where(*same).values(told_at=real_now()))


async def _try_later(job: Job, name: str, payload: dict[str, Any]) -> None:
    async with job.database.write(job.organization_id) as session:
        await jobs.enqueue(session, name, payload, after=RETRY)


async def _push(job: Job, person_ids: Sequence[str] | None) -> None:
    named = None if person_ids is None else [UUID(id_) for id_ in person_ids]
    async with job.database.read(job.organization_id) as session:
        as_of = session.now
        people = await references(session, named)
        identities = await identities_of(session, named)
    for some in _batches(people):
        told = [{**person, "identities": identities.get(person["person_id"], [])} for person in some]
        await scoring_of(job.resources).put_people(job.organization_id, told, as_of)


def _batches(rows: Sequence[T]) -> list[Sequence[T]]:
    return [rows[start : start + BATCH] for start in range(0, len(rows), BATCH)]
