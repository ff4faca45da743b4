"""Templates, what they offer, and their assignment by the graph, as by REST."""

from typing import Any

from tests.kpi_api.cascade.company import Company
from tests.kpi_api.graphql.asking import ask

CREATE = """mutation ($code: String!, $input: TemplateInput!) { createTemplate(code: $code, input: $input) {
  __typename ... on TemplateChanged { template { uuid code number version lines { definitionCode weight targets retired } } }
  ... on Problem { code errors { field code } } } }"""
CHANGE = """mutation ($id: ID!, $version: Int!, $input: TemplateInput!) { changeTemplate(id: $id, version: $version, input: $input) {
  __typename ... on TemplateChanged { template { number versions { number lines { weight } } } } ... on Problem { code } } }"""
ASSIGN = """mutation ($input: NewTemplateAssignment!) { assignTemplate(input: $input) {
  __typename ... on TemplateAssignmentChanged { assignment { uuid status waiting } } ... on Problem { code errors { field code } } } }"""
READ = """query ($id: ID!) { templateAssignment(id: $id) { status opened skipped removed
  results(first: 5) { edges { node { status code scorecardUuid person { displayName } } } } } }"""
UNDO = """mutation ($id: ID!) { undoTemplateAssignment(id: $id) {
  __typename ... on TemplateAssignmentChanged { assignment { status } } ... on Problem { code } } }"""
OFFER = "query ($card: ID!) { templateOffer(scorecardId: $card) { takenNumber offeredNumber lines { change sentences } } }"
TAKE = """mutation ($card: ID!, $version: Int!) { takeTemplateOffer(id: $card, version: $version) {
  __typename ... on TemplateOfferChanged { changeUuid taken { definitionCode } } ... on Problem { code } } }"""


def said(weight: str = "100.00", **given: Any) -> dict[str, Any]:
    line = {"definitionCode": "revenue", "weight": weight, "targets": [{"value": "450000", "unit": "USD", "period": "quarter"}]}
    return {"name": "Representative", "lines": [line]} | given


async def test_a_template_is_made_changed_and_retired(company: Company) -> None:
    admin, eli = await company.admin(), await company.client("eli")
    made = (await ask(admin, CREATE, code="rep", input=said()))["createTemplate"]["template"]
    target = {"part": "main", "comparison": "at_least", "value": "450000", "unit": "USD", "period": "quarter", "evidence_required": False}
    assert (made["number"], made["lines"]) == (
        1, [{"definitionCode": "revenue", "weight": "100.00", "targets": [target], "retired": False}]
    )  # fmt: skip
    wrong = (await ask(admin, CREATE, code="other", input=said("99.99")))["createTemplate"]
    assert (wrong["__typename"], wrong["errors"][0]["code"]) == ("InvalidProblem", "weights_total")

    changed = (await ask(admin, CHANGE, id=made["uuid"], version=1, input=said(name="Seller")))["changeTemplate"]

    assert changed["template"] == {
        "number": 2, "versions": [{"number": n, "lines": [{"weight": "100.00"}]} for n in (2, 1)],
    }  # fmt: skip
    assert (await ask(admin, CHANGE, id=made["uuid"], version=1, input=said()))["changeTemplate"]["code"] == "precondition_failed"
    assert (await ask(eli, CHANGE, id=made["uuid"], version=2, input=said()))["changeTemplate"]["code"] == "not_allowed"
    retire = "mutation ($id: ID!) { retireTemplate(id: $id, version: 2) { ... on TemplateChanged { template { retiredOn } } } }"
    assert (await ask(admin, retire, id=made["uuid"]))["retireTemplate"]["template"]["retiredOn"]
    listed = (await ask(eli, "{ templates { edges { node { id code } } } }"))["templates"]["edges"]
    again = await ask(eli, "query ($id: ID!) { node(id: $id) { ... on Template { code } } }", id=listed[0]["node"]["id"])
    assert again["node"] == {"code": "rep"}


async def test_it_is_assigned_offered_and_undone(company: Company) -> None:
    admin, gus = await company.admin(), await company.client("gus")
    made = (await ask(admin, CREATE, code="rep", input=said()))["createTemplate"]["template"]
    people = [str(company.people[name].id) for name in ("eli", "fay")]
    wanted = {"templateCode": "rep", "cycleCode": "2026", "people": people}

    begun = (await ask(admin, ASSIGN, input=wanted))["assignTemplate"]["assignment"]
    await company.organization.world.work()

    assert (begun["status"], begun["waiting"]) == ("RUNNING", 2)
    done = (await ask(admin, READ, id=begun["uuid"]))["templateAssignment"]
    nodes = [edge["node"] for edge in done["results"]["edges"]]
    assert (done["status"], done["opened"]) == ("FINISHED", 2)
    assert [(node["status"], node["person"]["displayName"]) for node in nodes] == [("OPENED", "eli"), ("OPENED", "fay")]
    assert (await ask(gus, READ, id=begun["uuid"]))["templateAssignment"] is None
    await ask(admin, CHANGE, id=made["uuid"], version=1, input=said("60.00", lines=[
        *said("60.00")["lines"],
        {"definitionCode": "email", "weight": "40.00", "targets": [
            {"part": part, "value": value, "unit": "percent"} for part, value in (("open_rate", "28"), ("click_through", "4"))]},
    ]))  # fmt: skip
    card = nodes[0]["scorecardUuid"]
    offer = (await ask(admin, OFFER, card=card))["templateOffer"]
    assert offer["lines"][0] == {"change": "change", "sentences": ["Weight of “revenue”: 100.00, now 60.00."]}
    assert (await ask(gus, OFFER, card=card))["templateOffer"] is None
    taken = (await ask(admin, TAKE, card=card, version=1))["takeTemplateOffer"]
    assert (taken["changeUuid"], [line["definitionCode"] for line in taken["taken"]]) == (None, ["revenue", "email"])

    assert (await ask(gus, UNDO, id=begun["uuid"]))["undoTemplateAssignment"]["code"] == "not_found"
    assert (await ask(admin, UNDO, id=begun["uuid"]))["undoTemplateAssignment"]["assignment"]["status"] == "UNDOING"
    await company.organization.world.work()
    undone = (await ask(admin, READ, id=begun["uuid"]))["templateAssignment"]
    assert [edge["node"]["status"] for edge in undone["results"]["edges"]] == ["KEPT", "REMOVED"]


async def test_what_is_wrong_begins_nothing(company: Company) -> None:
    admin = await company.admin()
    await ask(admin, CREATE, code="rep", input=said())
    nobody = (await ask(admin, ASSIGN, input={"templateCode": "rep", "cycleCode": "2026"}))["assignTemplate"]
    assert (nobody["__typename"], nobody["errors"][0]["code"]) == ("InvalidProblem", "for_whom")
    unknown = (await ask(admin, ASSIGN, input={"templateCode": "none", "cycleCode": "2026", "unitCode": "north"}))["assignTemplate"]
    assert unknown["code"] == "not_found"
