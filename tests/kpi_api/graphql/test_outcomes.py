"""Outcomes and their areas through the graph: the same rules as REST, and what changed when two edit one."""

from typing import Any

from tests.kpi_api.dictionary.test_definitions import WIN_RATE, a_colleague, create
from tests.kpi_api.graphql.asking import ask
from tests.world import Organization

PROBLEM = "... on Problem { code detail errors { field } }"
CHANGED = "... on OutcomeChanged { outcome { id name area version ownerUnit { code } definitions { code status } } }"
CREATE = f"mutation ($outcome: OutcomeInput!) {{ createOutcome(outcome: $outcome) {{ __typename {CHANGED} {PROBLEM} }} }}"
CHANGE = f"""mutation ($id: ID!, $version: Int!, $changes: OutcomeChangeInput!) {{
  changeOutcome(id: $id, version: $version, changes: $changes) {{ __typename {CHANGED} {PROBLEM} }} }}"""
ADD_AREA = f"""mutation ($area: OutcomeAreaInput!) {{
  createOutcomeArea(area: $area) {{ __typename ... on OutcomeAreaChanged {{ area {{ code shipped }} }} {PROBLEM} }} }}"""
READ = """query ($id: ID!) {
  outcomeAreas { code shipped }
  outcomes(first: 5) { edges { node { code } } }
  outcome(id: $id) { name ownerUnit { code } ownerRole { code } definitions { code } }
  node(id: $id) { ... on Outcome { code } } }"""


async def only(client: Any, query: str, **variables: Any) -> Any:
    [found] = (await ask(client, query, **variables)).values()
    return found


async def test_an_outcome_is_made_changed_and_read(organization: Organization) -> None:
    admin, reader = await organization.admin(), await a_colleague(organization)
    unit = (await admin.kpi_api.post("/v1/units", json={"code": "sales", "name": "Sales", "kind": "function"})).json()["id"]

    area = await only(admin.kpi_api, ADD_AREA, area={"code": "trust", "name": "Trust"})
    unknown = await only(admin.kpi_api, CREATE, outcome={"code": "o", "name": "O", "area": "trsut"})
    made = await only(admin.kpi_api, CREATE, outcome={"code": "o", "name": "Be believed", "area": "trust", "ownerUnit": unit})
    await create(admin, WIN_RATE | {"outcome_code": "o"})
    id_ = made["outcome"]["id"]
    changed = await only(admin.kpi_api, CHANGE, id=id_, version=1, changes={"name": "Be trusted", "ownerUnit": None})
    stale = await only(admin.kpi_api, CHANGE, id=id_, version=1, changes={"name": "Be liked"})
    forbidden = await only(reader.kpi_api, CHANGE, id=id_, version=2, changes={"name": "Mine"})
    seen = await ask(reader.kpi_api, READ, id=id_)

    assert area["area"] == {"code": "trust", "shipped": False}
    assert (unknown["__typename"], unknown["errors"]) == ("InvalidProblem", [{"field": "/area"}])
    assert made["outcome"] == {
        "id": id_, "name": "Be believed", "area": "trust", "version": 1, "ownerUnit": {"code": "sales"}, "definitions": [],
    }  # fmt: skip
    assert changed["outcome"]["definitions"] == [{"code": "win_rate", "status": "DRAFT"}]
    assert (changed["outcome"]["name"], changed["outcome"]["version"], changed["outcome"]["ownerUnit"]) == ("Be trusted", 2, None)
    assert (stale["__typename"], "`name` is “Be trusted” now." in stale["detail"]) == ("ChangedProblem", True)
    assert forbidden["__typename"] == "NotAllowedProblem"
    assert seen["outcome"] == {"name": "Be trusted", "ownerUnit": None, "ownerRole": None, "definitions": []}
    assert ([edge["node"]["code"] for edge in seen["outcomes"]["edges"]], seen["node"]) == (["o"], {"code": "o"})
    assert [one["code"] for one in seen["outcomeAreas"] if not one["shipped"]] == ["trust"]
