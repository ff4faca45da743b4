"""Writing person references: set-based, idempotent, never older over newer."""

from collections.abc import Sequence
from datetime import date
from operator import attrgetter
from uuid import UUID

import orjson
from sqlalchemy import ARRAY, Uuid, any_, literal, select, text

from chassis import audit
from chassis.access import Viewer
from chassis.database import WriteSession
from chassis.identifiers import new_id
from scoring.access.models import Grant
from scoring.organization.actions import write_profile
from scoring.people.models import Person, PersonIdentity
from scoring.people.privacy import erasure
from scoring.people.schemas import PeopleApplied, PeopleIn, PersonIn

PEOPLE = text(
    """
    INSERT INTO people (organization_id, id, external_id, display_name, active, legal_entity, as_of, erased_at)
    SELECT :organization_id, person_id, CASE WHEN erased THEN 'erased:' || person_id ELSE external_id END,
      CASE WHEN erased THEN 'erased' ELSE display_name END, active AND NOT erased, legal_entity, :as_of,
      CASE WHEN erased THEN CAST(:now AS timestamptz) END
    FROM jsonb_to_recordset(CAST(:people AS jsonb))
      AS incoming (person_id uuid, external_id text, display_name text, active boolean, erased boolean, legal_entity text)
    ORDER BY person_id
    ON CONFLICT (organization_id, id) DO UPDATE SET external_id = excluded.external_id, display_name = excluded.display_name,
      active = excluded.active, legal_entity = excluded.legal_entity, as_of = excluded.as_of, erased_at = excluded.erased_at
    WHERE people.as_of <= excluded.as_of AND people.erased_at IS NULL
    RETURNING id
    """
)

REMOVE_GRANTS = text("DELETE FROM grants WHERE organization_id = :organization_id AND person_id = ANY(:applied)")
REMOVE_LINES = text("DELETE FROM reporting_lines WHERE organization_id = :organization_id AND person_id = ANY(:applied)")

ADD_GRANTS = text(
    """
    INSERT INTO grants (organization_id, id, person_id, role, valid_from, valid_to)
    SELECT :organization_id, id, person_id, role, valid_from, valid_to
    FROM jsonb_to_recordset(CAST(:rows AS jsonb)) AS incoming (id uuid, person_id uuid, role text, valid_from date, valid_to date)
    """
)

ADD_LINES = text(
    """
    INSERT INTO reporting_lines (organization_id, id, person_id, manager_id, depth, valid_from, valid_to)
    SELECT :organization_id, id, person_id, manager_id, depth, valid_from, valid_to
    FROM jsonb_to_recordset(CAST(:rows AS jsonb))
      AS incoming (id uuid, person_id uuid, manager_id uuid, depth bigint, valid_from date, valid_to date)
    """
)

REMOVE_IDENTITIES = text("DELETE FROM person_identities WHERE organization_id = :organization_id AND person_id = ANY(:applied)")

# An identity that was linked to somebody else before goes over; who tells of an older link than is known changes nothing.
ADD_IDENTITIES = text(
    """
    INSERT INTO person_identities (organization_id, id, person_id, issuer, subject, as_of)
    SELECT :organization_id, id, person_id, issuer, subject, as_of
    FROM jsonb_to_recordset(CAST(:rows AS jsonb)) AS incoming (id uuid, person_id uuid, issuer text, subject text, as_of timestamptz)
    ORDER BY issuer, subject
    ON CONFLICT (organization_id, issuer, subject) DO UPDATE SET person_id = excluded.person_id, as_of = excluded.as_of
    WHERE person_identities.as_of < excluded.as_of
    """
)


async def put_people(viewer: Viewer, session: WriteSession, content: PeopleIn) -> PeopleApplied:
    """Write people as the sender knew them at `content.as_of`, each whole: facts, grants, reporting chain and identities.

    Whoever is known from a later moment, or is erased, is left alone; sending the same again changes nothing. Raises NotAllowed.
    """
    viewer.require("people.write")
    applied = await _write_people(session, content)
    pushed = [person for person in content.people if person.person_id in applied]
    people = [person.model_dump(mode="json") for person in pushed]
    regranted = await _whose_differ(session, pushed, "grants", Grant, ("role", "valid_from", "valid_to"))
    relinked = await _whose_differ(session, pushed, "identities", PersonIdentity, ("issuer", "subject"))
    await _replace(session, applied, REMOVE_GRANTS, ADD_GRANTS, _rows(people, "grants"))
    await audit.record_all(session, viewer.subject, "grant.changed", "person", regranted)
    await _replace(session, applied, REMOVE_LINES, ADD_LINES, _rows(people, "managers"))
    identities = [{**row, "as_of": content.as_of.isoformat()} for row in _rows(people, "identities")]
    await _replace(session, applied, REMOVE_IDENTITIES, ADD_IDENTITIES, identities)
    await audit.record_all(session, viewer.subject, "identity.changed", "person", relinked)
    await erasure.erase(viewer, session, [person.person_id for person in content.people if person.erased and person.person_id in applied])
    return PeopleApplied(applied=len(applied), older=len(content.people) - len(applied))


async def _write_people(session: WriteSession, content: PeopleIn) -> set[UUID]:
    people = [person.model_dump(mode="json", exclude={"grants", "managers", "identities"}) for person in content.people]
    times = {"as_of": content.as_of, "now": session.now}
    values = {"organization_id": session.organization_id, "people": orjson.dumps(people).decode(), **times}
    return set((await session.scalars(PEOPLE, values)).all())


async def _whose_differ(
    session: WriteSession, people: Sequence[PersonIn], name: str, table: type[Grant | PersonIdentity], facts: Sequence[str]
) -> list[UUID]:
    """Those whose roles or identities are about to be other than they are here."""
    facts_of = attrgetter(*facts)
    wanted = {(person.person_id, *facts_of(row)) for person in people for row in getattr(person, name)}
    ids = literal([person.person_id for person in people], ARRAY(Uuid))
    stored = await session.execute(select(table.person_id, *(getattr(table, fact) for fact in facts)).where(table.person_id == any_(ids)))
    return sorted({row[0] for row in wanted.symmetric_difference(map(tuple, stored))})


def _rows(people: Sequence[dict[str, list[dict[str, object]]]], name: str) -> list[dict[str, object]]:
    return [{"id": str(new_id()), "person_id": person["person_id"], **row} for person in people for row in person[name]]


async def _replace(session: WriteSession, applied: set[UUID], remove: object, add: object, rows: list[dict[str, object]]) -> None:
    await session.execute(remove, {"organization_id": session.organization_id, "applied": sorted(applied)})  # type: ignore[call-overload]
    if rows:
        await session.execute(add, {"organization_id": session.organization_id, "rows": orjson.dumps(rows).decode()})  # type: ignore[call-overload]


async def bootstrap(
    session: WriteSession, *, name: str, currency: str, person_id: UUID, external_id: str, display_name: str, roles: Sequence[str]
) -> None:
    """Make the transaction's organization and its first person, with `roles`. For the operator's command: no viewer exists yet."""
    await write_profile(session, name=name, currency=currency)
    session.add(
        Person(id=person_id, external_id=external_id, display_name=display_name, active=True, legal_entity=None, as_of=session.now)
    )
    await session.flush()
    session.add_all(Grant(person_id=person_id, role=role, valid_from=date.min) for role in roles)
    await audit.record(session, "operator", "organization.created", "organization", session.organization_id, roles=sorted(roles))
