"""The demo's year, from its first KPI to its payroll register, over HTTP against real processes."""

from collections.abc import AsyncIterator, Iterator, Mapping
from decimal import Decimal
from typing import Any

import pytest

from sightline.demo.company import BOARD_MEMBER, JOINER, MOVER, PART_TIMER, STORYTELLER, Meridale
from sightline.demo.launching import place
from sightline.demo.office import Office
from sightline.demo.year import STEPS, open_year
from tests.processes import Stack, started_stack

PLAYED = tuple[Office, Meridale]


@pytest.fixture(scope="module")
def stack() -> Iterator[Stack]:
    with started_stack("demo") as stack:
        yield stack


@pytest.fixture(scope="module")
async def year(stack: Stack) -> AsyncIterator[PLAYED]:
    """Meridale after its whole year."""
    async with open_year(stack.home, stack.addresses) as (office, company):
        for _, step in STEPS:
            await step(office, company)
        yield office, company


async def statement_of(year: PLAYED, number: str) -> Mapping[str, Any]:
    """A person's own statement, read by that person."""
    office, company = year
    person = company.id(number)
    (payout,) = await office.pages(person, "scoring", "/v1/payouts")
    statement: Mapping[str, Any] = await office.call(person, "scoring", "GET", f"/v1/payouts/{payout['id']}")
    return statement


async def test_the_payroll_register_pays_what_the_run_released(year: PLAYED) -> None:
    # Given the released run and the batches that payroll pulled
    office, company = year
    run = await office.call(company.approver, "scoring", "GET", f"/v1/runs/{company.run_id}")
    # Then the batches' control totals are the run's, to the cent, and everybody who is paid anything is in one of them
    sums = {currency: amount for batch in company.batches for currency, amount in batch["control_totals"]["amounts"].items()}
    assert sums == run["totals"]["amounts"] == {"USD": "1226495.78", "GBP": "213808.42"}
    totals = run["totals"]
    paid = totals["line_count"] - totals["zero_count"]
    assert (totals["line_count"], totals["failed_count"]) == (61, 0)
    assert sum(batch["control_totals"]["line_count"] for batch in company.batches) == paid
    # And whoever is paid nothing is told why
    lines = await office.pages(company.approver, "scoring", f"/v1/runs/{company.run_id}/lines")
    assert [line["reason_code"] for line in lines if Decimal(line["amount"]) == 0] == ["gate_not_met"] * totals["zero_count"]
    # And each batch's lines add up to its control totals
    for batch in company.batches:
        ((_, total),) = batch["control_totals"]["amounts"].items()
        assert sum(Decimal(line["amount"]) for line in batch["lines"]) == Decimal(total)


async def test_one_persons_work_leads_to_the_mission(year: PLAYED) -> None:
    office, company = year
    person = company.id(STORYTELLER)
    card = await office.call(person, "kpi_api", "GET", f"/v1/scorecards/{company.scorecards[STORYTELLER]}")
    seen = await office.call(person, "kpi_api", "GET", f"/v1/kpis/{card['lines'][0]['kpi_id']}/line-of-sight")
    levels = {node["id"]: node["level"] for node in seen["nodes"]}
    assert [levels[kpi] for kpi in seen["paths"][0]] == ["individual", "team", "functional", "business_unit", "strategic"]
    assert seen["mission"] == company.strategy["organization"]["mission"]
    # What stands above is seen without people and measurements
    assert not {key for node in seen["nodes"] if node["level"] != "individual" for key in node} & {"owner", "actual", "measurements"}


async def test_nobody_is_an_orphan(year: PLAYED) -> None:
    office, company = year
    assert await office.pages(company.hr, "kpi_api", "/v1/orphans") == []


async def test_part_time_counts_as_part_of_the_target_bonus(year: PLAYED) -> None:
    # Given somebody on 60 % for the whole year
    statement = await statement_of(year, PART_TIMER)
    basis = next(step for step in statement["explanation"]["steps"] if step["name"] == "basis")
    full = Decimal("72000.00") + Decimal(20 % 5) * Decimal("650.25")
    assert Decimal(basis["value"]) == (full * Decimal("0.35") * Decimal("0.6")).quantize(Decimal("0.01"))


async def test_a_joiner_is_paid_from_the_first_day_on(year: PLAYED) -> None:
    # Given somebody who joined on 11 May: 235 of 365 days
    statement = await statement_of(year, JOINER)
    basis = next(step for step in statement["explanation"]["steps"] if step["name"] == "basis")
    assert Decimal(basis["value"]) == (Decimal("71000.00") * Decimal("0.35") * 235 / 365).quantize(Decimal("0.01"))


async def test_who_moved_is_led_by_the_new_manager_and_no_longer_by_the_old(year: PLAYED) -> None:
    office, company = year
    path = f"/v1/scorecards/{company.scorecards[MOVER]}"
    assert (await office.send(company.id("M016"), "kpi_api", "GET", path)).status_code == 200
    assert (await office.send(company.id("M015"), "kpi_api", "GET", path)).status_code == 404


async def test_a_late_correction_keeps_both_values(year: PLAYED) -> None:
    office, company = year
    path = f"/v1/kpis/{company.kpis['north-revenue']}/measurements"
    seen = await office.call(company.hr, "kpi_api", "GET", path, params={"history": "true"})
    first_quarter = [row for row in seen["values"] if row["period_start"] == "2026-01-01"]
    values = sorted(Decimal(row["value"]) for row in first_quarter)
    assert len(values) == 2
    assert values[1] - values[0] == 31_500


async def test_what_was_not_sent_is_missing_and_not_nought(year: PLAYED) -> None:
    office, company = year
    path = f"/v1/kpis/{company.kpis['growth-leads']}/measurements"
    seen = await office.call(company.hr, "kpi_api", "GET", path)
    assert "2026-08-01" not in {row["period_start"] for row in seen["values"]}
    assert [actual["missing"] for actual in seen["actuals"]] == [1]


async def test_what_four_functions_carried_is_celebrated_with_the_joint_result_first(year: PLAYED) -> None:
    office, company = year
    seen = await office.call(company.id(STORYTELLER), "kpi_api", "GET", place(company))
    assert (seen["state"], seen["waiting_for"]) == ("achieved", [])
    first, *others = seen["celebration"]["text"].splitlines()
    assert first.startswith("Together you reached it: New subscriptions after the launch of Showcase, 1,023 of at least 1,000, on ")
    assert [line.partition(":")[0] for line in others[1:]] == ["Customer Service", "Marketing", "Product", "Sales"]
    assert [told["to_improve"] for told in seen["retrospectives"]] == ["Tell Sales the prices a month earlier."]


async def test_others_pay_and_reviews_stay_closed(year: PLAYED) -> None:
    # Given a colleague of the storyteller
    office, company = year
    colleague = company.id("M020")
    (payout,) = await office.pages(company.id(STORYTELLER), "scoring", "/v1/payouts")
    # Then that colleague finds no trace of the storyteller's pay, scorecard or review
    never = await office.send(colleague, "scoring", "GET", "/v1/payouts/01890000-0000-7000-8000-000000000000")
    hidden = await office.send(colleague, "scoring", "GET", f"/v1/payouts/{payout['id']}")
    assert (hidden.status_code, hidden.text) == (never.status_code, never.text) == (404, never.text)
    card = await office.send(colleague, "kpi_api", "GET", f"/v1/scorecards/{company.scorecards[STORYTELLER]}")
    assert card.status_code == 404
    reviews = await office.pages(colleague, "kpi_api", "/v1/reviews", person_id=company.id(STORYTELLER))
    assert reviews == []


async def test_whoever_asked_for_the_run_may_not_approve_it(year: PLAYED) -> None:
    office, company = year
    run = await office.call(company.approver, "scoring", "GET", f"/v1/runs/{company.run_id}")
    assert run["approver_id"] == company.id(BOARD_MEMBER)
    assert run["requested_by"] == f"kpi_api/{company.hr}"
    assert run["approver_id"] != company.hr
    assert run["status"] == "released"
