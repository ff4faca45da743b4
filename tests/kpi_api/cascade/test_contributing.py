"""Linking KPIs upward: weights, direction, circles, also with two writers at once."""

import asyncio

import pytest
from sqlalchemy import func, select, text
from sqlalchemy.exc import IntegrityError

from chassis.identifiers import new_id
from kpi_api.cascade.models import Contribution
from tests.kpi_api.cascade.company import Company, kpi
from tests.kpi_api.given import count

CONTRIBUTIONS = select(func.count()).select_from(Contribution)


async def link(company: Company, who: str, *pairs: tuple[str, str], weight: str = "1") -> list[str]:
    """Status, or the error's code, of each pair."""
    rows = [{"child": child, "parent": parent, "weight": weight} for child, parent in pairs]
    answer = await (await company.client(who)).post("/v1/contributions", json={"contributions": rows})
    assert answer.status_code == 200, answer.text
    return [result["errors"][0]["code"] if result["errors"] else result["status"] for result in answer.json()["results"]]


async def test_links_go_upward_and_carry_weights(company: Company) -> None:
    ids = await company.create(kpi("growth", "strategic", unit="vale"), kpi("sales", "functional", unit="sales"))

    assert await link(company, "ida", ("sales", "growth")) == ["created"]
    assert await link(company, "ida", (ids["sales"], ids["growth"])) == ["unchanged"]
    assert await link(company, "ida", ("sales", "growth"), weight="0.25") == ["updated"]
    assert await link(company, "ida", ("growth", "sales"), ("growth", "growth")) == ["circle", "circle"]
    assert await count(company.organization, CONTRIBUTIONS) == 1


async def test_a_kpi_is_told_that_it_cannot_contribute_to_itself(company: Company) -> None:
    await company.create(kpi("growth", "strategic", unit="vale"))
    itself = {"contributions": [{"child": "growth", "parent": "growth"}]}

    answer = await (await company.client("ida")).post("/v1/contributions", json=itself)

    assert [error["message"] for error in answer.json()["results"][0]["errors"]] == ["A KPI does not contribute to itself."]


async def test_the_same_level_is_upward_only_to_a_unit_above(company: Company) -> None:
    await company.create(
        kpi("sales", "functional", unit="sales"),
        kpi("support", "functional", unit="support"),
        kpi("eli", "individual", person="eli"),
        kpi("cleo", "individual", person="cleo"),
    )

    assert await link(company, "ben", ("sales", "support"), ("eli", "cleo"), ("eli", "sales")) == ["not_upward", "created", "created"]
    assert await link(company, "ben", ("cleo", "eli")) == ["circle"]


async def test_who_may_not_change_the_child_or_see_the_parent_links_nothing(company: Company) -> None:
    await company.create(
        kpi("growth", "strategic", unit="vale"),
        kpi("support", "functional", unit="support", to=["growth"]),
        kpi("hal", "individual", person="hal", to=["support"]),
        kpi("eli", "individual", person="eli"),
    )

    assert await link(company, "hal", ("support", "growth")) == ["not_allowed"]
    assert await link(company, "gus", ("hal", "growth"), ("eli", "support")) == ["created", "unknown_child"]
    assert await link(company, "eli", ("eli", "support"), ("eli", "nothing")) == ["unknown_parent", "unknown_parent"]
    assert await count(company.organization, CONTRIBUTIONS) == 3


async def test_an_ended_link_ends_the_line_of_sight_too(company: Company) -> None:
    ids = await company.cascade()
    path = f"/v1/kpis/{ids['sales']}/contributions/{ids['field']}"
    eli, cleo = await company.client("eli"), await company.client("cleo")
    assert (await eli.get(f"/v1/kpis/{ids['growth']}")).status_code == 200

    assert (await eli.delete(path)).status_code == 404
    assert (await cleo.delete(path)).status_code == 204
    assert (await cleo.delete(path)).status_code == 404

    assert (await eli.get(f"/v1/kpis/{ids['sales']}")).status_code == 200
    assert (await eli.get(f"/v1/kpis/{ids['growth']}")).status_code == 404
    assert (await eli.get(f"/v1/kpis/{ids['eli']}/line-of-sight")).json()["orphan"] is True


async def test_the_database_itself_refuses_circles(company: Company) -> None:
    ids = await company.cascade()
    database = company.organization.world.kpi_api.database

    with pytest.raises(IntegrityError, match="circle"):
        async with database.write(company.organization.id) as session:
            session.add(Contribution(child_id=ids["growth"], parent_id=ids["eli"], weight=1))

    assert await count(company.organization, CONTRIBUTIONS) == 4


async def test_two_writers_cannot_each_add_half_of_a_circle(company: Company) -> None:
    """Both transactions have inserted before either commits; the second waits for the first and then sees its half."""
    ids = await company.create(kpi("a", "team", unit="north"), kpi("b", "team", unit="north"))
    database, inserted = company.organization.world.kpi_api.database, asyncio.Event()
    insert = text(
        "INSERT INTO contributions (organization_id, id, child_id, parent_id, weight) VALUES (:organization, :id, :child, :parent, 1)"
    )

    async def add(child: str, parent: str, first: bool) -> None:
        if not first:
            await inserted.wait()
        async with database.write(company.organization.id) as session:
            keys = {"organization": company.organization.id, "id": new_id(), "child": ids[child], "parent": ids[parent]}
            await session.execute(insert, keys)
            inserted.set()
            await asyncio.sleep(0.2 if first else 0)

    outcomes = await asyncio.gather(add("a", "b", True), add("b", "a", False), return_exceptions=True)

    assert outcomes[0] is None
    assert isinstance(outcomes[1], IntegrityError)
    assert await count(company.organization, CONTRIBUTIONS) == 1


@pytest.mark.parametrize("status", ["closing", "closed"])
async def test_a_kpi_of_a_closed_cycle_stays_as_it_is(company: Company, status: str) -> None:
    """Given a cascade whose cycle is closing or closed, then links, targets, roll-ups and leads stay, and the verbs say why."""
    ids = await company.cascade()
    admin = await company.admin()
    async with company.organization.world.kpi_api.database.write(company.organization.id) as session:
        await session.execute(text("UPDATE cycles SET status = :status"), {"status": status})
    path, tag = f"/v1/kpis/{ids['eli']}", {"If-Match": "*"}

    linked = await link(company, "ida", ("eli", "north"), ("eli", "sales"), ("growth", "eli"))
    reweighed = await link(company, "ida", ("eli", "north"), weight="7")
    answers = [
        await admin.delete(f"{path}/contributions/{ids['north']}"),
        await admin.put(f"{path}/targets", json={"targets": [{"value": "1", "unit": "USD"}]}, headers=tag),
        await admin.put(f"{path}/roll-up", json={"roll_up": "sum", "roll_up_of": "values"}, headers=tag),
        await admin.put(f"{path}/leads", json={"lagging": "north"}),
    ]

    assert (linked, reweighed) == (["unchanged", "cycle_closed", "circle"], ["cycle_closed"])
    assert {(answer.status_code, answer.json().get("code")) for answer in answers} == {(422, "kpi_refused")}, answers
    assert {answer.json()["detail"] for answer in answers} == {"Its cycle is closed, so the KPI stays as it is."}
    verbs = {verb["verb"]: verb for verb in (await admin.get(path)).json()["verbs"]}
    assert {verbs[name]["reason"] for name in ("change_targets", "change_roll_up", "contribute")} == {answers[0].json()["detail"]}


async def test_a_strategic_kpi_is_told_that_it_stands_at_the_top(company: Company) -> None:
    await company.create(kpi("growth", "strategic", unit="vale"), kpi("sales", "functional", unit="sales"))
    downward = {"contributions": [{"child": "growth", "parent": "sales"}]}

    answer = await (await company.client("ida")).post("/v1/contributions", json=downward)

    assert answer.json()["results"][0]["errors"][0]["message"] == "A strategic KPI stands at the top: it contributes to none."
