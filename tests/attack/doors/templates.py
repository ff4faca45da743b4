"""Doors of templates: everybody reads them, HR writes them; who sees somebody may ask to assign to them, who asked or HR undoes it."""

import uuid
from typing import Any

from tests.attack.attacking import Door, Read, Write
from tests.attack.cast import Cast, Thing
from tests.attack.doors.graph import PROBLEM, ask, changed, fields_of, many, node, one, own_id, shows_root
from tests.attack.doors.people_writes import a_new_code, an_empty_cycle, write
from tests.attack.doors.reads import FOREIGN, get, holds, listed, succeeds
from tests.attack.doors.reads import one as read

ON = {"template_code": "caller", "cycle_code": "2026"}
COPIES = {"from_cycle": "2025", "to_cycle": "2026"}
LINE = {"definition_code": "calls", "weight": "100.00", "targets": [{"value": "100", "unit": "count"}]}
TABLE = {"template_code": "{new_code}", "state": "", "template_name": "Caller", "definition_code": "calls", "weight": "100.00",
         "value": "100", "unit": "count"}  # fmt: skip
DRAFT = {"scorecard_id": "{id}", "state": "{the_version}", "kpi_id": "{kpi_id}", "weight": "90.00"}
CONTENT = {"name": "Caller", "lines": [LINE]}
GRAPH_CONTENT = {"name": "Caller", "lines": [{"definitionCode": "calls", "weight": "100.00", "targets": LINE["targets"]}]}


async def a_template(cast: Cast, thing: Thing) -> Thing:
    """Of its own, since it does not come back."""
    made = await cast.home.post("founder", "/v1/templates", code=uuid.uuid4().hex[:12], **CONTENT)
    return thing | {"id": made["id"]}


async def a_finished_assignment(cast: Cast, thing: Thing) -> Thing:
    made = await cast.home.post("manager", "/v1/template-assignments", people=[{"person_external_id": "x-employee"}], **ON)
    await cast.world.work()
    return thing | {"id": made["id"]}


async def a_later_cycle(cast: Cast, thing: Thing) -> Thing:
    made = await cast.home.call("founder", "GET", f"/v1/cycles/{(await an_empty_cycle(cast, thing))['id']}")
    return thing | {"to": made["code"]}


async def as_it_stands(cast: Cast, thing: Thing) -> Thing:
    return thing | {"the_version": str((await cast.home.call("hr", "GET", f"/v1/templates/{thing['id']}"))["version"])}


async def a_card_as_it_stands(cast: Cast, thing: Thing) -> Thing:
    return thing | {"the_version": str((await cast.home.call("hr", "GET", f"/v1/scorecards/{thing['id']}"))["version"])}


async def a_draft(cast: Cast, thing: Thing) -> Thing:
    """The employee's, in a cycle of its own, since other doors have the one of the cast agreed to."""
    ahead = await a_later_cycle(cast, thing)
    asked = {"template_code": "caller", "cycle_code": ahead["to"], "people": [{"person_external_id": "x-employee"}]}
    made = await cast.home.post("hr", "/v1/template-assignments", **asked)
    await cast.world.work()
    results = await cast.home.call("hr", "GET", f"/v1/template-assignments/{made['id']}/results")
    card = await cast.home.call("hr", "GET", f"/v1/scorecards/{results['items'][0]['scorecard_id']}")
    return thing | {"id": card["id"], "kpi_id": card["lines"][0]["kpi_id"], "the_version": str(card["version"])}


def the_version(thing: Thing) -> int:
    return int(thing["the_version"])


def mutation(name: str, type_name: str, declared: str, given: str, **variables: Any) -> Any:
    members = f"... on {type_name} {{ {fields_of(type_name, 2)} }} ... on Problem {{ {PROBLEM} }}"
    return ask(f"mutation ({declared}) {{ {name}({given}) {{ __typename {members} }} }}", **variables)


def template_mutation(name: str, declared: str = "", given: str = "", **variables: Any) -> Write:
    call = mutation(name, "TemplateChanged", f"$id: ID!, $version: Int!{declared}", f"id: $id, version: $version{given}",
                    id=own_id, version=the_version, **variables)  # fmt: skip
    return Write(f"graphql Mutation.{name}", "template", call, "templates.write", "hr", sees="open", prepare=as_it_stands, accepted=changed)


def nothing_offered(answer: Any) -> bool:
    data = answer.json().get("data") or {}
    return bool(data.get("takeTemplateOffer", {}).get("code") == "nothing_offered")


def copied(answer: Any) -> bool:
    data = answer.json().get("data") or {}
    return bool(data.get("copyScorecard", {}).get("__typename") == "ScorecardCopied")


RESULTS = "kpi_api GET /v1/template-assignments/{assignment_id}/results"
OFFER = f"query ($id: ID!) {{ templateOffer(scorecardId: $id) {{ {fields_of('TemplateOffer', 1)} }} }}"

READS: list[Door] = [
    Read("kpi_api GET /v1/templates/{template_id}/versions", "template", get("/v1/templates/{id}/versions"), sees="open", shows=succeeds),
    read("scorecard", "/v1/scorecards/{id}/template-offer"),
    Read("kpi_api GET /v1/scorecards/table", "scorecard", get("/v1/scorecards/table", cycle_code="2026"), is_list=True,
         shows=holds("{id}"), owners=("employee", "chief")),
    Read("kpi_api GET /v1/templates/table", "template", get("/v1/templates/table"), sees="open", is_list=True, shows=holds("caller"),
         not_by=FOREIGN),
    listed("template_assignment", "/v1/template-assignments"),
    read("template_assignment", "/v1/template-assignments/{id}", parameter="assignment_id"),
    Read(RESULTS, "template_assignment", get("/v1/template-assignments/{id}/results"), shows=succeeds),
    one("template", "template", "Template", depth=1, sees="open"),
    node("template", "Template", "open", depth=1),
    many("templates", "template", "Template", sees="open", depth=1),
    one("templateAssignment", "template_assignment", "TemplateAssignment", depth=1),
    many("templateAssignments", "template_assignment", "TemplateAssignment", depth=1),
    Read("graphql Query.templateOffer", "scorecard", ask(OFFER, id=own_id), shows=shows_root("templateOffer")),
]
WRITES: list[Door] = [
    write("PUT /v1/templates/{template_id}", "template", CONTENT, path="/v1/templates/{id}", permit="templates.write", star=True,
          sees="open"),
    write("POST /v1/template-assignments", "person", ON | {"people": [{"person_id": "{id}"}]}, permit="template.assign", owner="employee",
          twin="manager", sees="person"),
    write("POST /v1/template-assignments/{assignment_id}/undo", "template_assignment", path="/v1/template-assignments/{id}/undo",
          permit="template_assignment.undo", owner="manager", sees="template_assignment", prepare=a_finished_assignment),
    write("POST /v1/scorecards/{scorecard_id}/template-offer/take", "scorecard", {}, path="/v1/scorecards/{id}/template-offer/take",
          permit="scorecard.edit", star=True, owner="employee", sees="scorecard", twin_fails_with=409),
    Write("graphql Mutation.createTemplate", "template", mutation(
        "createTemplate", "TemplateChanged", "$code: String!, $input: TemplateInput!", "code: $code, input: $input",
        code=lambda thing: thing["code"], input=GRAPH_CONTENT,
    ), "templates.write", "hr", creates=True, not_by=FOREIGN, accepted=changed),
    template_mutation("changeTemplate", ", $input: TemplateInput!", ", input: $input", input=GRAPH_CONTENT),
    Write("graphql Mutation.assignTemplate", "person", mutation(
        "assignTemplate", "TemplateAssignmentChanged", "$input: NewTemplateAssignment!", "input: $input",
        input=lambda thing: {"templateCode": "caller", "cycleCode": "2026", "people": [thing["id"]]},
    ), "template.assign", "manager", "employee", sees="person", accepted=changed),
    Write("graphql Mutation.undoTemplateAssignment", "template_assignment", mutation(
        "undoTemplateAssignment", "TemplateAssignmentChanged", "$id: ID!", "id: $id", id=own_id,
    ), "template_assignment.undo", "hr", "manager", sees="template_assignment", prepare=a_finished_assignment, accepted=changed),
    write("POST /v1/scorecards/table", "scorecard", [DRAFT], permit="scorecard.edit", owner="employee", sees="scorecard",
          prepare=a_draft),
    write("POST /v1/templates/table", "template", [TABLE], permit="templates.write", sees="open", not_by=FOREIGN, prepare=a_new_code),
    write("POST /v1/scorecards/{scorecard_id}/copy", "scorecard", {"to_cycle": "{to}", "preview": True}, path="/v1/scorecards/{id}/copy",
          permit="scorecard.open", owner="employee", sees="scorecard", prepare=a_later_cycle),
    write("POST /v1/scorecards/copies", "person", COPIES | {"people": [{"person_id": "{id}"}], "preview": True}, permit="template.assign",
          owner="employee", twin="manager", sees="person"),
    Write("graphql Mutation.copyScorecard", "scorecard", mutation(
        "copyScorecard", "ScorecardCopied", "$id: ID!, $to: String!", "id: $id, toCycle: $to, preview: true",
        id=own_id, to=lambda thing: thing["to"],
    ), "scorecard.open", "hr", "employee", sees="scorecard", prepare=a_later_cycle, accepted=copied),
    Write("graphql Mutation.copyScorecards", "person", mutation(
        "copyScorecards", "TemplateAssignmentChanged", "$input: ScorecardCopies!", "input: $input",
        input=lambda thing: {"fromCycle": "2025", "toCycle": "2026", "people": [thing["id"]], "preview": True},
    ), "template.assign", "manager", "employee", sees="person", accepted=changed),
    Write("graphql Mutation.takeTemplateOffer", "scorecard", mutation(
        "takeTemplateOffer", "TemplateOfferChanged", "$id: ID!, $version: Int!", "id: $id, version: $version",
        id=own_id, version=the_version,
    ), "scorecard.edit", "hr", "employee", sees="scorecard", prepare=a_card_as_it_stands, accepted=nothing_offered),
    # Last: a template that is retired is given to nobody.
    write("POST /v1/templates/{template_id}/retire", "template", path="/v1/templates/{id}/retire", permit="templates.write", star=True,
          sees="open", prepare=a_template),
    template_mutation("retireTemplate"),
]  # fmt: skip
DOORS: list[Door] = [*READS, *WRITES]
