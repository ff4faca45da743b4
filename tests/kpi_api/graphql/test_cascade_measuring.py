"""Values recorded, read and rolled up, milestones done and targets supposed, through the graph."""

from typing import Any

import pytest

from tests.kpi_api.cascade.company import Company, kpi
from tests.kpi_api.given import a_definition, store
from tests.kpi_api.graphql.asking import ask
from tests.kpi_api.graphql.test_graph import statements_of

PROBLEM = "... on Problem { code detail errors { field code } }"
RECORD = f"""mutation ($rows: [MeasurementInput!]!) {{ recordMeasurements(rows: $rows) {{
  __typename ... on RowsChanged {{ updated unchanged error results {{ row status uuid errors {{ field code }} }} }} {PROBLEM} }} }}"""
READ = """query ($id: ID!, $history: Boolean!) { kpi(id: $id) { sight measurements(history: $history) {
  actuals { part actual target } values { periodStart periodEnd revision value source provenance } } } }"""
DONE = f"""mutation ($id: ID!, $milestone: MilestoneInput!) {{ recordMilestone(id: $id, milestone: $milestone) {{
  __typename ... on MilestoneChanged {{ milestone {{ doneOn dueOn daysLate evidence }} kpi {{ milestones {{ evidence }}
  actuals {{ actual }} }} }} {PROBLEM} }} }}"""
ROLL_UP = f"""mutation ($kpis: [String!]!, $accept: Boolean!) {{ rollUp(kpis: $kpis, acceptMissing: $accept) {{
  __typename ... on RollUpsChanged {{ results {{ kpi {{ code }} periods {{ periodStart value status missing }} errors {{ code }} }} }}
  {PROBLEM} }} }}"""
SUPPOSE = f"""query ($id: ID!, $target: TargetInput!) {{ targetDifficulty(id: $id, target: $target) {{
  __typename ... on TargetDifficulty {{ target counted own {{ met measured }} }} {PROBLEM} }} }}"""


@pytest.fixture
async def company(company: Company) -> Company:
    await company.organization.set_clock("2026-10-20T09:00:00Z")
    return company


def row(code: str, start: str, value: str, **given: Any) -> dict[str, Any]:
    return {"kpi": code, "periodStart": start, "value": value, "source": "CRM"} | given


async def test_values_are_recorded_row_by_row_corrected_and_read_with_what_they_add_up_to(company: Company) -> None:
    ids = await company.cascade()
    eli, fay = await company.client("eli"), await company.client("fay")
    rows = [row(ids["eli"], "2026-01-01", "100.50"), row("eli", "2026-04-01", "200"), row("nothing", "2026-01-01", "1")]

    first = (await ask(eli, RECORD, rows=rows))["recordMeasurements"]
    again = (await ask(eli, RECORD, rows=[rows[0], row("eli", "2026-04-01", "250")]))["recordMeasurements"]
    not_fays = (await ask(fay, RECORD, rows=rows[:1]))["recordMeasurements"]
    none = (await ask(eli, RECORD, rows=[]))["recordMeasurements"]

    assert [one["status"] for one in first["results"]] == ["CREATED", "CREATED", "ERROR"]
    assert first["results"][2] == {"row": 3, "status": "ERROR", "uuid": None, "errors": [{"field": "/kpi", "code": "unknown_kpi"}]}
    assert (again["unchanged"], again["updated"], again["error"]) == (1, 1, 0)
    assert [one["errors"] for one in not_fays["results"]] == [[{"field": "/kpi", "code": "unknown_kpi"}]]
    assert (none["__typename"], none["errors"][0]["field"]) == ("InvalidProblem", "/rows")
    seen = (await ask(eli, READ, id=ids["eli"], history=False))["kpi"]["measurements"]
    assert [(one["periodStart"], one["periodEnd"], one["revision"], one["value"]) for one in seen["values"]] == [
        ("2026-01-01", "2026-03-31", 1, "100.50"), ("2026-04-01", "2026-06-30", 2, "250"),
    ]  # fmt: skip
    assert [one["actual"] for one in seen["actuals"]] == ["350.50"]
    whole = (await ask(eli, READ, id=ids["eli"], history=True))["kpi"]["measurements"]
    assert [one["value"] for one in whole["values"]] == ["100.50", "250", "200"]


async def test_the_values_of_an_ancestor_are_kept_from_those_below(company: Company) -> None:
    ids = await company.cascade()
    await ask(await company.admin(), RECORD, rows=[row("north", "2026-01-01", "5")])

    above = (await ask(await company.client("eli"), READ, id=ids["north"], history=True))["kpi"]
    head = (await ask(await company.client("dora"), READ, id=ids["north"], history=True))["kpi"]

    assert above == {"sight": "ANCESTOR", "measurements": None}
    assert [one["value"] for one in head["measurements"]["values"]] == ["5"]


async def test_a_milestone_is_done_with_evidence_where_that_is_asked_for(company: Company) -> None:
    part = {"code": "main", "name": "Certification", "unit": "count", "direction": "milestone"}
    await store(company.organization, *a_definition("certificate", direction="milestone", combine="last", parts=[part]))
    target = {"value": "1", "unit": "count", "due_quarter": 3, "evidence_required": True}
    (id_,) = (await company.create(kpi("cert", "individual", person="eli", definition_code="certificate", targets=[target]))).values()
    eli, fay = await company.client("eli"), await company.client("fay")

    bare = (await ask(eli, DONE, id=id_, milestone={"doneOn": "2026-09-18"}))["recordMilestone"]
    hidden = (await ask(fay, DONE, id=id_, milestone={"doneOn": "2026-09-18", "evidence": "Mine"}))["recordMilestone"]
    done = (await ask(eli, DONE, id=id_, milestone={"doneOn": "2026-09-18", "evidence": "Certificate 4711"}))["recordMilestone"]

    assert (bare["__typename"], bare["code"], bare["errors"][0]["field"]) == ("InvalidProblem", "evidence_required", "/evidence")
    assert hidden["__typename"] == "NotFoundProblem"
    assert done == {
        "__typename": "MilestoneChanged",
        "milestone": {"doneOn": "2026-09-18", "dueOn": "2026-09-30", "daysLate": 0, "evidence": "Certificate 4711"},
        "kpi": {"milestones": [{"evidence": "Certificate 4711"}], "actuals": [{"actual": "1"}]},
    }


async def test_a_roll_up_names_what_is_missing_below_and_records_what_is_accepted(company: Company) -> None:
    await company.cascade()
    ids = await company.create(kpi("fay", "individual", person="fay", to=["north"]))
    admin, dora = await company.admin(), await company.client("dora")
    await ask(admin, RECORD, rows=[row("eli", "2026-01-01", "100")])

    not_doras = (await ask(dora, ROLL_UP, kpis=["north"], accept=True))["rollUp"]
    waits = (await ask(admin, ROLL_UP, kpis=["north", "nothing"], accept=False))["rollUp"]
    accepted = (await ask(admin, ROLL_UP, kpis=["north"], accept=True))["rollUp"]

    assert not_doras["__typename"] == "NotAllowedProblem"
    period = {"periodStart": "2026-01-01", "value": "100", "status": "INCOMPLETE", "missing": [ids["fay"]]}
    assert waits["results"] == [
        {"kpi": {"code": "north"}, "periods": [period], "errors": []},
        {"kpi": None, "periods": [], "errors": [{"code": "unknown_kpi"}]},
    ]
    assert accepted["results"] == [{"kpi": {"code": "north"}, "periods": [period | {"status": "CREATED"}], "errors": []}]


async def test_a_supposed_target_is_judged_by_earlier_values_and_not_set(company: Company) -> None:
    ids = await company.cascade()
    eli, fay = await company.client("eli"), await company.client("fay")
    days = {"starts_on": "2025-01-01", "ends_on": "2025-12-31", "mid_year_on": "2025-06-30"}
    await (await company.admin()).post("/v1/cycles", json={"code": "2025", "name": "2025", "status": "open"} | days)
    await company.create(kpi("before", "individual", person="eli", cycle_code="2025"))
    await ask(await company.admin(), RECORD, rows=[row("before", "2025-01-01", "100"), row("before", "2025-04-01", "300")])
    target = {"value": "200", "unit": "USD", "period": "QUARTER"}

    supposed = (await ask(eli, SUPPOSE, id=ids["eli"], target=target))["targetDifficulty"]
    misfit = (await ask(eli, SUPPOSE, id=ids["eli"], target=target | {"unit": "percent"}))["targetDifficulty"]
    hidden = (await ask(fay, SUPPOSE, id=ids["eli"], target=target))["targetDifficulty"]

    assert supposed == {
        "__typename": "TargetDifficulty", "target": "at least 200 USD per quarter", "counted": "quarters",
        "own": {"met": 1, "measured": 2},
    }  # fmt: skip
    assert misfit["__typename"] == "InvalidProblem"
    assert hidden["__typename"] == "NotFoundProblem"
    stands = (await ask(eli, "query ($id: ID!) { kpi(id: $id) { targets { value } } }", id=ids["eli"]))["kpi"]
    assert stands["targets"] == [{"value": "450000"}]


async def test_values_and_milestones_of_a_page_take_as_many_statements_for_one_kpi_as_for_many(company: Company) -> None:
    """Given three KPIs of which one was measured, when their leader asks for one and for all, then the statements are as many."""
    ids = await company.cascade()
    cleo, eli = await company.client("cleo"), await company.client("eli")
    await ask(eli, RECORD, rows=[row(ids["eli"], "2026-01-01", "100")])
    page = """query ($n: Int!) { kpis(first: $n) { edges { node { uuid sight milestones { doneOn }
      measurements { values { value } } history: measurements(history: true) { values { revision } } } } } }"""
    counts, found = {}, {}

    for number in (1, 20):
        await ask(cleo, page, n=number)
        with statements_of(company) as statements:
            found[number] = [edge["node"] for edge in (await ask(cleo, page, n=number))["kpis"]["edges"]]
        counts[number] = len([statement for statement in statements if "open_transaction" not in statement])

    assert len(found[1]) == 1
    assert len(found[20]) == 3
    assert counts[20] <= counts[1] + 2, "none but what there is to look up for what was measured"
    values = {one["uuid"]: one["measurements"]["values"] for one in found[20] if one["sight"] == "FULL"}
    assert values[ids["eli"]] == [{"value": "100"}]
    assert {id_ for id_, rows in values.items() if rows} == {ids["eli"]}
