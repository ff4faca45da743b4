"""Findings of many scorecards: filters, pages, units, sight, the organization's limits, and units' own findings."""

from datetime import UTC, date, datetime
from typing import Any

import httpx
import pytest

from chassis.identifiers import new_id
from kpi_api.findings import RULES
from kpi_api.people.models import OrgUnit, Role
from kpi_api.reviews.models import CheckIn, Review
from kpi_api.scorecards.findings import queries
from kpi_api.scorecards.models import Scorecard
from tests.kpi_api import given
from tests.kpi_api.cascade.company import found_company
from tests.kpi_api.scorecards.findings.scene import Scene, Spoilt, set_scene
from tests.world import Organization

SIGNED: dict[str, Any] = {"agreement": {"lines": []}, "status": "active"}


async def listed(scene: Scene, by: str = "hr", **params: Any) -> list[dict[str, Any]]:
    """Every finding, page by page."""
    client, found, path = await scene.client(by), [], "/v1/findings"
    params = {"cycle": "2026", **params}
    while path:
        answer = await client.get(path, params=params)
        assert answer.status_code == 200, answer.text
        found += answer.json()["items"]
        params["cursor"] = answer.json()["next"]
        path = path if params["cursor"] else ""
    return found


async def test_the_registry_says_why_what_follows_and_what_to_do(organization: Organization) -> None:
    rules = (await (await organization.admin()).kpi_api.get("/v1/findings/rules")).json()
    assert [rule["code"] for rule in rules] == list(RULES)
    assert all(rule[name] for rule in rules for name in ("title", "reason", "consequence", "fix"))
    assert len(rules) >= 32
    assert next(rule for rule in rules if rule["code"] == "too_many_kpis") == {
        "code": "too_many_kpis", "severity": "warning", "subject": "scorecard", "title": "Too many KPIs",
        "reason": "Attention is limited; what is one of twenty is nobody's priority.",
        "consequence": "Priorities blur and effort spreads thin.",
        "fix": "Keep the four to eight that matter most; follow the others without a target.",
        "origin": {"source": "S0", "section": "Common Individual KPI Mistakes"},
    }  # fmt: skip


async def second_card(scene: Scene) -> None:
    """Max has a scorecard with nothing on it."""
    names = [column.name for column in Scorecard.__table__.c if column.name not in {"organization_id", "version"}]
    row = {name: getattr(scene.card, name) for name in names}
    await given.store(scene.organization, Scorecard(**(row | {"id": new_id(), "person_id": scene.people["max"].id})))


@pytest.mark.parametrize("limit", ["1", "2", "3", "200"])
async def test_pages_of_any_size_hold_each_finding_once(organization: Organization, limit: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(queries, "CHUNK", 1)
    monkeypatch.setattr(queries, "LOOKED_AT", 1)
    scene = await set_scene(organization, Spoilt(unlinked=("calls", "revenue")))
    await second_card(scene)
    found = await listed(scene, limit=limit)
    codes = [finding["rule"]["code"] for finding in found]
    assert codes == ["orphan"] * 2 + ["skipped_level"] * 3 + ["no_lines"]
    assert [one["person_id"] for one in await listed(scene, limit=limit, severity="error")] == [str(scene.people["max"].id)]
    assert len(await listed(scene, limit=limit, code="orphan")) == 2


async def test_each_sees_what_is_found_about_whom_they_see(organization: Organization) -> None:
    scene = await set_scene(organization)
    await second_card(scene)
    assert {one["person_id"] for one in await listed(scene, "max")} == {str(scene.people[name].id) for name in ("ann", "max")}
    assert {one["person_id"] for one in await listed(scene, "ann")} == {str(scene.people["ann"].id)}
    assert await listed(scene, "eve") == []
    other = await (await scene.client("eve")).get(f"/v1/scorecards/{scene.card.id}/findings")
    ghost = await (await scene.client("eve")).get(f"/v1/scorecards/{new_id()}/findings")
    assert (other.status_code, other.json()) == (404, ghost.json())


async def test_an_unknown_cycle_or_unit_is_not_found(organization: Organization) -> None:
    scene = await set_scene(organization)
    client = await scene.client()
    for params in ({"cycle": "2020"}, {"cycle": "2026", "unit_id": str(new_id())}):
        assert (await client.get("/v1/findings", params=params)).status_code == 404


async def test_the_organization_sets_its_own_limits(organization: Organization) -> None:
    scene = await set_scene(organization)
    client = await scene.client()
    assert "too_many_kpis" not in await scene.codes()
    tag = (await client.get("/v1/organization")).headers["ETag"]
    refused = await client.patch("/v1/organization", json={"finding_limits": {"fewest_kpis": 9}}, headers={"If-Match": tag})
    assert (refused.status_code, refused.json()["errors"][0]["code"]) == (422, "limits_out_of_order")
    changed = await client.patch("/v1/organization", json={"finding_limits": {"most_kpis": 4}}, headers={"If-Match": tag})
    assert (changed.status_code, changed.json()["finding_limits"]["most_kpis"]) == (200, 4)
    assert "too_many_kpis" in await scene.codes()


async def test_a_kpi_of_another_role_serves_no_responsibility(organization: Organization) -> None:
    roles = {"applicability": {"roles": ["clerk"], "grades": [], "has_direct_reports": None}}
    scene = await set_scene(organization, Spoilt(versions={"calls": roles}))
    role = (await (await scene.client()).post("/v1/roles", json={"code": "seller", "name": "Seller"})).json()
    assert "serves_no_responsibility" not in await scene.codes(), "without a role nothing is known"
    async with organization.world.kpi_api.database.write(organization.id) as session:
        line = await session.get_one(Role, (organization.id, given.UUID(role["id"])))
        await session.execute(given_role(scene, line))
    found = next(one for one in await scene.findings() if one["rule"]["code"] == "serves_no_responsibility")
    assert found["facts"] == {"kpi": "calls", "role": "seller", "for_roles": ["clerk"]}


def given_role(scene: Scene, role: Role) -> Any:
    from sqlalchemy import update

    from kpi_api.people.models import Employment

    return update(Employment).where(Employment.person_id == scene.people["ann"].id).values(role_id=role.id)


def a_review(scene: Scene, status: str) -> Review:
    released = datetime(2026, 7, 1, tzinfo=UTC) if status != "open" else None
    return Review(id=new_id(), scorecard_id=scene.card.id, person_id=scene.people["ann"].id, cycle_id=scene.cycle.id, stage="mid_year",
                  status=status, overall_rating=None, released_assessment_id=None, opened_at=datetime(2026, 6, 1, tzinfo=UTC),
                  released_at=released, released_by=None, acknowledged_at=None)  # fmt: skip


def a_check_in(scene: Scene) -> CheckIn:
    people = {"person_id": scene.people["ann"].id, "author_id": scene.people["ann"].id}
    return CheckIn(id=new_id(), kpi_id=scene.kpis["calls"].id, **people, period_start=date(2026, 3, 1), what_moved="", why="",
                   expected_impact="", support_needed="", created_at=datetime(2026, 4, 1, tzinfo=UTC))  # fmt: skip


async def test_a_year_without_a_word_is_found_once_its_middle_is_well_over(organization: Organization) -> None:
    scene = await set_scene(organization, Spoilt(card=SIGNED))
    late = {"never_reviewed_mid_cycle", "missed_assessment"}
    await organization.set_clock("2026-07-14T12:00:00Z")
    assert late & set(await scene.codes()) == set()
    await organization.set_clock("2026-07-15T12:00:00Z")
    assert late & set(await scene.codes()) == {"missed_assessment"}
    await organization.set_clock("2026-08-02T12:00:00Z")
    assert late & set(await scene.codes()) == late
    await given.store(organization, a_check_in(scene), a_review(scene, "open"))
    assert late & set(await scene.codes()) == {"missed_assessment"}, "it was talked about, and the review is still to be released"


async def test_a_released_review_is_both(organization: Organization) -> None:
    scene = await set_scene(organization, Spoilt(card=SIGNED))
    await given.store(organization, a_review(scene, "released"))
    await organization.set_clock("2026-12-30T12:00:00Z")
    assert {"never_reviewed_mid_cycle", "missed_assessment"} & set(await scene.codes()) == set()


async def test_an_annual_review_is_missed_where_a_day_is_set_for_it(organization: Organization) -> None:
    scene = await set_scene(organization, Spoilt(card=SIGNED))
    await given.store(organization, a_review(scene, "released"))
    await organization.set_clock("2026-12-20T12:00:00Z")
    client = await scene.client()
    assert "missed_assessment" not in await scene.codes(), "no day is set"
    refused = await client.patch("/v1/cycles/2026", json={"year_end_on": "2026-06-30"}, headers={"If-Match": "*"})
    assert (refused.status_code, refused.json()["errors"][0]["field"]) == (422, "/year_end_on")
    assert (await client.patch("/v1/cycles/2026", json={"year_end_on": "2026-12-10"}, headers={"If-Match": "*"})).status_code == 200
    assert "missed_assessment" not in await scene.codes(), "the days of grace are not over"

    shown = (await client.get(f"/v1/scorecards/{scene.card.id}")).json()["assessments"]
    assert [(one["stage"], one["due_on"], one["state"]) for one in shown] == [
        ("mid_year", "2026-06-30", "held"), ("annual", "2026-12-10", "missed"),
    ]  # fmt: skip
    await organization.set_clock("2026-12-25T12:00:00Z")
    (missed,) = [one for one in await scene.findings() if one["rule"]["code"] == "missed_assessment"]
    assert missed["sentence"] == "The annual review was due on 2026-12-10 and has not been released."
    annual = a_review(scene, "released")
    annual.stage = "annual"
    await given.store(organization, annual)
    assert "missed_assessment" not in await scene.codes()


async def unit_findings(client: httpx.AsyncClient, unit: OrgUnit) -> httpx.Response:
    return await client.get(f"/v1/units/{unit.id}/findings", params={"cycle": "2026"})


async def test_a_unit_with_kpis_says_how_it_creates_value(organization: Organization) -> None:
    company = await found_company(organization)
    await company.cascade()
    north = company.units["north"]
    found = (await unit_findings(await company.client("dora"), north)).json()
    assert [one["rule"]["code"] for one in found] == ["unit_without_value_statement"]
    assert (found[0]["facts"], found[0]["unit_id"]) == ({"kpis": 1}, str(north.id))
    hidden = await unit_findings(await company.client("eli"), north)
    assert (hidden.status_code, hidden.json()["code"]) == (404, "not_found")
