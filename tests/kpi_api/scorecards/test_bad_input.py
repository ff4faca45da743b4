"""People who are not there any more, or never were of this organization: refused by name, and nothing is written."""

from datetime import date
from typing import Any

from sqlalchemy import func, select, update

from chassis.identifiers import new_id
from kpi_api.access.models import ReportingLine
from kpi_api.cascade.models import KpiStakeholder
from kpi_api.dictionary.models import DefinitionVersion
from kpi_api.people.models import Employment
from kpi_api.scorecards.models import Scorecard
from tests.kpi_api import given
from tests.kpi_api.cascade.company import found_company, kpi
from tests.kpi_api.scorecards.scene import Scene
from tests.kpi_api.scorecards.test_opening import LINES
from tests.world import Organization


async def rows(organization: Organization, statement: Any) -> int:
    return await given.count(organization, statement)


async def test_somebody_who_has_left_gets_no_scorecard(scene: Scene) -> None:
    """Given that ann left with the last day of 2026, when HR opens a scorecard for 2027, then it is refused by name."""
    await scene.organization.set_clock("2027-02-01T09:00:00Z")
    later = given.a_cycle(code="2027", name="2027", starts_on=date(2027, 1, 1), ends_on=date(2027, 12, 31), mid_year_on=date(2027, 6, 30))
    await given.store(scene.organization, later)
    hr = await scene.client("hr")
    left = await hr.post(f"/v1/people/{scene.people['ann'].id}/leave", json={"last_day": "2026-12-31"})
    assert left.is_success, left.text

    answer = await scene.open(by="hr", cycle_code="2027", lines=[])

    assert answer.status_code == 422, answer.text
    assert [error["code"] for error in answer.json()["errors"]] == ["not_employed"], answer.text
    assert await rows(scene.organization, select(func.count()).select_from(Scorecard)) == 0


async def test_who_leads_somebody_no_more_does_not_agree_and_the_new_manager_does(scene: Scene) -> None:
    card = await scene.opened()
    proposed = await scene.act(card, "propose", "ann")
    assert proposed.status_code == 200, proposed.text
    etag = proposed.headers["ETag"]
    ann, eve = scene.people["ann"].id, scene.people["eve"].id
    async with scene.organization.world.kpi_api.database.write(scene.organization.id) as session:
        await session.execute(update(ReportingLine).where(ReportingLine.person_id == ann, ReportingLine.depth == 1).values(manager_id=eve))
        await session.execute(update(Employment).where(Employment.person_id == ann).values(manager_id=eve))

    former = await scene.act(card, "agree", "max", etag)
    never = await scene.act(str(new_id()), "agree", "max", etag)

    assert (former.status_code, former.json()) == (404, never.json())
    assert (await scene.read(card))["status"] == "proposed"
    agreed = await scene.act(card, "agree", "eve", etag)
    assert agreed.json()["status"] in {"agreed", "active"}, agreed.text
    assert [one["signer_id"] for one in agreed.json()["signatures"]] == [str(ann), str(eve)]


async def test_a_stakeholder_of_another_organization_is_as_one_that_never_was(organization: Organization) -> None:
    company = await found_company(organization)
    abroad = await found_company(await organization.world.new_organization())
    shared = kpi("launch", "team", unit="north", collaborative=True, stakeholders=[{"unit_code": "support", "part": "brings users"}])
    id_ = (await company.create(shared))["launch"]
    dora, answers = await company.client("dora"), []

    for person, unit in ((abroad.people["fay"].id, abroad.units["support"].id), (new_id(), new_id())):
        named = [{"person_id": str(person), "part": "writes"}, {"unit_id": str(unit), "part": "sells"}]
        answers.append((await dora.post(f"/v1/kpis/{id_}/stakeholders", json={"stakeholders": named})).json())

    assert answers[0] == answers[1]
    assert [error["code"] for result in answers[0]["results"] for error in result["errors"]] == ["unknown_stakeholder"] * 2, answers[0]
    assert await rows(organization, select(func.count()).select_from(KpiStakeholder)) == 1


async def test_a_template_with_a_retired_definition_opens_nothing(organization: Organization) -> None:
    """Given a template whose definition was retired since, when it is opened for eli at once, then eli's row names the definition."""
    company = await found_company(organization)
    admin = await company.admin()
    made = await admin.post("/v1/templates", json={"code": "rep", "name": "Representative", "lines": LINES})
    assert made.status_code == 201, made.text
    async with organization.world.kpi_api.database.write(organization.id) as session:
        email = DefinitionVersion.parts[0]["code"].astext == "open_rate"
        await session.execute(update(DefinitionVersion).where(email).values(retired_from=date(2020, 1, 2), status="retired"))

    people = {"template_code": "rep", "cycle_code": "2026", "people": [{"person_external_id": "x-eli"}]}
    answer = await admin.post("/v1/scorecards/bulk", json=people)

    (result,) = answer.json()["results"]
    assert (result["status"], result["id"]) == ("error", None), answer.text
    told = result["errors"][0]
    assert (told["code"], "`email`" in told["message"]) == ("unknown_definition", True), answer.text
    assert await rows(organization, select(func.count()).select_from(Scorecard)) == 0
