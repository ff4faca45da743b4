"""How often a target would have been met, by its owner before and by others."""

from typing import Any

import httpx
import pytest

from tests.kpi_api.cascade.company import Company, found_company, kpi
from tests.world import Organization

OTHERS = ["fay", "hal", "dora", "gus", "cleo"]


@pytest.fixture
async def company(organization: Organization) -> Company:
    """2025 has come and gone; 2026 is under way."""
    founded = await found_company(organization)
    last_year = {"starts_on": "2025-01-01", "ends_on": "2025-12-31", "mid_year_on": "2025-06-30"}
    await (await organization.admin()).kpi_api.post("/v1/cycles", json={"code": "2025", "name": "2025", "status": "open"} | last_year)
    await organization.set_clock("2026-02-10T09:00:00Z")
    return founded


async def measured(company: Company, code: str, *values: str | None, person: str = "eli", cycle: str = "2025") -> None:
    """An individual KPI per quarter and its values; null leaves a quarter out."""
    await company.create(kpi(code, "individual", person=person, cycle_code=cycle))
    starts = [f"{cycle}-{month:02}-01" for month in (1, 4, 7, 10)]
    rows = [
        {"kpi_code": code, "period_start": start, "value": value, "source": "CRM"}
        for start, value in zip(starts, values, strict=False)
        if value is not None
    ]
    answer = await (await company.admin()).post("/v1/measurements", json=rows)
    assert answer.json()["error"] == 0, answer.text


async def current(company: Company) -> str:
    (id_,) = (await company.create(kpi("now", "individual", person="eli"))).values()
    return id_


async def judge(client: httpx.AsyncClient, id_: str, **target: Any) -> dict[str, Any]:
    answer = await client.post(f"/v1/kpis/{id_}/target-difficulty", json={"target": {"unit": "USD", "period": "quarter"} | target})
    assert answer.status_code == 200, answer.text
    found: dict[str, Any] = answer.json()
    return found


async def test_a_target_is_held_against_each_earlier_period_and_nulls_are_said(company: Company) -> None:
    await measured(company, "then", "450000", "449999.99", None, "500000")
    id_ = await current(company)
    client = await company.client("eli")

    found = (await client.get(f"/v1/kpis/{id_}/target-difficulty")).json()
    strict = await judge(client, id_, value="450000", comparison="above")

    assert found["target"] == "at least 450,000 USD per quarter"
    assert found["own"] == {"met": 2, "measured": 3, "without_value": 1, "share": "66.67"}
    assert found["sentence"] == (
        "The owner would have met it in 2 of 3 earlier quarters (66.67%; 1 more had no value)."
        " Others are not told of: fewer than 5 had the same KPI."
    )
    assert (strict["own"]["met"], strict["own"]["share"]) == (1, "33.33")


async def test_others_are_told_of_together_and_only_from_five_on(company: Company) -> None:
    for name in OTHERS[:4]:
        await measured(company, name, "100", "300", person=name)
    id_ = await current(company)
    client = await company.client("eli")
    four = await judge(client, id_, value="200")
    await measured(company, OTHERS[4], "300", "300", "300", "300", person=OTHERS[4])

    five = await judge(client, id_, value="200")

    assert four["peers"] is None
    assert five["peers"] == {"met": 8, "measured": 12, "without_value": 8, "share": "67", "owners": 5}
    assert "5 others would have met it in 67% of 12 quarters; 8 more had no value." in five["sentence"]
    assert not any(name in str(five) for name in OTHERS)


async def test_what_the_viewer_does_not_see_is_not_there(company: Company) -> None:
    id_ = await current(company)

    assert (await (await company.client("fay")).get(f"/v1/kpis/{id_}/target-difficulty")).status_code == 404
    assert (await (await company.client("hal")).post(f"/v1/kpis/{id_}/target-difficulty", json={"target": {"value": "1", "unit": "USD"}})).status_code == 404  # noqa: E501
    assert (await (await company.client("dora")).get(f"/v1/kpis/{id_}/target-difficulty")).status_code == 200


async def test_a_target_that_does_not_fit_is_refused_and_nothing_is_changed(company: Company) -> None:
    id_ = await current(company)
    client = await company.client("eli")

    hours = await client.post(f"/v1/kpis/{id_}/target-difficulty", json={"target": {"value": "1", "unit": "hours"}})
    part = await client.get(f"/v1/kpis/{id_}/target-difficulty?part=other")
    await judge(client, id_, value="1")

    assert (hours.status_code, hours.json()["errors"][0]["code"]) == (422, "wrong_unit")
    assert part.status_code == 422
    assert (await client.get(f"/v1/kpis/{id_}")).json()["targets"][0]["value"] == "450000"


async def test_a_target_of_the_window_is_held_against_whole_windows_that_have_ended(company: Company) -> None:
    target = {"value": "1000", "unit": "USD"}
    await company.create(
        kpi("then", "individual", person="eli", cycle_code="2025", targets=[target]),
        kpi("sixty", "individual", person="eli", cycle_code="2025", targets=[target], window_start="2025-03-01", window_days=60),
        kpi("now", "individual", person="eli", targets=[target]),
    )
    rows = [{"kpi_code": "then", "period_start": f"2025-{month:02}-01", "value": "100", "source": "CRM"} for month in range(1, 12)]
    await (await company.admin()).post("/v1/measurements", json=rows)
    id_ = (await (await company.admin()).get("/v1/kpis?code=now")).json()["items"][0]["id"]

    found = (await (await company.client("eli")).get(f"/v1/kpis/{id_}/target-difficulty")).json()

    assert (found["counted"], found["own"]) == ("windows", {"met": 1, "measured": 1, "without_value": 0, "share": "100.00"})
