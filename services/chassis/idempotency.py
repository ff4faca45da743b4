"""Idempotency-Key (IETF draft-ietf-httpapi-idempotency-key-header-07): the answer is kept in the transaction of the write.

The first request with a key inserts its row and stores its answer with the change. A repeat gets that answer again; while the first is in
flight, the repeat waits for it on the row's lock. The same key with another body is refused. Answers are sealed at rest: they may hold a
secret that is shown once, a salary or a review. After a day they are removed; when somebody is erased, every answer of the organization is
forgotten at once, since any of them may hold what they were called.
"""

import hashlib
from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Annotated, Final
from uuid import UUID

from fastapi import Header, Request, Response
from sqlalchemy import ColumnElement, LargeBinary, and_, delete, select, update
from sqlalchemy.dialects.postgresql import JSONB, insert
from sqlalchemy.orm import Mapped, mapped_column

from chassis.audit.records import record_replay
from chassis.database import WriteSession
from chassis.jobs import Job
from chassis.problems import Conflict, Problem
from chassis.rows import ChassisRow
from chassis.sealing import SEALED, Sealer, sealer

IdempotencyKey = Annotated[
    str | None,
    Header(alias="Idempotency-Key", max_length=200, description="Any unique text; the same key and body again returns the first answer."),
]

KEPT_HEADERS = {"content-type", "etag", "location", "link"}


EXPIRE: Final = "idempotency.expire"
EXPIRE_SECONDS: Final = 3600
KEPT_FOR: Final = timedelta(hours=24)


class AnswerForgotten(Conflict):
    code, title = "answer_forgotten", "The answer is not kept any more"


class IdempotencyKeyReused(Problem):
    status, code, title = 422, "idempotency_key_reused", "Idempotency key used for another request"


class IdempotencyRecord(ChassisRow):
    """One request under a key, and its answer."""

    __tablename__ = "idempotency_records"

    organization_id: Mapped[UUID] = mapped_column(primary_key=True)
    actor: Mapped[str] = mapped_column(primary_key=True)
    key: Mapped[str] = mapped_column(primary_key=True)
    fingerprint: Mapped[str]
    created_at: Mapped[datetime]
    status: Mapped[int | None]
    headers: Mapped[Mapping[str, str] | None] = mapped_column(JSONB)
    body: Mapped[bytes | None] = mapped_column(LargeBinary, info=SEALED)


class Replay(Exception):
    """The stored answer of an earlier request with the same key."""

    def __init__(self, response: Response) -> None:
        super().__init__("replay")
        self.response = response


async def begin(session: WriteSession, request: Request, actor: str) -> None:
    """Claim the request's key, if it has one.

    Raises Replay with the stored answer, IdempotencyKeyReused for another body, AnswerForgotten where the answer was erased.
    """
    key = request.headers.get("Idempotency-Key")
    if not key:
        return
    fingerprint = await _fingerprint(request)
    claimed = await session.scalar(
        insert(IdempotencyRecord)
        .values(organization_id=session.organization_id, actor=actor, key=key, fingerprint=fingerprint, created_at=session.now)
        .on_conflict_do_nothing()
        .returning(IdempotencyRecord.key)
    )
    if claimed:
        request.state.idempotency = (actor, key)
        return
    stored = await session.scalar(select(IdempotencyRecord).where(_is(session, actor, key)))
    if stored is None or stored.fingerprint != fingerprint:
        raise IdempotencyKeyReused("This Idempotency-Key was used for another request. Use a new key for new content.")
    if stored.body is None:
        raise AnswerForgotten("This was done when it was first asked for; its answer is not kept any more. Read what it made.")
    body = _sealer(request).unseal_bytes(stored.body)
    await record_replay(session, actor, stored.created_at)
    raise Replay(Response(body, stored.status or 200, {**(stored.headers or {}), "Idempotency-Replayed": "true"}))


async def finish(session: WriteSession, request: Request, response: Response) -> None:
    """Keep the answer beside the change, in the same transaction."""
    claim = getattr(request.state, "idempotency", None)
    if claim:
        headers = {name: value for name, value in response.headers.items() if name in KEPT_HEADERS}
        await session.execute(
            update(IdempotencyRecord)
            .where(_is(session, *claim))
            .values(status=response.status_code, headers=headers, body=_sealer(request).seal_bytes(bytes(response.body)))
        )


async def release(session: WriteSession, request: Request) -> None:
    """Let go of the request's key, since nothing was done under it."""
    claim = getattr(request.state, "idempotency", None)
    if claim:
        await session.execute(delete(IdempotencyRecord).where(_is(session, *claim)))


async def forget_answers(session: WriteSession) -> None:
    """Keep no answer that the organization has been given so far; a repeat is still recognised."""
    ours = IdempotencyRecord.organization_id == session.organization_id
    await session.execute(update(IdempotencyRecord).where(ours).values(body=None, headers=None))


async def expire_answers(job: Job) -> None:
    """Remove what is older than a day."""
    async with job.database.write(job.organization_id) as session:
        ours = IdempotencyRecord.organization_id == job.organization_id
        await session.execute(delete(IdempotencyRecord).where(ours, IdempotencyRecord.created_at < session.now - KEPT_FOR))


def _is(session: WriteSession, actor: str, key: str) -> ColumnElement[bool]:
    return and_(
        IdempotencyRecord.organization_id == session.organization_id, IdempotencyRecord.actor == actor, IdempotencyRecord.key == key
    )


def _sealer(request: Request) -> Sealer:
    return sealer(request.app.state.service.settings.key_folder)


async def _fingerprint(request: Request) -> str:
    digest = hashlib.sha256(f"{request.method} {request.url.path}?{request.url.query}\n".encode())
    digest.update(await request.body())
    return digest.hexdigest()
