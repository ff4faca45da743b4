"""Reads of the definitions that are for a person."""

from collections.abc import Collection
from datetime import date
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, or_, select
from sqlalchemy.orm import aliased

from chassis.access import Viewer
from chassis.database import ReadSession
from chassis.pagination import PageRequest, Rows, fetch_page
from kpi_api.dictionary import queries as dictionary
from kpi_api.dictionary.applicability.standing import Standing
from kpi_api.dictionary.models import Competency, DefinitionVersion, KpiDefinition

APPLIES = DefinitionVersion.applicability


async def applicable_definitions(
    viewer: Viewer, session: ReadSession, page: PageRequest, person_id: UUID, standing: Standing, day: date
) -> Rows[KpiDefinition]:
    """Definitions by code whose version in force on `day` is for somebody of that standing; none that was merged into another."""
    statement = (
        dictionary.definitions(viewer)
        .join(DefinitionVersion, DefinitionVersion.id == _in_force(day))
        .where(
            KpiDefinition.merged_into_id.is_(None),
            or_(DefinitionVersion.retired_from.is_(None), DefinitionVersion.retired_from > day),
            *_is_for(standing),
        )
    )
    scope = f"applicable {viewer.subject} {person_id} {day}"
    return await fetch_page(session, statement, page, keys=[(KpiDefinition.code, lambda row: row.code)], scope=scope)


def _in_force(day: date) -> Any:
    """The id of a definition's version in force on `day`."""
    version = aliased(DefinitionVersion)
    decided = version.status.in_(dictionary.DECIDED), version.effective_from <= day
    same = version.organization_id == KpiDefinition.organization_id, version.definition_id == KpiDefinition.id
    newest = select(version.id).where(*same, *decided).order_by(version.effective_from.desc(), version.number.desc()).limit(1)
    return newest.correlate(KpiDefinition).scalar_subquery()


def _is_for(standing: Standing) -> list[ColumnElement[bool]]:
    """The conditions of `fitting.why_not` that gives no reason."""
    leads = APPLIES["has_direct_reports"].astext
    conditions = [
        _holds("roles", standing.role_code),
        _holds("grades", standing.grade),
        or_(leads.is_(None), leads == ("true" if standing.has_direct_reports else "false")),
    ]
    if not standing.has_direct_reports:
        of_managers = select(Competency.code).where(Competency.for_managers)
        conditions.append(or_(DefinitionVersion.competency_code.is_(None), DefinitionVersion.competency_code.not_in(of_managers)))
    return conditions


def _holds(name: str, value: str | None) -> ColumnElement[bool]:
    """Whether the list is empty or names the value."""
    unlimited = or_(APPLIES[name].is_(None), APPLIES[name] == [])
    return unlimited if value is None else or_(unlimited, APPLIES[name].contains([value]))


async def competencies_of_managers(viewer: Viewer, session: ReadSession, codes: Collection[str]) -> set[str]:
    """Of these competencies those that are for people with direct reports."""
    statement = select(Competency.code).where(Competency.organization_id == viewer.organization_id, Competency.for_managers)
    return set(await session.scalars(statement.where(Competency.code.in_(codes))))
