"""Who may come in, see and do what in scoring. A denied read is answered like a record that never was."""

import uuid
from datetime import timedelta

import pytest

from tests.scoring.company import Company, found, ok, service_client
from tests.world import Organization


@pytest.fixture
async def company(organization: Organization) -> Company:
    company = await found(organization)
    await company.hire("ana", salary="60000", target_bonus_share="0.10")
    await company.adopt_plan()
    return company


async def test_an_older_push_never_overwrites_a_newer_one(company: Company) -> None:
    # Given Ana, known at noon.
    noon = {"as_of": "2026-02-01T12:00:00Z", "people": [company.reference("ana", "board", display_name="Ana at noon")]}
    assert ok(await company.service.put("/v1/people", json=noon)).json() == {"applied": 1, "older": 0}
    # When what was known in the morning arrives late, and noon's push arrives again.
    morning = {"as_of": "2026-02-01T08:00:00Z", "people": [company.reference("ana", active=False, display_name="Ana in the morning")]}
    assert ok(await company.service.put("/v1/people", json=morning)).json() == {"applied": 0, "older": 1}
    assert ok(await company.service.put("/v1/people", json=noon)).json() == {"applied": 1, "older": 0}
    # Then she is as at noon, with her role.
    assert ok(await company.clients["ana"].get(f"/v1/people/{company.people['ana']}")).json()["display_name"] == "Ana at noon"
    ok(await company.clients["ana"].get("/v1/runs"))


async def test_somebody_deactivated_is_refused_at_once(company: Company) -> None:
    client = company.clients["ana"]
    ok(await client.get("/v1/payouts"))
    await company.push(company.reference("ana", active=False))
    assert (await client.get("/v1/payouts")).status_code == 401
    # And a service that acts for her is refused, too.
    acting = await service_client(company.organization, company.people["ana"])
    assert (await acting.get("/v1/payouts")).status_code == 401


async def test_a_service_that_acts_for_a_person_has_only_that_persons_rights(company: Company) -> None:
    acting = await service_client(company.organization, company.people["ana"])
    ok(await acting.get("/v1/payouts"))
    assert (await acting.get("/v1/runs")).status_code == 403
    assert (await acting.put("/v1/people", json={"as_of": "2026-03-01T00:00:00Z", "people": []})).status_code == 403


async def test_a_person_cannot_pass_for_a_service(company: Company) -> None:
    # Given a token of the people's issuer that carries a service's claims, and a grant with the service's name.
    await company.push(company.reference("ana", "service"))
    refused = await company.clients["ana"].put("/v1/people", json={"as_of": "2026-03-01T00:00:00Z", "people": []})
    assert (refused.status_code, refused.json()["code"]) == (403, "not_allowed")
    # And a key that signs for another issuer is nobody.
    world = company.world
    world_token = world.issuer.sign(
        subject="kpi_api", audience="elsewhere", organization_id=company.organization.id, life=timedelta(hours=1)
    )
    client = (await company.organization.with_token(world_token)).scoring
    assert (await client.get("/v1/payouts")).status_code == 401


async def test_pay_is_seen_by_its_owner_and_by_who_works_with_it(company: Company) -> None:
    # Given Ana's manager, an hr_admin, the payroll clerk and an auditor.
    line = {"manager_id": None, "depth": 1, "valid_from": "2025-01-01"}
    await company.appoint("mia")
    await company.push(company.reference("ana", managers=[{**line, "manager_id": str(company.people["mia"])}]))
    await company.appoint("hal", "hr_admin")
    await company.appoint("aud", "auditor")
    # When each lists pay bases.
    seen = {name: len(ok(await client.get("/v1/pay-bases")).json()["items"]) for name, client in company.clients.items()}
    # Then standing above somebody shows no pay.
    assert seen == {"ana": 1, "comp": 1, "second": 1, "aud": 1, "mia": 0, "hal": 0, "clerk": 0}
    # But it shows that Ana exists; a stranger sees as much of her as of nobody.
    place = f"/v1/people/{company.people['ana']}"
    ok(await company.clients["mia"].get(place))
    await company.appoint("stranger")
    denied = await company.clients["stranger"].get(place)
    nobody = await company.clients["stranger"].get(f"/v1/people/{uuid.uuid4()}")
    assert (denied.status_code, denied.text) == (nobody.status_code, nobody.text) == (404, denied.text)


async def test_reading_somebody_elses_pay_is_written_down(company: Company) -> None:
    from sqlalchemy import select

    from chassis.audit import AuditRecord

    ok(await company.clients["comp"].get("/v1/pay-bases"))
    ok(await company.clients["ana"].get("/v1/pay-bases"))
    async with company.world.scoring.database.read(company.organization.id) as session:
        records = (await session.scalars(select(AuditRecord).where(AuditRecord.action == "pay_basis.read"))).all()
    assert [(record.actor, record.subject_id) for record in records] == [(str(company.people["comp"]), company.people["ana"])]


async def test_another_organization_sees_nothing(company: Company) -> None:
    # Given a released run here, and a comp_admin of another organization.
    run_id = await company.released_run([company.scorecard("ana")])
    payout = (await company.lines(run_id))["ana"]["id"]
    other = await found(await company.world.new_organization())
    stranger = other.clients["comp"]
    # When they ask for each thing by its id.
    for place in (f"/v1/runs/{run_id}", f"/v1/runs/{run_id}/lines", f"/v1/payouts/{payout}", "/v1/plans/annual_bonus"):
        twin = await company.clients["comp"].get(place)
        denied = await stranger.get(place)
        assert (twin.status_code, denied.status_code) == (200, 404), place
    # Then nothing is there, and the lists are empty.
    for place in ("/v1/runs", "/v1/payouts", "/v1/pay-bases", "/v1/plans", "/v1/plan-assignments"):
        assert ok(await stranger.get(place)).json()["items"] == [], place
    assert (await stranger.post(f"/v1/runs/{run_id}/supersede")).status_code == 404


async def test_events_carry_no_money_and_number_without_gaps(company: Company) -> None:
    run_id = await company.released_run([company.scorecard("ana")])
    await company.world.work()
    feed = ok(await company.service.get("/v1/events", params={"limit": 1000})).json()
    assert [event["number"] for event in feed["events"]] == list(range(1, feed["last_number"] + 1))
    assert [event["type"] for event in feed["events"] if event["subject_id"] == run_id] == [
        "run.received", "run.computed", "run.approved", "run.released", "payout.released",
    ]  # fmt: skip
    payout = (await company.lines(run_id))["ana"]["id"]
    assert feed["events"][-1]["data"] == {"payout_ids": [payout], "person_ids": [str(company.people["ana"])]}
    assert "6000" not in str(feed)
    assert (await company.clients["ana"].get("/v1/events")).status_code == 403
