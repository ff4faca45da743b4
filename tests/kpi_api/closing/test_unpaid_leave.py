"""Days of leave are paid or not as the signed rules say, from the scorecard to the payout."""

from typing import Any

from tests.kpi_api import given
from tests.kpi_api.closing.conftest import Year, run_pay
from tests.kpi_api.scorecards.presence.test_time_away import SPRING, rule


async def signed(year: Year, name: str, number: int) -> None:
    """A scorecard of one KPI with a target of 100, which is reached, and 46 days of leave from 1 March to 15 April."""
    person, client = year.scene.people[name], await year.scene.client("hr")
    definition, version = given.a_definition(f"visits-{name}")
    kpi = given.a_kpi(version, year.scene.cycle, person, code=f"calls-{number}")
    await given.store(year.organization, definition, version, kpi, given.a_target(kpi, "100", period="window"))
    card = await year.scene.opened(of=name, lines=[{"kpi_id": str(kpi.id), "weight": "100.00"}])
    assert (await year.scene.act(card, "force", "hr", reason="As in the contract.")).status_code == 200
    answer = await client.post(f"/v1/people/{person.id}/leaves", json=SPRING)
    assert answer.status_code == 201, answer.text
    assert (await year.measure(number, "100")).json()["created"] == 1


async def told(year: Year, name: str) -> tuple[str, str]:
    """What somebody is paid, and how their statement says that the target bonus became the basis."""
    client = (await year.organization.as_person(year.scene.people[name].id)).scoring
    (payout,) = (await client.get("/v1/payouts")).json()["items"]
    statement: dict[str, Any] = (await client.get(f"/v1/payouts/{payout['id']}")).json()
    (basis,) = [step["sentence"] for step in statement["explanation"]["steps"] if step["name"] == "basis"]
    return payout["amount"], basis


async def test_leave_lowers_the_payout_by_its_days_where_it_was_signed_so(bare_year: Year) -> None:
    # Given Ann signed while leave was unpaid and Eve once it was paid; both were away for 46 of 365 days, and reached their targets.
    year = bare_year
    people = year.scene.people
    await given.store(year.organization, given.an_employment(people["eve"], people["max"]))
    await run_pay(year, paid=("ann", "eve"))
    await rule(year.scene, leave_days="unpaid")
    await signed(year, "ann", 8)
    await rule(year.scene)
    await signed(year, "eve", 9)
    # When the year is closed, approved and released.
    await year.organization.set_clock("2026-12-31T18:00:00Z")
    assert (await year.close()).json()["scorecard_count"] == 2
    await year.work()
    for verb in ("approve", "release"):
        assert (await year.pay("lou", verb)).status_code == 200
        await year.work()
    # Then of a target bonus of 6,000 Ann is paid 319/365 (5,243.8356, half-up) and Eve all of it.
    assert {name: await told(year, name) for name in ("ann", "eve")} == {
        "ann": ("5243.84", "(59 × 1 × 6000 + 260 × 1 × 6000) ÷ 365 = 5243.835616438356."),
        "eve": ("6000.00", "(365 × 1 × 6000) ÷ 365 = 6000."),
    }
