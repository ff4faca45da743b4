"""Sight as SQL: conditions over a column of person or KPI ids, added to every read. Semi-joins on the closure, never a scan.

Outside sight there is nothing: a list leaves it out, a single read answers 404.
"""

from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, and_, false, literal, or_, select, true
from sqlalchemy.orm import InstrumentedAttribute

from kpi_api.access.models import KpiSight, ReportingLine
from kpi_api.access.viewer import GrantedRole, Viewer

Ids = InstrumentedAttribute[UUID] | InstrumentedAttribute[UUID | None] | ColumnElement[Any]

SEES_EVERYBODY: tuple[GrantedRole, ...] = ("hr_admin", "auditor", "integration")


def on_day(valid_from: Any, valid_to: Any, day: Any) -> ColumnElement[bool]:
    """Whether a half-open date range [valid_from, valid_to) holds on `day`."""
    return and_(valid_from <= day, or_(valid_to.is_(None), valid_to > day))


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


def at_the_top(viewer: Viewer, person: Ids) -> ColumnElement[bool]:
    """`person` leads others and has nobody above them on the viewer's day: the chief executive, whose other side is the board (S0)."""
    line = ReportingLine
    today = and_(line.organization_id == viewer.organization_id, on_day(line.valid_from, line.valid_to, viewer.today))
    return and_(person.in_(select(line.manager_id).where(today)), person.not_in(select(line.person_id).where(today)))


def sees_person(viewer: Viewer, person: Ids) -> ColumnElement[bool]:
    """The viewer sees the performance of `person`: their own, of reports and subtree, or of everybody by role; the board the top's."""
    if viewer.has(*SEES_EVERYBODY):
        return true()
    if viewer.person_id is None:
        return false()
    seen = [person == literal(viewer.person_id), below(viewer, person)]
    return or_(*seen, at_the_top(viewer, person)) if viewer.has("board") else or_(*seen)


def has_sight_of_kpi(viewer: Viewer, kpi: Ids, *sights: str) -> ColumnElement[bool]:
    """The viewer sees the KPI as `ancestor` or `stakeholder`."""
    if viewer.person_id is None:
        return false()
    sight = KpiSight
    return kpi.in_(
        select(sight.kpi_id).where(
            sight.organization_id == viewer.organization_id, sight.person_id == viewer.person_id, sight.sight.in_(sights)
        )
    )
