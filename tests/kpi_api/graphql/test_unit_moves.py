"""A unit moves by the graph as it does by REST."""

from tests.kpi_api.cascade.company import Company, kpi
from tests.kpi_api.graphql.asking import ask

MOVE = """mutation ($unit: ID!, $parent: ID, $version: Int, $preview: Boolean!) {
  moveUnit(id: $unit, parent: $parent, version: $version, preview: $preview) {
    __typename
    ... on UnitMoveChanged { moved version kpiCount astrayCount cutOff gainsSight { displayName } unit { code }
      astray { finding child { name } parent { name } } }
    ... on Problem { code } } }"""
STRAY = "query ($unit: ID!) { strayContributions(unitId: $unit) { finding sentence child { name } parent { name } } }"


async def test_a_unit_is_moved_with_what_comes_of_it(company: Company) -> None:
    await company.cascade()
    await company.create(kpi("north-too", "team", unit="north", to=["field"]))
    north, support = str(company.units["north"].id), str(company.units["support"].id)
    admin, gus = await company.admin(), await company.client("gus")
    wanted = {"unit": north, "parent": support, "preview": False}

    link = {"finding": "ACROSS", "child": {"name": "Revenue of north"}, "parent": {"name": "Revenue of sales"}}
    would = (await ask(admin, MOVE, **wanted | {"preview": True}))["moveUnit"]
    assert would == {
        "__typename": "UnitMoveChanged", "moved": False, "version": 1, "kpiCount": 3, "astrayCount": 1,
        "cutOff": ["Revenue of north", "Revenue of eli"], "gainsSight": [{"displayName": "gus"}], "unit": {"code": "north"},
        "astray": [link],
    }  # fmt: skip
    assert (await ask(admin, MOVE, **wanted))["moveUnit"] == {"__typename": "ChangedProblem", "code": "precondition_required"}
    assert (await ask(gus, MOVE, **wanted, version=1))["moveUnit"] == {"__typename": "NotAllowedProblem", "code": "not_allowed"}
    assert (await ask(admin, STRAY, unit=north))["strayContributions"] == []

    done = (await ask(admin, MOVE, **wanted, version=1))["moveUnit"]
    assert (done["moved"], done["version"], done["astray"]) == (True, 2, [link])
    assert (await ask(admin, MOVE, **wanted, version=1))["moveUnit"]["code"] == "precondition_failed"
    [stray] = (await ask(admin, STRAY, unit=north))["strayContributions"]
    sentence = "“Revenue of north” (North) contributes to “Revenue of sales” (Sales), which does not stand above it."
    assert stray == {**link, "sentence": sentence}
    assert (await ask(gus, STRAY, unit=north))["strayContributions"] == [], "Sales is out of gus's sight"
    circle = await ask(admin, MOVE, unit=support, parent=north, version=1, preview=False)
    assert circle["moveUnit"] == {"__typename": "ConflictProblem", "code": "circular_units"}
