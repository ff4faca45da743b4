"""Sight as SQL: conditions over a column of person ids, added to every read. Which relation shows what: `matrix`.

Outside sight there is nothing: a list leaves it out, a single read answers 404.
"""

from functools import partial
from typing import Any

from sqlalchemy import ColumnElement, false, literal, select
from sqlalchemy.orm import InstrumentedAttribute

from chassis.access import Viewer, on_day, sees
from scoring.access.models import ReportingLine

Ids = InstrumentedAttribute[Any] | ColumnElement[Any]


def is_self(viewer: Viewer, person: Ids) -> ColumnElement[bool]:
    """`person` is the viewer."""
    return false() if viewer.person_id is None else person == literal(viewer.person_id)


def below(viewer: Viewer, person: Ids) -> ColumnElement[bool]:
    """`person` stands below the viewer in the reporting line of the viewer's day."""
    if viewer.person_id is None:
        return false()
    line = ReportingLine
    reports = select(line.person_id).where(
        line.organization_id == viewer.organization_id,
        line.manager_id == viewer.person_id,
        on_day(line.valid_from, line.valid_to, viewer.today),
    )
    return person.in_(reports)


def sees_of_person(viewer: Viewer, record: str, person: Ids) -> ColumnElement[bool]:
    """The viewer sees records of this kind that are `person`'s."""
    return sees(viewer, record, {"self": partial(is_self, viewer, person), "below": partial(below, viewer, person)})
