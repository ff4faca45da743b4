"""Planning, changing and opening a cycle through the graph."""

from tests.kpi_api.given import a_person, store
from tests.kpi_api.graphql.asking import ask
from tests.world import Organization

SHOWN = "uuid code name startsOn endsOn midYearOn status version verbs { verb allowed }"
PROBLEM = "... on Problem { code detail errors { field code } }"
CREATE = f"""mutation ($cycle: CycleInput!) {{ createCycle(cycle: $cycle) {{ __typename
  ... on CycleChanged {{ cycle {{ id {SHOWN} }} }} {PROBLEM} }} }}"""
CHANGE = f"""mutation ($cycle: String!, $version: Int!, $changes: CycleChangeInput!) {{
  changeCycle(cycle: $cycle, version: $version, changes: $changes) {{ __typename
  ... on CycleChanged {{ cycle {{ {SHOWN} }} }} {PROBLEM} }} }}"""
OPEN = f"""mutation ($cycle: String!) {{ openCycle(cycle: $cycle) {{ __typename
  ... on CycleChanged {{ cycle {{ {SHOWN} }} }} {PROBLEM} }} }}"""
YEAR = {"code": "2027", "name": "Year 2027", "startsOn": "2027-01-01", "endsOn": "2027-12-31"}


async def test_a_year_is_planned_changed_by_who_read_it_and_opened(organization: Organization) -> None:
    client = (await organization.admin()).kpi_api

    planned = (await ask(client, CREATE, cycle=YEAR))["createCycle"]["cycle"]
    changed = (await ask(client, CHANGE, cycle="2027", version=1, changes={"midYearOn": "2027-06-30"}))["changeCycle"]["cycle"]
    stale = (await ask(client, CHANGE, cycle=planned["id"], version=1, changes={"name": "Other"}))["changeCycle"]
    opened = (await ask(client, OPEN, cycle=planned["uuid"]))["openCycle"]["cycle"]
    again = (await ask(client, OPEN, cycle=planned["id"]))["openCycle"]["cycle"]
    late = (await ask(client, CHANGE, cycle="2027", version=3, changes={"endsOn": "2028-01-31"}))["changeCycle"]

    assert (planned["status"], planned["midYearOn"], planned["version"]) == ("planned", "2027-07-02", 1)
    assert (changed["midYearOn"], changed["name"], changed["version"]) == ("2027-06-30", "Year 2027", 2)
    assert (stale["__typename"], stale["code"]) == ("ChangedProblem", "precondition_failed")
    assert "`name` is “Year 2027” now." in stale["detail"]
    assert opened == again
    assert (opened["status"], opened["version"]) == ("open", 3)
    assert {"verb": "change_dates", "allowed": False} in opened["verbs"]
    assert (late["__typename"], late["code"]) == ("ConflictProblem", "cycle_transition")
    await organization.world.work()
    feed = (await client.get("/v1/events", params={"type": ["cycle.changed"]})).json()["events"]
    assert [event["data"]["fields"] for event in feed] == [
        ["code", "ends_on", "mid_year_on", "name", "starts_on", "status", "year_end_on"], ["mid_year_on"], ["status"],
    ]  # fmt: skip
    read = await ask(client, f"query ($cycle: String!) {{ cycle(cycle: $cycle) {{ {SHOWN} }} none: cycle(cycle: \"2031\") {{ code }} }}",
                     cycle="2027")  # fmt: skip
    assert read == {"cycle": opened, "none": None}


async def test_what_makes_no_sense_is_named_by_field_and_only_hr_plans(organization: Organization) -> None:
    await store(organization, reader := a_person("reader"))
    client, colleague = (await organization.admin()).kpi_api, (await organization.as_person(reader.id)).kpi_api
    await ask(client, CREATE, cycle=YEAR)

    backwards = (await ask(client, CREATE, cycle=YEAR | {"code": "b", "endsOn": "2026-12-31"}))["createCycle"]
    twice = (await ask(client, CREATE, cycle=YEAR))["createCycle"]
    blank = (await ask(client, CHANGE, cycle="2027", version=1, changes={"name": None}))["changeCycle"]
    refused = [
        (await ask(colleague, CREATE, cycle=YEAR | {"code": "c"}))["createCycle"],
        (await ask(colleague, OPEN, cycle="2027"))["openCycle"],
    ]
    unknown = (await ask(client, OPEN, cycle="2031"))["openCycle"]

    assert [(one["__typename"], one["errors"][0]["field"]) for one in (backwards, twice, blank)] == [
        ("InvalidProblem", "/ends_on"), ("ConflictProblem", "/code"), ("InvalidProblem", "/name"),
    ]  # fmt: skip
    assert [one["__typename"] for one in refused] == ["NotAllowedProblem"] * 2
    assert unknown["__typename"] == "NotFoundProblem"
    seen = await ask(colleague, "{ cycles { edges { node { code status } } } }")
    assert [edge["node"] for edge in seen["cycles"]["edges"]] == [{"code": "2027", "status": "planned"}]
