"""Doors that prove the chassis: one records an event and fails as it is told, one lists what was recorded."""

import asyncio
from dataclasses import dataclass, field
from uuid import UUID

from fastapi import APIRouter, Response
from pydantic import BaseModel, ConfigDict
from sqlalchemy import event, select, text

from chassis import events, jobs
from chassis.database import WriteSession
from chassis.events import Event
from chassis.idempotency import IdempotencyKey
from chassis.identifiers import new_id
from chassis.pagination import Page, Paging, fetch_page
from chassis.problems import Conflict
from chassis.transactions import Read, TransactionalRoute, Write

DUPLICATE_AT_COMMIT = (
    "CREATE TEMP TABLE doomed (a int UNIQUE DEFERRABLE INITIALLY DEFERRED) ON COMMIT DROP",
    "INSERT INTO doomed VALUES (1), (1)",
)


class NoteInput(BaseModel):
    model_config = ConfigDict(extra="forbid")

    text: str
    fail: str | None = None


class Note(BaseModel):
    id: UUID
    text: str


@dataclass
class Probe:
    """`made` counts how often the endpoint ran; `pause`, when set, holds it until it is set off."""

    made: int = 0
    pause: asyncio.Event | None = None
    entered: asyncio.Event = field(default_factory=asyncio.Event)


def make_router(probe: Probe) -> APIRouter:
    router = APIRouter(prefix="/v1/notes", route_class=TransactionalRoute)

    @router.post("", status_code=201)
    async def make_note(note: NoteInput, session: Write, response: Response, key: IdempotencyKey = None, mood: str | None = None) -> Note:
        probe.made += 1
        made = await events.record(session, "note.made", "note", new_id(), text=note.text)
        await jobs.enqueue(session, "notes.work", {"note_id": made.subject_id})
        response.headers["Location"] = f"/v1/notes/{made.subject_id}"
        probe.entered.set()
        if probe.pause:
            await probe.pause.wait()
        await fail(session, note.fail)
        return Note(id=made.subject_id, text=note.text)

    @router.get("")
    async def list_notes(session: Read, page: Paging) -> Page[Note]:
        rows = await fetch_page(
            session,
            select(Event).where(Event.type == "note.made"),
            page,
            keys=[(Event.occurred_at, lambda row: row.occurred_at), (Event.id, lambda row: row.id)],
            scope=f"notes:{session.organization_id}",
        )
        return Page(items=[Note(id=row.subject_id, text=row.data["text"]) for row in rows], next=page.link_next(rows))

    @router.get("/writing")
    async def write_in_a_read(session: Read) -> None:
        await session.execute(text("DELETE FROM events"))

    return router


async def fail(session: WriteSession, how: str | None) -> None:
    match how:
        case "problem":
            raise Conflict("No.")
        case "bug":
            raise RuntimeError("secret detail")
        case "constraint at commit":
            for statement in DUPLICATE_AT_COMMIT:
                await session.execute(text(statement))
        case "bug at commit":
            event.listen(session.sync_session, "before_commit", explode)
        case "lost connection":
            await session.execute(text("SET LOCAL idle_in_transaction_session_timeout = '20ms'"))
            await asyncio.sleep(0.2)


def explode(_: object) -> None:
    raise RuntimeError("secret detail")
