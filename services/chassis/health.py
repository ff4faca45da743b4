"""Is it alive, is it ready: /livez (the event loop turns), /readyz (database, migration head, a worker that listens for jobs).

A missing worker does not make the API unready, since requests still work; it is named, so that a person or an alert sees it.
"""

from datetime import datetime
from typing import Literal
from uuid import UUID

from fastapi import APIRouter, Request, Response
from pydantic import BaseModel
from sqlalchemy import text
from sqlalchemy.orm import Mapped, mapped_column

from chassis import migrations
from chassis.rows import ChassisRow
from chassis.transactions import database_of

router = APIRouter(tags=["health"])

WORKER_SILENCE_SECONDS = 15


class Worker(ChassisRow):
    """A worker process and when it last showed itself, in real time."""

    __tablename__ = "workers"

    id: Mapped[UUID] = mapped_column(primary_key=True)
    seen_at: Mapped[datetime]


class Readiness(BaseModel):
    ready: bool
    database: Literal["ok", "unreachable"]
    migrations: Literal["ok", "missing", "ahead", "unknown"]
    job_listener: Literal["ok", "absent", "unknown"]


class Liveness(BaseModel):
    alive: Literal[True] = True


@router.get("/livez", summary="Is the process alive?")
async def livez() -> Liveness:
    """Answers while the event loop turns; asks nothing else."""
    return Liveness()


@router.get("/readyz", summary="Can the service do its work?")
async def readyz(request: Request, response: Response) -> Readiness:
    """Asks the database, its migration head and the workers. 503 unless requests can be served."""
    readiness = await check(request)
    response.status_code = 200 if readiness.ready else 503
    return readiness


async def check(request: Request) -> Readiness:
    database = database_of(request)
    try:
        async with database.engine.connect() as connection:
            head = await connection.scalar(text("SELECT version_num FROM alembic_version"))
            seen = await connection.scalar(
                # nosemgrep: time-beside-the-clock - a beat is real time, shared by all workers
                text("SELECT count(*) FROM workers WHERE seen_at > clock_timestamp() - make_interval(secs => :silence)"),
                {"silence": WORKER_SILENCE_SECONDS},
            )
    except Exception:
        return Readiness(ready=False, database="unreachable", migrations="unknown", job_listener="unknown")
    state = migrations.compare(request.app.state.service.name, head)
    return Readiness(ready=state == "ok", database="ok", migrations=state, job_listener="ok" if seen else "absent")
