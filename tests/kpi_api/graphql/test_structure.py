"""The organization's mission and label and a unit's value statement by the graph; who read an older state is told what stands there."""

from kpi_api.graphql.nodes import global_id
from tests.kpi_api.cascade.company import found_company
from tests.kpi_api.graphql.asking import ask
from tests.world import Organization

CHANGE = """mutation ($version: Int!, $changes: OrganizationChangeInput!) { changeOrganization(version: $version, changes: $changes) {
  ... on OrganizationChanged { organization { mission indicatorLabel version } } ... on Problem { code detail } } }"""
UNIT = """mutation ($id: ID!, $version: Int!, $changes: UnitChangeInput!) { changeUnit(id: $id, version: $version, changes: $changes) {
  ... on UnitChanged { unit { name valueStatement } } ... on Problem { code detail } } }"""


async def test_the_mission_and_what_indicators_are_called_change_for_who_has_seen_them(organization: Organization) -> None:
    company = await found_company(organization)
    admin, eli = await company.admin(), await company.client("eli")
    seen = (await ask(admin, "{ organization { version } }"))["organization"]["version"]

    wanted = {"mission": "Keep what matters", "indicatorLabel": "goal"}
    changed = (await ask(admin, CHANGE, version=seen, changes=wanted))["changeOrganization"]
    late = (await ask(admin, CHANGE, version=seen, changes={"mission": "Another"}))["changeOrganization"]
    refused = (await ask(eli, CHANGE, version=seen + 1, changes={"mission": "Mine"}))["changeOrganization"]

    assert changed["organization"] == {"mission": "Keep what matters", "indicatorLabel": "goal", "version": seen + 1}
    assert late["code"] == "precondition_failed"
    assert "`mission` is “Keep what matters” now." in late["detail"]
    assert refused["code"] == "not_allowed"
    over_rest = await admin.patch("/v1/organization", json={"mission": "Another"}, headers={"If-Match": f'"{seen}"'})
    assert (over_rest.status_code, over_rest.json()["changes"]) == (412, ["`mission` is “Keep what matters” now."])


async def test_a_unit_says_how_it_creates_value(organization: Organization) -> None:
    company = await found_company(organization)
    admin, unit = await company.admin(), company.units["north"]
    known = {"id": global_id("Unit", unit.id), "version": 1}

    changed = (await ask(admin, UNIT, **known, changes={"valueStatement": "Wins those who hesitate"}))["changeUnit"]
    late = (await ask(admin, UNIT, **known, changes={"valueStatement": "Else"}))["changeUnit"]

    assert changed["unit"] == {"name": "North", "valueStatement": "Wins those who hesitate"}
    assert "`value_statement` is “Wins those who hesitate” now." in late["detail"]
