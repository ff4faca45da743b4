"""For whom an assignment is: people by name, or those who work today in a unit, in a role, or both."""

from collections.abc import Iterable, Sequence
from datetime import date
from typing import NamedTuple
from uuid import UUID

from sqlalchemy import ARRAY, Text, any_, literal, or_, select

from chassis.access import Viewer, on_day
from chassis.database import ReadSession
from chassis.problems import FieldError
from kpi_api.access.sight import sees_person
from kpi_api.cascade.queries import among
from kpi_api.cascade.references import load_units
from kpi_api.people.models import Employment, Person, Role
from kpi_api.scorecards.assignments.problems import AssignmentRefused
from kpi_api.scorecards.assignments.schemas import MAX_PEOPLE, ForWhom
from kpi_api.scorecards.schemas import TemplatePerson

MAX_NAMED = 100


class Picked(NamedTuple):
    """Somebody, and the window asked for, where one was."""

    person_id: UUID
    window_start: date | None = None
    window_end: date | None = None


async def picked(viewer: Viewer, session: ReadSession, given: ForWhom) -> list[Picked]:
    """Everybody in sight that is asked for. Raises AssignmentRefused, naming each row that names nobody or somebody twice."""
    if given.people is not None:
        return await _named(viewer, session, given.people)
    found = await _chosen(viewer, session, given)
    if not found:
        raise AssignmentRefused(
            "Nobody that you may see works there in that role today.", field="/unit_code" if given.unit_code else "/role_code"
        )
    if len(found) > MAX_PEOPLE:
        raise AssignmentRefused(f"These are {len(found)} people; at most {MAX_PEOPLE} fit in one assignment. Do it in parts.")
    return [Picked(id_) for id_ in found]


async def _named(viewer: Viewer, session: ReadSession, people: Sequence[TemplatePerson]) -> list[Picked]:
    known = await _ids(viewer, session, people)
    named = [known.get(person.person_id or person.person_external_id or "") for person in people]
    errors = list(_errors(named))
    if errors:
        raise AssignmentRefused(f"Rows that name nobody, or somebody twice: {len(errors)}. Nothing was begun.", errors=errors[:MAX_NAMED])
    return [Picked(id_, person.window_start, person.window_end) for id_, person in zip(named, people, strict=True) if id_]


async def _ids(viewer: Viewer, session: ReadSession, people: Sequence[TemplatePerson]) -> dict[UUID | str, UUID]:
    ids = [person.person_id for person in people if person.person_id]
    external_ids = [person.person_external_id for person in people if person.person_external_id]
    wanted = or_(among(Person.id, ids), Person.external_id == any_(literal(external_ids, ARRAY(Text))))
    rows = (await session.execute(select(Person.id, Person.external_id).where(wanted, sees_person(viewer, Person.id)))).all()
    return {id_: id_ for id_, _ in rows} | {external_id: id_ for id_, external_id in rows}


def _errors(named: Iterable[UUID | None]) -> Iterable[FieldError]:
    seen: set[UUID] = set()
    for row, id_ in enumerate(named, start=1):
        if id_ is None:
            message = "There is no such person that you may see."
            yield FieldError(row=row, field=f"/people/{row - 1}", code="unknown_person", message=message)
        elif id_ in seen:
            yield FieldError(row=row, field=f"/people/{row - 1}", code="duplicate_person", message="This person is named twice.")
        else:
            seen.add(id_)


async def _chosen(viewer: Viewer, session: ReadSession, given: ForWhom) -> Sequence[UUID]:
    today = on_day(Employment.valid_from, Employment.valid_to, viewer.today)
    statement = select(Employment.person_id).where(Employment.organization_id == viewer.organization_id, Employment.is_primary, today)
    if given.unit_code is not None:
        units = await load_units(session)
        unit = units.by_code(given.unit_code)
        if unit is None:
            raise AssignmentRefused(f"There is no unit “{given.unit_code}”.", field="/unit_code")
        statement = statement.where(among(Employment.unit_id, units.under(unit.id)))
    if given.role_code is not None:
        statement = statement.where(Employment.role_id.in_(select(Role.id).where(Role.code == given.role_code)))
    statement = statement.where(sees_person(viewer, Employment.person_id))
    return (await session.scalars(statement.order_by(Employment.person_id).distinct())).all()
