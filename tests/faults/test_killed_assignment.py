"""kill -9 of the worker while a template is given to many people, or taken back: afterwards each has exactly one scorecard, or none."""

import asyncio
from collections import Counter
from collections.abc import Iterator
from typing import Any

import pytest

from sightline.demo.year import open_organization
from tests.faults.small_company import SmallCompany, number
from tests.faults.test_killed_processes import tended
from tests.processes import Stack, started_stack

MANY = 1_100
"""Three batches."""

DELAYS = [0.0, 0.05, 0.1]
"""After the first batch."""

ASSIGNMENTS = "/v1/template-assignments"


@pytest.fixture(scope="module")
def stack() -> Iterator[Stack]:
    with started_stack("assignments") as stack:
        yield stack


async def done(company: SmallCompany, assignment_id: str, status: str) -> dict[str, Any]:
    path = f"{ASSIGNMENTS}/{assignment_id}"
    found: dict[str, Any] = await company.office.wait_for(
        "the assignment", company.hr, "kpi_api", path, until=lambda seen: seen["status"] == status
    )
    return found


async def kill_midway(stack: Stack, company: SmallCompany, assignment_id: str, left: str, delay: float) -> None:
    """Kill the worker once the first batch is done; some must still be to do then."""
    path = f"{ASSIGNMENTS}/{assignment_id}"
    await company.office.wait_for("a batch", company.hr, "kpi_api", path, until=lambda seen: seen[left] < MANY)
    await asyncio.sleep(delay)
    stack.kill("kpi_api_worker")
    assert (await company.office.call(company.hr, "kpi_api", "GET", path))[left] > 0


async def told(company: SmallCompany, type_: str) -> list[dict[str, Any]]:
    feed = await company.office.wait_for(
        type_, company.hr, "kpi_api", "/v1/events", until=lambda seen: seen["events"], type=type_, after=0, limit=200
    )
    return [event["data"] for event in feed["events"]]


@pytest.mark.deep
@pytest.mark.parametrize("delay", DELAYS)
async def test_each_gets_exactly_one_scorecard_and_none_once_undone(stack: Stack, delay: float) -> None:
    async with tended(stack), open_organization(stack.home, stack.addresses, "Small") as (office, administrator):
        company = SmallCompany(office, administrator, MANY)
        await company.found()
        people = [{"person_external_id": number(place)} for place in range(MANY)]
        body = {"template_code": "orders", "cycle_code": "2026", "people": people}

        begun = await office.call(company.hr, "kpi_api", "POST", ASSIGNMENTS, json=body)
        await kill_midway(stack, company, begun["id"], "waiting", delay)

        assert (await done(company, begun["id"], "finished"))["opened"] == MANY
        cards = Counter([card["person_id"] for card in await office.pages(company.hr, "kpi_api", "/v1/scorecards")])
        assert cards == Counter([company.people[number(place)] for place in range(MANY)])
        owners = Counter([kpi["owner"]["id"] for kpi in await office.pages(company.hr, "kpi_api", "/v1/kpis", cycle_id=company.cycle_id)])
        assert owners == cards
        assert [event["opened"] for event in await told(company, "template_assignment.finished")] == [MANY]

        await office.call(company.hr, "kpi_api", "POST", f"{ASSIGNMENTS}/{begun['id']}/undo")
        await kill_midway(stack, company, begun["id"], "opened", delay)

        assert (await done(company, begun["id"], "undone"))["removed"] == MANY
        assert await office.pages(company.hr, "kpi_api", "/v1/scorecards") == []
        assert await office.pages(company.hr, "kpi_api", "/v1/kpis", cycle_id=company.cycle_id) == []
        assert [event["removed"] for event in await told(company, "template_assignment.undone")] == [MANY]
