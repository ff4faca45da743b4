"""Everything that new KPIs, contributions and stakeholders name, looked up in bulk: one statement per kind, however many rows.

Whatever the viewer may not see is not found, so that a request cannot probe for it.
"""

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, and_, func, literal, or_, select
from sqlalchemy.orm import aliased

from chassis.access import Viewer, on_day
from chassis.database import ReadSession
from kpi_api.access.models import Grant
from kpi_api.access.sight import below, sees_person
from kpi_api.cascade.drafts import FollowedCalendar
from kpi_api.cascade.levels import Place, Unit, UnitTree
from kpi_api.cascade.models import Kpi, WindowEvent
from kpi_api.cascade.queries import among, owning_unit
from kpi_api.cascade.schemas import Holder
from kpi_api.cascade.sight import may_change, portfolio, sees_at_all
from kpi_api.cascade.windows.schemas import WindowStart
from kpi_api.cycles.calendars.queries import business_calendars, sprints_of
from kpi_api.cycles.models import Cycle
from kpi_api.dictionary.models import DefinitionVersion, KpiDefinition
from kpi_api.dictionary.queries import versions_in_force
from kpi_api.people.models import Employment, OrgUnit, Person


@dataclass(frozen=True)
class PersonFacts:
    """A person in sight: where they work today, whether the viewer may give them KPIs, and whether they stand at the top."""

    id: UUID
    external_id: str
    unit_id: UUID | None
    led: bool
    at_the_top: bool
    legal_entity_id: UUID | None


@dataclass(frozen=True)
class KpiFacts:
    """An existing KPI in sight."""

    id: UUID
    code: str | None
    place: Place
    changeable: bool


class People:
    """Persons by id or external id."""

    def __init__(self, persons: Iterable[PersonFacts]) -> None:
        self._by_id = {person.id: person for person in persons}
        self._by_external_id = {person.external_id: person for person in self._by_id.values()}

    def get(self, holder: Holder) -> PersonFacts | None:
        if holder.person_id is not None:
            return self._by_id.get(holder.person_id)
        return self._by_external_id.get(holder.person_external_id or "")


class Kpis:
    """Existing KPIs by id or code."""

    def __init__(self, kpis: Iterable[KpiFacts]) -> None:
        self._by_id = {kpi.id: kpi for kpi in kpis}
        self._by_code = {kpi.code: kpi for kpi in self._by_id.values() if kpi.code}

    @property
    def ids(self) -> Collection[UUID]:
        return self._by_id.keys()

    def get(self, reference: str) -> KpiFacts | None:
        return self._by_code.get(reference) or self._by_id.get(as_id(reference) or UUID(int=0))


def as_id(reference: str) -> UUID | None:
    try:
        return UUID(reference)
    except ValueError:
        return None


async def load_units(session: ReadSession) -> UnitTree:
    """Every unit of the organization: hundreds or thousands, never one per person."""
    columns = (OrgUnit.id, OrgUnit.code, OrgUnit.name, OrgUnit.kind, OrgUnit.parent_id, OrgUnit.head_id)
    return UnitTree(Unit(*row) for row in await session.execute(select(*columns)))


async def led_units(viewer: Viewer, session: ReadSession) -> frozenset[UUID]:
    """Units for which the viewer may create KPIs."""
    statement = select(OrgUnit.id) if viewer.may("kpis.place_anywhere") else portfolio(viewer)
    return frozenset((await session.scalars(statement)).all())


async def load_people(viewer: Viewer, session: ReadSession, holders: Collection[Holder]) -> People:
    """The persons among `holders` that the viewer sees."""
    ids = {holder.person_id for holder in holders if holder.person_id}
    external_ids = {holder.person_external_id for holder in holders if holder.person_external_id}
    if not ids and not external_ids:
        return People([])
    job = aliased(Employment)
    works = and_(job.person_id == Person.id, job.is_primary, on_day(job.valid_from, job.valid_to, viewer.today))
    statement = (
        select(
            Person.id,
            Person.external_id,
            job.unit_id,
            _leads(viewer).label("led"),
            _at_the_top(viewer, job).label("at_the_top"),
            job.legal_entity_id,
        )
        .outerjoin(job, works)
        .where(or_(among(Person.id, ids), Person.external_id.in_(external_ids)), sees_person(viewer, Person.id))
    )
    return People(PersonFacts(*row) for row in await session.execute(statement))


def _leads(viewer: Viewer) -> ColumnElement[bool]:
    if viewer.may("kpis.place_anywhere"):
        return literal(True)
    return or_(Person.id == literal(viewer.person_id), below(viewer, Person.id))


def _at_the_top(viewer: Viewer, job: Any) -> ColumnElement[bool]:
    """Board and chief executive: a member of the board, the head of a company, or somebody employed with nobody above them."""
    board = select(Grant.id).where(Grant.person_id == Person.id, Grant.role == "board", Grant.holds_on(viewer.today))
    head = select(OrgUnit.id).where(OrgUnit.head_id == Person.id, OrgUnit.kind == "company")
    chief = and_(job.id.is_not(None), job.manager_id.is_(None), job.manager_external_id.is_(None))
    return or_(board.exists(), head.exists(), func.coalesce(chief, False))


async def load_kpis(viewer: Viewer, session: ReadSession, references: Collection[str]) -> Kpis:
    """The KPIs among `references` (ids or codes) that the viewer sees, whole or as ancestors."""
    if not references:
        return Kpis([])
    unit, is_owning = owning_unit(viewer.today)
    ids = {id_ for reference in references if (id_ := as_id(reference))}
    statement = (
        select(Kpi.id, Kpi.code, Kpi.level, unit.id.label("unit_id"), may_change(viewer).label("changeable"))
        .outerjoin(unit, is_owning)
        .where(or_(among(Kpi.id, ids), Kpi.code.in_(set(references))), sees_at_all(viewer))
    )
    rows = await session.execute(statement)
    return Kpis(KpiFacts(row.id, row.code, Place(row.level, row.unit_id), row.changeable) for row in rows)


async def load_events(session: ReadSession, drafts_events: Iterable[WindowStart | None]) -> dict[str, WindowEvent]:
    """The events of many KPIs that are named, by code; kept as they are until the transaction ends, so that none occurs meanwhile."""
    codes = {event.code for event in drafts_events if event and event.code}
    if not codes:
        return {}
    found = select(WindowEvent).where(WindowEvent.code.in_(codes)).order_by(WindowEvent.id).with_for_update(read=True)
    return {event.code: event for event in await session.scalars(found)}


async def load_calendars(viewer: Viewer, session: ReadSession) -> dict[UUID | None, FollowedCalendar]:
    """Every calendar with its sprints by legal entity, the organization's own under None."""
    calendars = await business_calendars(viewer, session)
    sprints = await sprints_of(session, [id_ for id_, _ in calendars.values()])
    return {entity: FollowedCalendar(id_, business, sprints.get(id_, ())) for entity, (id_, business) in calendars.items()}


async def load_cycles(session: ReadSession, codes: Collection[str]) -> dict[str, Cycle]:
    return {cycle.code: cycle for cycle in await session.scalars(select(Cycle).where(Cycle.code.in_(set(codes))))}


class Versions:
    """Approved definition versions: by code and number, and by code the one in force on the day that counts."""

    def __init__(self, definition_ids: dict[str, UUID], numbered: Iterable[DefinitionVersion]) -> None:
        self._ids = definition_ids
        self._numbered = {(version.definition_id, version.number): version for version in numbered}
        self._in_force: dict[tuple[UUID, Any], DefinitionVersion] = {}
        self.survivors: dict[str, str] = {}
        """By the code of a definition that was merged into another, the code to use."""

    def add_in_force(self, day: Any, versions: dict[UUID, DefinitionVersion]) -> None:
        self._in_force.update({(definition_id, day): version for definition_id, version in versions.items()})

    def get(self, code: str, number: int | None, day: Any) -> DefinitionVersion | None:
        definition_id = self._ids.get(code)
        if definition_id is None:
            return None
        return self._in_force.get((definition_id, day)) if number is None else self._numbered.get((definition_id, number))


async def load_versions(session: ReadSession, wanted: Collection[tuple[str, int | None, Any]]) -> Versions:
    """The versions of `wanted`: (definition code, number or None, day)."""
    codes = {code for code, _, _ in wanted}
    into = aliased(KpiDefinition)
    columns = select(KpiDefinition.code, KpiDefinition.id, into.code).outerjoin(into, into.id == KpiDefinition.merged_into_id)
    rows = (await session.execute(columns.where(KpiDefinition.code.in_(codes)))).all()
    ids: dict[str, UUID] = {code: id_ for code, id_, _ in rows}
    numbers = {number for _, number, _ in wanted if number is not None}
    approved = select(DefinitionVersion).where(
        among(DefinitionVersion.definition_id, ids.values()), DefinitionVersion.number.in_(numbers), DefinitionVersion.status == "approved"
    )
    versions = Versions(ids, (await session.scalars(approved)).all() if numbers else [])
    versions.survivors = {code: survivor for code, _, survivor in rows if survivor}
    for day in {day for _, number, day in wanted if number is None}:
        versions.add_in_force(day, await versions_in_force(session, ids.values(), day))
    return versions
