"""kill -9 of a process while a cycle closes: afterwards the run is there once, whole, and pays each person the same to the cent."""

import asyncio
from collections import Counter
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, suppress
from decimal import Decimal
from typing import Any

import pytest

from sightline.demo.year import open_organization
from tests.faults.small_company import PEOPLE, SmallCompany, bonus, number
from tests.processes import Stack, started_stack

VICTIMS = ["scoring", "kpi_api", "kpi_api_worker", "scoring_worker", "postgres"]
DELAYS = [0.02, 0.05, 0.1, 0.2, 0.4]


@pytest.fixture(scope="module")
def stack() -> Iterator[Stack]:
    with started_stack("faults") as stack:
        yield stack


@asynccontextmanager
async def a_company(stack: Stack) -> AsyncIterator[SmallCompany]:
    async with open_organization(stack.home, stack.addresses, "Small") as (office, administrator):
        company = SmallCompany(office, administrator)
        await company.build()
        yield company


@asynccontextmanager
async def tended(stack: Stack) -> AsyncIterator[None]:
    """The supervisor looks after its processes meanwhile, also after one that notices only later that it has gone deaf, and ends."""

    async def tend() -> None:
        while True:
            await asyncio.to_thread(stack.revive)
            await asyncio.sleep(0.2)

    stack.forget_restarts()
    task = asyncio.create_task(tend())
    try:
        yield
    finally:
        task.cancel()
        with suppress(asyncio.CancelledError):
            await task


async def close_while_killing(stack: Stack, company: SmallCompany, victim: str, delay: float) -> dict[str, Any]:
    """Close the cycle, kill the victim a moment later, and wait until the run is computed."""
    office = company.office
    closing = await office.call(company.hr, "kpi_api", "POST", f"/v1/cycles/{company.cycle_id}/close")
    await asyncio.sleep(delay)
    stack.kill(victim)
    run: dict[str, Any] = await office.wait_for(
        "the computed run", company.approver, "scoring", f"/v1/runs/{closing['id']}", until=lambda seen: seen["status"] == "computed"
    )
    for service in stack.addresses:
        await office.wait_for(f"{service} after the fault", company.hr, service, "/readyz", until=lambda seen: seen["ready"])
    return run


async def assert_paid_once(company: SmallCompany, run: dict[str, Any]) -> None:
    office, path = company.office, f"/v1/runs/{run['id']}"
    lines = await office.pages(company.approver, "scoring", f"{path}/lines")
    # One line per person, each the exact amount
    paid = {line["person_id"]: Decimal(line["amount"]) for line in lines}
    assert len(lines) == len(paid) == run["scorecard_count"] == PEOPLE
    assert paid == {company.people[number(place)]: bonus(place) for place in range(PEOPLE)}
    # One run, which scoring and kpi_api know by the same snapshot
    assert len(await office.pages(company.approver, "scoring", "/v1/runs")) == 1
    progress = f"/v1/cycles/{company.cycle_id}/closing"
    closing = await office.wait_for("the digest", company.hr, "kpi_api", progress, until=lambda seen: seen["snapshot_digest"])
    assert closing["snapshot_digest"] == run["snapshot_digest"]
    # Approved and released once, and said so once
    await office.call(company.approver, "scoring", "POST", f"{path}/approve")
    await office.call(company.pay, "scoring", "POST", f"{path}/release")
    path = f"/v1/cycles/{company.cycle_id}/closing"
    await office.wait_for("the release", company.hr, "kpi_api", path, until=lambda seen: seen["status"] == "released")
    feed = await office.call(company.pay, "scoring", "GET", "/v1/events", params={"after": 0, "limit": 200})
    told = Counter(event["type"] for event in feed["events"])
    assert (told["run.computed"], told["run.approved"], told["run.released"]) == (1, 1, 1)


@pytest.mark.parametrize("victim", VICTIMS)
async def test_a_run_completes_once_though_a_process_is_killed(stack: Stack, victim: str) -> None:
    delay = DELAYS[VICTIMS.index(victim)]
    async with tended(stack), a_company(stack) as company:
        run = await close_while_killing(stack, company, victim, delay)
        await assert_paid_once(company, run)


@pytest.mark.deep
@pytest.mark.parametrize("delay", DELAYS)
@pytest.mark.parametrize("victim", VICTIMS)
async def test_a_run_completes_once_whenever_a_process_is_killed(stack: Stack, victim: str, delay: float) -> None:
    async with tended(stack), a_company(stack) as company:
        run = await close_while_killing(stack, company, victim, delay)
        await assert_paid_once(company, run)
