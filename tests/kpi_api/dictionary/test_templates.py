"""Templates of an organization's own: each change is the next version, a retired one takes none, retired definitions are named."""

import asyncio
from datetime import date
from typing import Any

import httpx
import pytest
from sqlalchemy import update

from kpi_api.dictionary.models import DefinitionVersion
from tests.kpi_api.cascade.company import Company, found_company
from tests.world import Organization

REVENUE = {"value": "450000", "unit": "USD", "period": "quarter"}
EMAIL = [
    {"part": part, "comparison": "above", "value": value, "unit": "percent", "period": "month"}
    for part, value in (("open_rate", "28"), ("click_through", "4"))
]


def content(revenue: str = "60.00", email: str = "40.00", **given: Any) -> dict[str, Any]:
    lines = [
        {"definition_code": "revenue", "weight": revenue, "component": "output", "targets": [REVENUE]},
        {"definition_code": "email", "weight": email, "component": "quality", "targets": EMAIL},
    ]
    return {"name": "Representative", "lines": lines} | given


@pytest.fixture
async def company(organization: Organization) -> Company:
    return await found_company(organization)


async def made(company: Company) -> str:
    answer = await (await company.admin()).post("/v1/templates", json=content(code="rep"))
    assert (answer.status_code, answer.json()["number"], answer.headers["ETag"]) == (201, 1, '"1"')
    return str(answer.headers["Location"])


async def put(company: Company, place: str, body: dict[str, Any], etag: str | None = '"1"') -> httpx.Response:
    return await (await company.admin()).put(place, json=body, headers={"If-Match": etag} if etag else {})


async def test_each_change_is_the_next_version_and_the_former_stays_readable(company: Company) -> None:
    place = await made(company)

    changed = await put(company, place, content("55.00", "45.00", eligibility={"grades": ["G5"]}))

    assert (changed.status_code, changed.json()["number"], changed.headers["ETag"]) == (200, 2, '"2"')
    again = await put(company, place, content("55.00", "45.00", eligibility={"grades": ["G5"]}), '"2"')
    assert (again.json()["number"], again.headers["ETag"]) == (2, '"2"')
    now, before = (await (await company.admin()).get(f"{place}/versions")).json()
    assert (now["number"], now["replaced_at"], before["number"], before["replaced_at"] is None) == (2, None, 1, False)
    assert [line["weight"] for line in before["content"]["lines"]] == ["60.00", "40.00"]
    assert (now["content"]["eligibility"]["grades"], before["content"]["eligibility"]["grades"]) == (["G5"], [])
    await company.organization.world.work()
    feed = (await (await company.admin()).get("/v1/events", params={"type": ["template.changed"]})).json()["events"]
    assert [event["data"] for event in feed] == [{"number": 2, "fields": ["eligibility", "lines"]}]


async def test_of_two_who_change_it_at_once_one_is_told_what_the_other_did(company: Company) -> None:
    place = await made(company)
    assert (await put(company, place, content("50.00", "50.00"), None)).status_code == 428

    answers = await asyncio.gather(*(put(company, place, content(weight, rest)) for weight, rest in (("70", "30"), ("80", "20"))))

    won, late = sorted(answers, key=lambda answer: answer.status_code)
    assert (won.status_code, late.status_code) == (200, 412)
    assert "Version 2 stands there now and differs from yours in lines." in late.json()["detail"]
    assert len((await (await company.admin()).get(f"{place}/versions")).json()) == 2


async def test_what_is_wrong_changes_nothing(company: Company) -> None:
    place = await made(company)
    short = await put(company, place, content("60.00", "39.99"))
    assert (short.status_code, short.json()["errors"][0]["code"]) == (422, "weights_total")
    unknown = content()
    unknown["lines"][0]["definition_code"] = "none"
    refused = await put(company, place, unknown)
    assert (refused.status_code, refused.json()["errors"][0]["field"]) == (422, "/lines/0/definition_code")
    assert (await (await company.client("eli")).put(place, json=content(), headers={"If-Match": '"1"'})).status_code == 403
    assert (await (await company.admin()).get(place)).json()["number"] == 1


async def test_a_retired_template_takes_no_change(company: Company) -> None:
    place, admin = await made(company), await company.admin()

    retired = await admin.post(f"{place}/retire", headers={"If-Match": '"1"'})

    assert (retired.status_code, retired.json()["retired_on"] is None) == (200, False)
    again = await admin.post(f"{place}/retire", headers={"If-Match": retired.headers["ETag"]})
    assert again.headers["ETag"] == retired.headers["ETag"]
    refused = await put(company, place, content("50.00", "50.00"), retired.headers["ETag"])
    assert (refused.status_code, refused.json()["code"]) == (409, "template_retired")
    assert (await (await company.client("eli")).post(f"{place}/retire", headers={"If-Match": "*"})).status_code == 403


async def test_a_definition_that_is_in_force_no_more_is_named_and_refused(company: Company) -> None:
    place = await made(company)
    async with company.organization.world.kpi_api.database.write(company.organization.id) as session:
        of_email = DefinitionVersion.parts[0]["code"].astext == "open_rate"
        await session.execute(update(DefinitionVersion).where(of_email).values(retired_from=date(2020, 1, 2), status="retired"))

    shown = (await (await company.admin()).get(place)).json()

    assert [(line["definition_code"], line["retired"]) for line in shown["lines"]] == [("revenue", False), ("email", True)]
    refused = await put(company, place, content("50.00", "50.00"))
    assert (refused.status_code, refused.json()["errors"][0]["field"]) == (422, "/lines/1/definition_code")
