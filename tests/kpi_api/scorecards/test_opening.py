"""Many scorecards from one template in one call: KPIs of their own, parents, joiners' windows, repeats, rows that fail alone."""

import asyncio
from datetime import date
from typing import Any

import httpx
import pytest
from sqlalchemy import func, select, update

from kpi_api.cascade.models import Kpi
from kpi_api.cycles.models import Cycle
from kpi_api.people.models import Person
from kpi_api.scorecards.models import Scorecard
from tests.kpi_api import given
from tests.kpi_api.cascade.company import Company, found_company
from tests.world import Organization

REVENUE = {"value": "450000", "unit": "USD", "period": "quarter"}
LINES = [
    {"definition_code": "revenue", "weight": "69.50", "component": "output", "targets": [REVENUE]},
    {
        "definition_code": "email",
        "weight": "30.50",
        "component": "quality",
        "targets": [
            {"part": "open_rate", "comparison": "above", "value": "28", "unit": "percent", "period": "month"},
            {"part": "click_through", "comparison": "above", "value": "4", "unit": "percent", "period": "month"},
        ],
    },
]


@pytest.fixture
async def company(organization: Organization) -> Company:
    company = await found_company(organization)
    template = {"code": "rep", "name": "Representative", "lines": LINES}
    answer = await (await company.admin()).post("/v1/templates", json=template)
    assert answer.status_code == 201, answer.text
    return company


async def open_from_template(company: Company, *names: str, by: str | None = None, **body: Any) -> httpx.Response:
    client = await company.client(by) if by else await company.admin()
    people = [{"person_external_id": f"x-{name}"} for name in names]
    return await client.post("/v1/scorecards/bulk", json={"template_code": "rep", "cycle_code": "2026", "people": people} | body)


async def counted(company: Company, row: Any) -> int:
    return await given.count(company.organization, select(func.count()).select_from(row))


def errors(answer: httpx.Response) -> list[list[str]]:
    return [[error["code"] for error in result["errors"]] for result in answer.json()["results"]]


async def test_each_person_gets_kpis_that_contribute_to_the_teams(company: Company) -> None:
    team = await company.cascade()
    to_north = {"definition_code": "revenue", "parent": "north", "weight": "2"}
    answer = await open_from_template(company, "eli", "fay", contributes_to=[to_north])
    assert (answer.status_code, answer.json()["created"], answer.json()["error"]) == (200, 2, 0)
    admin = await company.admin()
    card = (await admin.get(f"/v1/scorecards/{answer.json()['results'][1]['id']}")).json()
    assert (card["person_id"], card["status"], card["window_start"]) == (str(company.people["fay"].id), "draft", "2026-01-01")
    shown = [(line["definition_code"], line["weight"], line["component"], len(line["targets"])) for line in card["lines"]]
    assert shown == [("revenue", "69.50", "output", 1), ("email", "30.50", "quality", 2)]
    kpi = (await admin.get(f"/v1/kpis/{card['lines'][0]['kpi_id']}")).json()
    assert (kpi["level"], kpi["owner"]["name"], kpi["contributes_to"]) == ("individual", "fay", [team["north"]])


async def test_again_changes_nothing(company: Company) -> None:
    first = (await open_from_template(company, "eli", "fay")).json()
    kpis = await counted(company, Kpi)
    again = (await open_from_template(company, "fay", "eli", "hal")).json()
    assert [(r["status"], r["id"]) for r in again["results"][:2]] == [("unchanged", r["id"]) for r in reversed(first["results"])]
    assert again["results"][2]["status"] == "created"
    assert (await counted(company, Scorecard), await counted(company, Kpi)) == (3, kpis + 2)


async def test_two_calls_at_once_give_everybody_one(company: Company) -> None:
    answers = await asyncio.gather(open_from_template(company, "eli", "fay", "hal"), open_from_template(company, "hal", "fay", "eli"))
    assert sorted(answer.json()["created"] for answer in answers) == [0, 3]
    assert (await counted(company, Scorecard), await counted(company, Kpi)) == (3, 6)


async def test_a_joiner_starts_on_the_hire_date_and_a_leaver_ends_on_the_last_day(company: Company) -> None:
    async with company.organization.world.kpi_api.database.write(company.organization.id) as session:
        eli, fay, hal = (company.people[name].id for name in ("eli", "fay", "hal"))
        await session.execute(update(Person).where(Person.id == eli).values(hire_date=date(2026, 5, 11)))
        await session.execute(update(Person).where(Person.id == fay).values(termination_date=date(2026, 8, 31)))
        await session.execute(update(Person).where(Person.id == hal).values(hire_date=date(2027, 1, 1)))
    answer = await open_from_template(company, "eli", "fay", "hal")
    assert errors(answer) == [[], [], ["not_employed"]]
    items = (await (await company.admin()).get("/v1/scorecards")).json()["items"]
    assert [(card["window_start"], card["window_end"]) for card in items] == [("2026-05-11", "2026-12-31"), ("2026-01-01", "2026-08-31")]


async def test_a_row_that_fails_stops_only_itself(company: Company) -> None:
    to_nothing = {"definition_code": "revenue", "parent": "none"}
    answer = await open_from_template(company, "eli", "nobody", "eli", "fay", contributes_to=[to_nothing])
    assert errors(answer) == [["unknown_parent"], ["unknown_person"], ["duplicate_person"], ["unknown_parent"]]
    assert (await counted(company, Scorecard), await counted(company, Kpi)) == (0, 0)
    answer = await open_from_template(company, "eli", "nobody")
    assert (answer.json()["created"], answer.json()["error"], answer.json()["results"][1]["errors"][0]["row"]) == (1, 1, 2)


async def test_managers_open_for_their_own_and_nobody_for_strangers(company: Company) -> None:
    answer = await open_from_template(company, "eli", "hal", "dora", by="dora")
    assert errors(answer) == [[], ["unknown_person"], []]
    assert errors(await open_from_template(company, "fay", by="cleo")) == [["not_allowed"]]
    assert errors(await open_from_template(company, "fay", by="fay")) == [[]]


async def test_a_closed_cycle_an_unknown_one_and_an_unknown_template_are_refused(company: Company) -> None:
    assert (await open_from_template(company, "eli", cycle_code="1999")).json()["errors"][0]["field"] == "/cycle_code"
    assert (await open_from_template(company, "eli", template_code="none")).status_code == 404
    async with company.organization.world.kpi_api.database.write(company.organization.id) as session:
        await session.execute(update(Cycle).values(status="closing"))
    answer = await open_from_template(company, "eli")
    assert (answer.status_code, answer.json()["code"]) == (422, "opening_refused")
    assert await counted(company, Kpi) == 0
