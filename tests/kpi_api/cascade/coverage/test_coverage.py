"""Coverage: what nobody carries, who carries nothing, and who is connected to strategy, each over what the viewer sees."""

from typing import Any

import pytest

from tests.kpi_api.cascade.company import Company, kpi


async def coverage(company: Company, who: str | None = None, **params: str) -> dict[str, Any]:
    client = await company.client(who) if who else await company.admin()
    answer = await client.get("/v1/cascade/coverage", params={"cycle": "2026", **params})
    assert answer.status_code == 200, answer.text
    found: dict[str, Any] = answer.json()
    return found


@pytest.fixture
async def ids(company: Company) -> dict[str, str]:
    """One line from Eli up to growth; Hal's KPI leads nowhere; nobody carries support's."""
    made = await company.cascade()
    return made | await company.create(kpi("hal", "individual", person="hal"), kpi("support", "functional", unit="support", to=["field"]))


async def test_what_nobody_carries_and_who_carries_nothing_is_named(company: Company, ids: dict[str, str]) -> None:
    found = await coverage(company)

    [uncarried] = found["uncarried"]
    assert (uncarried["id"], uncarried["level"], uncarried["owning_unit"]["name"]) == (ids["support"], "functional", "Support")
    assert (found["people"], found["with_kpis"], found["connected"], found["connected_share"]) == (8, 2, 1, "12.50")
    assert [person["name"] for person in found["without"]] == ["ben", "cleo", "dora", "fay", "gus", "ida"]
    north = next(row for row in found["units"] if row["unit"]["name"] == "North")
    assert north | {"unit": None} == {"unit": None, "kpis": 1, "people": 3, "with_kpis": 1, "connected": 1}


async def test_a_withdrawn_contributor_carries_nothing_any_more(company: Company, ids: dict[str, str]) -> None:
    admin = await company.admin()
    assert (await admin.delete(f"/v1/kpis/{ids['eli']}/contributions/{ids['north']}")).status_code == 204

    found = await coverage(company)

    assert [kpi["id"] for kpi in found["uncarried"]] == [ids["support"], ids["north"]]
    assert (found["connected"], found["connected_share"]) == (0, "0.00")


async def test_each_sees_their_own_people_and_kpis_and_counts_no_others(company: Company, ids: dict[str, str]) -> None:
    dora = await coverage(company, "dora")
    assert (dora["people"], dora["without_count"], dora["uncarried_count"]) == (3, 2, 0)
    assert {row["unit"]["name"] for row in dora["units"]} == {"North"}
    eli = await coverage(company, "eli")
    assert (eli["people"], eli["with_kpis"], eli["connected_share"]) == (1, 1, "100.00")
    assert eli["uncarried"] == []
    sales = await coverage(company, unit_id=str(company.units["sales"].id))
    assert ({row["unit"]["name"] for row in sales["units"]}, sales["people"]) == ({"Sales", "North"}, 4)


async def test_an_unknown_cycle_or_unit_is_not_found(company: Company) -> None:
    admin = await company.admin()
    for params in ({"cycle": "1999"}, {"cycle": "2026", "unit_id": "0198c5d2-0000-7000-8000-000000000001"}):
        assert (await admin.get("/v1/cascade/coverage", params=params)).status_code == 404
    empty = await coverage(company, unit_id=str(company.units["support"].id))
    assert (empty["people"], empty["with_kpis"], empty["connected_share"]) == (2, 0, "0.00")
