"""Last cycle's scorecards for the next: lines and weights as they were, one's own KPIs copied, and what cannot be, with the reason."""

from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from sqlalchemy import select, update

from kpi_api.cascade.models import Kpi
from kpi_api.dictionary.models import DefinitionVersion
from kpi_api.people.models import Person
from kpi_api.scorecards.models import Scorecard
from tests.kpi_api import given
from tests.kpi_api.cascade.company import Company, found_company
from tests.kpi_api.scorecards.test_assignments import PLACE, TO_NORTH, assign, became, counted, finished
from tests.kpi_api.scorecards.test_opening import LINES
from tests.world import Organization

COPIES = "/v1/scorecards/copies"


@pytest.fixture
async def company(organization: Organization) -> Company:
    """Everybody of sales has a scorecard of 2026 from a template; the cycle 2027 is planned."""
    company = await found_company(organization)
    await company.cascade()
    first, middle, last = date(2027, 1, 1), date(2027, 6, 30), date(2027, 12, 31)
    next_year = given.a_cycle(code="2027", name="2027", starts_on=first, ends_on=last, mid_year_on=middle)
    await given.store(organization, next_year)
    answer = await (await company.admin()).post("/v1/templates", json={"code": "rep", "name": "Representative", "lines": LINES})
    assert answer.status_code == 201, answer.text
    await finished(company, await assign(company, "dora", "eli", "fay", contributes_to=[TO_NORTH]))
    return company


async def card_of(company: Company, name: str, cycle: str = "2026") -> dict[str, Any]:
    admin = await company.admin()
    query = {"person_id": str(company.people[name].id), "cycle_code": cycle}
    (card,) = (await admin.get("/v1/scorecards", params=query)).json()["items"]
    return dict((await admin.get(f"/v1/scorecards/{card['id']}")).json())


async def copy(company: Company, name: str, by: str = "dora", **body: Any) -> Any:
    card = await card_of(company, name)
    return await (await company.client(by)).post(f"/v1/scorecards/{card['id']}/copy", json={"to_cycle": "2027"} | body)


async def change(company: Company, *statements: Any) -> None:
    async with company.organization.world.kpi_api.database.write(company.organization.id) as session:
        for statement in statements:
            await session.execute(statement)


def by_name(copied: dict[str, Any]) -> dict[str, tuple[str, str | None]]:
    return {line["name"]: (line["status"], line["code"]) for line in copied["lines"]}


async def test_a_copy_has_the_lines_and_weights_with_kpis_of_its_own(company: Company) -> None:
    before = await card_of(company, "eli")

    answer = await copy(company, "eli", target_change_percent="10")

    assert answer.status_code == 200, answer.text
    assert (answer.json()["weights_total"], answer.json()["preview"]) == ("100.00", False)
    card = await card_of(company, "eli", "2027")
    assert (card["id"], card["status"], card["window_start"], card["template_id"]) == (
        answer.json()["scorecard_id"], "draft", "2027-01-01", None,
    )  # fmt: skip
    facts = [(line["definition_code"], line["weight"], line["component"]) for line in card["lines"]]
    assert facts == [(line["definition_code"], line["weight"], line["component"]) for line in before["lines"]]
    assert {line["kpi_id"] for line in card["lines"]}.isdisjoint(line["kpi_id"] for line in before["lines"])
    was, is_now = (Decimal(one["lines"][0]["targets"][0]["value"]) for one in (before, card))
    assert is_now == was * Decimal("1.1")
    dropped = answer.json()["lines"][0]["dropped_parents"]
    async with company.organization.world.kpi_api.database.read(company.organization.id) as session:
        assert dropped == [str(await session.scalar(select(Kpi.id).where(Kpi.code == "north")))]


async def test_what_cannot_be_copied_is_named_and_a_preview_writes_nothing(company: Company) -> None:
    card = await card_of(company, "eli")
    admin = await company.admin()
    async with company.organization.world.kpi_api.database.read(company.organization.id) as session:
        north = await session.scalar(select(Kpi.id).where(Kpi.code == "north"))
    lines = [{"kpi_id": line["kpi_id"], "weight": "40.00"} for line in card["lines"]] + [{"kpi_id": str(north), "weight": "20.00"}]
    changed = await admin.put(f"/v1/scorecards/{card['id']}/lines", json={"lines": lines}, headers={"If-Match": "*"})
    assert changed.status_code == 200, changed.text
    email = DefinitionVersion.parts[0]["code"].astext == "open_rate"
    await change(
        company,
        update(DefinitionVersion).where(email).values(retired_from=date(2026, 12, 1), status="retired"),
        update(Kpi).where(Kpi.id == card["lines"][0]["kpi_id"]).values(status="withdrawn"),
    )
    kpis, cards = await counted(company, Kpi), await counted(company, Scorecard)

    nothing = await copy(company, "eli", preview=True)

    assert (nothing.status_code, nothing.json()["code"]) == (422, "opening_refused")
    await change(company, update(Kpi).where(Kpi.id == card["lines"][0]["kpi_id"]).values(status="active"))
    preview = (await copy(company, "eli", preview=True)).json()
    names = [line["name"] for line in card["lines"]]
    assert by_name(preview) == {
        names[0]: ("copied", None), names[1]: ("left_out", "definition_retired"), "Revenue of north": ("left_out", "shared_kpi_not_copied"),
    }  # fmt: skip
    assert (preview["scorecard_id"], preview["weights_total"], preview["lines"][0]["kpi_id"]) == (None, "40.00", None)
    assert (await counted(company, Kpi), await counted(company, Scorecard)) == (kpis, cards)


async def test_a_shared_kpi_that_the_cascade_has_copied_stands_on_the_copy(company: Company) -> None:
    cascade = {"from_cycle": "2026", "to_cycle": "2027", "levels": ["strategic", "business_unit", "functional", "team"]}
    assert (await (await company.admin()).post("/v1/cascade/copies", json=cascade)).json()["created"] == 4

    copied = (await copy(company, "fay")).json()

    assert {line["status"] for line in copied["lines"]} == {"copied"}
    assert [line["dropped_parents"] for line in copied["lines"]] == [[], []]
    assert [line["code"] for line in copied["lines"]] == [None, None]


async def test_many_are_copied_as_a_job_with_a_result_for_each_and_undone(company: Company) -> None:
    await change(company, update(Person).where(Person.id == company.people["fay"].id).values(active=False))
    kpis = await counted(company, Kpi)
    admin = await company.admin()
    people = [{"person_external_id": f"x-{name}"} for name in ("dora", "eli", "fay", "hal")]
    body = {"from_cycle": "2026", "to_cycle": "2027", "people": people}

    preview = await finished(company, await admin.post(COPIES, json=body | {"preview": True}))

    assert (preview["status"], preview["opened"], preview["preview"], await counted(company, Kpi)) == ("finished", 2, True, kpis)
    undo = await admin.post(f"{PLACE}/{preview['id']}/undo")
    assert (undo.status_code, undo.json()["code"]) == (409, "assignment_preview")
    begun = await admin.post(COPIES, json=body)
    assert begun.headers["Location"] == f"{PLACE}/{begun.json()['id']}"
    assert (await finished(company, begun))["opened"] == 2
    assert await became(company, begun) == {
        "dora": ("opened", None), "eli": ("opened", None), "fay": ("refused", "person_left"), "hal": ("skipped", "no_scorecard"),
    }  # fmt: skip
    assert (await counted(company, Scorecard), await counted(company, Kpi)) == (3 + 2, kpis + 4)
    again = await admin.post(COPIES, json=body)
    assert (await finished(company, again))["opened"] == 0
    assert (await became(company, again))["eli"] == ("skipped", "has_scorecard")
    await admin.post(f"{PLACE}/{begun.json()['id']}/undo")
    assert (await finished(company, begun))["removed"] == 2
    assert (await counted(company, Scorecard), await counted(company, Kpi)) == (3, kpis)
    told = (await admin.get("/v1/events", params={"type": ["template_assignment.finished"]})).json()["events"]
    assert [(event["data"].get("template_id") is None, event["data"]["opened"]) for event in told] == [(False, 3), (True, 2), (True, 0)]


async def test_results_say_what_each_copy_leaves_out(company: Company) -> None:
    card = await card_of(company, "eli")
    await change(company, update(Kpi).where(Kpi.id == card["lines"][1]["kpi_id"]).values(status="withdrawn"))
    admin = await company.admin()
    begun = await admin.post(COPIES, json={"from_cycle": "2026", "to_cycle": "2027", "people": [{"person_external_id": "x-eli"}]})
    await finished(company, begun)
    (result,) = (await admin.get(f"{PLACE}/{begun.json()['id']}/results")).json()["items"]
    assert [(one["kpi_id"], one["code"]) for one in result["left_out"]] == [(card["lines"][1]["kpi_id"], "kpi_withdrawn")]


async def test_who_may_not_open_it_copies_nothing_and_cycles_must_differ_and_be_known(company: Company) -> None:
    assert (await copy(company, "eli", by="gus")).status_code == 404
    assert (await copy(company, "eli", by="cleo")).status_code == 403
    assert (await copy(company, "eli", by="eli")).status_code == 200
    assert (await copy(company, "eli", by="dora")).status_code == 409
    assert (await copy(company, "fay", to_cycle="2026")).json()["errors"][0]["field"] == "/to_cycle"
    assert (await copy(company, "fay", to_cycle="2040")).json()["errors"][0]["field"] == "/cycle_code"
    admin = await company.admin()
    for cycles, field in ((("2040", "2027"), "/from_cycle"), (("2026", "2026"), "/to_cycle"), (("2026", "2040"), "/to_cycle")):
        body = dict(zip(("from_cycle", "to_cycle"), cycles, strict=True)) | {"unit_code": "north"}
        refused = await admin.post(COPIES, json=body)
        assert (refused.status_code, refused.json()["errors"][0]["field"]) == (422, field)
    assert await counted(company, Scorecard) == 4
