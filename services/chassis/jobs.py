"""Durable work on PostgreSQL, by pgqueuer. A job is a row written in the writer's transaction, so it exists exactly when the change does.

A handler takes a `Job` and may run more than once: it opens its own transactions and leaves the same state however often it runs.
"""

import json
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any
from uuid import UUID

from pgqueuer.db import AsyncpgDriver
from pgqueuer.queries import Queries

from chassis.database import Database, WriteSession


@dataclass(frozen=True)
class Job:
    """What a handler gets: the database, the organization, the payload (ids only), and the service's own things, such as HTTP clients."""

    database: Database
    organization_id: UUID
    payload: Mapping[str, Any]
    resources: Mapping[str, Any] = field(default_factory=dict)


Handler = Callable[[Job], Awaitable[None]]


async def enqueue(
    session: WriteSession,
    name: str,
    payload: Mapping[str, Any] | None = None,
    *,
    once_key: str | None = None,
    after: timedelta | None = None,
) -> None:
    """Enqueue job `name` in this transaction.

    `once_key`: while a job with this key waits, no second one is added. A worker drops the key when it starts, so work committed after
    that gets a job of its own. The transaction has been opened by `Database.write`, so the insert is part of it (pgqueuer alone would
    commit it by itself before SQLAlchemy's first statement).
    """
    body = json.dumps({"organization_id": str(session.organization_id), **(payload or {})}, default=str).encode()
    await session.flush()
    await Queries(AsyncpgDriver(await session.driver())).enqueue(
        name, body, execute_after=after, dedupe_key=f"{session.organization_id}:{name}:{once_key}" if once_key else None, on_conflict="skip"
    )
