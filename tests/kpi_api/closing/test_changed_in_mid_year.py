"""A target changes in mid-year: each text is scored by its own periods and paid by its own days, to the cent."""

from decimal import Decimal
from typing import Any

import pytest

from tests.kpi_api.closing.conftest import Year, run_pay


async def agree_on_change(year: Year, since: str) -> tuple[str, str]:
    """100 calls a month until then, 200 from then on; gives both scorecards."""
    scene = year.scene
    card = await scene.opened()
    await scene.act(card, "propose", "max")
    await scene.act(card, "agree", "ann")
    lines: list[dict[str, Any]] = [dict(line) for line in scene.lines("50.00", "30.00", "20.00")]
    lines[0]["targets"] = [{"value": "200", "unit": "count", "period": "month"}]
    place = f"/v1/scorecards/{card}/changes"
    given = {"effective_from": since, "reason": "a second market", "lines": lines}
    asked = await (await scene.client("max")).post(place, json=given)
    assert asked.status_code == 201, asked.text
    done = await (await scene.client("ann")).post(f"{place}/{asked.json()['id']}/agree", json={}, headers={"If-Match": "*"})
    assert done.status_code == 200, done.text
    return card, done.json()["result_id"]


@pytest.mark.parametrize(
    ("since", "first", "second"),
    [
        # 181 and 184 of 365 days: 6000 x 181/365 x 720/600, and 6000 x 184/365 x 720/1200.
        ("2026-07-01", "3570.41", "1814.79"),
        # 165 and 200 days; June begins on a day of the first scorecard, and counts for it whole.
        ("2026-06-15", "3254.79", "1972.60"),
        # 31 and 334 days; 120/100, and 1320/2200.
        ("2026-02-01", "611.51", "3294.25"),
    ],
)
async def test_each_text_is_paid_by_its_days(bare_year: Year, since: str, first: str, second: str) -> None:
    year = bare_year
    await run_pay(year)
    cards = await agree_on_change(year, since)
    rows = [{"kpi_code": "calls-0", "period_start": f"2026-{month:02}-01", "value": "120", "source": "CRM"} for month in range(1, 13)]
    await year.organization.set_clock("2026-12-31T18:00:00Z")
    recorded = await (await year.scene.client("hr")).post("/v1/measurements", json=rows)
    assert recorded.json()["created"] == 12, recorded.text

    assert (await year.close()).json()["scorecard_count"] == 2
    await year.work()
    for verb in ("approve", "release"):
        assert (await year.pay("lou", verb)).status_code == 200
        await year.work()
    paid = (await (await year.organization.as_person(year.scene.people["ann"].id)).scoring.get("/v1/payouts")).json()["items"]
    assert {item["scorecard_id"]: item["amount"] for item in paid} == dict(zip(cards, (first, second), strict=True))
    assert sum(Decimal(item["amount"]) for item in paid) == Decimal(first) + Decimal(second)
