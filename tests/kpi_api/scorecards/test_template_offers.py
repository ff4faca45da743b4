"""A changed template offers its difference to those who have it, in words; it is taken or left, and nothing is imposed (S0, S1)."""

from typing import Any

import httpx
import pytest

from tests.kpi_api.cascade.company import Company, found_company
from tests.kpi_api.scorecards.test_opening import LINES
from tests.world import Organization

REVENUE, EMAIL = LINES


@pytest.fixture
async def company(organization: Organization) -> Company:
    company = await found_company(organization)
    answer = await (await company.admin()).post("/v1/templates", json={"code": "rep", "name": "Representative", "lines": LINES})
    assert answer.status_code == 201, answer.text
    return company


async def card_of(company: Company, name: str) -> str:
    people = [{"person_external_id": f"x-{name}"}]
    body = {"template_code": "rep", "cycle_code": "2026", "people": people}
    return str((await (await company.admin()).post("/v1/scorecards/bulk", json=body)).json()["results"][0]["id"])


async def change_template(company: Company, *lines: dict[str, Any]) -> None:
    admin = await company.admin()
    template = (await admin.get("/v1/templates")).json()["items"][0]
    body = {"name": "Representative", "lines": list(lines)}
    answer = await admin.put(f"/v1/templates/{template['id']}", json=body, headers={"If-Match": "*"})
    assert answer.status_code == 200, answer.text


async def offer(company: Company, card: str, by: str = "dora") -> dict[str, Any]:
    answer = await (await company.client(by)).get(f"/v1/scorecards/{card}/template-offer")
    assert answer.status_code == 200, answer.text
    return {**answer.json(), "etag": answer.headers["ETag"]}


async def take(company: Company, card: str, by: str = "dora", etag: str | None = None, **body: Any) -> httpx.Response:
    etag = etag or (await offer(company, card, by))["etag"]
    return await (await company.client(by)).post(f"/v1/scorecards/{card}/template-offer/take", json=body, headers={"If-Match": etag})


async def lines_of(company: Company, card: str) -> list[tuple[str, str, str]]:
    lines = (await (await company.admin()).get(f"/v1/scorecards/{card}")).json()["lines"]
    return [(line["definition_code"], line["weight"], line["targets"][0]["value"]) for line in lines]


async def test_a_draft_is_told_the_difference_and_takes_it(company: Company) -> None:
    card = await card_of(company, "eli")
    assert (await offer(company, card))["lines"] == []
    more = REVENUE | {"weight": "60.00", "targets": [REVENUE["targets"][0] | {"value": "500000"}]}
    await change_template(company, more, EMAIL | {"weight": "40.00"})

    offered = await offer(company, card)

    assert (offered["taken_number"], offered["offered_number"], offered["weights_total"]) == (1, 2, "100.00")
    assert [line["sentences"] for line in offered["lines"]] == [
        ["Weight of “revenue”: 69.50, now 60.00.", "Target of “revenue”: 450000, now 500000."],
        ["Weight of “email”: 30.50, now 40.00."],
    ]
    assert await lines_of(company, card) == [("revenue", "69.50", "450000"), ("email", "30.50", "28")]
    taken = await take(company, card)
    assert (taken.status_code, taken.json()["change_id"]) == (200, None)
    assert await lines_of(company, card) == [("revenue", "60.00", "500000"), ("email", "40.00", "28")]
    assert (await offer(company, card))["lines"] == []
    again = await take(company, card)
    assert (again.status_code, again.json()["code"]) == (409, "nothing_offered")


async def test_a_kpi_is_added_or_comes_off_and_what_they_changed_themselves_stays(company: Company) -> None:
    await change_template(company, REVENUE | {"weight": "100.00"})
    card = await card_of(company, "eli")
    kpi = (await (await company.admin()).get(f"/v1/scorecards/{card}")).json()["lines"][0]["kpi_id"]
    own = {"lines": [{"kpi_id": kpi, "weight": "75.00", "component": "own"}]}
    await (await company.client("dora")).put(f"/v1/scorecards/{card}/lines", json=own, headers={"If-Match": "*"})
    await change_template(company, REVENUE | {"weight": "80.00"}, EMAIL | {"weight": "20.00"})

    offered = await offer(company, card)

    assert [(line["change"], line["definition_code"], line["component"]) for line in offered["lines"]] == [
        ("change", "revenue", None), ("add", "email", "quality"),
    ]  # fmt: skip
    assert (await take(company, card)).status_code == 200
    assert await lines_of(company, card) == [("revenue", "80.00", "450000"), ("email", "20.00", "28")]
    await change_template(company, EMAIL | {"weight": "100.00"})
    assert [line["change"] for line in (await offer(company, card))["lines"]] == ["change", "remove"]
    assert (await take(company, card)).status_code == 200
    assert await lines_of(company, card) == [("email", "100.00", "28")]


async def test_of_an_agreed_scorecard_the_other_side_is_asked(company: Company) -> None:
    card = await card_of(company, "eli")
    for who, verb in (("dora", "propose"), ("eli", "agree")):
        answer = await (await company.client(who)).post(f"/v1/scorecards/{card}/{verb}", json={}, headers={"If-Match": "*"})
        assert answer.status_code == 200, answer.text
    await change_template(company, REVENUE | {"weight": "60.00"}, EMAIL | {"weight": "40.00"})
    needed = await take(company, card)
    assert (needed.status_code, needed.json()["code"]) == (422, "day_and_reason_needed")

    asked = await take(company, card, effective_from="2026-12-01", reason="The second product starts.")

    assert asked.status_code == 200, asked.text
    change = await (await company.client("eli")).get(f"/v1/scorecard-changes/{asked.json()['change_id']}")
    assert change.json()["differences"] == ["Weight of “revenue”: 69.50, now 60.00.", "Weight of “email”: 30.50, now 40.00."]
    assert await lines_of(company, card) == [("revenue", "69.50", "450000"), ("email", "30.50", "28")]


async def test_who_sees_the_scorecard_sees_the_offer_and_a_stale_one_is_not_taken(company: Company) -> None:
    card = await card_of(company, "eli")
    await change_template(company, REVENUE | {"weight": "60.00"}, EMAIL | {"weight": "40.00"})
    gus = await company.client("gus")
    assert (await gus.get(f"/v1/scorecards/{card}/template-offer")).status_code == 404
    assert (await gus.post(f"/v1/scorecards/{card}/template-offer/take", json={}, headers={"If-Match": "*"})).status_code == 404
    assert (
        await (await company.client("cleo")).post(f"/v1/scorecards/{card}/template-offer/take", json={}, headers={"If-Match": "*"})
    ).status_code == 403
    assert (await take(company, card, etag='"99"')).status_code == 412
    assert (await lines_of(company, card))[0][1] == "69.50"
