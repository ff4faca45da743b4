"""The shipped role library under the linter: templates have nothing to mend, S0's bare role tables get what they deserve."""

from collections import Counter
from typing import Any

import pytest

from kpi_api.dictionary.library import LibraryRole, load_library
from tests.kpi_api import given
from tests.world import Organization

ROLES = [role.role.code for role in load_library().roles]
TARGET = {"value": "1", "unit": "count"}


async def found_in_all(organization: Organization, opened: list[dict[str, Any]]) -> list[Counter[tuple[str, str]]]:
    """By scorecard, how often each rule found something, with its severity."""
    client = (await organization.admin()).kpi_api
    answers = [(await client.get(f"/v1/scorecards/{card['id']}/findings")).json()["findings"] for card in opened]
    return [Counter((one["rule"]["severity"], one["rule"]["code"]) for one in found) for found in answers]


@pytest.fixture
async def people(organization: Organization) -> dict[str, str]:
    """Somebody of each role, the library installed, and a strategic KPI for all to lead to."""
    client = (await organization.admin()).kpi_api
    (await client.post("/v1/library/install")).raise_for_status()
    rows = {code: given.a_person(code) for code in ROLES}
    await given.store(organization, given.a_cycle(), *rows.values(), *(given.an_employment(row) for row in rows.values()))
    part = {"code": "main", "name": "Growth", "unit": "count", "direction": "higher"}
    definition, version = given.a_definition("growth", parts=[part])
    unit = {"code": "company", "name": "Company", "kind": "company"}
    (await client.post("/v1/units", json=unit)).raise_for_status()
    await given.store(organization, definition, version)
    top = {"code": "top", "definition_code": "growth", "cycle_code": "2026", "level": "strategic", "owner": {"unit_code": "company"},
           "targets": [TARGET]}  # fmt: skip
    made = await client.post("/v1/kpis", json=top)
    assert made.status_code == 201, made.text
    return {code: str(row.id) for code, row in rows.items()}


async def test_the_shipped_templates_give_no_error_and_no_warning(organization: Organization, people: dict[str, str]) -> None:
    client = (await organization.admin()).kpi_api
    for role in load_library().roles:
        code, parents = role.role.code, [{"definition_code": line.kpi, "parent": "top"} for line in role.template]
        body = {"template_code": code, "cycle_code": "2026", "people": [{"person_id": people[code]}], "contributes_to": parents}
        opened = (await client.post("/v1/scorecards/bulk", json=body)).json()
        assert opened["created"] == 1, opened
        [found] = await found_in_all(organization, opened["results"])
        assert found == {("information", "skipped_level"): 7, ("information", "no_owner"): 7}, code


async def bare(organization: Organization, role: LibraryRole, person_id: str) -> dict[str, Any]:
    """A draft of a role's five KPIs as printed: with their targets, and no weights."""
    client = (await organization.admin()).kpi_api
    lines = []
    for kpi in role.kpis:
        targets = [target.model_dump(mode="json", exclude_none=True) for target in kpi.targets]
        body = {"definition_code": kpi.code, "cycle_code": "2026", "level": "individual", "owner": {"person_id": person_id},
                "targets": targets, "contributes_to": [{"parent": "top"}]}  # fmt: skip
        made = await client.post("/v1/kpis", json=body)
        assert made.status_code == 201, made.text
        lines.append({"kpi_id": made.json()["id"]})
    opened = await client.post("/v1/scorecards", json={"person_id": person_id, "cycle_code": "2026", "lines": lines})
    assert opened.status_code == 201, opened.text
    card: dict[str, Any] = opened.json()
    return card


async def test_the_bare_role_tables_give_exactly_what_they_deserve(organization: Organization, people: dict[str, str]) -> None:
    roles = load_library().roles
    cards = [await bare(organization, role, people[role.role.code]) for role in roles]
    unlinked = {("information", "skipped_level"): 5, ("information", "no_owner"): 5}
    lacking = {("warning", "no_behavioural"): 1, ("warning", "no_development"): 1}
    for role, found in zip(roles, await found_in_all(organization, cards), strict=True):
        # Peer code review is how the engineer works with others, and the certification is development: both are printed.
        dimensions = {} if role.role.code == "software_engineer" else lacking
        assert found == {("error", "weights_missing"): 1, **dimensions, **unlinked}, role.role.code


async def test_the_analyst_of_the_worked_example_is_found_for_company_revenue(organization: Organization, people: dict[str, str]) -> None:
    example, client = load_library().controllability_example, (await organization.admin()).kpi_api
    person_id = people["finance_business_partner"]
    lines = []
    for code in (example.low, example.high):
        kpi = load_library().kpis[code]
        targets = [target.model_dump(mode="json", exclude_none=True) for target in kpi.targets]
        body = {"definition_code": code, "cycle_code": "2026", "level": "individual", "owner": {"person_id": person_id}, "targets": targets}
        made = await client.post("/v1/kpis", json=body)
        assert made.status_code == 201, made.text
        lines.append({"kpi_id": made.json()["id"], "weight": "50.00"})
    card = (await client.post("/v1/scorecards", json={"person_id": person_id, "cycle_code": "2026", "lines": lines})).json()
    found = (await client.get(f"/v1/scorecards/{card['id']}/findings")).json()["findings"]
    low = [one["line"] for one in found if one["rule"]["code"] == "low_controllability"]
    assert low == [1]
