"""The way of money through scoring: from pay bases and a plan to a run, a statement, a payroll batch and its acknowledgement."""

import csv

from tests.scoring.company import Company, found, ok
from tests.world import Organization


async def paid_company(organization: Organization) -> Company:
    company = await found(organization)
    await company.hire("ana", salary="60000", target_bonus_share="0.10", payroll_number="P-1", cost_centre="CC-7")
    await company.hire("ben", salary="50000.50", target_bonus_amount="4000")
    await company.adopt_plan()
    return company


async def test_a_scorecard_becomes_a_released_payout_with_its_explanation(organization: Organization) -> None:
    # Given two people on the same plan: 10 % of 60,000, and 4,000.
    company = await paid_company(organization)
    # When a run of their scorecards is computed, approved and released.
    run_id = await company.released_run([company.scorecard("ana", "110"), company.scorecard("ben", "87.5")])
    # Then each amount is target bonus × composite, to the cent.
    lines = await company.lines(run_id)
    assert (lines["ana"]["composite"], lines["ana"]["amount"]) == ("1.1", "6600.00")
    assert (lines["ben"]["composite"], lines["ben"]["amount"]) == ("0.875", "3500.00")
    run = ok(await company.clients["comp"].get(f"/v1/runs/{run_id}")).json()
    assert run["status"] == "released"
    assert run["totals"] == {"line_count": 2, "failed_count": 0, "zero_count": 0, "amounts": {"USD": "10100.00"}}
    # And Ana reads her own statement: every step, every KPI with its line of sight.
    own = ok(await company.clients["ana"].get("/v1/payouts")).json()["items"]
    assert [payout["amount"] for payout in own] == ["6600.00"]
    statement = ok(await company.clients["ana"].get(f"/v1/payouts/{own[0]['id']}")).json()
    assert [kpi["line_of_sight"] for kpi in statement["kpis"]] == [
        [["closed_deals", "Revenue", "A better world"]],
        [["quality_index", "Revenue", "A better world"]],
    ]
    assert statement["kpis"][0]["attainment_capped"] == "1.100000000000"
    assert [step["name"] for step in statement["explanation"]["steps"]] == ["attainment", "composite", "prorated_target", "bonus", "payout"]
    assert statement["explanation"]["amount"] == "6600"
    # But nobody else's.
    assert ok(await company.clients["ana"].get("/v1/payouts", params={"person_id": str(company.people["ben"])})).json()["items"] == []
    ben = (await company.lines(run_id))["ben"]["id"]
    strange = await company.clients["ana"].get("/v1/payouts/00000000-0000-0000-0000-000000000000")
    assert (await company.clients["ana"].get(f"/v1/payouts/{ben}")).text == strange.text
    assert strange.status_code == 404


async def test_payroll_pulls_the_same_bytes_and_a_rejected_line_moves_on(organization: Organization) -> None:
    # Given a released run.
    company = await paid_company(organization)
    await company.released_run([company.scorecard("ana", "110"), company.scorecard("ben", "87.5")])
    clerk = company.clients["clerk"]
    # When the clerk gathers a batch, there is a preview with control totals, and it can be gathered again.
    wanted = {"pay_group": "monthly", "check_date": "2099-01-31"}
    draft = ok(await clerk.post("/v1/payroll-batches", json=wanted)).json()
    assert draft["status"] == "draft"
    assert draft["control_totals"] == {
        "line_count": 2,
        "amounts": {"USD": "10100.00"},
        "earnings": [{"earning_code": "BONUS", "currency": "USD", "line_count": 2, "amount": "10100.00"}],
    }
    assert ok(await clerk.post("/v1/payroll-batches", json=wanted)).json()["id"] == draft["id"]
    # And locked, it gives the same bytes each time, in both forms.
    place = f"/v1/payroll-batches/{draft['id']}"
    digest = ok(await clerk.post(f"{place}/lock")).json()["digest"]
    first, again = ok(await clerk.get(place)), ok(await clerk.get(place))
    assert first.content == again.content
    assert first.headers["etag"] == f'"{digest}"'
    table = ok(await clerk.get(place, headers={"Accept": "text/csv"}))
    assert table.text.splitlines()[0].startswith("batch_id,digest,pay_group,check_date,line_id,external_id,payroll_number")
    assert [line["off_cycle"] for line in csv.DictReader(table.text.splitlines())] == ["false", "false"]
    # When one line is paid and the other rejected.
    ana, ben = first.json()["lines"]
    assert (ana["external_id"], ana["payroll_number"], ana["cost_centre"], ana["amount"]) == ("ana", "P-1", "CC-7", "6600.00")
    answers = [
        {"line_id": ana["line_id"], "status": "paid", "paid_amount": "6600.00"},
        {"line_id": ben["line_id"], "status": "rejected", "reason": "account closed"},
    ]
    assert ok(await clerk.post(f"{place}/acknowledgements", json={"lines": answers})).json()["updated"] == 2
    assert ok(await clerk.post(f"{place}/acknowledgements", json={"lines": answers})).json()["unchanged"] == 2
    changed = [{"line_id": ana["line_id"], "status": "rejected", "reason": "too late"}]
    refused = ok(await clerk.post(f"{place}/acknowledgements", json={"lines": changed})).json()["results"][0]
    assert refused["errors"][0]["code"] == "already_answered"
    answered = ok(await clerk.get(f"{place}/acknowledgements")).json()["items"]
    assert [(line["status"], line["amount"], line["paid_amount"]) for line in answered] == [
        ("paid", "6600.00", "6600.00"),
        ("rejected", "3500.00", None),
    ]
    # Then the batch's bytes have not changed, and only the rejected line stands in the next one, naming where it comes from.
    assert ok(await clerk.get(place)).content == first.content
    following = ok(await clerk.post("/v1/payroll-batches", json={**wanted, "check_date": "2099-02-28"})).json()
    preview = ok(await clerk.get(f"/v1/payroll-batches/{following['id']}")).json()
    assert [(line["external_id"], line["carried_over_from"]) for line in preview["lines"]] == [("ben", ben["line_id"])]
    assert preview["variance"] == [{"currency": "USD", "previous": "10100.00", "current": "3500.00", "difference": "-6600.00"}]


async def test_a_correction_pays_only_the_difference(organization: Organization) -> None:
    # Given a released run.
    company = await paid_company(organization)
    first = await company.released_run([company.scorecard("ana", "110"), company.scorecard("ben", "87.5")])
    before = await company.lines(first)
    # When a correction run finds that Ana reached 100, and nothing new of Ben.
    second = await company.released_run([company.scorecard("ana", "100"), company.scorecard("ben", "87.5")], kind="correction")
    # Then its only line takes back 600 and names what it corrects.
    lines = await company.lines(second)
    assert list(lines) == ["ana"]
    facts = ("payout", "released_before", "amount", "corrects_line_id")
    assert [lines["ana"][name] for name in facts] == ["6000.00", "6600.00", "-600.00", before["ana"]["id"]]
    # And the first run's lines stand as they were.
    assert await company.lines(first) == before
    # And the same correction once more has nothing to say.
    third = await company.computed_run([company.scorecard("ana", "100"), company.scorecard("ben", "87.5")], kind="correction")
    assert await company.lines(third) == {}


async def test_two_runs_of_the_same_scorecards_never_pay_twice(organization: Organization) -> None:
    # Given two computed runs of one scorecard, both from before any release.
    company = await paid_company(organization)
    runs = [await company.computed_run([company.scorecard("ana")]) for _ in range(2)]
    comp = company.clients["comp"]
    for run_id in runs:
        ok(await comp.post(f"/v1/runs/{run_id}/approve"))
    # When both are released.
    ok(await comp.post(f"/v1/runs/{runs[0]}/release"))
    late = await comp.post(f"/v1/runs/{runs[1]}/release")
    # Then the second is refused.
    assert (late.status_code, late.json()["code"]) == (409, "stale_run")
