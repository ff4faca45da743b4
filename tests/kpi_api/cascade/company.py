"""A small company for tests of the cascade: five levels of units and people, definitions and a cycle, written as rows.

Vale (company, Ida) > Field (business unit, Ben) > Sales (function, Cleo) > North (team, Dora: Eli, Fay); Support (function, Gus: Hal).
"""

from dataclasses import dataclass
from typing import Any

import httpx

from chassis.identifiers import new_id
from kpi_api.people.models import OrgUnit, Person
from tests.kpi_api.given import a_cycle, a_definition, a_person, an_employment, reports_to, store
from tests.world import Organization

LEADS_TO = {"ben": "ida", "cleo": "ben", "gus": "ben", "dora": "cleo", "eli": "dora", "fay": "dora", "hal": "gus"}
UNITS = {
    "vale": ("company", None, "ida", ["ida"]),
    "field": ("business_unit", "vale", "ben", ["ben"]),
    "sales": ("function", "field", "cleo", ["cleo"]),
    "north": ("team", "sales", "dora", ["dora", "eli", "fay"]),
    "support": ("function", "field", "gus", ["gus", "hal"]),
}
MAIN = {"code": "main", "name": "Revenue", "unit": "USD", "direction": "higher"}
OPENS = {"code": "open_rate", "name": "Open rate", "unit": "percent", "direction": "higher"}
CLICKS = {"code": "click_through", "name": "Click-through", "unit": "percent", "direction": "higher"}


@dataclass
class Company:
    """The organization with its people and units by name."""

    organization: Organization
    people: dict[str, Person]
    units: dict[str, OrgUnit]

    async def client(self, name: str) -> httpx.AsyncClient:
        return (await self.organization.as_person(self.people[name].id)).kpi_api

    async def admin(self) -> httpx.AsyncClient:
        return (await self.organization.admin()).kpi_api

    async def create(self, *kpis: dict[str, Any]) -> dict[str, str]:
        """KPIs by the administrator; ids by code."""
        answer = await (await self.admin()).post("/v1/kpis/bulk", json={"kpis": list(kpis)})
        results = answer.json()["results"]
        assert {result["status"] for result in results} == {"created"}, answer.text
        return {kpi["code"]: result["id"] for kpi, result in zip(kpis, results, strict=True)}

    async def cascade(self) -> dict[str, str]:
        """One KPI per level, each contributing to the one above."""
        return await self.create(
            kpi("growth", "strategic", unit="vale"),
            kpi("field", "business_unit", unit="field", to=["growth"]),
            kpi("sales", "functional", unit="sales", to=["field"]),
            kpi("north", "team", unit="north", to=["sales"]),
            kpi("eli", "individual", person="eli", to=["north"]),
        )


def kpi(
    code: str, level: str, *, unit: str | None = None, person: str | None = None, to: list[str] | None = None, **given: Any
) -> dict[str, Any]:
    """A KPI as the API takes it."""
    owner = {"unit_code": unit} if unit else {"person_external_id": f"x-{person}"}
    target = {"value": "450000", "unit": "USD", "period": "quarter"}
    return {
        "code": code,
        "definition_code": "revenue",
        "cycle_code": "2026",
        "name": f"Revenue of {code}",
        "level": level,
        "owner": owner,
        "targets": [target],
        "contributes_to": [{"parent": parent} for parent in to or []],
    } | given


async def found_company(organization: Organization) -> Company:
    people = {name: a_person(name) for name in ["ida", *LEADS_TO]}
    units: dict[str, OrgUnit] = {}
    for code, (kind, parent, head, _) in UNITS.items():
        units[code] = OrgUnit(
            id=new_id(),
            code=code,
            name=code.title(),
            kind=kind,
            parent_id=units[parent].id if parent else None,
            head_id=people[head].id,
            value_statement=None,
        )
    manager = {name: people.get(LEADS_TO.get(name, "")) for name in people}
    works = [
        an_employment(people[name], manager[name], unit_id=units[code].id) for code, (_, _, _, members) in UNITS.items() for name in members
    ]
    revenue = a_definition("revenue", unit="USD", parts=[MAIN])
    email = a_definition("email", unit="percent", parts=[OPENS, CLICKS])
    await store(organization, *people.values(), *units.values(), *works, *_lines(people), a_cycle(), *revenue, *email)
    return Company(organization, people, units)


def _lines(people: dict[str, Person]) -> list[Any]:
    lines = []
    for name in LEADS_TO:
        above, depth = LEADS_TO.get(name), 1
        while above:
            lines.append(reports_to(people[name], people[above], depth))
            above, depth = LEADS_TO.get(above), depth + 1
    return lines
