"""What stands below a KPI or a unit: by level and unit, folded where it is much, and never more than the viewer sees."""

from typing import Any

from chassis.identifiers import new_id
from tests.kpi_api.cascade.company import Company, kpi


async def read(company: Company, who: str, path: str, **params: Any) -> dict[str, Any]:
    client = await (company.admin() if who == "admin" else company.client(who))
    answer = await client.get(path, params=params)
    assert answer.status_code == 200, answer.text
    body: dict[str, Any] = answer.json()
    return body


async def below(company: Company, who: str, kpi_id: str, **params: Any) -> dict[str, Any]:
    return await read(company, who, f"/v1/kpis/{kpi_id}/line-of-sight", direction="down", **params)


async def unit(company: Company, who: str, code: str, **params: Any) -> dict[str, Any]:
    return await read(company, who, f"/v1/units/{company.units[code].id}/cascade", **params)


async def a_wide_cascade(company: Company) -> dict[str, str]:
    """The chain of five, Fay's and Hal's KPIs and Support's."""
    ids = await company.cascade()
    return ids | await company.create(
        kpi("support", "functional", unit="support", to=["field"]),
        kpi("fay", "individual", person="fay") | {"contributes_to": [{"parent": "north", "weight": "2.5"}]},
        kpi("fay-too", "individual", person="fay", to=["north", "support"]),
        kpi("hal", "individual", person="hal", to=["support"]),
        kpi("loose", "individual", person="hal"),
    )


def names(body: dict[str, Any]) -> list[str]:
    return [node["name"].removeprefix("Revenue of ") for node in body["nodes"]]


def links(body: dict[str, Any], ids: dict[str, str]) -> set[tuple[str, str, str | None, int]]:
    codes = {id_: code for code, id_ in ids.items()} | {group["id"]: group["label"] for group in body["folded"]}
    return {(codes[edge["child_id"]], codes[edge["parent_id"]], edge["weight"], edge["contributions"]) for edge in body["edges"]}


async def test_the_chief_sees_who_carries_a_kpi_by_level_and_unit(company: Company) -> None:
    ids = await a_wide_cascade(company)

    seen = await below(company, "ida", ids["growth"])

    assert seen["sentence"] == (
        "“Revenue of growth” is carried by 1 business unit, 2 functions, 1 team and 3 people; "
        "of these 8 KPIs 1 contributes to it directly."
    )
    assert [(level["level"], level["kpis"], level["units"], level["people"]) for level in seen["levels"]] == [
        ("business_unit", 1, 1, 0), ("functional", 2, 2, 0), ("team", 1, 1, 0), ("individual", 4, 2, 3),
    ]  # fmt: skip
    assert [(count["unit"]["name"], count["kpis"]) for count in seen["levels"][-1]["by_unit"]] == [("North", 3), ("Support", 1)]
    assert names(seen) == ["growth", "field", "sales", "support", "north", "eli", "fay", "fay-too", "hal"]
    assert (seen["direction"], seen["complete"], seen["folded"]) == ("down", True, [])
    assert links(seen, ids) == {
        ("field", "growth", "1", 1), ("sales", "field", "1", 1), ("support", "field", "1", 1), ("north", "sales", "1", 1),
        ("eli", "north", "1", 1), ("fay", "north", "2.5", 1), ("fay-too", "north", "1", 1), ("fay-too", "support", "1", 1),
        ("hal", "support", "1", 1),
    }  # fmt: skip
    fay = next(node for node in seen["nodes"] if node["id"] == ids["fay"])
    assert (fay["owner"]["name"], fay["owning_unit"]["name"], fay["targets"]) == ("fay", "North", ["at least 450,000 USD per quarter"])


async def test_what_is_out_of_sight_is_neither_listed_nor_counted(company: Company) -> None:
    ids = await a_wide_cascade(company)

    of_eli, of_gus = await below(company, "eli", ids["growth"]), await below(company, "gus", ids["growth"])
    of_eli_in_vale = await unit(company, "eli", "vale")

    assert names(of_eli) == ["growth", "field", "sales", "north", "eli"]
    assert of_eli["sentence"].startswith("“Revenue of growth” is carried by 1 business unit, 1 function, 1 team and 1 person; of these 4")
    assert [node["owner"] and node["owner"]["name"] for node in of_eli["nodes"]] == [None, None, None, None, "eli"]
    assert names(of_gus) == ["growth", "field", "support", "hal"]
    assert not any("Sales" in str(level) or "North" in str(level) for level in of_gus["levels"])
    assert names(of_eli_in_vale) == names(of_eli)
    assert of_eli_in_vale["sentence"] == (
        "Vale has 5 KPIs that you see: of 1 strategic KPI, 1 business unit, 1 function, 1 team and 1 person."
    )


async def test_a_kpi_out_of_sight_is_as_one_that_never_was(company: Company) -> None:
    ids = await a_wide_cascade(company)
    eli = await company.client("eli")

    hidden = await eli.get(f"/v1/kpis/{ids['fay']}/line-of-sight", params={"direction": "down"})
    never = await eli.get(f"/v1/kpis/{new_id()}/line-of-sight", params={"direction": "down"})
    no_unit = await eli.get(f"/v1/units/{new_id()}/cascade")

    assert (hidden.status_code, hidden.json()) == (never.status_code, never.json()) == (404, no_unit.json())


async def test_nothing_below_is_said_in_words(company: Company) -> None:
    ids = await a_wide_cascade(company)

    seen = await below(company, "eli", ids["eli"])

    assert (seen["sentence"], seen["levels"]) == ("Nothing that you see contributes to “Revenue of eli” yet.", [])
    assert names(seen) == ["eli"]


async def test_a_unit_is_read_with_the_units_below_it_and_their_people(company: Company) -> None:
    ids = await a_wide_cascade(company)

    sales, support, hals = await unit(company, "ida", "sales"), await unit(company, "ida", "support"), await unit(company, "hal", "sales")

    assert names(sales) == ["sales", "north", "eli", "fay", "fay-too"]
    assert (sales["unit"]["name"], sales["sentence"]) == ("Sales", "Sales has 5 KPIs that you see: of 1 function, 1 team and 2 people.")
    assert links(sales, ids) == {
        ("north", "sales", "1", 1), ("eli", "north", "1", 1), ("fay", "north", "2.5", 1), ("fay-too", "north", "1", 1)
    }  # fmt: skip
    assert names(support) == ["support", "hal", "loose"]
    assert (hals["sentence"], hals["nodes"], hals["edges"]) == ("Sales has no KPI that you see.", [], [])


async def test_another_cycle_has_other_kpis(company: Company) -> None:
    await a_wide_cascade(company)
    admin = await company.admin()
    made = await admin.post("/v1/cycles", json={"code": "2031", "name": "2031", "starts_on": "2031-01-01", "ends_on": "2031-12-31"})
    assert made.status_code == 201, made.text

    assert names(await unit(company, "ida", "vale", cycle="2031")) == []
    assert len(names(await unit(company, "ida", "vale", cycle="2026"))) == 10
    assert (await admin.get(f"/v1/units/{company.units['vale'].id}/cascade", params={"cycle": "1999"})).status_code == 404


async def test_units_are_folded_as_asked(company: Company) -> None:
    ids = await a_wide_cascade(company)

    folded = await unit(company, "ida", "vale", fold=str(company.units["sales"].id))
    shallow = await below(company, "ida", ids["growth"], depth=1)
    closed = await unit(company, "ida", "vale", depth=0)

    assert names(folded) == ["growth", "field", "support", "hal", "loose"]
    assert [(group["label"], group["of"], group["kpis"], group["people"]) for group in folded["folded"]] == [
        ("Sales: 5 KPIs of 2 people", "unit", 5, 2)
    ]
    assert ("Sales: 5 KPIs of 2 people", "field", None, 1) in links(folded, ids)
    assert ("Sales: 5 KPIs of 2 people", "support", None, 1) in links(folded, ids)
    assert names(shallow) == ["growth", "field"]
    assert [group["label"] for group in shallow["folded"]] == ["Sales: 5 KPIs of 2 people", "Support: 2 KPIs of 1 person"]
    assert shallow["levels"] == (await below(company, "ida", ids["growth"]))["levels"]
    assert names(closed) == ["growth"]
    assert [group["label"] for group in closed["folded"]] == ["Field: 9 KPIs of 3 people"]


async def test_beyond_the_limit_people_are_folded_first_then_units(company: Company) -> None:
    ids = await a_wide_cascade(company)

    people, units, none = [await unit(company, "ida", "vale", limit=limit) for limit in (8, 4, 1)]

    assert names(people) == ["growth", "field", "sales", "support", "north", "hal", "loose"]
    assert [(group["label"], group["of"]) for group in people["folded"]] == [("North: 3 KPIs of 2 people", "people")]
    assert ("North: 3 KPIs of 2 people", "north", None, 3) in links(people, ids)
    assert ("North: 3 KPIs of 2 people", "support", None, 1) in links(people, ids)
    assert names(units) == ["growth", "field"]
    assert len(units["folded"]) == 2
    assert (names(none), none["complete"], [group["kpis"] for group in none["folded"]]) == (["growth"], True, [9])
    assert sum(level["kpis"] for level in none["levels"]) == 10


async def test_folded_groups_count_only_what_is_in_sight(company: Company) -> None:
    await a_wide_cascade(company)

    seen = await unit(company, "eli", "vale", depth=1)

    assert [group["label"] for group in seen["folded"]] == ["Sales: 3 KPIs of 1 person"]


async def test_depth_and_limit_have_bounds(company: Company) -> None:
    client = await company.admin()
    path = f"/v1/units/{company.units['vale'].id}/cascade"

    for params in ({"depth": -1}, {"limit": 0}, {"limit": 1001}, {"fold": "x"}):
        assert (await client.get(path, params=params)).status_code == 422


async def test_a_node_words_its_targets_as_its_kpi_does(company: Company) -> None:
    due = {"value": "1", "unit": "USD", "due_quarter": 3, "evidence_required": True}
    late = due | {"lateness": {"kind": "per_day", "percent": "2.5", "grace_days": 1, "days": "business"}}
    within = {"value": "-5.50", "value_high": "5", "unit": "USD", "comparison": "within", "period": "month"}
    targets = {"due": due, "late": late, "within": within, "plain": {"value": "1200", "unit": "USD", "comparison": "above"}}
    ids = await company.create(*(kpi(code, "team", unit="north", targets=[target]) for code, target in targets.items()))

    nodes = {node["id"]: node["targets"] for node in (await unit(company, "admin", "north"))["nodes"]}

    for code, id_ in ids.items():
        own = (await read(company, "admin", f"/v1/kpis/{id_}"))["targets"]
        assert nodes[id_] == [target["sentence"] for target in own], code
    assert nodes[ids["due"]] == ["at least 1 USD by the end of Q3 (2026-09-30); with evidence"]
