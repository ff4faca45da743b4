"""A template for many people in one call: a job with a result for each person, which goes on after it was killed, and is undone."""

import asyncio
from datetime import date
from typing import Any

import httpx
import pytest
from sqlalchemy import func, select, update

from kpi_api.cascade.models import Contribution, Kpi
from kpi_api.dictionary.models import DefinitionVersion
from kpi_api.people.models import Employment, Person
from kpi_api.scorecards.assignments import jobs
from kpi_api.scorecards.models import Scorecard, ScorecardHistory
from tests.kpi_api import given
from tests.kpi_api.cascade.company import Company, found_company
from tests.kpi_api.scorecards.test_opening import LINES
from tests.world import Organization

PLACE = "/v1/template-assignments"
TO_NORTH = {"definition_code": "revenue", "parent": "north", "weight": "2"}


@pytest.fixture
async def company(organization: Organization) -> Company:
    company = await found_company(organization)
    await company.cascade()
    answer = await (await company.admin()).post("/v1/templates", json={"code": "rep", "name": "Representative", "lines": LINES})
    assert answer.status_code == 201, answer.text
    return company


async def assign(company: Company, *names: str, by: str | None = None, **body: Any) -> httpx.Response:
    client = await company.client(by) if by else await company.admin()
    whom = {"people": [{"person_external_id": f"x-{name}"} for name in names]} if names else {}
    headers = {"Idempotency-Key": body.pop("key")} if "key" in body else {}
    return await client.post(PLACE, json={"template_code": "rep", "cycle_code": "2026"} | whom | body, headers=headers)


async def finished(company: Company, begun: httpx.Response) -> dict[str, Any]:
    assert begun.status_code == 202, begun.text
    await company.organization.world.work()
    answer: dict[str, Any] = (await (await company.admin()).get(f"{PLACE}/{begun.json()['id']}")).json()
    return answer


async def became(company: Company, begun: httpx.Response) -> dict[str, tuple[str, str | None]]:
    """Status and code by who it is."""
    items = (await (await company.admin()).get(f"{PLACE}/{begun.json()['id']}/results")).json()["items"]
    names = {str(person.id): name for name, person in company.people.items()}
    return {names[item["person_id"]]: (item["status"], item["code"]) for item in items}


async def counted(company: Company, row: Any) -> int:
    return await given.count(company.organization, select(func.count()).select_from(row))


async def test_everybody_in_a_unit_gets_a_draft_with_kpis_of_their_own(company: Company) -> None:
    begun = await assign(company, unit_code="sales", contributes_to=[TO_NORTH])

    assert (begun.json()["status"], begun.json()["waiting"], begun.headers["Location"]) == ("running", 4, f"{PLACE}/{begun.json()['id']}")
    done = await finished(company, begun)
    assert (done["status"], done["people"], done["opened"], done["refused"]) == ("finished", 4, 4, 0)
    admin = await company.admin()
    card = (await admin.get("/v1/scorecards", params={"person_id": str(company.people["eli"].id)})).json()["items"][0]
    shown = (await admin.get(f"/v1/scorecards/{card['id']}")).json()
    assert [(line["definition_code"], line["weight"]) for line in shown["lines"]] == [("revenue", "69.50"), ("email", "30.50")]
    assert [step["verb"] for step in shown["history"]] == ["open"]
    kpi = (await admin.get(f"/v1/kpis/{shown['lines'][0]['kpi_id']}")).json()
    assert len(kpi["contributes_to"]) == 1
    feed = (await admin.get("/v1/events", params={"type": ["template_assignment.finished"]})).json()["events"]
    assert [(event["data"]["opened"], event["data"]["skipped"]) for event in feed] == [(4, 0)]


async def test_whom_it_is_not_for_is_skipped_with_the_reason(company: Company) -> None:
    admin = await company.admin()
    template = (await admin.get("/v1/templates")).json()["items"][0]
    rules = {"grades": ["G5"], "has_direct_reports": False, "employed_days": 90}
    body = {"name": "Representative", "lines": LINES, "eligibility": rules}
    changed = await admin.put(f"/v1/templates/{template['id']}", json=body, headers={"If-Match": '"1"'})
    assert changed.status_code == 200, changed.text
    async with company.organization.world.kpi_api.database.write(company.organization.id) as session:
        await session.execute(update(Employment).where(Employment.person_id != company.people["hal"].id).values(grade="G5"))
        await session.execute(update(Person).where(Person.id == company.people["fay"].id).values(hire_date=date(2025, 12, 1)))

    begun = await assign(company, "eli", "fay", "hal", "dora")

    assert (await finished(company, begun))["opened"] == 1
    assert await became(company, begun) == {
        "eli": ("opened", None),
        "fay": ("skipped", "in_probation"),
        "hal": ("skipped", "grade_not_eligible"),
        "dora": ("skipped", "reports_not_eligible"),
    }
    assert await counted(company, Scorecard) == 1


async def test_the_same_again_opens_nothing_and_says_who_has_one(company: Company) -> None:
    first, repeat = await assign(company, "eli", key="once"), await assign(company, "eli", key="once")
    assert first.json()["id"] == repeat.json()["id"]
    await finished(company, first)
    kpis = await counted(company, Kpi)

    again = await assign(company, "eli", "fay")

    await finished(company, again)
    assert await became(company, again) == {"eli": ("skipped", "has_scorecard"), "fay": ("opened", None)}
    assert (await counted(company, Scorecard), await counted(company, Kpi)) == (2, kpis + 2)


async def test_two_assignments_at_once_give_everybody_one(company: Company) -> None:
    begun = await asyncio.gather(assign(company, "eli", "fay", "hal"), assign(company, "hal", "fay", "eli"))
    done = [await finished(company, one) for one in begun]
    assert (sum(one["opened"] for one in done), sum(one["skipped"] for one in done)) == (3, 3)
    assert await counted(company, Scorecard) == 3


async def test_killed_between_batches_it_goes_on_where_it_was(company: Company, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(jobs, "BATCH", 1)
    opened = jobs.open_settled

    async def dies(*arguments: Any) -> None:
        await opened(*arguments)
        if await counted(company, Scorecard) == 1:
            raise RuntimeError("killed")

    begun = await assign(company, "eli", "fay", "hal")
    monkeypatch.setattr(jobs, "open_settled", dies)
    await company.organization.world.work()
    halfway = (await (await company.admin()).get(f"{PLACE}/{begun.json()['id']}")).json()
    assert (halfway["status"], halfway["opened"], halfway["waiting"]) == ("running", 1, 2)
    assert await counted(company, Scorecard) == 1

    monkeypatch.setattr(jobs, "open_settled", opened)
    await asyncio.sleep(0.5)
    done = await finished(company, begun)

    assert (done["status"], done["opened"]) == ("finished", 3)
    assert await counted(company, Scorecard) == 3


async def test_undone_untouched_drafts_go_and_touched_ones_are_kept_and_named(company: Company) -> None:
    kpis, links = await counted(company, Kpi), await counted(company, Contribution)
    begun = await assign(company, "eli", "fay", "hal", contributes_to=[])
    await finished(company, begun)
    admin = await company.admin()
    cards = {card["person_id"]: card["id"] for card in (await admin.get("/v1/scorecards")).json()["items"]}
    of_eli = cards[str(company.people["eli"].id)]
    proposed = await admin.get(f"/v1/scorecards/{of_eli}")
    answer = await (await company.client("dora")).post(
        f"/v1/scorecards/{of_eli}/propose", json={}, headers={"If-Match": proposed.headers["ETag"]}
    )
    assert answer.status_code == 200, answer.text
    of_fay = (await admin.get(f"/v1/scorecards/{cards[str(company.people['fay'].id)]}")).json()["lines"][0]["kpi_id"]
    async with company.organization.world.kpi_api.database.write(company.organization.id) as session:
        await session.execute(update(Kpi).where(Kpi.id == of_fay).values(version=2))

    undoing = await admin.post(f"{PLACE}/{begun.json()['id']}/undo")

    assert (undoing.status_code, undoing.json()["status"]) == (202, "undoing")
    done = await finished(company, begun)
    assert (done["status"], done["removed"], done["kept"]) == ("undone", 1, 2)
    assert await became(company, begun) == {
        "eli": ("kept", "scorecard_touched"), "fay": ("kept", "kpi_touched"), "hal": ("removed", None),
    }  # fmt: skip
    assert (await counted(company, Scorecard), await counted(company, Kpi)) == (2, kpis + 4)
    assert await counted(company, Contribution) == links
    assert (await admin.post(f"{PLACE}/{begun.json()['id']}/undo")).json()["status"] == "undone"
    again = await assign(company, "hal")
    assert (await finished(company, again))["opened"] == 1


async def test_the_database_lets_go_of_no_draft_that_was_touched(company: Company) -> None:
    await finished(company, await assign(company, "eli"))
    async with company.organization.world.kpi_api.database.write(company.organization.id) as session:
        with pytest.raises(Exception, match="append-only"):
            async with session.begin_nested():
                await session.execute(ScorecardHistory.__table__.delete())
        await session.execute(update(Scorecard).values(version=2))
        with pytest.raises(Exception, match="only a draft that nobody has touched"):
            async with session.begin_nested():
                await session.execute(Scorecard.__table__.delete())


async def test_rows_that_name_nobody_begin_nothing(company: Company) -> None:
    answer = await assign(company, "eli", "nobody", "eli")
    assert (answer.status_code, answer.json()["code"]) == (422, "assignment_refused")
    assert [(error["row"], error["code"]) for error in answer.json()["errors"]] == [(2, "unknown_person"), (3, "duplicate_person")]
    assert (await assign(company)).json()["errors"][0]["code"] == "for_whom"
    assert (await assign(company, unit_code="none")).json()["errors"][0]["field"] == "/unit_code"
    assert (await assign(company, "eli", cycle_code="none")).json()["errors"][0]["field"] == "/cycle_code"
    assert (await assign(company, "eli", template_code="none")).status_code == 404


async def test_a_retired_template_and_one_with_a_retired_definition_are_refused(company: Company) -> None:
    async with company.organization.world.kpi_api.database.write(company.organization.id) as session:
        email = DefinitionVersion.parts[0]["code"].astext == "open_rate"
        await session.execute(update(DefinitionVersion).where(email).values(retired_from=date(2020, 1, 2), status="retired"))
    answer = await assign(company, "eli")
    assert (answer.status_code, answer.json()["errors"][0]["code"]) == (422, "definition_retired")
    assert "`email`" in answer.json()["detail"]
    admin = await company.admin()
    template = (await admin.get("/v1/templates")).json()["items"][0]
    await admin.post(f"/v1/templates/{template['id']}/retire", headers={"If-Match": "*"})
    retired = await assign(company, "eli")
    assert (retired.status_code, retired.json()["code"]) == (409, "template_retired")


async def test_managers_assign_to_their_own_and_others_see_nothing_of_it(company: Company) -> None:
    begun = await assign(company, "eli", "fay", by="cleo")
    await finished(company, begun)
    assert await became(company, begun) == {"eli": ("refused", "not_allowed"), "fay": ("refused", "not_allowed")}
    own = await assign(company, "eli", by="dora")
    await finished(company, own)
    dora, gus, place = await company.client("dora"), await company.client("gus"), f"{PLACE}/{own.json()['id']}"
    assert (await dora.get(place)).json()["opened"] == 1
    assert [(await gus.get(path)).status_code for path in (place, f"{place}/results")] == [404, 404]
    assert (await gus.post(f"{place}/undo")).status_code == 404
    assert [item["id"] for item in (await gus.get(PLACE)).json()["items"]] == []


async def test_who_is_active_no_more_assigns_nothing(company: Company) -> None:
    begun = await assign(company, "eli", by="dora")
    async with company.organization.world.kpi_api.database.write(company.organization.id) as session:
        await session.execute(update(Person).where(Person.id == company.people["dora"].id).values(active=False))
    await finished(company, begun)
    assert await became(company, begun) == {"eli": ("refused", "requester_not_active")}
    assert await counted(company, Scorecard) == 0
