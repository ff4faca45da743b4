"""KPIs written and linked through the graph."""

from typing import Any

from tests.kpi_api.cascade.company import Company, kpi
from tests.kpi_api.graphql.asking import ask
from tests.kpi_api.graphql.test_graph import statements_of

PROBLEM = "... on Problem { code detail errors { field code } }"
KPI = "__typename ... on KpiChanged { kpi { id uuid version name status targets { sentence } } warnings { code } } " + PROBLEM
ROWS = "__typename ... on RowsChanged { created updated error results { row status uuid errors { field code } } } " + PROBLEM
CREATE = f"mutation ($kpi: NewKpiInput!) {{ createKpi(kpi: $kpi) {{ {KPI} }} }}"
CHANGE = f"""mutation ($id: ID!, $version: Int!, $changes: KpiChangeInput!) {{
  changeKpi(id: $id, version: $version, changes: $changes) {{ {KPI} }} }}"""
TARGETS = f"""mutation ($id: ID!, $version: Int!, $targets: [TargetInput!]!) {{
  changeKpiTargets(id: $id, version: $version, targets: $targets) {{ {KPI} }} }}"""
ROLL_UP = f"mutation ($id: ID!) {{ changeKpiRollUp(id: $id, version: 1, rollUp: MEAN, rollUpOf: ATTAINMENTS) {{ {KPI} }} }}"
CARRY = f"""mutation ($id: ID!, $stakeholders: [StakeholderInput!]!) {{
  addKpiStakeholders(id: $id, stakeholders: $stakeholders) {{ {ROWS} }} }}"""
CONTRIBUTE = f"mutation ($links: [ContributionInput!]!) {{ contribute(contributions: $links) {{ {ROWS} }} }}"
END = f"mutation ($id: ID!, $parent: ID!) {{ endContribution(id: $id, parent: $parent) {{ {KPI} }} }}"
LEAD = f"mutation ($id: ID!, $to: String!, $days: Int) {{ leadKpi(id: $id, lagging: $to, lagDays: $days) {{ {KPI} }} }}"
END_LEAD = f"mutation ($id: ID!, $to: ID!) {{ endKpiLead(id: $id, lagging: $to) {{ {KPI} }} }}"
STANDS = """query ($id: ID!) { kpi(id: $id) { version name rollUp rollUpOf contributesTo { code } stakeholders { name part }
  leadsTo { name lagDays sentence kpi { code } } ledBy { name } } }"""


def new(code: str, **given: Any) -> dict[str, Any]:
    target = {"value": "450000", "unit": "USD", "period": "QUARTER"}
    return {"code": code, "definitionCode": "revenue", "cycleCode": "2026", "level": "INDIVIDUAL", "targets": [target],
            "owner": {"personExternalId": "x-eli"}} | given  # fmt: skip


async def test_a_manager_gives_a_kpi_that_contributes_to_the_teams(company: Company) -> None:
    await company.cascade()
    dora, hal = await company.client("dora"), await company.client("hal")

    given = new("calls", name="Revenue by calls", contributesTo=[{"parent": "north", "weight": "2"}])
    made = (await ask(dora, CREATE, kpi=given))["createKpi"]
    again = (await ask(dora, CREATE, kpi=given))["createKpi"]
    not_hers = (await ask(hal, CREATE, kpi=new("mine")))["createKpi"]
    wrong = (await ask(dora, CREATE, kpi=new("wrong", targets=[{"value": "3", "unit": "count", "comparison": "WITHIN"}])))["createKpi"]
    nobody = (await ask(dora, CREATE, kpi=new("wrong", owner={"person": "nobody"})))["createKpi"]

    assert made["__typename"] == "KpiChanged"
    assert made["kpi"] | {"id": "", "uuid": ""} == {
        "id": "", "uuid": "", "version": 1, "name": "Revenue by calls", "status": "ACTIVE",
        "targets": [{"sentence": "at least 450,000 USD per quarter"}],
    }  # fmt: skip
    assert again["kpi"] == made["kpi"]
    assert (not_hers["__typename"], not_hers["code"]) == ("InvalidProblem", "kpi_refused")  # eli is out of hal's sight
    assert (wrong["__typename"], wrong["errors"][0]["code"]) == ("InvalidProblem", "target_band")
    assert nobody["__typename"] == "NotFoundProblem"
    seen = (await ask(dora, STANDS, id=made["kpi"]["id"]))["kpi"]
    assert seen["contributesTo"] == [{"code": "north"}]


async def test_a_kpi_is_changed_and_withdrawn_by_who_read_its_state(company: Company) -> None:
    ids = await company.cascade()
    dora, fay = await company.client("dora"), await company.client("fay")
    other = {"value": "500000", "unit": "USD", "period": "QUARTER"}

    named = (await ask(dora, CHANGE, id=ids["eli"], version=1, changes={"name": "Revenue of calls"}))["changeKpi"]
    stale = (await ask(dora, TARGETS, id=ids["eli"], version=1, targets=[other]))["changeKpiTargets"]
    aimed = (await ask(dora, TARGETS, id=ids["eli"], version=named["kpi"]["version"], targets=[other]))["changeKpiTargets"]
    misfit = (await ask(dora, TARGETS, id=ids["eli"], version=3, targets=[other | {"unit": "percent"}]))["changeKpiTargets"]
    hidden = (await ask(fay, CHANGE, id=ids["eli"], version=3, changes={"why": "Mine"}))["changeKpi"]
    rolled = (await ask(dora, ROLL_UP, id=ids["north"]))["changeKpiRollUp"]
    gone = (await ask(dora, CHANGE, id=ids["eli"], version=3, changes={"withdrawn": True}))["changeKpi"]

    assert (named["kpi"]["name"], named["kpi"]["version"]) == ("Revenue of calls", 2)
    assert stale["__typename"] == "ChangedProblem"
    assert (aimed["kpi"]["version"], aimed["kpi"]["targets"]) == (3, [{"sentence": "at least 500,000 USD per quarter"}])
    assert misfit["__typename"] == "InvalidProblem"
    assert hidden["__typename"] == "NotFoundProblem"
    assert rolled["__typename"] == "KpiChanged"
    assert gone["kpi"]["status"] == "WITHDRAWN"
    north = (await ask(dora, STANDS, id=ids["north"]))["kpi"]
    assert (north["rollUp"], north["rollUpOf"], north["version"]) == ("MEAN", "ATTAINMENTS", 2)


async def test_stakeholders_are_named_and_a_wrong_one_stops_only_itself(company: Company) -> None:
    ids = await company.create(kpi("together", "team", unit="north", collaborative=True), kpi("alone", "team", unit="north"))
    dora = await company.client("dora")
    named = [{"holder": {"unitCode": "support"}, "part": "Answers"}, {"holder": {"personExternalId": "x-nobody"}}]

    added = (await ask(dora, CARRY, id=ids["together"], stakeholders=named))["addKpiStakeholders"]
    refused = (await ask(dora, CARRY, id=ids["alone"], stakeholders=named))["addKpiStakeholders"]

    assert (added["created"], added["error"]) == (1, 1)
    assert added["results"][1] == {
        "row": 2, "status": "ERROR", "uuid": None, "errors": [{"field": "", "code": "unknown_stakeholder"}],
    }  # fmt: skip
    assert refused["code"] == "stakeholder_refused"
    seen = (await ask(dora, STANDS, id=ids["together"]))["kpi"]
    assert seen["stakeholders"] == [{"name": "Support", "part": "Answers"}]


async def test_contributions_are_made_reweighed_refused_in_circles_and_ended(company: Company) -> None:
    ids = await company.cascade()
    cleo, fay = await company.client("cleo"), await company.client("fay")
    links = [{"child": ids["eli"], "parent": "sales"}, {"child": "eli", "parent": "north", "weight": "3"},
             {"child": "sales", "parent": "eli"}]  # fmt: skip

    linked = (await ask(cleo, CONTRIBUTE, links=links))["contribute"]
    not_fays = (await ask(fay, CONTRIBUTE, links=links[:1]))["contribute"]
    ended = (await ask(cleo, END, id=ids["eli"], parent=ids["north"]))["endContribution"]
    twice = (await ask(cleo, END, id=ids["eli"], parent=ids["north"]))["endContribution"]

    assert [row["status"] for row in linked["results"]] == ["CREATED", "UPDATED", "ERROR"]
    assert linked["results"][2]["errors"] == [{"field": "/parent", "code": "circle"}]
    assert not_fays["results"][0]["errors"] == [{"field": "/child", "code": "unknown_child"}]
    assert (ended["__typename"], twice["__typename"]) == ("KpiChanged", "NotFoundProblem")
    assert (await ask(cleo, STANDS, id=ids["eli"]))["kpi"]["contributesTo"] == [{"code": "sales"}]


async def test_a_lead_is_said_read_from_both_ends_and_taken_away(company: Company) -> None:
    ids = await company.cascade()
    dora = await company.client("dora")

    led = (await ask(dora, LEAD, id=ids["eli"], to="north", days=30))["leadKpi"]
    back = (await ask(dora, LEAD, id=ids["north"], to="eli"))["leadKpi"]
    eli, north = [(await ask(dora, STANDS, id=ids[code]))["kpi"] for code in ("eli", "north")]
    ended = (await ask(dora, END_LEAD, id=ids["eli"], to=ids["north"]))["endKpiLead"]

    assert (led["__typename"], back["__typename"], ended["__typename"]) == ("KpiChanged", "InvalidProblem", "KpiChanged")
    sentence = "Revenue of eli leads to Revenue of north, where it shows after 30 days."
    assert eli["leadsTo"] == [{"name": "Revenue of north", "lagDays": 30, "sentence": sentence, "kpi": {"code": "north"}}]
    assert (north["ledBy"], north["leadsTo"]) == ([{"name": "Revenue of eli"}], [])
    as_ancestor = (await ask(await company.client("eli"), STANDS, id=ids["north"]))["kpi"]
    assert (as_ancestor["leadsTo"], as_ancestor["ledBy"], as_ancestor["version"]) == (None, None, None)


async def test_a_page_of_kpis_with_leads_takes_a_bounded_number_of_statements(company: Company) -> None:
    await company.cascade()
    query = "{ kpis(first: %d) { edges { node { code version leadsTo { kpi { name } } ledBy { name } } } } }"
    admin = await company.admin()
    for n in range(6):
        await company.create(kpi(f"e{n}", "individual", person="eli", to=["north"]))
        await ask(admin, LEAD, id=await _id_of(admin, f"e{n}"), to="north", days=n)

    counts = []
    for first in (6, 11):  # with one lead, and with all
        with statements_of(company) as statements:
            seen = await ask(admin, query % first)
        counts.append(len(statements))

    assert sum(len(edge["node"]["leadsTo"]) for edge in seen["kpis"]["edges"]) == 6
    assert counts[1] == counts[0]


async def _id_of(client: Any, code: str) -> str:
    return str((await client.get("/v1/kpis", params={"code": code})).json()["items"][0]["id"])
