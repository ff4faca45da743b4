"""Receiving a signed message: proven, recognised when it repeats, never older over newer."""

from collections.abc import Mapping
from uuid import UUID

from pydantic import ValidationError
from sqlalchemy import select, text, tuple_

from chassis.access import Viewer
from chassis.bulk import errors_of_row
from chassis.clock import real_now
from chassis.database import Database, WriteSession
from chassis.identifiers import new_id
from chassis.limits.json_bodies import read_json
from chassis.problems import Invalid
from chassis.sealing import Sealer
from chassis.webhooks.inbound import SignatureInvalid, verify
from kpi_api.access import matrix
from kpi_api.hris.models import HrisMessage, HrisSource
from kpi_api.hris.problems import EmploymentChangeRefused
from kpi_api.hris.schemas import EmploymentChange, Outcome, Received
from kpi_api.people import reporting
from kpi_api.people.importing import import_people
from kpi_api.people.models import Person

FIND_SOURCE = text("SELECT find_hris_source(:id)")


async def receive(database: Database, sealer: Sealer, source_id: UUID, headers: Mapping[str, str], body: bytes) -> Received:
    """Work one message in one transaction. Raises SignatureInvalid (also for an unknown source), Invalid, EmploymentChangeRefused."""
    async with database.engine.connect() as connection:  # nosemgrep: connection-outside-a-transaction - the organization is not known yet
        organization_id = await connection.scalar(FIND_SOURCE, {"id": source_id})
    if organization_id is None:
        raise SignatureInvalid()
    async with database.write(organization_id) as session:
        message_id = await _prove(session, sealer, source_id, headers, body)
        # Messages of one organization are worked one after the other, as are all changes of employments.
        await reporting.lock(session)
        return await _repeated(session, source_id, message_id) or await _work(session, source_id, message_id, _read(body))


async def _prove(session: WriteSession, sealer: Sealer, source_id: UUID, headers: Mapping[str, str], body: bytes) -> str:
    source = await session.get_one(HrisSource, (session.organization_id, source_id))
    secrets = [source.sealed]
    if source.previous_sealed and source.previous_until and source.previous_until > real_now():
        secrets.append(source.previous_sealed)
    return verify([sealer.unseal(sealed) for sealed in secrets], headers, body)


def _read(body: bytes) -> EmploymentChange:
    read_json(body)  # for its bounds, and names that come twice
    try:
        return EmploymentChange.model_validate_json(body)
    except ValidationError as error:
        errors = errors_of_row(error, 1)
        raise Invalid("Some fields are wrong: " + "; ".join(f"{e.field}: {e.message}" for e in errors[:5]), errors=errors) from None


async def _repeated(session: WriteSession, source_id: UUID, message_id: str) -> Received | None:
    worked = await session.scalar(select(HrisMessage).where(HrisMessage.source_id == source_id, HrisMessage.message_id == message_id))
    return Received(outcome=worked.outcome, person_id=worked.person_id, repeated=True) if worked else None


async def _work(session: WriteSession, source_id: UUID, message_id: str, change: EmploymentChange) -> Received:
    person_id = await session.scalar(select(Person.id).where(Person.external_id == change.data.external_id))
    if person_id is not None and await _newer_known(session, person_id, change):
        outcome: Outcome = "superseded"
    else:
        person_id, outcome = await _apply(session, source_id, change)
    session.add(
        HrisMessage(
            id=new_id(),
            source_id=source_id,
            message_id=message_id,
            person_id=person_id,
            occurred_at=change.occurred_at,
            sequence=change.sequence,
            outcome=outcome,
            received_at=real_now(),
        )
    )
    await session.flush()
    return Received(outcome=outcome, person_id=person_id, repeated=False)


async def _newer_known(session: WriteSession, person_id: UUID, change: EmploymentChange) -> bool:
    """Whether a later message about this person was worked already, from whatever source."""
    later = tuple_(HrisMessage.occurred_at, HrisMessage.sequence) > tuple_(change.occurred_at, change.sequence)
    found = await session.scalar(select(HrisMessage.id).where(HrisMessage.person_id == person_id, later).limit(1))
    return found is not None


async def _apply(session: WriteSession, source_id: UUID, change: EmploymentChange) -> tuple[UUID, Outcome]:
    viewer = Viewer(session.organization_id, f"hris:{source_id}", None, frozenset({"integration"}), session.today, matrix.MATRIX)
    stated = change.data.model_dump(mode="json", include=change.data.model_fields_set)
    cells = {name: "" if value is None else str(value).lower() if isinstance(value, bool) else str(value) for name, value in stated.items()}
    row = (await import_people(viewer, session, [(1, cells)])).results[0]
    if row.status == "error" or row.id is None:
        errors = [error.model_copy(update={"field": f"/data{error.field}", "row": None}) for error in row.errors]
        raise EmploymentChangeRefused(errors[0].message, errors=errors)
    return row.id, "unchanged" if row.status == "unchanged" else "applied"
