"""Reads of the cascade: KPIs whole or as ancestors, the line of sight, orphans. Outside sight there is nothing."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from typing import Any
from uuid import UUID

from sqlalchemy import ARRAY, ColumnElement, Row, Select, Uuid, and_, any_, func, literal, or_, select
from sqlalchemy.orm import aliased

from chassis.access import Viewer, on_day
from chassis.database import ReadSession
from chassis.pagination import PageRequest, Rows, fetch_page
from chassis.problems import NotFound
from kpi_api.cascade.levels import Level
from kpi_api.cascade.models import Contribution, Kpi, KpiStakeholder, KpiTarget
from kpi_api.cascade.sight import sees_at_all, sees_whole
from kpi_api.cycles.models import Cycle
from kpi_api.dictionary.models import DefinitionVersion, KpiDefinition
from kpi_api.people.models import Employment, OrgUnit, Person


def among(column: Any, ids: Collection[UUID]) -> ColumnElement[bool]:
    """`column` is one of `ids`, passed as one array, so that the statement stays the same for any number."""
    found: ColumnElement[bool] = column == any_(literal(list(ids), ARRAY(Uuid)))
    return found


def kpis(viewer: Viewer) -> Select[Kpi]:
    """KPIs that the viewer sees whole."""
    return select(Kpi).where(Kpi.organization_id == viewer.organization_id, sees_whole(viewer))


async def kpi(viewer: Viewer, session: ReadSession, kpi_id: UUID) -> Kpi:
    """A KPI that the viewer sees whole. Raises NotFound."""
    found = await session.scalar(kpis(viewer).where(Kpi.id == kpi_id))
    if found is None:
        raise NotFound()
    return found


@dataclass(frozen=True)
class KpiFilter:
    """Which KPIs of a list; what is null does not matter."""

    cycle_id: UUID | None = None
    level: Level | None = None
    owner_person_id: UUID | None = None
    owner_unit_id: UUID | None = None
    codes: tuple[str, ...] | None = None

    def conditions(self) -> list[ColumnElement[bool]]:
        columns = (Kpi.cycle_id, Kpi.level, Kpi.owner_person_id, Kpi.owner_unit_id)
        values = (self.cycle_id, self.level, self.owner_person_id, self.owner_unit_id)
        found: list[ColumnElement[bool]] = [column == value for column, value in zip(columns, values, strict=True) if value is not None]
        return found if self.codes is None else [*found, Kpi.code.in_(self.codes)]


async def kpis_page(viewer: Viewer, session: ReadSession, page: PageRequest, wanted: KpiFilter) -> Rows[Kpi]:
    """KPIs that the viewer sees whole, oldest first."""
    return await _page(viewer, session, page, kpis(viewer).where(*wanted.conditions()), f"kpis {wanted}")


async def kpis_of_person(viewer: Viewer, session: ReadSession, page: PageRequest, person_id: UUID, cycle_code: str | None) -> Rows[Kpi]:
    """What the viewer sees whole of a person's KPIs, oldest first: those they own, and those they carry together with others."""
    shared = select(KpiStakeholder.kpi_id).where(
        KpiStakeholder.organization_id == viewer.organization_id, KpiStakeholder.person_id == person_id, KpiStakeholder.left_at.is_(None)
    )
    statement = kpis(viewer).where(or_(Kpi.owner_person_id == person_id, Kpi.id.in_(shared)))
    if cycle_code is not None:
        statement = statement.where(Kpi.cycle_id.in_(select(Cycle.id).where(Cycle.code == cycle_code)))
    return await _page(viewer, session, page, statement, f"kpis of {person_id} {cycle_code}")


async def orphans_page(viewer: Viewer, session: ReadSession, page: PageRequest) -> Rows[Kpi]:
    """Orphans that the viewer sees whole, oldest first."""
    return await _page(viewer, session, page, orphans(viewer), "orphans")


async def _page(viewer: Viewer, session: ReadSession, page: PageRequest, statement: Select[Kpi], scope: str) -> Rows[Kpi]:
    return await fetch_page(
        session,
        statement,
        page,
        keys=[(Kpi.id, lambda row: row.id)],
        scope=f"{scope} {viewer.subject}",
    )


@lru_cache(maxsize=16)
def owning_unit(day: date) -> tuple[Any, ColumnElement[bool]]:
    """The unit of a KPI: the owner, or where the owning person works on `day`. Kept, since making it costs more than running it."""
    employment = aliased(Employment)
    works = select(employment.unit_id).where(
        employment.person_id == Kpi.owner_person_id, employment.is_primary, on_day(employment.valid_from, employment.valid_to, day)
    )
    unit = aliased(OrgUnit)
    return unit, and_(unit.organization_id == Kpi.organization_id, unit.id == func.coalesce(Kpi.owner_unit_id, works.scalar_subquery()))


async def kpi_facts(viewer: Viewer, session: ReadSession, kpi_ids: Collection[UUID]) -> dict[UUID, Row[Any]]:
    """By KPI in sight: `Kpi`, `whole` (seen whole, not as an ancestor), definition, owner's name and owning unit."""
    unit, is_owning = owning_unit(viewer.today)
    statement = (
        select(
            Kpi,
            func.coalesce(sees_whole(viewer), False).label("whole"),
            KpiDefinition.id.label("definition_id"),
            KpiDefinition.code.label("definition_code"),
            DefinitionVersion.number.label("definition_version"),
            Person.display_name.label("owner_name"),
            unit.id.label("unit_id"),
            unit.name.label("unit_name"),
        )
        .join(DefinitionVersion, DefinitionVersion.id == Kpi.definition_version_id)
        .join(KpiDefinition, KpiDefinition.id == DefinitionVersion.definition_id)
        .outerjoin(Person, Person.id == Kpi.owner_person_id)
        .outerjoin(unit, is_owning)
        .where(Kpi.organization_id == viewer.organization_id, among(Kpi.id, kpi_ids), sees_at_all(viewer))
    )
    return {row.Kpi.id: row for row in await session.execute(statement)}


async def targets(session: ReadSession, kpi_ids: Collection[UUID]) -> dict[UUID, list[KpiTarget]]:
    """Targets of KPIs in the order of their parts."""
    found = await session.scalars(select(KpiTarget).where(among(KpiTarget.kpi_id, kpi_ids)).order_by(KpiTarget.kpi_id, KpiTarget.position))
    return _grouped(kpi_ids, [(row.kpi_id, row) for row in found])


async def stakeholders(session: ReadSession, kpi_ids: Collection[UUID]) -> dict[UUID, list[Row[Any]]]:
    """Who carries these KPIs together: `KpiStakeholder`, `person_name`, `unit_name`."""
    statement = (
        select(KpiStakeholder, Person.display_name.label("person_name"), OrgUnit.name.label("unit_name"))
        .outerjoin(Person, Person.id == KpiStakeholder.person_id)
        .outerjoin(OrgUnit, OrgUnit.id == KpiStakeholder.unit_id)
        .where(among(KpiStakeholder.kpi_id, kpi_ids), KpiStakeholder.left_at.is_(None))
        .order_by(OrgUnit.name, Person.display_name, KpiStakeholder.id)
    )
    return _grouped(kpi_ids, [(row.KpiStakeholder.kpi_id, row) for row in await session.execute(statement)])


async def parents(session: ReadSession, kpi_ids: Collection[UUID]) -> dict[UUID, list[Contribution]]:
    """Contributions upward from these KPIs."""
    statement = select(Contribution).where(among(Contribution.child_id, kpi_ids)).order_by(Contribution.child_id, Contribution.id)
    return _grouped(kpi_ids, [(row.child_id, row) for row in await session.scalars(statement)])


def _grouped(ids: Collection[UUID], pairs: Sequence[tuple[UUID, Any]]) -> dict[UUID, list[Any]]:
    groups: dict[UUID, list[Any]] = {id_: [] for id_ in ids}
    for id_, value in pairs:
        groups[id_].append(value)
    return groups


def orphans(viewer: Viewer) -> Select[Kpi]:
    """Live KPIs below strategic, seen whole, from which no path leads up to a strategic KPI."""
    reached = select(Kpi.id).where(Kpi.organization_id == viewer.organization_id, Kpi.level == "strategic").cte(recursive=True)
    below = select(Contribution.child_id).where(
        Contribution.organization_id == viewer.organization_id, Contribution.parent_id == reached.c.id
    )
    connected = reached.union(below)
    # NOT IN is looked up in a hash; NOT EXISTS becomes a join, for which the planner guesses the size of the walk, and guesses badly.
    return kpis(viewer).where(Kpi.level != "strategic", Kpi.status == "active", Kpi.id.not_in(select(connected.c.id)))
