"""Reads of people and structure. Whom a viewer sees is `access.sight`; units and legal entities are open to everybody."""

from collections.abc import Collection
from datetime import date
from typing import Any, TypeVar
from uuid import UUID

from sqlalchemy import func, or_, select
from sqlalchemy.orm import aliased

from chassis.access import Viewer, on_day
from chassis.database import ReadSession
from chassis.pagination import PageRequest, Rows, fetch_page
from chassis.problems import NotFound
from kpi_api.access.models import ReportingLine
from kpi_api.access.sight import sees_person
from kpi_api.people.models import Employment, LegalEntity, OrganizationProfile, OrgUnit, Person
from kpi_api.people.schemas import EmploymentOut, ManagerState

Structure = TypeVar("Structure", OrgUnit, LegalEntity)


async def organization(viewer: Viewer, session: ReadSession) -> OrganizationProfile:
    """The viewer's organization. Raises NotFound."""
    found = await session.get(OrganizationProfile, (viewer.organization_id, viewer.organization_id))
    if found is None:
        raise NotFound()
    return found


async def person(viewer: Viewer, session: ReadSession, person_id: UUID) -> Person:
    """A person in the viewer's sight. Raises NotFound."""
    found = await session.scalar(select(Person).where(Person.id == person_id, sees_person(viewer, Person.id)))
    if found is None:
        raise NotFound()
    return found


async def people(
    viewer: Viewer,
    session: ReadSession,
    page: PageRequest,
    *,
    active: bool | None = None,
    unit_id: UUID | None = None,
    search: str | None = None,
) -> Rows[Person]:
    """People in sight by name. `unit_id`: whose primary line of the viewer's day is in that unit."""
    statement = select(Person).where(sees_person(viewer, Person.id))
    if active is not None:
        statement = statement.where(Person.active == active)
    if unit_id is not None:
        here = select(Employment.person_id).where(Employment.unit_id == unit_id, _in_force(viewer.today))
        statement = statement.where(Person.id.in_(here.where(Employment.organization_id == viewer.organization_id)))
    if search:
        statement = statement.where(_matches(search))
    return await fetch_page(
        session,
        statement,
        page,
        keys=[(func.lower(Person.display_name), None), (Person.id, lambda row: row.id)],
        scope=f"people {viewer.subject} {active} {unit_id} {search}",
    )


def _matches(search: str) -> Any:
    return or_(
        Person.display_name.icontains(search, autoescape=True),
        Person.external_id == search,
        func.lower(Person.user_name) == search.lower(),
        func.lower(Person.email) == search.lower(),
    )


async def structure(viewer: Viewer, session: ReadSession, table: type[Structure], page: PageRequest) -> Rows[Structure]:
    """Units or legal entities by code."""
    return await fetch_page(
        session,
        select(table),
        page,
        keys=[(table.code, lambda row: row.code), (table.id, lambda row: row.id)],
        scope=f"{table.__tablename__} {viewer.subject}",
    )


async def structure_row(viewer: Viewer, session: ReadSession, table: type[Structure], id_: UUID) -> Structure:
    """One unit or legal entity. Raises NotFound."""
    found = await session.get(table, (viewer.organization_id, id_))
    if found is None:
        raise NotFound()
    return found


async def employments(viewer: Viewer, session: ReadSession, person_ids: Collection[UUID]) -> list[EmploymentOut]:
    """Every line of these people as far as the viewer sees them, by person and start, with the state of its manager."""
    manager = aliased(Employment)
    manager_there = (
        select(func.min(manager.valid_from))
        .where(
            manager.organization_id == Employment.organization_id,
            manager.person_id == Employment.manager_id,
            manager.is_primary,
            or_(manager.valid_to.is_(None), manager.valid_to > Employment.valid_from),
        )
        .scalar_subquery()
    )
    rows = await session.execute(
        select(Employment, manager_there)
        .where(Employment.person_id.in_(person_ids), sees_person(viewer, Employment.person_id))
        .order_by(Employment.person_id, Employment.valid_from, Employment.id)
    )
    return [_employment_out(line, since) for line, since in rows]


def _employment_out(line: Employment, manager_since: date | None) -> EmploymentOut:
    values = {name: getattr(line, name) for name in EmploymentOut.model_fields if name != "manager_state"}
    return EmploymentOut(**values, manager_state=_manager_state(line, manager_since))


def _manager_state(line: Employment, manager_since: date | None) -> ManagerState:
    if line.manager_id is None:
        return "unknown" if line.manager_external_id else "none"
    return "in_place" if manager_since is not None and manager_since <= line.valid_from else "starts_later"


def _in_force(day: date) -> Any:
    return on_day(Employment.valid_from, Employment.valid_to, day) & Employment.is_primary


async def employment_on(session: ReadSession, person_ids: Collection[UUID], day: date) -> dict[UUID, Employment]:
    """The primary line of each person on `day`; whoever has none is left out. The caller has checked sight."""
    rows = await session.scalars(select(Employment).where(Employment.person_id.in_(person_ids), _in_force(day)))
    return {row.person_id: row for row in rows}


async def manager_on(session: ReadSession, person_id: UUID, day: date) -> UUID | None:
    """Who directly leads the person on `day`: a manager who is there on that day. The caller has checked sight."""
    line = ReportingLine
    return await session.scalar(
        select(line.manager_id).where(line.person_id == person_id, line.depth == 1, on_day(line.valid_from, line.valid_to, day))
    )
