"""Sight as SQL: conditions over a column of person ids, added to every read.

Outside sight there is nothing: a list leaves it out, a single read answers 404.

Pay is narrower than performance: a person's own, and what a role is there for. Standing above somebody shows no pay.
"""

from typing import Any

from sqlalchemy import ColumnElement, and_, false, literal, or_, select, true
from sqlalchemy.orm import InstrumentedAttribute

from scoring.access.models import ReportingLine
from scoring.access.viewer import Role, Viewer

Ids = InstrumentedAttribute[Any] | ColumnElement[Any]

SEES_PAY: tuple[Role, ...] = ("comp_admin", "auditor")
SEES_EVERYBODY: tuple[Role, ...] = ("hr_admin", "comp_admin", "payroll", "auditor", "integration", "service")


def on_day(valid_from: Any, valid_to: Any, day: Any) -> ColumnElement[bool]:
    """Whether a half-open date range [valid_from, valid_to) holds on `day`."""
    return and_(valid_from <= day, or_(valid_to.is_(None), valid_to > day))


def sees_person(viewer: Viewer, person: Ids) -> ColumnElement[bool]:
    """The viewer sees that `person` exists: oneself, those below in the reporting line of the day, everybody by role."""
    if viewer.has(*SEES_EVERYBODY):
        return true()
    if viewer.person_id is None:
        return false()
    line = ReportingLine
    reports = select(line.person_id).where(
        line.organization_id == viewer.organization_id,
        line.manager_id == viewer.person_id,
        on_day(line.valid_from, line.valid_to, viewer.today),
    )
    return or_(person == literal(viewer.person_id), person.in_(reports))


def is_own(viewer: Viewer, person: Ids) -> ColumnElement[bool]:
    """`person` is the viewer."""
    return false() if viewer.person_id is None else person == literal(viewer.person_id)


def sees_pay(viewer: Viewer, person: Ids) -> ColumnElement[bool]:
    """The viewer sees the pay of `person`: their own, or by a role that works with pay."""
    return true() if viewer.has(*SEES_PAY) else is_own(viewer, person)
