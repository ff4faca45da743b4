"""What a cascade leaves open, copies into another cycle, imports of OKRs, and events that begin windows, through the graph."""

from typing import Any

from tests.kpi_api.cascade.company import Company, kpi
from tests.kpi_api.graphql.asking import ask
from tests.kpi_api.graphql.test_graph import statements_of

PROBLEM = "... on Problem { code detail errors { field code } }"
COVERAGE = """query ($unit: ID) { coverage(cycle: "2026", unitId: $unit) { cycleCode people withKpis connected connectedShare
  uncarriedCount uncarried { kpi { code level } } withoutCount without { person { externalId } }
  units { unit { code } kpis people withKpis connected } } }"""
COPY = f"""mutation ($copy: CascadeCopyInput!) {{ copyCascade(copy: $copy) {{ __typename
  ... on CascadeCopyChanged {{ preview created unchanged error results {{ name status kpi {{ cycle {{ code }} }} errors {{ code }} }} }}
  {PROBLEM} }} }}"""
OKRS = f"""mutation ($okrs: [OkrInput!]!, $preview: Boolean!) {{ importOkrs(okrs: $okrs, preview: $preview) {{ __typename
  ... on OkrsChanged {{ preview created error waiting outcomes definitions
    results {{ row status uuid waitsForDefinition errors {{ field code }} }} }} {PROBLEM} }} }}"""
EVENT = "__typename ... on WindowEventChanged { windowEvent { id code version occurredOn } } " + PROBLEM
NAME = f'mutation {{ createWindowEvent(windowEvent: {{ code: "launch", name: "launch in Greece" }}) {{ {EVENT} }} }}'
OCCUR = f"""mutation ($id: ID!, $version: Int!, $day: Date!) {{
  recordWindowEvent(id: $id, version: $version, occurredOn: $day) {{ {EVENT} }} }}"""
OCCUR_FOR_KPI = f"""mutation ($id: ID!, $version: Int!, $day: Date!) {{
  recordKpiWindowEvent(id: $id, version: $version, occurredOn: $day) {{ __typename
    ... on KpiChanged {{ kpi {{ status windowStart windowEnd }} }} {PROBLEM} }} }}"""


async def test_coverage_counts_whom_the_viewer_sees(company: Company) -> None:
    await company.cascade()
    await company.create(kpi("answers", "functional", unit="support"))
    ben, dora = await company.client("ben"), await company.client("dora")

    whole = (await ask(ben, COVERAGE))["coverage"]
    north = (await ask(dora, COVERAGE, unit=str(company.units["north"].id)))["coverage"]
    nowhere = (await ask(dora, COVERAGE, unit="nowhere"))["coverage"]

    assert [row["kpi"] for row in whole["uncarried"]] == [{"code": "answers", "level": "FUNCTIONAL"}]
    assert "x-hal" in [row["person"]["externalId"] for row in whole["without"]]
    assert (north["people"], north["withKpis"], north["connected"], north["connectedShare"]) == (3, 1, 1, "33.33")
    assert [row["person"]["externalId"] for row in north["without"]] == ["x-dora", "x-fay"]
    assert north["units"] == [{"unit": {"code": "north"}, "kpis": 1, "people": 3, "withKpis": 1, "connected": 1}]
    assert nowhere is None


async def test_coverage_names_many_with_a_bounded_number_of_statements(company: Company) -> None:
    admin = await company.admin()
    await company.create(kpi("one", "functional", unit="support"))
    counts = []
    for more in ([], [kpi(f"k{n}", "functional", unit="sales") for n in range(8)]):
        await company.create(*more) if more else None
        with statements_of(company) as statements:
            seen = (await ask(admin, COVERAGE))["coverage"]
        counts.append(len(statements))

    assert (seen["uncarriedCount"], len(seen["uncarried"])) == (9, 9)
    assert counts[0] == counts[1]


async def test_a_cascade_is_previewed_then_copied_by_who_may(company: Company) -> None:
    await company.cascade()
    admin, dora = await company.admin(), await company.client("dora")
    cycle = {"code": "2027", "name": "2027", "starts_on": "2027-01-01", "ends_on": "2027-12-31"}
    assert (await admin.post("/v1/cycles", json=cycle)).status_code == 201
    given: dict[str, Any] = {"fromCycle": "2026", "toCycle": "2027", "levels": ["STRATEGIC", "BUSINESS_UNIT"]}

    previewed = (await ask(admin, COPY, copy=given | {"preview": True}))["copyCascade"]
    copied = (await ask(admin, COPY, copy=given))["copyCascade"]
    again = (await ask(admin, COPY, copy=given))["copyCascade"]
    refused = (await ask(dora, COPY, copy=given))["copyCascade"]
    nowhere = (await ask(admin, COPY, copy=given | {"toCycle": "2099"}))["copyCascade"]

    assert (previewed["preview"], previewed["created"], [row["kpi"] for row in previewed["results"]]) == (True, 2, [None, None])
    assert (copied["created"], copied["error"]) == (2, 0)
    assert [row["kpi"]["cycle"]["code"] for row in copied["results"]] == ["2027", "2027"]
    assert (again["created"], again["unchanged"]) == (0, 2)
    assert (refused["__typename"], nowhere["code"]) == ("NotAllowedProblem", "copy_refused")


async def test_okrs_are_previewed_and_imported_row_by_row(company: Company) -> None:
    admin = await company.admin()
    row = {"objectiveCode": "stay", "objective": "Customers stay with us", "area": "retention", "code": "churn", "keyResult": "Churn falls",
           "cycleCode": "2026", "quarter": 3, "start": "5", "target": "3", "unit": "percent", "ownerUnit": "support"}  # fmt: skip
    rows = [row, row | {"code": "lost", "ownerUnit": "nowhere"}]

    previewed = (await ask(admin, OKRS, okrs=rows, preview=True))["importOkrs"]
    imported = (await ask(admin, OKRS, okrs=rows, preview=False))["importOkrs"]

    assert (previewed["preview"], previewed["outcomes"], previewed["definitions"]) == (True, ["stay"], ["churn"])
    assert (imported["waiting"], imported["error"]) == (1, 1)
    assert imported["results"][0]["waitsForDefinition"] == "churn"
    assert imported["results"][1]["status"] == "ERROR"
    outcomes = (await ask(admin, "{ outcomes(first: 100) { edges { node { code } } } }"))["outcomes"]["edges"]
    assert {"node": {"code": "stay"}} in outcomes


async def test_windows_begin_on_the_day_that_their_event_occurs(company: Company) -> None:
    admin, dora = await company.admin(), await company.client("dora")
    event = (await ask(admin, NAME))["createWindowEvent"]["windowEvent"]
    twice = (await ask(admin, NAME))["createWindowEvent"]
    not_hers = (await ask(dora, NAME))["createWindowEvent"]
    ids = await company.create(
        kpi("shared", "individual", person="eli", window_days=60, window_event={"code": "launch"}),
        kpi("own", "individual", person="fay", window_days=60, window_event={"name": "first call"}),
    )
    when = {"day": "2026-03-10", "version": 1}

    begun = (await ask(admin, OCCUR, id=event["id"], **when))["recordWindowEvent"]
    stale = (await ask(admin, OCCUR, id=event["id"], version=1, day="2026-03-11"))["recordWindowEvent"]
    own = (await ask(dora, OCCUR_FOR_KPI, id=ids["own"], **when))["recordKpiWindowEvent"]
    kept_there = (await ask(dora, OCCUR_FOR_KPI, id=ids["shared"], version=2, day="2026-03-11"))["recordKpiWindowEvent"]

    assert (twice["code"], not_hers["__typename"]) == ("duplicate_code", "NotAllowedProblem")
    assert begun["windowEvent"]["occurredOn"] == "2026-03-10"
    assert stale["__typename"] == "ChangedProblem"
    assert own["kpi"] == {"status": "ACTIVE", "windowStart": "2026-03-10", "windowEnd": "2026-05-08"}
    assert kept_there["code"] == "no_window_event"
    query = """query ($id: ID!) { windowEvents { edges { node { code occurredOn } } } windowEvent(id: $id) { name }
      node(id: $id) { ... on WindowEvent { version } } }"""
    seen = await ask(dora, query, id=event["id"])
    assert seen["windowEvents"]["edges"] == [{"node": {"code": "launch", "occurredOn": "2026-03-10"}}]
    assert (seen["windowEvent"], seen["node"]) == ({"name": "launch in Greece"}, {"version": 2})
