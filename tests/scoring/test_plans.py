"""Plans: exact documents, approval by another, nobody with two plans on a day."""

from typing import Any

import pytest

from tests.scoring.company import PLAN, Company, found, ok
from tests.world import Organization


@pytest.fixture
async def company(organization: Organization) -> Company:
    company = await found(organization)
    await company.push(company.reference("ana", legal_entity="North"), company.reference("ben", legal_entity="South"))
    return company


@pytest.mark.parametrize(
    ("document", "code"),
    [
        (PLAN.replace("cap: 2", "cap: no"), "ambiguous_boolean"),
        (PLAN.replace("cap: 2", "cap: 012"), "leading_zero"),
        (PLAN.replace("kind: weighted_mean", "kind: guess"), "unknown_step_kind"),
        (PLAN.replace("of: attainment}", "of: nothing}"), "unknown_reference"),
        ({"plan": "p", "steps": [{"name": "attainment", "kind": "attainment", "cap": 0.1}]}, "decimal_as_number"),
    ],
)
async def test_a_plan_that_is_not_exact_is_refused(company: Company, document: Any, code: str) -> None:
    refused = await company.clients["comp"].post("/v1/plans", json={"code": "p", "name": "P", "document": document})
    assert refused.status_code == 422
    assert code in [error["code"] for error in refused.json()["errors"]]
    assert ok(await company.clients["comp"].get("/v1/plans")).json()["items"] == []


async def test_a_version_is_approved_by_somebody_else_than_its_author(company: Company) -> None:
    comp, second = company.clients["comp"], company.clients["second"]
    made = ok(await comp.post("/v1/plans", json={"code": "p", "name": "P", "document": PLAN})).json()
    assert [(version["number"], version["status"]) for version in made["versions"]] == [(1, "draft")]
    # A text that differs in layout alone is the same version; one that means something else is the next.
    same = ok(await comp.post("/v1/plans/p/versions", json={"document": PLAN + "\n# a remark\n"})).json()
    other = ok(await comp.post("/v1/plans/p/versions", json={"document": PLAN.replace("cap: 2", "cap: 1.5")})).json()
    assert (same["number"], other["number"]) == (1, 2)
    own = await comp.post("/v1/plans/p/versions/2/approve")
    assert (own.status_code, own.json()["code"]) == (403, "own_plan")
    assert ok(await second.post("/v1/plans/p/versions/2/approve")).json()["status"] == "approved"
    again = await comp.post("/v1/plans", json={"code": "p", "name": "P", "document": PLAN})
    assert (again.status_code, again.json()["code"]) == (409, "plan_exists")


async def test_nobody_has_two_plans_on_a_day(company: Company) -> None:
    comp = company.clients["comp"]
    ok(await comp.post("/v1/plans", json={"code": "p", "name": "P", "document": PLAN}))
    content = {"plan_code": "p", "population": {"legal_entities": ["North"]}, "valid_from": "2026-01-01"}
    draft = await comp.post("/v1/plan-assignments", json=content)
    assert (draft.status_code, draft.json()["code"]) == (409, "plan_not_approved")
    ok(await company.clients["second"].post("/v1/plans/p/versions/1/approve"))
    first = ok(await comp.post("/v1/plan-assignments", json=content)).json()
    ana, ben = str(company.people["ana"]), str(company.people["ben"])
    clashing: list[dict[str, Any]] = [{"everyone": True}, {"legal_entities": ["South", "North"]}, {"person_ids": [ben, ana]}]
    for population in clashing:
        refused = await comp.post("/v1/plan-assignments", json={**content, "population": population, "valid_from": "2026-06-01"})
        assert (refused.status_code, refused.json()["code"]) == (409, "two_plans"), population
    # Ben's entity is another, and once the first assignment ends, Ana is free from that day on.
    ok(await comp.post("/v1/plan-assignments", json={**content, "population": {"person_ids": [ben]}}))
    ended = ok(await comp.post(f"/v1/plan-assignments/{first['id']}/end", json={"valid_to": "2026-06-01"})).json()
    assert ended["valid_to"] == "2026-06-01"
    ok(await comp.post("/v1/plan-assignments", json={**content, "population": {"person_ids": [ana]}, "valid_from": "2026-06-01"}))


async def test_a_population_of_nobody_is_refused(company: Company) -> None:
    await company.adopt_plan()
    content: dict[str, Any] = {"plan_code": "annual_bonus", "valid_from": "2020-01-01", "valid_to": "2021-01-01"}
    content |= {"population": {"legal_entities": ["Nroth"]}}
    refused = await company.clients["comp"].post("/v1/plan-assignments", json=content)
    assert (refused.status_code, refused.json()["code"]) == (422, "unknown_population")
    both = {**content, "population": {"everyone": True, "legal_entities": ["North"]}}
    assert (await company.clients["comp"].post("/v1/plan-assignments", json=both)).status_code == 422
