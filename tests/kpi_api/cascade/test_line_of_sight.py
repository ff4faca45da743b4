"""Lines of sight: every way up to the mission, in data and words; who sees how much of it; orphans."""

from typing import Any

from sqlalchemy import select, text

from chassis.identifiers import new_id
from kpi_api.access.models import KpiSight
from kpi_api.cascade.lines import lines_of_sight
from kpi_api.people.models import Person
from tests.kpi_api.cascade.company import Company, kpi
from tests.kpi_api.given import a_person, an_employment, store

FORBIDDEN = ("owner", "stakeholders", "contributes_to", "code", "window_start")


async def line(company: Company, who: str, kpi_id: str) -> dict[str, Any]:
    answer = await (await company.client(who)).get(f"/v1/kpis/{kpi_id}/line-of-sight")
    assert answer.status_code == 200, answer.text
    body: dict[str, Any] = answer.json()
    return body


async def test_an_employee_sees_how_their_kpi_reaches_the_mission(company: Company) -> None:
    ids = await company.cascade()
    async with company.organization.world.kpi_api.database.write(company.organization.id) as session:
        await session.execute(text("UPDATE organization_profiles SET mission = 'Light for every street.'"))

    seen = await line(company, "eli", ids["eli"])

    assert seen["paths"] == [[ids["eli"], ids["north"], ids["sales"], ids["field"], ids["growth"]]]
    assert (seen["orphan"], seen["complete"]) == (False, True)
    assert seen["sentence"] == (
        "“Revenue of eli” contributes to “Revenue of north”, which contributes to “Revenue of sales”, which contributes to "
        "“Revenue of field”, which contributes to “Revenue of growth”, which serves the mission: Light for every street."
    )
    top = seen["nodes"][0]
    assert (top["name"], top["level"], top["owning_unit"]["name"], top["status"]) == ("Revenue of growth", "strategic", "Vale", "active")
    assert top["targets"][0]["sentence"] == "at least 450,000 USD per quarter"
    assert not any(name in node for node in seen["nodes"] for name in FORBIDDEN)


async def test_kpis_of_the_same_name_are_told_apart_by_their_units(company: Company) -> None:
    ids = await company.create(
        kpi("growth", "strategic", unit="vale"),
        kpi("field", "business_unit", unit="field", to=["growth"], name="Revenue"),
        kpi("sales", "functional", unit="sales", to=["field"], name="Revenue"),
    )

    seen = await line(company, "cleo", ids["sales"])

    assert seen["sentence"] == "“Revenue” (Sales) contributes to “Revenue” (Field), which contributes to “Revenue of growth”."


async def codes(company: Company, who: str) -> list[str]:
    return [item["code"] for item in (await (await company.client(who)).get("/v1/kpis")).json()["items"]]


async def test_what_stands_above_is_seen_as_an_ancestor_and_the_rest_not_at_all(company: Company) -> None:
    ids = await company.cascade()
    others = await company.create(kpi("fay", "individual", person="fay", to=["north"]), kpi("support", "functional", unit="support"))
    eli = await company.client("eli")

    own, above = (await eli.get(f"/v1/kpis/{ids['eli']}")).json(), (await eli.get(f"/v1/kpis/{ids['sales']}")).json()
    listed = [item["id"] for item in (await eli.get("/v1/kpis")).json()["items"]]

    assert (own["view"], own["owner"]["name"]) == ("full", "eli")
    assert above["view"] == "ancestor"
    assert not any(name in above for name in FORBIDDEN)
    assert listed == [ids["eli"]]
    never = (await eli.get(f"/v1/kpis/{new_id()}")).json()
    for hidden in (others["fay"], others["support"]):
        for path in ("", "/line-of-sight"):
            answer = await eli.get(f"/v1/kpis/{hidden}{path}")
            assert (answer.status_code, answer.json()) == (404, never)


async def test_who_leads_sees_whole_what_stands_below(company: Company) -> None:
    ids = await company.cascade()

    seen = {name: await codes(company, name) for name in company.people}

    assert seen["ida"] == ["growth", "field", "sales", "north", "eli"]
    assert seen["cleo"] == ["sales", "north", "eli"]
    assert seen["dora"] == ["north", "eli"]
    assert (seen["fay"], seen["gus"], seen["hal"]) == ([], [], [])
    assert (await line(company, "ida", ids["eli"]))["paths"]


async def test_several_ways_up_are_all_told_the_heaviest_first(company: Company) -> None:
    ids = await company.create(
        kpi("growth", "strategic", unit="vale"),
        kpi("sales", "functional", unit="sales", to=["growth"]),
        kpi("support", "functional", unit="support", to=["growth"]),
        kpi("loose", "functional", unit="support"),
        kpi("eli", "individual", person="eli")
        | {"contributes_to": [{"parent": "sales", "weight": "1"}, {"parent": "support", "weight": "2.5"}, {"parent": "loose"}]},
    )

    seen = await line(company, "eli", ids["eli"])

    assert seen["paths"] == [[ids["eli"], ids["support"], ids["growth"]], [ids["eli"], ids["sales"], ids["growth"]]]
    assert seen["sentence"].endswith("There is one other way.")
    assert {(edge["parent_id"], edge["weight"], edge["skips_level"]) for edge in seen["edges"] if edge["child_id"] == ids["eli"]} == {
        (ids["sales"], "1", True),
        (ids["support"], "2.5", True),
        (ids["loose"], "1", True),
    }  # fmt: skip
    assert len(seen["nodes"]) == 5


async def test_very_many_ways_are_cut_off_and_said_so(company: Company) -> None:
    """Seven floors of two KPIs each, every one linked to both above: 2 ** 7 ways."""
    units = ["vale", "field", "sales", "north"]
    levels = ["strategic", "business_unit", "functional", "team"]
    rows = [kpi("top", "strategic", unit="vale")]
    rows += [
        kpi(f"{level}{n}", level, unit=unit, to=[f"{levels[at - 1]}{m}" for m in range(6)] if at > 1 else ["top"])
        for at, (level, unit) in enumerate(zip(levels, units, strict=True))
        for n in range(6)
        if at
    ]
    ids = await company.create(*rows, kpi("eli", "individual", person="eli", to=[f"team{n}" for n in range(6)]))

    seen = await line(company, "eli", ids["eli"])

    assert (len(seen["paths"]), seen["complete"], seen["orphan"]) == (100, False, False)
    assert len(seen["nodes"]) == 20


async def test_orphans_lead_nowhere_even_with_a_parent(company: Company) -> None:
    await company.cascade()
    ids = await company.create(
        kpi("loose", "functional", unit="support"),
        kpi("hal", "individual", person="hal", to=["loose"]),
        kpi("fay", "individual", person="fay"),
    )

    everybodys = [item["code"] for item in (await (await company.admin()).get("/v1/orphans")).json()["items"]]
    of_gus = [item["code"] for item in (await (await company.client("gus")).get("/v1/orphans")).json()["items"]]
    lonely = await line(company, "hal", ids["hal"])

    assert everybodys == ["loose", "hal", "fay"]
    assert of_gus == ["loose", "hal"]
    assert (lonely["orphan"], lonely["paths"]) == (True, [])
    assert lonely["sentence"] == "“Revenue of hal” leads to no strategic KPI yet."


async def test_the_sentence_calls_a_kpi_what_the_organization_calls_it(company: Company) -> None:
    ids = await company.create(kpi("hal", "individual", person="hal"))
    admin = await company.admin()
    state = (await admin.get("/v1/organization")).headers["ETag"]

    changed = await admin.patch("/v1/organization", json={"indicator_label": "goal", "mission": "Light."}, headers={"If-Match": state})
    stale = await admin.patch("/v1/organization", json={"indicator_label": "OKR"}, headers={"If-Match": state})

    assert (changed.status_code, stale.status_code) == (200, 412)
    assert (await line(company, "hal", ids["hal"]))["sentence"] == "“Revenue of hal” leads to no strategic goal yet."


async def test_the_snapshot_gets_lines_of_many_kpis_as_names(company: Company) -> None:
    ids = await company.cascade()
    async with company.organization.world.kpi_api.database.read(company.organization.id) as session:
        lines = await lines_of_sight(session, [company.people["eli"].id, *map(type(company.people["eli"].id), ids.values())])

    assert {len(paths[0]) for paths in lines.values()} == {1, 2, 3, 4, 5}
    assert lines[type(company.people["eli"].id)(ids["north"])] == [
        ["Revenue of north", "Revenue of sales", "Revenue of field", "Revenue of growth"]
    ]


async def sights(company: Company, person: Person) -> set[tuple[str, str]]:
    async with company.organization.world.kpi_api.database.read(company.organization.id) as session:
        rows = await session.scalars(select(KpiSight).where(KpiSight.person_id == person.id))
        return {(str(row.kpi_id), row.sight) for row in rows}


async def test_a_shared_kpi_is_seen_whole_by_who_carries_it_and_follows_them_when_they_move(company: Company) -> None:
    await company.cascade()
    ids = await company.create(
        kpi("launch", "functional", unit="sales", to=["growth"], collaborative=True, window_start="2026-03-01", window_days=60),
    )
    client = await company.admin()

    added = await client.post(f"/v1/kpis/{ids['launch']}/stakeholders", json={"stakeholders": [
        {"unit_code": "support", "part": "Onboards new customers"}, {"person_external_id": "x-fay"}, {"unit_code": "nothing"},
    ]})  # fmt: skip
    again = await client.post(f"/v1/kpis/{ids['launch']}/stakeholders", json={"stakeholders": [{"unit_code": "support"}]})

    assert [result["status"] for result in added.json()["results"]] == ["created", "created", "error"]
    assert again.json()["unchanged"] == 1
    hal = await company.client("hal")
    launch = (await hal.get(f"/v1/kpis/{ids['launch']}")).json()
    assert (launch["view"], {carrier["part"] for carrier in launch["stakeholders"]}) == ("full", {"Onboards new customers", ""})
    assert len(await sights(company, company.people["hal"])) == 2
    assert (await hal.put(f"/v1/kpis/{ids['launch']}/targets", json={"targets": [{"value": "1", "unit": "USD"}]})).status_code == 403

    # A newcomer in the unit sees it once the move is worked.
    ivo = a_person("ivo")
    await store(company.organization, ivo, an_employment(ivo, company.people["gus"]))
    assert await sights(company, ivo) == set()
    await client.post(
        f"/v1/people/{ivo.id}/employments", json={"valid_from": "2021-01-01", "unit_id": str(company.units["support"].id)}
    )
    await company.organization.world.work()
    assert (ids["launch"], "stakeholder") in await sights(company, ivo)


async def test_a_new_head_of_a_unit_takes_over_its_line_of_sight(company: Company) -> None:
    ids = await company.cascade()
    sales, client = company.units["sales"], await company.admin()
    assert (ids["growth"], "ancestor") in await sights(company, company.people["cleo"])

    path = f"/v1/units/{sales.id}"
    unit = await client.get(path)
    given = {name: value for name, value in unit.json().items() if name not in {"id", "version"}}
    changed = given | {"head_id": str(company.people["gus"].id)}
    assert (await client.put(path, json=changed, headers={"If-Match": unit.headers["ETag"]})).status_code == 200
    await company.organization.world.work()

    assert (ids["growth"], "ancestor") in await sights(company, company.people["gus"])
    assert (ids["growth"], "ancestor") not in await sights(company, company.people["cleo"])
