"""A cascade is copied into the next cycle: with the definitions of then, once, whole or named with the reason."""

import asyncio
from datetime import date
from typing import Any

import pytest
from sqlalchemy import text

from tests.kpi_api.cascade.company import Company, kpi

NEXT = {"code": "2027", "name": "2027", "starts_on": "2027-01-01", "ends_on": "2027-12-31", "status": "open"}


@pytest.fixture
async def ids(company: Company) -> dict[str, str]:
    made = await company.cascade()
    assert (await (await company.admin()).post("/v1/cycles", json=NEXT)).status_code == 201
    return made


async def copy(company: Company, **given: Any) -> dict[str, Any]:
    answer = await (await company.admin()).post("/v1/cascade/copies", json={"from_cycle": "2026", "to_cycle": "2027", **given})
    assert answer.status_code == 200, answer.text
    found: dict[str, Any] = answer.json()
    return found


async def copied_kpis(company: Company) -> dict[str, dict[str, Any]]:
    items = (await (await company.admin()).get("/v1/kpis", params={"limit": 200})).json()["items"]
    return {item["code"]: item for item in items if item["window_start"] >= "2027-01-01"}


async def test_the_whole_line_is_copied_with_more_wanted(company: Company, ids: dict[str, str]) -> None:
    preview = await copy(company, target_change_percent="5", preview=True)
    assert (preview["created"], await copied_kpis(company)) == (5, {})

    done = await copy(company, target_change_percent="5")

    assert (done["created"], done["unchanged"], done["error"]) == (5, 0, 0)
    found = await copied_kpis(company)
    assert set(found) == {f"{name}.2027" for name in ids}
    eli = found["eli.2027"]
    assert (eli["targets"][0]["value"], eli["window_end"]) == ("472500", "2027-12-31")
    assert eli["contributes_to"] == [found["north.2027"]["id"]]
    line = (await (await company.admin()).get(f"/v1/kpis/{eli['id']}/line-of-sight")).json()
    assert [line["orphan"], len(line["paths"][0])] == [False, 5]
    ancestor = await (await company.client("eli")).get(f"/v1/kpis/{found['growth.2027']['id']}")
    assert ancestor.json()["view"] == "ancestor", "sight follows the copy"


async def test_a_repeat_copies_what_is_missing_and_nothing_twice(company: Company, ids: dict[str, str]) -> None:
    first = await copy(company, levels=["strategic", "business_unit"])
    assert (first["created"], first["results"][1]["dropped_parents"]) == (2, [])

    answers = await asyncio.gather(copy(company), copy(company))

    assert sorted((answer["created"], answer["unchanged"]) for answer in answers) == [(0, 5), (3, 2)]
    found = await copied_kpis(company)
    assert len(found) == 5
    assert found["sales.2027"]["contributes_to"] == [found["field.2027"]["id"]], "also to a copy made before"


async def test_what_is_not_copied_is_named(company: Company, ids: dict[str, str]) -> None:
    """Given that Eli has left, and that the team alone is copied."""
    async with company.organization.world.kpi_api.database.write(company.organization.id) as session:
        await session.execute(text("UPDATE persons SET active = false WHERE id = :id"), {"id": company.people["eli"].id})

    done = await copy(company, unit_codes=["north"])

    by_name = {result["name"]: result for result in done["results"]}
    assert by_name["Revenue of north"]["dropped_parents"] == [ids["sales"]]
    assert [error["code"] for error in by_name["Revenue of eli"]["errors"]] == ["owner_left"]
    assert set(await copied_kpis(company)) == {"north.2027"}


async def test_windows_and_due_dates_move_with_the_cycle(company: Company, ids: dict[str, str]) -> None:
    target = {"value": "1", "unit": "USD", "due_on": "2026-06-30"}
    await company.create(kpi("launch", "individual", person="fay", window_start="2026-02-01", window_end="2026-06-30", targets=[target]))
    await copy(company, target_change_percent="50")
    launch = (await copied_kpis(company))["launch.2027"]
    assert (launch["window_start"], launch["window_end"], launch["targets"][0]["due_on"]) == ("2027-02-01", "2027-06-30", "2027-06-30")
    assert date.fromisoformat(launch["targets"][0]["due_on"]).year == 2027


async def test_who_may_not_place_anywhere_copies_nothing(company: Company, ids: dict[str, str]) -> None:
    content = {"from_cycle": "2026", "to_cycle": "2027"}
    assert (await (await company.client("ida")).post("/v1/cascade/copies", json=content)).status_code == 403
    unknown = await (await company.admin()).post("/v1/cascade/copies", json=content | {"to_cycle": "2099"})
    assert (unknown.status_code, unknown.json()["errors"][0]["field"]) == (422, "/to_cycle")
    same = await (await company.admin()).post("/v1/cascade/copies", json=content | {"to_cycle": "2026"})
    assert [answer.json()["code"] for answer in (unknown, same)] == ["copy_refused", "copy_refused"]
