"""Roles, competencies and the definitions that are for a person, through the graph."""

from typing import Any

from tests.kpi_api.cascade.company import Company
from tests.kpi_api.given import a_definition, a_person, store
from tests.kpi_api.graphql.asking import ask
from tests.kpi_api.graphql.test_graph import statements_of
from tests.world import Organization

PROBLEM = "... on Problem { code detail errors { field code } }"
CREATE = f"""mutation ($input: RoleInput!) {{ createRole(input: $input) {{ __typename
  ... on RoleChanged {{ role {{ id uuid number version name }} }} {PROBLEM} }} }}"""
CHANGE = f"""mutation ($id: ID!, $version: Int!, $input: RoleInput!) {{ changeRole(id: $id, version: $version, input: $input) {{ __typename
  ... on RoleChanged {{ role {{ number version effectiveFrom name }} }} {PROBLEM} }} }}"""
SUPPORT = {"code": "support", "name": "Support agent", "coreResponsibilities": ["Answers customers"]}


async def test_a_role_is_made_changed_from_a_day_on_and_read_as_of_any(organization: Organization) -> None:
    await organization.set_clock("2026-03-02T09:00:00Z")
    await store(organization, reader := a_person("reader"))
    client, colleague = (await organization.admin()).kpi_api, (await organization.as_person(reader.id)).kpi_api

    made = (await ask(client, CREATE, input=SUPPORT))["createRole"]["role"]
    change = {"id": made["id"], "version": 1, "input": SUPPORT | {"name": "Support lead", "effectiveFrom": "2026-07-01", "note": "Nights"}}
    refused = (await ask(colleague, CHANGE, **change))["changeRole"]
    changed = (await ask(client, CHANGE, **change))["changeRole"]
    stale = (await ask(client, CHANGE, **change))["changeRole"]
    empty = (await ask(client, CREATE, input={"code": "x", "name": " "}))["createRole"]

    assert (refused["__typename"], changed["__typename"]) == ("NotAllowedProblem", "RoleChanged")
    assert changed["role"] == {"number": 2, "version": 2, "effectiveFrom": "2026-07-01", "name": "Support lead"}
    assert stale["__typename"] == "ChangedProblem"
    assert "Name: “Support agent” became “Support lead”." in stale["detail"]
    assert (empty["__typename"], empty["code"]) == ("InvalidProblem", "invalid")
    query = """query ($id: ID!) { today: role(id: $id) { name } july: role(id: $id, asOf: "2026-07-01") {
      name versions { number note changes } } gone: role(id: "nobody") { name } node(id: $id) { ... on Role { code } } }"""
    seen = await ask(colleague, query, id=made["id"])
    assert (seen["today"], seen["gone"], seen["node"]) == ({"name": "Support agent"}, None, {"code": "support"})
    assert seen["july"] == {
        "name": "Support lead",
        "versions": [
            {
                "number": 2,
                "note": "Nights",
                "changes": ["Name: “Support agent” became “Support lead”.", "It takes effect on 2026-07-01 instead of 1900-01-01."],
            },
            {"number": 1, "note": "", "changes": []},
        ],
    }


async def test_lists_with_histories_and_uses_take_a_bounded_number_of_statements(company: Company) -> None:
    client = await company.admin()
    for number in range(8):
        await client.post("/v1/roles", json={"code": f"r{number}", "name": f"Role {number}"})
        await client.post("/v1/competencies", json={"code": f"c{number}", "name": f"Competency {number}"})
    await store(company.organization, *a_definition("said", competency_code="c3"))
    query = """{ roles(first: 8) { edges { node { code versions { number } } } }
      competencies(first: 8) { edges { node { code uses { code } } } } }"""

    with statements_of(company) as statements:
        seen = await ask(client, query)

    assert [edge["node"] for edge in seen["roles"]["edges"]] == [{"code": f"r{n}", "versions": [{"number": 1}]} for n in range(8)]
    uses = {edge["node"]["code"]: edge["node"]["uses"] for edge in seen["competencies"]["edges"]}
    assert uses == {f"c{n}": [{"code": "said"}] if n == 3 else [] for n in range(8)}
    assert len(statements) < 20


async def test_a_competency_is_made_and_changed(organization: Organization) -> None:
    client = (await organization.admin()).kpi_api
    create = f"""mutation ($code: String!, $input: CompetencyInput!) {{ createCompetency(code: $code, input: $input) {{ __typename
      ... on CompetencyChanged {{ competency {{ id version forManagers levels }} }} {PROBLEM} }} }}"""
    change = f"""mutation ($id: ID!, $input: CompetencyInput!) {{ changeCompetency(id: $id, version: 1, input: $input) {{ __typename
      ... on CompetencyChanged {{ competency {{ code version forManagers levels }} }} {PROBLEM} }} }}"""
    given: dict[str, Any] = {"name": "Candour", "levels": ["Answers openly."]}

    made = (await ask(client, create, code="candour", input=given))["createCompetency"]["competency"]
    twice = (await ask(client, create, code="candour", input=given))["createCompetency"]
    changed = (await ask(client, change, id=made["id"], input=given | {"forManagers": True}))["changeCompetency"]
    stale = (await ask(client, change, id=made["id"], input=given))["changeCompetency"]

    assert (made["version"], made["forManagers"], twice["code"]) == (1, False, "code_taken")
    assert changed["competency"] == {"code": "candour", "version": 2, "forManagers": True, "levels": ["Answers openly."]}
    assert stale["__typename"] == "ChangedProblem"
    assert "for_managers" in stale["detail"]
    seen = await ask(client, "query ($id: ID!) { competency(id: $id) { version } }", id=made["id"])
    assert seen["competency"]["version"] == 2


async def test_what_is_for_a_person_is_seen_by_who_sees_them(company: Company) -> None:
    everybody = {"roles": [], "grades": [], "has_direct_reports": None}
    await store(company.organization, *a_definition("hiring", applicability=everybody | {"has_direct_reports": True}))
    query = """query ($id: ID!) { applicableDefinitions(personId: $id, on: "2026-07-01") {
      day roleCode grade hasDirectReports definitions { edges { node { code number } } } } }"""

    of_dora = (await ask(await company.client("dora"), query, id=str(company.people["dora"].id)))["applicableDefinitions"]
    of_eli = (await ask(await company.client("dora"), query, id=str(company.people["eli"].id)))["applicableDefinitions"]
    hidden = await ask(await company.client("hal"), query, id=str(company.people["eli"].id))

    assert [edge["node"]["code"] for edge in of_dora["definitions"]["edges"]] == ["email", "hiring", "revenue"]
    assert [edge["node"]["code"] for edge in of_eli["definitions"]["edges"]] == ["email", "revenue"]
    assert {name: of_dora[name] for name in ("day", "roleCode", "grade", "hasDirectReports")} == {
        "day": "2026-07-01", "roleCode": None, "grade": None, "hasDirectReports": True,
    }  # fmt: skip
    assert hidden == {"applicableDefinitions": None}


async def test_somebodys_position_says_what_they_answer_for(company: Company) -> None:
    admin = await company.admin()
    role = (await admin.post("/v1/roles", json={"code": "seller", "name": "Seller", "core_responsibilities": ["Wins customers"]})).json()
    move = {"valid_from": "2020-01-01", "role_id": role["id"], "grade": "G7"}
    assert (await admin.post(f"/v1/people/{company.people['eli'].id}/employments", json=move)).status_code == 201

    query = "query ($id: ID!) { person(id: $id) { employment { role grade position { code coreResponsibilities } } } }"
    seen = await ask(await company.client("eli"), query, id=str(company.people["eli"].id))

    position = {"code": "seller", "coreResponsibilities": ["Wins customers"]}
    assert seen["person"]["employment"] == {"role": "Seller", "grade": "G7", "position": position}
