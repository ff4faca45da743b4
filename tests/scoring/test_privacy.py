"""Somebody is erased who was paid: the pay stays, who it was goes, also from the bytes of a locked batch, whose digest still holds."""

import csv
from decimal import Decimal
from typing import Any

import pytest

from chassis.documents import digest
from scoring.payroll.document import PAYEE
from tests.scoring.company import Company, found, ok
from tests.world import Organization

BATCH = {"pay_group": "monthly", "check_date": "2099-01-31"}


@pytest.fixture
async def company(organization: Organization) -> Company:
    company = await found(organization)
    await company.hire("ana", salary="60000", target_bonus_share="0.10", payroll_number="P-SECRET-1", cost_centre="CC-7")
    await company.hire("ben", salary="50000", target_bonus_share="0.08", payroll_number="P-2")
    await company.adopt_plan()
    return company


def digest_as_documented(document: dict[str, Any]) -> str:
    """What anybody can compute from a batch they pulled."""
    lines = [{name: value for name, value in line.items() if name not in PAYEE} for line in document["lines"]]
    return digest({**{name: value for name, value in document.items() if name != "digest"}, "lines": lines})


def payee_digest_as_documented(line: dict[str, Any]) -> str:
    return digest({name: line[name] for name in ("line_id", *PAYEE)})


async def locked_batch(company: Company) -> str:
    await company.released_run([company.scorecard("ana", "110"), company.scorecard("ben", "100")])
    clerk = company.clients["clerk"]
    place = f"/v1/payroll-batches/{ok(await clerk.post('/v1/payroll-batches', json=BATCH)).json()['id']}"
    ok(await clerk.post(f"{place}/lock"))
    return place


async def erase(company: Company, name: str) -> None:
    await company.push(company.reference(name, active=False, erased=True, external_id="whatever", display_name="whatever"))
    await company.world.work()


async def test_the_digest_names_who_is_paid(company: Company) -> None:
    document = ok(await company.clients["clerk"].get(await locked_batch(company))).json()
    assert document["digest"] == digest_as_documented(document)
    for line in document["lines"]:
        assert line["payee_digest"] == payee_digest_as_documented(line)
        assert payee_digest_as_documented({**line, "external_id": "thief"}) != line["payee_digest"]
    assert len({line["payee_salt"] for line in document["lines"]}) == 2


async def test_a_pulled_batch_says_erased_and_its_digest_and_totals_hold(company: Company) -> None:
    place, clerk = await locked_batch(company), company.clients["clerk"]
    before, csv_before = ok(await clerk.get(place)), ok(await clerk.get(place, headers={"Accept": "text/csv"}))
    answer = {"line_id": before.json()["lines"][0]["line_id"], "status": "rejected", "reason": "Ana's account is closed"}
    ok(await clerk.post(f"{place}/acknowledgements", json={"lines": [answer]}))

    await erase(company, "ana")

    after, csv_after = ok(await clerk.get(place)), ok(await clerk.get(place, headers={"Accept": "text/csv"}))
    document = after.json()
    ana, ben = document["lines"]
    assert [ana[name] for name in PAYEE] == ["erased", "erased", "erased"]
    assert {**document, "lines": [{**ana, **{name: before.json()["lines"][0][name] for name in PAYEE}}, ben]} == before.json()
    assert document["digest"] == before.json()["digest"] == digest_as_documented(document)
    assert ben["payee_digest"] == payee_digest_as_documented(ben), "whoever is not erased can still be verified"
    assert document["control_totals"]["amounts"] == {"USD": "10600.00"}
    first, second = csv.DictReader(csv_after.text.splitlines())
    assert (first["external_id"], first["amount"], second["external_id"]) == ("erased", "6600.00", "ben")
    assert csv_after.text.splitlines()[2] == csv_before.text.splitlines()[2]
    assert ok(await clerk.get(place)).content == after.content, "from then on the same bytes again"
    answers = ok(await clerk.get(f"{place}/acknowledgements")).json()["items"]
    assert answers[0]["reason"] == "erased"
    for answered in (after, csv_after):
        assert "P-SECRET-1" not in answered.text


async def test_a_batch_without_the_erased_keeps_every_byte(company: Company) -> None:
    place, clerk = await locked_batch(company), company.clients["clerk"]
    kept = ok(await clerk.get(place)).content
    await company.hire("cleo", salary="1000", target_bonus_share="0.01")
    await erase(company, "cleo")
    assert ok(await clerk.get(place)).content == kept


async def test_pay_stays_under_the_opaque_id_and_nothing_brings_the_name_back(company: Company) -> None:
    await locked_batch(company)
    await erase(company, "ana")
    await company.push(company.reference("ana", "comp_admin"))  # later, as if nothing had happened
    person = str(company.people["ana"])
    comp = company.clients["comp"]
    shown = ok(await comp.get(f"/v1/people/{person}")).json()
    assert (shown["external_id"], shown["display_name"], shown["active"]) == (f"erased:{person}", "erased", False)
    assert (await company.clients["ana"].get("/v1/payouts")).status_code == 401
    exported = ok(await comp.get(f"/v1/people/{person}/export")).json()["records"]
    assert [(Decimal(line["amount"]), line["payroll_number"]) for line in exported["payouts"]] == [(Decimal(6600), "erased")]
    assert [(Decimal(basis["salary"]), basis["payroll_number"]) for basis in exported["pay_bases"]] == [(Decimal(60000), "erased")]
    assert (exported["grants"], exported["person_identities"]) == ([], [])
    # And the id of the HRIS is free for somebody else.
    await company.push({**company.reference("new"), "external_id": "ana"})
    assert ok(await comp.get(f"/v1/people/{company.people['new']}")).json()["external_id"] == "ana"


async def test_the_export_leaves_out_what_is_not_released(company: Company) -> None:
    run = await company.computed_run([company.scorecard("ana", "110")])
    ana = company.clients["ana"]
    path = f"/v1/people/{company.people['ana']}/export"
    before = ok(await ana.get(path)).json()
    assert (before["records"]["payouts"], Decimal(before["records"]["pay_bases"][0]["salary"])) == ([], Decimal(60000))
    assert "payouts not released" in {left["what"] for left in before["left_out"]}
    ok(await company.clients["comp"].post(f"/v1/runs/{run}/approve"))
    ok(await company.clients["comp"].post(f"/v1/runs/{run}/release"))
    assert [Decimal(line["amount"]) for line in ok(await ana.get(path)).json()["records"]["payouts"]] == [Decimal(6600)]


@pytest.mark.parametrize(("who", "status"), [("ana", 200), ("comp", 200), ("ben", 404), ("clerk", 404)])
async def test_who_may_export(company: Company, who: str, status: int) -> None:
    answer = await company.clients[who].get(f"/v1/people/{company.people['ana']}/export")
    assert answer.status_code == status
    assert ("60000" in answer.text) == (status == 200)
