"""Changing people: create, change, employ, leave. One function per verb; each is one transaction's work and records what happened."""

from datetime import date
from typing import Any
from uuid import UUID

from sqlalchemy import text
from sqlalchemy.exc import IntegrityError

from chassis import audit
from chassis.access import Viewer
from chassis.database import WriteSession
from chassis.identifiers import new_id
from chassis.problems import Problem
from kpi_api.people import changes, reporting
from kpi_api.people.lines import ATTRIBUTES, LineStatus, NewLine, end_lines, resolve_managers, set_lines
from kpi_api.people.models import Employment, LegalEntity, OrganizationProfile, OrgUnit, Person, Role
from kpi_api.people.problems import (
    CircularReportingLine,
    DuplicatePerson,
    EndBeforeStart,
    Erased,
    HasLeft,
    OverlappingEmployment,
    ReportingLineTooDeep,
    UnknownReference,
)
from kpi_api.people.schemas import EmploymentIn, OrganizationChange, PersonChange, PersonIn

REPOINT = text(
    "UPDATE employments SET manager_external_id = :external_id WHERE organization_id = :organization_id AND manager_id = :person_id"
)

RESOLVE_OWN = text(
    "UPDATE employments e SET manager_id = p.id FROM persons p WHERE e.organization_id = :organization_id AND e.person_id = :person_id"
    " AND e.manager_id IS NULL AND p.organization_id = :organization_id AND p.external_id = e.manager_external_id AND p.id <> e.person_id"
)


async def change_organization(
    viewer: Viewer, session: WriteSession, profile: OrganizationProfile, change: OrganizationChange
) -> OrganizationProfile:
    """Change the organization's name, mission, label of indicators, currency or time zone. Raises NotAllowed."""
    viewer.require("organization.write")
    for name in change.model_fields_set:
        setattr(profile, name, getattr(change, name))
    if session.is_modified(profile):
        fields = sorted(change.model_fields_set)
        await audit.record(session, viewer.subject, "organization.changed", "organization", profile.id, fields=fields)
    return profile


def differing(profile: OrganizationProfile, change: OrganizationChange) -> dict[str, Any]:
    """What the change would make different, by field."""
    return {name: value for name in change.model_fields_set if (value := getattr(change, name)) != getattr(profile, name)}


async def create_person(viewer: Viewer, session: WriteSession, given: PersonIn) -> Person:
    """Add a person. Lines that waited for them as a manager are linked. Raises NotAllowed, DuplicatePerson."""
    viewer.require("people.write")
    await reporting.lock(session)
    values = given.model_dump()
    values["display_name"] = given.display_name or f"{given.given_name} {given.family_name}"
    person = Person(id=new_id(), active=True, termination_date=None, **values)
    session.add(person)
    await _flush_person(session, person)
    await _rebuild(session, await resolve_managers(session, [person.id]))
    await changes.record_person_changed(session, [person.id])
    return person


async def change_person(viewer: Viewer, session: WriteSession, person: Person, change: PersonChange) -> Person:
    """Change what is stored of a person. Raises NotAllowed, Erased, DuplicatePerson, EndBeforeStart."""
    viewer.require("people.write")
    _refuse_erased(person)
    await reporting.lock(session)
    for name in change.model_fields_set:
        setattr(person, name, getattr(change, name))
    if person.hire_date and person.termination_date and person.termination_date < person.hire_date:
        raise EndBeforeStart(f"The last day {person.termination_date} lies before the hire date {person.hire_date}.", field="/hire_date")
    await _flush_person(session, person)
    if "external_id" in change.model_fields_set:
        keys = {"organization_id": session.organization_id, "person_id": person.id, "external_id": person.external_id}
        await session.execute(REPOINT, keys)
        await _rebuild(session, await resolve_managers(session, [person.id]))
    await changes.record_person_changed(session, [person.id])
    return person


def _refuse_erased(person: Person) -> None:
    if person.erased_at is not None:
        raise Erased("Nothing is kept of this person any more. If they come back, add them anew.")


async def _flush_person(session: WriteSession, person: Person) -> None:
    try:
        async with session.begin_nested():
            await session.flush()
    except IntegrityError:
        taken = f"Somebody else has the id {person.external_id!r} or the user name {person.user_name!r}."
        raise DuplicatePerson(taken, field="/external_id") from None


async def employ(viewer: Viewer, session: WriteSession, person: Person, given: EmploymentIn) -> None:
    """Set a line from a day on: the line in force is cut there, and what is not given is kept from it. A second job is added beside.

    Raises NotAllowed, Erased, UnknownReference, EndBeforeStart, OverlappingEmployment, HasLeft, CircularReportingLine,
    ReportingLineTooDeep.
    """
    viewer.require("people.write")
    _refuse_erased(person)
    await reporting.lock(session)
    await _check_references(viewer, session, given)
    if given.valid_to is not None and given.valid_to <= given.valid_from:
        raise _line_problem("end_before_start", person)
    if not given.is_primary:
        await _add_second_job(session, person, given)
        return
    values = {name: getattr(given, name) for name in ATTRIBUTES}
    line = NewLine(0, new_id(), person.id, given.valid_from, given.valid_to, person.hire_date, **values)
    stated = [name for name in ATTRIBUTES if name in given.model_fields_set]
    status = (await set_lines(session, [line], stated))[0]
    if status not in {"created", "updated", "unchanged"}:
        raise _line_problem(status, person)
    if status != "unchanged":
        await _rebuild(session, {person.id})


def _line_problem(status: LineStatus, person: Person) -> Problem:
    match status:
        case "overlap":
            return OverlappingEmployment("This line runs into a later primary employment of the same person.", field="/valid_to")
        case "has_left":
            return HasLeft(f"The last day of {person.display_name} is {person.termination_date}.", field="/valid_from")
        case "own_manager":
            return CircularReportingLine("Nobody can be their own manager.", field="/manager_external_id")
        case _:
            return EndBeforeStart("The line must end after the day on which it starts.", field="/valid_to")


async def _add_second_job(session: WriteSession, person: Person, given: EmploymentIn) -> None:
    """Secondary lines carry no reporting line, so nothing is rebuilt."""
    session.add(Employment(person_id=person.id, manager_id=None, **given.model_dump()))
    await session.flush()
    await session.execute(RESOLVE_OWN, {"organization_id": session.organization_id, "person_id": person.id})
    await changes.record_employment_changed(session, [person.id])


async def _check_references(viewer: Viewer, session: WriteSession, given: EmploymentIn) -> None:
    for name, table in (("unit_id", OrgUnit), ("role_id", Role), ("legal_entity_id", LegalEntity)):
        id_: UUID | None = getattr(given, name)
        if id_ is not None and await session.get(table, (viewer.organization_id, id_)) is None:
            raise UnknownReference(f"There is no {name.removesuffix('_id').replace('_', ' ')} {id_}.", field=f"/{name}")


async def _rebuild(session: WriteSession, changed: set[UUID]) -> None:
    """Rebuild the closure and say so. Raises CircularReportingLine, ReportingLineTooDeep."""
    if not changed:
        return
    try:
        affected = await reporting.rebuild(session, changed)
    except reporting.CircleFound as circle:
        detail = f"With this manager somebody would report to themselves. In the circle: {circle}."
        raise CircularReportingLine(detail, field="/manager_external_id") from None
    except reporting.TooDeep:
        detail = f"More than {reporting.MAX_DEPTH} managers would stand above somebody."
        raise ReportingLineTooDeep(detail, field="/manager_external_id") from None
    await changes.record_employment_changed(session, affected)


async def leave(viewer: Viewer, session: WriteSession, person: Person, last_day: date) -> Person:
    """State somebody's last day: their lines end with it, planned later ones are removed, and after it they are no longer active.

    Raises NotAllowed, Erased, EndBeforeStart.
    """
    viewer.require("people.write")
    _refuse_erased(person)
    await reporting.lock(session)
    if person.hire_date and last_day < person.hire_date:
        raise EndBeforeStart(f"The last day {last_day} lies before the hire date {person.hire_date}.", field="/last_day")
    person.termination_date = last_day
    person.active = person.active and last_day >= session.today
    await session.flush()
    await _rebuild(session, await end_lines(session, [person.id]))
    await audit.record(session, viewer.subject, "person.left", "person", person.id, last_day=last_day.isoformat())
    await changes.record_person_changed(session, [person.id])
    return person
