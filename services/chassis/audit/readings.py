"""Who read what is a person's: their pay, their reviews. The person sees it, and an auditor; nobody else learns that there is any."""

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Literal
from uuid import UUID

from pydantic import BaseModel, Field
from sqlalchemy import ARRAY, ColumnElement, Uuid, any_, literal, select, text

from chassis.access import Viewer
from chassis.audit.records import AuditRecord, record_read
from chassis.database import ReadSession
from chassis.pagination import PageRequest, Rows, fetch_page
from chassis.problems import NotFound

KEY_NAMES = text("SELECT id, name FROM api_keys WHERE organization_id = :organization_id AND id = ANY(CAST(:ids AS uuid[]))")


@dataclass(frozen=True)
class Whose:
    """What a service knows of people: `reads(person_id)` is the condition of audit records of reads of what is theirs; `people` is its
    table of people (`id`, `display_name`), `grants` that of granted roles (`person_id`, `role`, `valid_from`, `valid_to`)."""

    reads: Callable[[UUID], ColumnElement[bool]]
    people: Any
    grants: Any


class Reader(BaseModel):
    """Who read: a person by name with the roles granted to them at that time, a key by its name, a service, or the operator.

    `name` is null for somebody who is no longer known.
    """

    kind: Literal["person", "key", "service", "operator"]
    name: str | None
    roles: list[str] = Field(examples=[["comp_admin"]])
    by_service: str | None = Field(default=None, description="The service through which the person read.")


class Reading(BaseModel):
    """One read of what is a person's."""

    read_at: datetime
    what: str = Field(examples=["payout.read"])
    subject_type: str
    subject_id: UUID
    reader: Reader


async def readings(viewer: Viewer, session: ReadSession, page: PageRequest, whose: Whose, person_id: UUID) -> Rows[AuditRecord]:
    """The records of reads of what is a person's, the latest first. Raises NotFound unless it is the viewer, or they are an auditor.

    An auditor's look is itself recorded.
    """
    own = viewer.person_id == person_id and "self" in viewer.relations("reading")
    known = own or (viewer.sees_all("reading") and await session.get(whose.people, (viewer.organization_id, person_id)) is not None)
    if not known:
        raise NotFound()
    if not own:
        await record_read(session, viewer.subject, "readings.read", "person", [person_id])
    return await fetch_page(
        session,
        select(AuditRecord).where(whose.reads(person_id)),
        page,
        keys=[(AuditRecord.occurred_at, lambda row: row.occurred_at), (AuditRecord.id, lambda row: row.id)],
        scope=f"readings {viewer.subject} {person_id}",
        descending=True,
    )


@dataclass(frozen=True)
class _Actor:
    """An audit record's `actor`, read: `<person>`, `key:<id>`, `<service>`, `<service>/<person>`, `operator`."""

    kind: Literal["person", "key", "service", "operator"]
    id: UUID | None = None
    service: str | None = None

    @classmethod
    def of(cls, actor: str) -> "_Actor":
        if actor == "operator":
            return cls("operator")
        if actor.startswith("key:"):
            return cls("key", UUID(actor.removeprefix("key:")))
        service, _, person = actor.rpartition("/")
        try:
            return cls("person", UUID(person), service or None)
        except ValueError:
            return cls("service", service=actor)


async def shown(session: ReadSession, whose: Whose, rows: Sequence[AuditRecord]) -> list[Reading]:
    """Readings with their readers by name."""
    actors = {row.id: _Actor.of(row.actor) for row in rows}
    people = {actor.id for actor in actors.values() if actor.kind == "person" and actor.id}
    names = await _names(session, whose, people) | await _key_names(session, {a.id for a in actors.values() if a.kind == "key" and a.id})
    grants = (await session.scalars(select(whose.grants).where(_among(whose.grants.person_id, people)))).all()
    return [
        Reading(
            read_at=row.occurred_at,
            what=row.action,
            subject_type=row.subject_type,
            subject_id=row.subject_id,
            reader=_reader(actors[row.id], names, [grant.role for grant in grants if _held(grant, actors[row.id], row.occurred_at)]),
        )
        for row in rows
    ]


def _reader(actor: _Actor, names: Mapping[UUID, str], roles: Collection[str]) -> Reader:
    name = names.get(actor.id) if actor.id else actor.service
    return Reader(kind=actor.kind, name=name, roles=sorted(set(roles)), by_service=actor.service if actor.kind == "person" else None)


def _held(grant: Any, actor: _Actor, moment: datetime) -> bool:
    """Whether the reader had this role then: on the day, and once it was approved where the service knows of that. What the operator gave
    holds from its first day."""
    day, approved_at = moment.date(), getattr(grant, "approved_at", moment)
    approved = approved_at is not None and (approved_at <= moment or grant.approved_by == "operator")
    begun = grant.valid_from <= day and approved
    return bool(grant.person_id == actor.id and begun and (grant.valid_to is None or day < grant.valid_to))


async def _names(session: ReadSession, whose: Whose, ids: Collection[UUID]) -> dict[UUID, str]:
    statement = select(whose.people.id, whose.people.display_name).where(_among(whose.people.id, ids))
    return dict((await session.execute(statement)).all())


async def _key_names(session: ReadSession, ids: Collection[UUID]) -> dict[UUID, str]:
    found = await session.execute(KEY_NAMES, {"organization_id": session.organization_id, "ids": list(ids)})
    return dict(found.all())


def _among(column: Any, ids: Collection[UUID]) -> ColumnElement[bool]:
    found: ColumnElement[bool] = column == any_(literal(list(ids), ARRAY(Uuid)))
    return found
