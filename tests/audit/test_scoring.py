"""Scoring: each operation of the table leaves who did what to whom; reading one's own pay, and refusals, leave nothing."""

import hashlib
import json
import sys
from datetime import datetime
from typing import Any
from uuid import uuid4

import pytest
from sqlalchemy import select

from scoring.plans.models import Plan, PlanAssignment, PlanVersion
from tests.audit.watch import Watch
from tests.scoring.company import PLAN, Company, found, ok
from tests.world import Organization


@pytest.fixture
async def company(organization: Organization) -> Company:
    """Ana and Bob are paid; aud audits."""
    company = await found(organization)
    await company.appoint("aud", "auditor")
    await company.appoint("bea", "board")
    for name in ("ana", "bob"):
        await company.hire(name, salary="60000", target_bonus_share="0.10")
    return company


@pytest.fixture
def watch(company: Company) -> Watch:
    return Watch("scoring", company.world.scoring.database, company.organization.id)


async def ids(company: Company, model: Any) -> list[Any]:
    async with company.world.scoring.database.read(company.organization.id) as session:
        return list(await session.scalars(select(model.id).order_by(model.id)))


async def test_each_operation_leaves_its_records(company: Company, watch: Watch) -> None:
    by = {name: (company.people[name], client) for name, client in company.clients.items()}
    comp, second, clerk, aud, service = by["comp"], by["second"], by["clerk"], by["aud"], ("kpi_api", company.service)
    ana, bob, here = company.people["ana"], company.people["bob"], {"organization": [company.organization.id]}
    both = {"person": [ana, bob]}

    # People and settings.
    login = [{"issuer": "https://login.example.com", "subject": "a"}]
    push = {"as_of": "2026-03-01T00:00:00Z", "people": [company.reference("ana", "board", identities=login), company.reference("bob")]}
    await watch.call("PUT /v1/people", service, {"person": [ana]}, json=push)
    await watch.nothing_by(company.service, "PUT", "/v1/people", 200, json=push | {"as_of": "2026-03-02T00:00:00Z"})
    times = dict.fromkeys(("created_at", "approved_at", "changed_at"), "2026-03-01T00:00:00Z")
    key = {"key_id": str(uuid4()), "name": "HRIS", "digest": "0" * 64, "scopes": ["integration"], "created_by": "x", **times}
    await watch.call("PUT /v1/api-keys", service, {"api_key": [key["key_id"]]}, json={"keys": [key]})
    await watch.nothing_by(company.service, "PUT", "/v1/api-keys", 200, json={"keys": [key]})
    await watch.call("PUT /v1/organization", service, here, json={"name": "Renamed", "currency": "USD"})
    await watch.nothing_by(company.service, "PUT", "/v1/organization", 200, json={"name": "Renamed", "currency": "USD"})
    seen = {"If-Match": (await by["bea"][1].get("/v1/organization")).headers["ETag"]}
    rules = {"second_approval_above": None}
    await watch.call("PUT /v1/organization/approval-rules", by["bea"], here, json=rules, headers=seen)

    # Pay bases: whose were changed, whose were read.
    row = {"external_id": "ana", "valid_from": "2025-01-01", "currency": "USD", "pay_group": "monthly", "salary": "61000"}
    same = {"external_id": "bob", "valid_from": "2025-01-01", "currency": "USD", "pay_group": "monthly", "salary": "60000"}
    rows = [row | {"target_bonus_share": "0.10"}, same | {"target_bonus_share": "0.10"}]
    await watch.call("POST /v1/pay-bases/import", comp, {"person": [ana]}, json=rows)
    await watch.call("GET /v1/pay-bases", comp, both)
    await watch.nothing_by(company.clients["bob"], "GET", "/v1/pay-bases", 200)
    await watch.nothing_by(company.clients["bob"], "GET", f"/v1/pay-bases?person_id={ana}", 200)

    # Plans.
    before = await watch.records()
    ok(await comp[1].post("/v1/plans", json={"code": "annual_bonus", "name": "Bonus", "document": PLAN}))
    versions = await ids(company, PlanVersion)
    await watch.compare("POST /v1/plans", str(comp[0]), {"plan_version": versions}, before)
    plans = {"plan": await ids(company, Plan)}
    await watch.call("GET /v1/plans", comp, plans)
    await watch.call("GET /v1/plans/{code}", comp, plans, {"code": "annual_bonus"})
    approval = "POST /v1/plans/{code}/versions/{number}/approve"
    await watch.call(approval, second, {"plan_version": versions}, {"code": "annual_bonus", "number": 1})
    before = await watch.records()
    text = {"document": PLAN.replace("cap: 2", "cap: 3")}
    ok(await comp[1].post("/v1/plans/annual_bonus/versions", json=text))
    added = set(await ids(company, PlanVersion)) - set(versions)
    await watch.compare("POST /v1/plans/{code}/versions", str(comp[0]), {"plan_version": list(added)}, before)
    before = await watch.records()
    assignment = {"plan_code": "annual_bonus", "population": {"everyone": True}, "valid_from": "2025-01-01"}
    made = ok(await comp[1].post("/v1/plan-assignments", json=assignment)).json()["id"]
    one = {"plan_assignment": await ids(company, PlanAssignment)}
    await watch.compare("POST /v1/plan-assignments", str(comp[0]), one, before)
    await watch.call("GET /v1/plan-assignments", comp, one)
    await watch.call("GET /v1/plan-assignments/{assignment_id}", comp, one, {"assignment_id": made})
    end = {"valid_to": "2027-01-01"}
    await watch.call("POST /v1/plan-assignments/{assignment_id}/end", comp, one, {"assignment_id": made}, json=end)

    # A run, and one that is set aside.
    run_id, aside = str(uuid4()), str(uuid4())
    about: dict[str, list[Any]] = {"run": [run_id]}
    content = {"cycle_code": "2026", "period_start": "2026-01-01", "period_end": "2026-12-31", "kind": "regular"}
    await watch.call("PUT /v1/runs/{run_id}", service, about, {"run_id": run_id}, json=content)
    cards = [company.scorecard("ana"), company.scorecard("bob")]
    await watch.call("PUT /v1/runs/{run_id}/scorecards", service, about, {"run_id": run_id}, json=cards)
    await watch.call("POST /v1/runs/{run_id}/compute", service, about, {"run_id": run_id})
    await company.world.work()
    await watch.call("GET /v1/runs/{run_id}/lines", comp, about | both, {"run_id": run_id})
    await watch.call("GET /v1/runs/{run_id}", comp, about, {"run_id": run_id})
    await watch.call("GET /v1/runs/{run_id}/replay", comp, about, {"run_id": run_id})
    await watch.call("GET /v1/runs", comp, about)
    await watch.nothing_by(company.clients["bob"], "GET", f"/v1/runs/{run_id}", 404)
    await watch.call("POST /v1/runs/{run_id}/approve", comp, about, {"run_id": run_id})
    await watch.call("POST /v1/runs/{run_id}/release", comp, about, {"run_id": run_id})
    # A verb that changes nothing any more still shows the run's sums: the reading is recorded.
    before = await watch.records()
    ok(await comp[1].post(f"/v1/runs/{run_id}/release"))
    assert dict(await watch.records() - before) == {(str(comp[0]), "run.read", "run", run_id): 1}
    ok(await company.service.put(f"/v1/runs/{aside}", json=content))
    await watch.call("POST /v1/runs/{run_id}/supersede", comp, {"run": [aside]}, {"run_id": aside})

    # Payouts.
    payouts = (await watch.call("GET /v1/payouts", comp, both)).json()["items"]
    anas = next(payout["id"] for payout in payouts if payout["person_id"] == str(ana))
    await watch.call("GET /v1/payouts/{payout_id}", comp, {"person": [ana]}, {"payout_id": anas})
    await watch.nothing_by(company.clients["ana"], "GET", f"/v1/payouts/{anas}", 200)
    await watch.nothing_by(company.clients["bob"], "GET", f"/v1/payouts/{anas}", 404)

    await watch.call("GET /v1/people/{person_id}/pay-due", service, {"person": [ana]}, {"person_id": ana})
    await watch.nothing_by(company.clients["bob"], "GET", f"/v1/people/{ana}/pay-due", 404)

    # Payroll.
    wanted = {"pay_group": "monthly", "check_date": "2027-01-31"}
    before = await watch.records()
    batch_id = ok(await clerk[1].post("/v1/payroll-batches", json=wanted)).json()["id"]
    batch: dict[str, list[Any]] = {"payroll_batch": [batch_id]}
    await watch.compare("POST /v1/payroll-batches", str(clerk[0]), batch, before)
    await watch.call("GET /v1/payroll-batches", clerk, batch)
    await watch.call("GET /v1/payroll-batches/{batch_id}/summary", clerk, batch, {"batch_id": batch_id})
    await watch.call("POST /v1/payroll-batches/{batch_id}/lock", clerk, batch, {"batch_id": batch_id})
    pull = "GET /v1/payroll-batches/{batch_id}"
    await watch.call(pull, clerk, batch | both, {"batch_id": batch_id}, headers={"Accept": "text/csv"})
    lines = (await watch.call(pull, clerk, batch | both, {"batch_id": batch_id})).json()["lines"]
    await watch.nothing_by(company.clients["bob"], "GET", f"/v1/payroll-batches/{batch_id}", 404)
    answers = {"lines": [{"line_id": lines[0]["line_id"], "status": "acknowledged"}]}
    answering = "/v1/payroll-batches/{batch_id}/acknowledgements"
    await watch.call(f"POST {answering}", clerk, batch, {"batch_id": batch_id}, json=answers)
    await watch.call(f"GET {answering}", clerk, batch | both, {"batch_id": batch_id})
    draft = ok(await clerk[1].post("/v1/payroll-batches", json=wanted | {"check_date": "2027-02-28"})).json()["id"]
    await watch.call("DELETE /v1/payroll-batches/{batch_id}", clerk, {"payroll_batch": [draft]}, {"batch_id": draft})

    # And whoever reads the audit stands in it.
    await watch.call("GET /v1/audit-records", aud, here)
    await watch.call("GET /v1/people/{person_id}/readings", aud, {"person": [ana]}, {"person_id": ana})
    watch.assert_complete()


async def test_a_read_that_cannot_be_recorded_is_not_answered(company: Company, watch: Watch, monkeypatch: pytest.MonkeyPatch) -> None:
    async def fail(*_: Any, **__: Any) -> None:
        raise RuntimeError

    monkeypatch.setattr("chassis.audit.records.record_all", fail)
    answer = await company.clients["comp"].get("/v1/pay-bases")
    assert answer.status_code == 500
    assert "60000" not in answer.text


async def test_people_see_who_read_their_pay(company: Company) -> None:
    # Given that comp read everybody's pay bases, the service nobody's, and Ana her own.
    ok(await company.clients["comp"].get("/v1/pay-bases"))
    ok(await company.clients["ana"].get("/v1/pay-bases"))
    ana, place = company.people["ana"], f"/v1/people/{company.people['ana']}/readings"
    # When Ana looks.
    [reading] = ok(await company.clients["ana"].get(place)).json()["items"]
    # Then comp stands there, by name and by the role they had.
    who = {"kind": "person", "name": "Comp", "roles": ["comp_admin"], "by_service": None}
    assert (reading["what"], reading["subject_id"], reading["reader"]) == ("pay_basis.read", str(ana), who)
    # And an auditor sees the same; nobody else sees more than of somebody who never was.
    assert ok(await company.clients["aud"].get(place)).json()["items"] == [reading]
    for name in ("bob", "comp", "bea"):
        denied, never = await company.clients[name].get(place), await company.clients[name].get(f"/v1/people/{uuid4()}/readings")
        assert (denied.status_code, denied.json()["code"]) == (404, "not_found")
        assert denied.text.replace(str(ana), "") == never.text.replace(never.request.url.path.split("/")[3], "")
    assert (await company.clients["aud"].get(f"/v1/people/{uuid4()}/readings")).status_code == 404


async def test_an_export_is_a_reading_of_pay(company: Company) -> None:
    ana = company.people["ana"]
    ok(await company.clients["comp"].get(f"/v1/people/{ana}/export"))
    [reading] = ok(await company.clients["ana"].get(f"/v1/people/{ana}/readings")).json()["items"]
    assert (reading["what"], reading["reader"]["name"]) == ("person.exported", "Comp")


async def test_an_auditor_filters_pages_and_streams(company: Company, watch: Watch) -> None:
    aud, comp, ana = company.clients["aud"], company.people["comp"], company.people["ana"]
    ok(await company.clients["comp"].get("/v1/pay-bases"))
    await company.world.work()
    # By actor, action and subject.
    wanted = {"actor": str(comp), "action": "pay_basis.read", "subject_id": str(ana), "subject_type": "person"}
    [record] = ok(await aud.get("/v1/audit-records", params=wanted)).json()["items"]
    assert (record["actor"], record["action"], record["subject_id"], record["facts"]) == (str(comp), "pay_basis.read", str(ana), {})
    assert (len(record["digest"]), record["number"] > 1) == (64, True)
    # By time: from a moment, and until that moment.
    later = {"from": record["occurred_at"], "action": "pay_basis.read"}
    assert len(ok(await aud.get("/v1/audit-records", params=later)).json()["items"]) == 2
    earlier = {"until": record["occurred_at"], "action": "pay_basis.read"}
    assert ok(await aud.get("/v1/audit-records", params=earlier)).json()["items"] == []
    # In pages, and in one stream of lines, the same records in the same order.
    kinds, cursor = {"action": "pay_basis.changed", "limit": "1"}, ""
    paged: list[Any] = []
    while not paged or cursor:
        page = ok(await aud.get("/v1/audit-records", params=kinds | ({"cursor": cursor} if cursor else {}))).json()
        paged, cursor = [*paged, *page["items"]], page["next"]
    lines = ok(await aud.get("/v1/audit-records", params={"action": "pay_basis.changed"}, headers={"Accept": "application/x-ndjson"}))
    assert lines.headers["content-type"].startswith("application/x-ndjson")
    assert [json.loads(line) for line in lines.text.splitlines()] == paged
    assert len(paged) == 2
    # And what was asked for stands in the audit, too.
    asked = ok(await aud.get("/v1/audit-records", params={"action": "audit.read"})).json()["items"]
    assert asked[0]["facts"] == {"filter": {name: str(value) for name, value in wanted.items()}}


@pytest.mark.parametrize("name", ["comp", "clerk", "ana", "bea"])
async def test_nobody_but_an_auditor_reads_the_audit(company: Company, watch: Watch, name: str) -> None:
    for headers in ({}, {"Accept": "application/x-ndjson"}):
        await watch.nothing_by(company.clients[name], "GET", "/v1/audit-records", 403, headers=headers)


async def test_an_export_verifies_itself(company: Company) -> None:
    """Whoever has the lines and the head needs nothing else of ours."""
    await company.world.work()
    answer = ok(await company.clients["aud"].get("/v1/audit-records", headers={"Accept": "application/x-ndjson"}))
    lines = sorted((json.loads(line) for line in answer.text.splitlines()), key=lambda line: line["number"] or sys.maxsize)
    previous = ""
    for line in [line for line in lines if line["number"]]:
        body = {name: line[name] for name in sorted(line) if name not in {"number", "digest", "previous_digest"}}
        body["occurred_at"] = datetime.fromisoformat(line["occurred_at"]).isoformat()
        text = json.dumps(body, separators=(",", ":"), ensure_ascii=False)
        assert line["previous_digest"] == previous
        assert line["digest"] == (previous := hashlib.sha256(f"{previous}\n{text}".encode()).hexdigest())
    # And no line holds a name, a salary or a text.
    assert not any(word in answer.text for word in ("60000", "Ana", "0.10", "Comp"))
