"""Sight as SQL: conditions over a column of person or KPI ids, added to every read. Semi-joins on the closure, never a scan.

Outside sight there is nothing: a list leaves it out, a single read answers 404. Which relation shows what: `matrix`.
"""

from functools import partial
from typing import Any
from uuid import UUID

from sqlalchemy import ARRAY, ColumnElement, Select, Uuid, and_, any_, false, func, literal, select
from sqlalchemy.orm import InstrumentedAttribute, aliased

from chassis.access import Conditions, Viewer, on_day, sees
from kpi_api.access.models import KpiSight, ReportingLine

Ids = InstrumentedAttribute[UUID] | InstrumentedAttribute[UUID | None] | ColumnElement[Any]


MANY = 500
"""People below somebody from which on a list is filtered row by row."""

# Of its own name, so that a statement over reporting lines can ask for sight too; made once, since making it costs more than running it.
LINE = aliased(ReportingLine)


def is_self(viewer: Viewer, person: Ids) -> ColumnElement[bool]:
    """`person` is the viewer."""
    return false() if viewer.person_id is None else person == literal(viewer.person_id)


def leads_as(viewer: Viewer, manager: Ids) -> ColumnElement[bool]:
    """`manager` is the viewer, or somebody for whom they stand in."""
    return is_self(viewer, manager) if not viewer.stands_in_for else manager.in_(viewer.leads_as)


def below(viewer: Viewer, person: Ids) -> ColumnElement[bool]:
    """`person` stands below the viewer, or below somebody for whom they stand in, in the reporting line of the viewer's day.

    Whoever leads many sees most of what a list has, so each row looks up its own line as it comes; a few people are gathered first, so that
    the list is found through them. (One form for both reads a whole table for somebody: `sightline bench access.page.leaf`.)
    """
    if viewer.person_id is None or (viewer.led == 0 and not viewer.stands_in_for):
        return false()
    line = LINE
    lines = select(line.person_id).where(
        line.organization_id == viewer.organization_id,
        leads_as(viewer, line.manager_id),
        on_day(line.valid_from, line.valid_to, viewer.today),
    )
    if viewer.led < MANY:
        return among(person, lines)
    # Not EXISTS: PostgreSQL would gather everybody into a hash first.
    return lines.where(line.person_id == person).limit(1).scalar_subquery().is_not(None)


def among(ids: Ids, found: Select[Any]) -> ColumnElement[bool]:
    """`ids` is one of those found, gathered once into an array, which an index takes also beside an OR."""
    gathered: ColumnElement[bool] = ids == any_(func.array(found.scalar_subquery(), type_=ARRAY(Uuid)))
    return gathered


def without_manager(viewer: Viewer, person: Ids) -> ColumnElement[bool]:
    """`person` has nobody above them on the viewer's day."""
    line = ReportingLine
    today = on_day(line.valid_from, line.valid_to, viewer.today)
    return ~select(line.id).where(line.organization_id == viewer.organization_id, line.person_id == person, line.depth == 1, today).exists()


def at_the_top(viewer: Viewer, person: Ids) -> ColumnElement[bool]:
    """`person` leads others and has nobody above them on the viewer's day: the chief executive, whose other side is the board (S0)."""
    line = ReportingLine
    today = and_(line.organization_id == viewer.organization_id, on_day(line.valid_from, line.valid_to, viewer.today))
    return and_(person.in_(select(line.manager_id).where(today)), person.not_in(select(line.person_id).where(today)))


RELATIONS_TO_PERSON = {"self": is_self, "below": below, "top": at_the_top, "without_manager": without_manager}


def relations_to(viewer: Viewer, person: Ids) -> Conditions:
    """By name the relations of the viewer to a person."""
    return {name: partial(relation, viewer, person) for name, relation in RELATIONS_TO_PERSON.items()}


def sees_of_person(viewer: Viewer, record: str, person: Ids) -> ColumnElement[bool]:
    """The viewer sees records of this kind that are `person`'s."""
    return sees(viewer, record, relations_to(viewer, person))


def sees_person(viewer: Viewer, person: Ids) -> ColumnElement[bool]:
    """The viewer sees `person`: themselves, reports and subtree, everybody by role; the board the top."""
    return sees_of_person(viewer, "person", person)


def has_sight_of_kpi(viewer: Viewer, kpi: Ids, relation: str) -> ColumnElement[bool]:
    """The KPI stands on the viewer's line of sight (`ancestor`), or they carry it together with others (`stakeholder`)."""
    if viewer.person_id is None:
        return false()
    row = KpiSight
    return among(
        kpi,
        select(row.kpi_id).where(
            row.organization_id == viewer.organization_id, row.person_id == viewer.person_id, row.sight == relation
        ),
    )
