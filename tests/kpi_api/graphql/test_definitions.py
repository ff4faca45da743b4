"""The dictionary through the graph: read, compared, found; written by one and approved by another."""

from datetime import date
from typing import Any

from sqlalchemy import func, select

from chassis.identifiers import new_id
from kpi_api.dictionary.models import DefinitionVersion, KpiDefinition
from kpi_api.dictionary.schemas import VersionInput
from kpi_api.graphql.dictionary.inputs import DefinitionVersionInput
from kpi_api.graphql.nodes import global_id
from tests.kpi_api.cascade.company import Company, kpi
from tests.kpi_api.dictionary.test_definitions import WIN_RATE, a_colleague, another_hr_admin, create
from tests.kpi_api.given import count
from tests.kpi_api.graphql.asking import ask, errors_of
from tests.kpi_api.graphql.test_graph import statements_of
from tests.world import Organization

PROBLEM = "... on Problem { code detail errors { field code } }"
CHANGED = "... on DefinitionChanged { definition { id uuid code state version { number status } } }"
CREATE = f"mutation ($definition: NewDefinitionInput!) {{ createDefinition(definition: $definition) {{ __typename {CHANGED} {PROBLEM} }} }}"
ADD = f"""mutation ($id: ID!, $state: Int!, $version: DefinitionVersionInput!) {{
  addDefinitionVersion(id: $id, state: $state, version: $version) {{ __typename {CHANGED} {PROBLEM}
    ... on FormulaProblem {{ reason position }} }} }}"""
SAMPLE = '{ values: [{ measure: "won", value: "7" }, { measure: "decided", value: "25" }] }'
TRY = f"""mutation ($id: ID!, $number: Int!) {{
  tryFormula(id: $id, number: $number, samples: [{SAMPLE}]) {{
    __typename {PROBLEM} ... on FormulaTrialChanged {{ trial {{ part gaveValues results {{ value holds reason }} }} }} }} }}"""
VERSION = {
    "name": "Win rate", "unit": "percent", "combine": "RATIO_OF_SUMS", "sourceOfTruth": "CRM", "effectiveFrom": "2026-01-01",
    "formulas": [{"formula": "percent(won / decided)"}],
    "measures": [{"name": "won", "unit": "count"}, {"name": "decided", "unit": "count"}],
}  # fmt: skip


def step(verb: str, more: str = "") -> str:
    """A step of version 1."""
    return f"""mutation ($id: ID!) {{ {verb}DefinitionVersion(id: $id, number: 1{more}) {{ __typename {CHANGED} {PROBLEM}
      ... on InUseProblem {{ uses {{ kind uuid name ownerName versionNumber windowEnd }} }} }} }}"""


async def only(client: Any, query: str, **variables: Any) -> Any:
    """What stands under the operation's one root."""
    [found] = (await ask(client, query, **variables)).values()
    return found


def test_a_version_that_says_no_more_than_it_must_is_that_of_rest() -> None:
    same = {"name": "Calls", "unit": "count", "effective_from": date(2026, 1, 1)}
    assert DefinitionVersionInput(**same).read() == VersionInput(**same)  # type: ignore[arg-type]


async def test_a_definition_is_written_tried_and_approved_by_another(organization: Organization) -> None:
    author, approver = (await organization.admin()).kpi_api, (await another_hr_admin(organization)).kpi_api

    made = (await only(author, CREATE, definition={"code": "win_rate", "version": VERSION}))["definition"]
    early = await only(approver, step("approve"), id=made["id"])
    await ask(author, step("propose"), id=made["id"])
    untried = await only(approver, step("approve"), id=made["id"])
    tried = await only(author, TRY, id=made["id"], number=1)
    own = await only(author, step("approve"), id=made["id"])
    approved = await only(approver, step("approve"), id=made["uuid"])

    assert (made["code"], made["version"]) == ("win_rate", {"number": 1, "status": "DRAFT"})
    assert (early["__typename"], early["code"]) == ("ConflictProblem", "wrong_status")
    assert (untried["__typename"], untried["code"]) == ("ConflictProblem", "not_tried")
    assert tried["trial"] == {"part": "main", "gaveValues": True, "results": [{"value": "28", "holds": None, "reason": None}]}
    assert (own["__typename"], own["code"]) == ("NotAllowedProblem", "approval_by_another_needed")
    assert approved["definition"]["version"] == {"number": 1, "status": "APPROVED"}
    rest = (await author.get(f"/v1/definitions/{made['uuid']}")).json()
    assert {name: rest["version"][name] for name in WIN_RATE} == WIN_RATE
    trials = await only(author, "query ($id: ID!) { formulaTrials(id: $id, number: 1) { samples { measure value } } }", id=made["id"])
    assert trials == [{"samples": [[{"measure": "decided", "value": "25"}, {"measure": "won", "value": "7"}]]}]


async def test_what_is_wrong_is_named_by_field_and_nothing_is_written(organization: Organization) -> None:
    author, reader = (await organization.admin()).kpi_api, (await a_colleague(organization)).kpi_api

    async def refused(client: Any, **changes: Any) -> tuple[str, str, list[tuple[str, str]]]:
        given = {"code": "win_rate", "version": VERSION | changes}
        answer = await only(client, CREATE, definition=given)
        return answer["__typename"], answer["code"], [(error["field"], error["code"]) for error in answer["errors"]]

    assert await refused(reader) == ("NotAllowedProblem", "not_allowed", [])
    assert await refused(author, name="", precision=99) == (
        "InvalidProblem", "invalid", [("/version/name", "too_short"), ("/version/precision", "out_of_range")],
    )  # fmt: skip
    twice = [{"name": "won", "unit": "count"}] * 2
    assert await refused(author, measures=twice) == ("InvalidProblem", "invalid", [("/measures/1/name", "invalid")])
    assert (await refused(author, formulas=[{"formula": "percent(won / "}]))[:2] == ("FormulaProblem", "invalid_formula")
    assert (await refused(author, outcomeCode="nope"))[1:] == ("unknown_reference", [("/version/outcome_code", "unknown_reference")])
    assert await count(organization, select(func.count()).select_from(KpiDefinition)) == 0


async def test_who_writes_from_an_older_state_is_told_what_changed(organization: Organization) -> None:
    admin = await organization.admin()
    await create(admin)
    read = await only(admin.kpi_api, '{ definition(code: "win_rate") { id state } }')
    later = VERSION | {"effectiveFrom": "2026-07-01", "note": "Renewals sell themselves", "exclusionRules": "Renewals do not count."}

    first = await only(admin.kpi_api, ADD, **read, version=later)
    second = await only(admin.kpi_api, ADD, **read, version=VERSION | {"name": "Hit rate"})
    both = f"""mutation ($id: ID!, $state: Int!) {{
      changeDefinition(id: $id, state: $state, changes: {{ reviewEveryMonths: 6 }}) {{ __typename {CHANGED} {PROBLEM} }} }}"""
    stale, done = await only(admin.kpi_api, both, **read), await only(admin.kpi_api, both, id=read["id"], state=read["state"] + 1)

    assert first["definition"]["version"] == {"number": 2, "status": "DRAFT"}
    assert first["definition"]["state"] == read["state"] + 1
    assert (second["__typename"], second["code"]) == ("ChangedProblem", "precondition_failed")
    assert "Version 2 was written: Exclusion rules: added “Renewals do not count”." in second["detail"]
    assert (stale["__typename"], done["__typename"]) == ("ChangedProblem", "DefinitionChanged")
    assert await count(organization, select(func.count()).select_from(DefinitionVersion)) == 2
    difference = await only(
        admin.kpi_api,
        "query ($id: ID!) { definitionDifference(id: $id, fromNumber: 1, toNumber: 2) { note differences { field sentence } } }",
        id=read["id"],
    )
    assert difference == {
        "note": "Renewals sell themselves",
        "differences": [
            {"field": "/exclusion_rules", "sentence": "Exclusion rules: added “Renewals do not count”."},
            {"field": "/effective_from", "sentence": "It takes effect on 2026-07-01 instead of 2026-01-01."},
        ],
    }


async def test_a_draft_is_nobody_elses_business(organization: Organization) -> None:
    admin, reader = await organization.admin(), (await a_colleague(organization)).kpi_api
    made = await create(admin)
    query = """query ($id: ID!) {
      definition(id: $id) { code version { number } versions { number } }
      drafts: definitions(status: DRAFT) { edges { node { code } } }
      definitionDifference(id: $id, fromNumber: 1, toNumber: 1) { note } formulaTrials(id: $id, number: 1) { part }
      numbered: definition(id: $id, number: 1) { code }
    }"""

    own, others = await ask(admin.kpi_api, query, id=made["id"]), await ask(reader, query, id=made["id"])

    assert own["definition"] == {"code": "win_rate", "version": {"number": 1}, "versions": [{"number": 1}]}
    assert own["drafts"]["edges"] == [{"node": {"code": "win_rate"}}]
    assert own["numbered"] == {"code": "win_rate"}
    assert others == {
        "definition": {"code": "win_rate", "version": None, "versions": []}, "drafts": {"edges": []},
        "definitionDifference": None, "formulaTrials": None, "numbered": None,
    }  # fmt: skip


async def test_definitions_are_found_by_words_area_status_and_day(organization: Organization) -> None:
    admin = await organization.admin()
    client = admin.kpi_api
    await client.post("/v1/outcomes", json={"code": "reliable", "name": "Reliable revenue", "area": "revenue_reliability"})
    made = await create(admin, {**WIN_RATE, "formulas": {}, "measures": {}, "outcome_code": "reliable", "effective_from": "2026-03-01"})
    await create(admin, {**WIN_RATE, "name": "Calls"}, code="calls")
    await client.post(f"/v1/definitions/{made['id']}/versions/1/propose")
    await (await another_hr_admin(organization)).kpi_api.post(f"/v1/definitions/{made['id']}/versions/1/approve")
    await organization.set_clock("2026-06-01T08:00:00Z")
    query = """query ($search: String, $area: String, $status: DefinitionStatus, $asOf: Date) {
      definitions(search: $search, area: $area, status: $status, asOf: $asOf) { edges { node { code } } } }"""

    async def codes(**wanted: Any) -> list[str]:
        return [edge["node"]["code"] for edge in (await only(client, query, **wanted))["edges"]]

    assert await codes() == ["calls", "win_rate"]
    assert await codes(search="win rte") == ["win_rate"]
    assert await codes(area="revenue_reliability") == ["win_rate"]
    assert await codes(area="revenue_reliability", asOf="2026-02-28") == []
    assert await codes(area="quality") == []
    assert (await codes(status="DRAFT"), await codes(status="APPROVED")) == (["calls"], ["win_rate"])
    assert await codes(search="win", status="DRAFT") == []
    served = await only(client, '{ definition(code: "win_rate") { version { outcome { code area } author { displayName } } } }')
    assert served["version"] == {"outcome": {"code": "reliable", "area": "revenue_reliability"}, "author": {"displayName": "Ada Quill"}}
    for ways in ("", '(code: "calls", id: "x")'):
        [error] = await errors_of(client, f"{{ definition{ways} {{ code }} }}")
        assert error["extensions"]["code"] == "id_or_code"
    [error] = await errors_of(client, query, search="w" * 201)
    assert error["extensions"]["code"] == "too_long"


async def test_what_is_in_use_is_not_retired_and_the_problem_names_its_users(company: Company) -> None:
    ids = await company.create(kpi("eli", "individual", person="eli"), kpi("hal", "individual", person="hal"))
    admin, eli = await company.admin(), await company.client("eli")
    revenue = await only(admin, '{ definition(code: "revenue") { id } }')
    uses = "query ($id: ID!) { definitionUses(id: $id) { kind uuid ownerName level versionNumber } }"

    refused = await only(admin, step("retire", ', fromDay: "2026-10-01"'), **revenue)
    not_theirs = await only(eli, step("retire", ', fromDay: "2026-10-01"'), **revenue)
    seen = await only(eli, uses, **revenue)
    retired = await only(admin, step("retire", ', fromDay: "2027-01-01"'), **revenue)

    assert (refused["__typename"], refused["code"]) == ("InUseProblem", "in_use")
    used = {"kind": "KPI", "versionNumber": 1, "windowEnd": "2026-12-31"}
    assert refused["uses"] == [used | {"uuid": ids[name], "name": f"Revenue of {name}", "ownerName": name} for name in ("eli", "hal")]
    assert not_theirs["__typename"] == "NotAllowedProblem"
    own = {"kind": "KPI", "uuid": ids["eli"], "ownerName": "eli", "level": "INDIVIDUAL", "versionNumber": 1}
    assert seen == [own], "Hal's is not Eli's to see"
    assert retired["definition"]["version"]["status"] == "RETIRED"


async def test_a_formula_is_checked_with_its_unit_tree_and_results(organization: Organization) -> None:
    client = (await organization.admin()).kpi_api
    query = """query ($formula: String!, $samples: [FormulaSampleInput!]) {
      checkFormula(formula: $formula, measures: [{ name: "won", unit: "count" }, { name: "spent", unit: "USD" }], samples: $samples) {
        __typename ... on CheckedFormula { unit tree measures { name unit } results { value holds reason } warnings { code measures } }
        ... on FormulaProblem { code reason position errors { field } } ... on InvalidProblem { code errors { field } } } }"""
    sample = [{"values": [{"measure": "won", "value": given}, {"measure": "spent", "value": "9"}]} for given in ("2", "0", None)]

    price = await only(client, query, formula="spent / won", samples=sample)
    condition = await only(client, query, formula="won > 1", samples=sample)
    mixed = await only(client, query, formula="won + spent")
    twice = await only(client, query, formula="won", samples=[{"values": [{"measure": "won", "value": "1"}] * 2}])

    reasons = [None, "division_by_zero", "missing_value"]
    assert [(found["value"], found["reason"]) for found in price["results"]] == list(zip(["4.5", None, None], reasons, strict=True))
    assert [(found["value"], found["holds"]) for found in condition["results"]] == [(None, True), (None, False), (None, None)]
    assert (price["unit"], {"code": "may_divide_by_zero", "measures": ["won"]} in price["warnings"]) == ("USD/count", True)
    assert price["tree"] == (await client.post("/v1/formulas/check", json={
        "formula": "spent / won", "measures": {"won": "count", "spent": "USD"},
    })).json()["tree"]  # fmt: skip
    assert (mixed["__typename"], mixed["code"], mixed["errors"]) == ("FormulaProblem", "invalid_formula", [{"field": "/formula"}])
    assert mixed["reason"]
    assert (twice["__typename"], twice["errors"]) == ("InvalidProblem", [{"field": "/samples/1/measure"}])
    grammar = await only(client, "{ formulaGrammar }")
    assert grammar == (await client.get("/v1/formulas/grammar")).json()


async def test_a_page_of_definitions_with_all_about_them_is_a_bounded_number_of_statements(company: Company) -> None:
    admin = await company.organization.admin()
    query = """{ definitions(first: 50) { edges { node { code owner { displayName } steward { displayName } mergedInto { code }
      versions { number author { displayName } verbs { verb allowed } } version { outcome { code } } } } } }"""

    async def statements() -> tuple[int, int]:
        with statements_of(company) as seen:
            edges = (await only(admin.kpi_api, query))["edges"]
        return len(edges), len(seen)

    await create(admin, code="d1")
    few = await statements()
    for n in range(2, 9):
        await create(admin, code=f"d{n}")
    many = await statements()

    assert many[0] == few[0] + 7
    assert many[1] == few[1]


async def test_another_organization_finds_nothing(organization: Organization) -> None:
    made = await create(await organization.admin())
    stranger = (await (await organization.world.new_organization()).admin()).kpi_api
    query = """query ($id: ID!) { definition(id: $id) { code } node(id: $id) { id } definitionUses(id: $id) { name }
      definitions { edges { node { code } } } }"""
    nothing = {"definition": None, "node": None, "definitionUses": None, "definitions": {"edges": []}}

    for id_ in (global_id("Definition", made["id"]), global_id("Definition", new_id())):
        assert await ask(stranger, query, id=id_) == nothing
    refused = [await only(stranger, step("propose"), id=id_) for id_ in (made["id"], str(new_id()), "nonsense")]
    assert refused[0]["__typename"] == "NotFoundProblem"
    assert refused[0] == refused[1] == refused[2]
