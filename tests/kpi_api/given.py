"""Facts that tests of scorecards, measurements and scores begin with, written as rows: a cycle, people in a line, KPIs with targets."""

from collections.abc import Mapping
from datetime import UTC, date, datetime, time
from decimal import Decimal
from typing import Any
from uuid import UUID

from chassis.identifiers import new_id
from kpi_api.access.models import Grant, ReportingLine
from kpi_api.cascade.models import Kpi, KpiTarget
from kpi_api.cycles.models import Cycle
from kpi_api.dictionary.models import DefinitionVersion, KpiDefinition
from kpi_api.dictionary.schemas import Applicability
from kpi_api.people.models import Employment, Person
from tests.world import Organization

YEAR_START, YEAR_END = date(2026, 1, 1), date(2026, 12, 31)


def a_cycle(**given: Any) -> Cycle:
    defaults = {"code": "2026", "name": "2026", "starts_on": YEAR_START, "ends_on": YEAR_END, "mid_year_on": date(2026, 6, 30)}
    return Cycle(id=new_id(), **(defaults | {"status": "open"} | given))


def a_person(name: str, **given: Any) -> Person:
    return Person(
        id=new_id(),
        external_id=f"x-{name}",
        user_name=name,
        email=None,
        given_name=name,
        family_name="Test",
        display_name=name,
        active=True,
        hire_date=given.get("hire_date", date(2020, 1, 1)),
        termination_date=None,
        birth_date=None,
        gender=None,
    )


def a_grant(person: Person, role: str, since: date = YEAR_START) -> Grant:
    """A role that holds from a day on, approved as it should be."""
    approved = {"granted_by": "operator", "approved_by": "operator", "approved_at": datetime.combine(since, time(), UTC)}
    return Grant(id=new_id(), person_id=person.id, role=role, unit_id=None, valid_from=since, valid_to=None, **approved)


def an_employment(person: Person, manager: Person | None = None, **given: Any) -> Employment:
    defaults = {"valid_from": person.hire_date, "valid_to": None, "fte": Decimal(1), "is_primary": True}
    empty = {"unit_id": None, "role_id": None, "manager_external_id": None, "legal_entity_id": None}
    return Employment(id=new_id(), person_id=person.id, manager_id=manager.id if manager else None, **(defaults | empty | given))


def reports_to(person: Person, manager: Person, depth: int = 1) -> ReportingLine:
    return ReportingLine(id=new_id(), manager_id=manager.id, person_id=person.id, depth=depth, valid_from=date(2020, 1, 1), valid_to=None)


def a_definition(code: str, **given: Any) -> list[Any]:
    """A definition and its approved version; `given` are fields of the version."""
    definition = KpiDefinition(id=new_id(), code=code, owner_id=None, origin="organization")
    defaults: Mapping[str, Any] = {
        "number": 1, "status": "approved", "effective_from": date(2020, 1, 1), "name": code, "description": "", "direction": "higher",
        "unit": "count", "precision": 2, "dimension": "output", "combine": "total", "parts": [], "combine_parts": "all", "formulas": {},
        "measures": {}, "source_of_truth": "CRM", "update_frequency": "month", "decision_speed_days": None, "exclusion_rules": None,
        "leading": False, "kind": "result", "outcome_id": None, "competency_code": None, "controllability": "high", "note": "",
        "applicability": Applicability().model_dump(), "author_id": None, "approver_id": None, "approved_at": None, "retired_from": None,
    }  # fmt: skip
    return [definition, DefinitionVersion(id=new_id(), definition_id=definition.id, **(defaults | given))]


def a_kpi(version: DefinitionVersion, cycle: Cycle, owner: Person, **given: Any) -> Kpi:
    defaults: Mapping[str, Any] = {
        "code": None, "name": version.name, "why": "", "level": "individual", "owner_person_id": owner.id, "owner_unit_id": None,
        "collaborative": False, "window_start": cycle.starts_on, "window_end": cycle.ends_on, "controllability": "high", "status": "active",
    }  # fmt: skip
    return Kpi(id=new_id(), definition_version_id=version.id, cycle_id=cycle.id, **(defaults | given))


def a_target(kpi: Kpi, value: str, **given: Any) -> KpiTarget:
    defaults: Mapping[str, Any] = {
        "part": "main", "position": 1, "comparison": "at_least", "value_high": None, "unit": "count", "period": "month", "baseline": None,
        "threshold": None, "stretch": None, "scale_minimum": None, "scale_maximum": None, "phasing": None, "due_on": None,
    }  # fmt: skip
    return KpiTarget(id=new_id(), kpi_id=kpi.id, value=Decimal(value), **(defaults | given))


async def store(organization: Organization, *rows: Any) -> None:
    """Write rows in the order given."""
    async with organization.world.kpi_api.database.write(organization.id) as session:
        for row in rows:
            session.add(row)
            await session.flush()


async def count(organization: Organization, statement: Any) -> int:
    async with organization.world.kpi_api.database.read(organization.id) as session:
        return int(await session.scalar(statement) or 0)


def ids(*rows: Any) -> list[UUID]:
    return [row.id for row in rows]
