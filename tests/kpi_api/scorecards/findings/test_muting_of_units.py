"""What is found about a unit, or in a whole cycle, is let stand too: by whoever leads from above, or HR, and never by the unit's head."""

from typing import Any

import httpx
import pytest

from chassis.identifiers import new_id
from tests.kpi_api.cascade.company import Company, found_company
from tests.kpi_api.scorecards.findings.scene import Spoilt, set_scene
from tests.world import Organization

RULE = "unit_without_value_statement"
WHY = {"reason": "The team is a month old.", "ends_on": "2199-12-31"}


@pytest.fixture
async def company(organization: Organization) -> Company:
    """North, which Dora heads under Cleo of Sales, has a KPI and no value statement."""
    company = await found_company(organization)
    await company.cascade()
    return company


async def client(company: Company, by: str) -> httpx.AsyncClient:
    return await (company.admin() if by == "hr" else company.client(by))


async def mute(company: Company, by: str, **subject: str) -> httpx.Response:
    return await (await client(company, by)).post("/v1/findings/mutings", json={"code": RULE, **WHY, **subject})


async def muted(company: Company, unit: str, by: str = "hr") -> list[bool]:
    place = f"/v1/units/{company.units[unit].id}/findings"
    found = (await (await client(company, by)).get(place, params={"cycle": "2026"})).json()
    return [one["muting"] is not None for one in found if one["rule"]["code"] == RULE]


async def test_who_leads_from_above_mutes_and_the_head_does_not(company: Company) -> None:
    north = str(company.units["north"].id)
    refused = await mute(company, "dora", unit_id=north)
    assert (refused.status_code, refused.json()["code"]) == (403, "not_allowed")
    hidden, never = [await mute(company, "eli", unit_id=id_) for id_ in (north, str(new_id()))]
    assert (hidden.status_code, hidden.json()) == (404, never.json())

    made = await mute(company, "cleo", unit_id=north)
    assert (made.status_code, made.json()["unit_id"]) == (201, north)
    assert (await muted(company, "north"), await muted(company, "sales")) == ([True], [False])
    assert (await mute(company, "hr", unit_id=north)).status_code == 409
    # Who leads the unit sees it, and takes it back no more than they could mute; others do not learn of it.
    listed = [(await (await client(company, by)).get("/v1/findings/mutings")).json()["items"] for by in ("dora", "eli")]
    assert [len(items) for items in listed] == [1, 0]
    answers = [(await (await client(company, by)).delete(made.headers["Location"])).status_code for by in ("dora", "eli", "cleo")]
    assert answers == [403, 404, 204]
    assert await muted(company, "north") == [False]


async def test_hr_mutes_in_a_cycle_alone(company: Company) -> None:
    cycle = (await (await company.admin()).get("/v1/cycles/2026")).json()["id"]
    assert (await mute(company, "cleo", cycle_id=cycle)).status_code == 403
    assert (await mute(company, "hr", cycle_id=str(new_id()))).status_code == 404
    assert (await mute(company, "hr", cycle_id=cycle)).status_code == 201
    assert (await muted(company, "north"), await muted(company, "sales")) == ([True], [True])


async def test_a_rule_is_muted_about_what_it_judges(company: Company) -> None:
    north = str(company.units["north"].id)
    answer = await (await company.admin()).post("/v1/findings/mutings", json={**WHY, "code": "orphan", "unit_id": north})
    assert (answer.status_code, answer.json()["code"], answer.json()["errors"][0]["field"]) == (422, "muting_refused", "/code")
    both = await mute(company, "hr", unit_id=north, cycle_id=str(new_id()))
    assert (both.status_code, both.json()["errors"][0]["code"]) == (422, "muted_subject")


async def test_a_cycle_is_muted_for_its_scorecards(organization: Organization) -> None:
    scene = await set_scene(organization, Spoilt(unlinked=("calls",)))
    body = {**WHY, "code": "orphan", "cycle_id": str(scene.cycle.id)}
    assert (await (await scene.client()).post("/v1/findings/mutings", json=body)).status_code == 201
    assert [one["muting"]["cycle_id"] for one in await scene.findings() if one["rule"]["code"] == "orphan"] == [str(scene.cycle.id)]


async def test_the_graph_does_the_same(company: Company) -> None:
    async def ask(by: str, query: str) -> dict[str, Any]:
        given = {"query": query, "variables": {"unit": str(company.units["north"].id)}}
        answer = (await (await client(company, by)).post("/graphql", json=given)).json()
        assert "errors" not in answer, answer
        data: dict[str, Any] = answer["data"]
        return data

    mute_ = f"""mutation ($unit: ID!) {{ muteFinding(code: "{RULE}", reason: "New.", endsOn: "2199-12-31", unit: $unit) {{
      ... on MutingChanged {{ muting {{ unitUuid cycleUuid }} }} ... on Problem {{ code }} }} }}"""
    found = 'query ($unit: ID!) { unitFindings(unitId: $unit, cycle: "2026") { unitUuid rule { code } muting { reason } } }'
    assert (await ask("dora", mute_))["muteFinding"] == {"code": "not_allowed"}
    north = str(company.units["north"].id)
    assert (await ask("cleo", mute_))["muteFinding"] == {"muting": {"unitUuid": north, "cycleUuid": None}}
    assert (await ask("dora", found))["unitFindings"] == [{"unitUuid": north, "rule": {"code": RULE}, "muting": {"reason": "New."}}]
    assert (await ask("eli", found))["unitFindings"] is None
