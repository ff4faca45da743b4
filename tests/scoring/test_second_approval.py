"""Above the organization's limit a run needs a second approver, who does not report to the first."""

import pytest

from tests.scoring.company import Company, found, ok
from tests.world import Organization


@pytest.fixture
async def company(organization: Organization) -> Company:
    """ana is due 10 % of 60,000; `third` is a comp_admin who reports to comp."""
    company = await found(organization)
    await company.hire("ana", salary="60000", target_bonus_share="0.10")
    await company.adopt_plan()
    comp = str(company.people["comp"])
    await company.appoint("third", "comp_admin", managers=[{"manager_id": comp, "depth": 1, "valid_from": "2020-01-01"}])
    await company.appoint("member", "board")
    return company


async def limit(company: Company, by: str, above: str | None) -> int:
    tag = (await company.clients[by].get("/v1/organization")).headers["ETag"]
    content = {"second_approval_above": above}
    return (await company.clients[by].put("/v1/organization/approval-rules", json=content, headers={"If-Match": tag})).status_code


async def approve(company: Company, by: str, run_id: str) -> tuple[int, str]:
    answer = await company.clients[by].post(f"/v1/runs/{run_id}/approve")
    return answer.status_code, answer.json().get("code") or answer.json()["status"]


async def test_two_people_approve_what_lies_above_the_limit(company: Company) -> None:
    assert await limit(company, "member", "5999.99") == 200
    run_id = await company.computed_run([company.scorecard("ana")])

    assert await approve(company, "comp", run_id) == (200, "computed")
    assert await approve(company, "comp", run_id) == (200, "computed"), "the same person twice is one"
    assert await approve(company, "third", run_id) == (403, "reports_to_approver")
    refused = await company.clients["comp"].post(f"/v1/runs/{run_id}/release")
    assert (refused.status_code, refused.json()["code"]) == (409, "run_state")
    assert await approve(company, "second", run_id) == (200, "approved")
    run = ok(await company.clients["comp"].get(f"/v1/runs/{run_id}")).json()
    assert [row["approver_id"] for row in run["approvals"]] == [str(company.people[name]) for name in ("comp", "second")]
    assert run["approvals_needed"] == 2
    ok(await company.clients["comp"].post(f"/v1/runs/{run_id}/release"))


async def test_at_the_limit_one_is_enough(company: Company) -> None:
    await limit(company, "member", "6000")
    run_id = await company.computed_run([company.scorecard("ana")])
    assert await approve(company, "comp", run_id) == (200, "approved")


async def test_an_approval_is_of_what_was_computed(company: Company) -> None:
    await limit(company, "member", "0")
    run_id = await company.computed_run([company.scorecard("ana")])
    await approve(company, "comp", run_id)
    # The pay basis changes and the run is computed again
    row = {"external_id": "ana", "valid_from": "2025-01-01", "currency": "USD", "pay_group": "monthly", "salary": "90000"}
    ok(await company.clients["comp"].post("/v1/pay-bases/import", json=[{**row, "target_bonus_share": "0.10"}]))
    ok(await company.service.post(f"/v1/runs/{run_id}/compute"))
    await company.world.work()

    assert await approve(company, "second", run_id) == (200, "computed"), "the first approval was of another sum"
    assert await approve(company, "comp", run_id) == (200, "approved")


async def test_who_runs_pay_does_not_set_its_limits(company: Company) -> None:
    assert await limit(company, "comp", "1000000") == 403
    assert await limit(company, "member", "1000") == 200
    assert await limit(company, "member", "-1") == 422
    unread = await company.clients["member"].put("/v1/organization/approval-rules", json={"second_approval_above": None})
    assert unread.status_code == 428
    assert ok(await company.clients["member"].get("/v1/organization")).json()["second_approval_above"] == "1000"


async def test_a_run_says_what_the_viewer_may_do_and_why_not(company: Company) -> None:
    run_id = await company.computed_run([company.scorecard("ana")])
    run = ok(await company.clients["comp"].get(f"/v1/runs/{run_id}")).json()
    allowed = {verb["verb"]: verb["allowed"] for verb in run["verbs"]}
    assert allowed == {"compute": True, "approve": True, "release": False, "supersede": True}
    clerk = ok(await company.clients["clerk"].get(f"/v1/runs/{run_id}")).json()
    assert [verb["reason"] for verb in clerk["verbs"] if verb["verb"] == "approve"] == ["This needs the role board or comp_admin."]
