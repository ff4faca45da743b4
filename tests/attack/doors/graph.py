"""The doors of the graph: every root, asked for every field below it, and every mutation."""

import base64
from collections.abc import Callable
from dataclasses import replace
from functools import cache
from typing import Any

import httpx
from graphql import GraphQLObjectType, GraphQLSchema, get_named_type, is_leaf_type, is_union_type

from kpi_api.graphql.schema import schema
from tests.attack.attacking import Call, Door, Read, Shown, Write
from tests.attack.cast import Cast, Thing
from tests.attack.doors.people_writes import two_alike
from tests.attack.doors.reads import FOREIGN, holds

GRAPH: GraphQLSchema = schema._schema  # Strawberry offers no other way to graphql-core's schema


@cache
def fields_of(type_name: str, depth: int) -> str:
    """A selection of every field of a type, and of the fields below it as deep as asked."""
    type_ = GRAPH.type_map[type_name]
    assert isinstance(type_, GraphQLObjectType)
    parts = ["__typename"]
    for name, field in type_.fields.items():
        named = get_named_type(field.type)
        if is_leaf_type(named):
            parts.append(name)
        elif depth > 0 and isinstance(named, GraphQLObjectType):
            page = "(first: 3)" if named.name.endswith("Connection") else ""
            inside = depth if named.name.endswith(("Connection", "Edge")) or type_name.endswith(("Connection", "Edge")) else depth - 1
            parts.append(f"{name}{page} {{ {fields_of(named.name, inside)} }}")
    return " ".join(parts)


def ask(query: str, **variables: Any) -> Callable[[Thing], Call]:
    """A POST of the query with variables from the record's values."""

    def call(thing: Thing) -> Call:
        filled = {name: value(thing) if callable(value) else value for name, value in variables.items()}
        return Call("POST", "/graphql", {"query": query, "variables": filled})

    return call


def own_id(thing: Thing) -> str:
    return thing["id"]


def global_id(type_name: str) -> Callable[[Thing], str]:
    return lambda thing: base64.b64encode(f"{type_name}:{thing['id']}".encode()).decode()


def shows_root(root: str) -> Callable[[Thing, httpx.Response], Shown]:
    """What stands under a root that reads one record."""

    def shows(thing: Thing, answer: httpx.Response) -> Shown:
        if answer.status_code == 401:
            return "out"
        found = (answer.json().get("data") or {}).get(root)
        return "nothing" if found is None else "ancestor" if found.get("sight") == "ANCESTOR" else "whole"

    return shows


def shows_item(root: str) -> Callable[[Thing, httpx.Response], Shown]:
    """Whether a record stands in a connection."""

    def shows(thing: Thing, answer: httpx.Response) -> Shown:
        if answer.status_code == 401:
            return "out"
        nodes = [edge["node"] for edge in answer.json()["data"][root]["edges"]]
        return "whole" if thing["id"] in [node["uuid"] for node in nodes if node] else "nothing"

    return shows


def one(root: str, kind: str, type_name: str, *, depth: int = 2, argument: str = "id", type_: str = "ID!", sees: str = "") -> Read:
    query = f"query ($id: {type_}) {{ {root}({argument}: $id) {{ {fields_of(type_name, depth)} }} }}"
    return Read(f"graphql Query.{root}", kind, ask(query, id=own_id), shows=shows_root(root), sees=sees)


def cascade_of_top_unit() -> Read:
    """Whose KPIs stand in the whole company's cascade."""
    query = f"query ($unit: ID!) {{ cascadeOfUnit(unitId: $unit, cycle: \"2026\") {{ {fields_of('Cascade', 2)} }} }}"
    call = ask(query, unit=lambda thing: thing["unit_id"])
    return Read("graphql Query.cascadeOfUnit", "kpi_below", call, sees="line_of_sight", is_list=True)


def stray_links() -> Read:
    """Of a unit that is there a list, as far as somebody sees its KPIs; of one that never was, null."""
    query = f"query ($unit: ID!) {{ strayContributions(unitId: $unit) {{ {fields_of('StrayContribution', 1)} }} }}"

    def shows(thing: Thing, answer: httpx.Response) -> Shown:
        if answer.status_code == 401:
            return "out"
        return "nothing" if answer.json()["data"]["strayContributions"] is None else "whole"

    return Read("graphql Query.strayContributions", "unit", ask(query, unit=own_id), sees="open", shows=shows)


def node(kind: str, type_name: str, sees: str = "", *, depth: int = 0) -> Read:
    query = f"query ($id: ID!) {{ node(id: $id) {{ ... on {type_name} {{ {fields_of(type_name, depth)} }} }} }}"
    return Read("graphql Query.node", kind, ask(query, id=global_id(type_name)), shows=shows_root("node"), sees=sees)


def many(root: str, kind: str, type_name: str, *, sees: str = "", owners: tuple[str, ...] = (), depth: int = 0,
         **filters: tuple[str, Any]) -> Read:
    """A connection, whole, or by filters: name to type and value."""
    declared = "".join(f", ${name}: {type_}" for name, (type_, _) in filters.items())
    given = "".join(f", {name}: ${name}" for name in filters)
    fields = f"edges {{ __typename cursor node {{ {fields_of(type_name, depth)} }} }} pageInfo {{ {fields_of('PageInfo', 0)} }} __typename"
    query = f"query ($first: Int!{declared}) {{ {root}(first: $first{given}) {{ {fields} }} }}"
    values = {name: value for name, (_, value) in filters.items()}
    by_record = any(callable(value) for value in values.values())
    not_by = FOREIGN if "search" in filters else ()  # by names that the foreigners use too, they find their own
    call = ask(query, first=100, **values)
    return Read(f"graphql Query.{root}", kind, call, shows=shows_item(root), sees=sees, owners=owners, no_ancestors=True,
                is_list=not by_record, not_by=not_by)


def by_get(thing: Thing) -> Call:
    return Call("GET", "/graphql", params={"query": f'{{ person(id: "{thing["id"]}") {{ {fields_of("Person", 0)} }} }}'})


def about_oneself() -> Callable[[Thing, httpx.Response], Shown]:
    """The viewer's own person, and nobody else's."""

    def shows(thing: Thing, answer: httpx.Response) -> Shown:
        if answer.status_code == 401:
            return "out"
        person = answer.json()["data"]["viewer"]["person"]
        return "whole" if person and person["uuid"] == thing["id"] else "nothing"

    return shows


DOUBLED = f'{{ doubleCounting(cycle: "2026") {{ {fields_of("DoubledResult", 1)} }} }}'
SUPPOSED = 'whatIf(cycle: "2026", changes: [{ kpi: $id, value: "1" }])'
WHAT_IF = f"query ($id: ID!) {{ {SUPPOSED} {{ __typename ... on WhatWould {{ {fields_of('WhatWould', 3)} }} }} }}"


def shows_doubled(thing: Thing, answer: httpx.Response) -> Shown:
    if answer.status_code == 401:
        return "out"
    found = answer.json()["data"]["doubleCounting"] or []
    return "whole" if thing["id"] in [one["kpi"]["uuid"] for one in found] else "nothing"


def shows_effects(thing: Thing, answer: httpx.Response) -> Shown:
    """Whoever may suppose a change of a KPI sees it whole."""
    if answer.status_code == 401:
        return "out"
    return "whole" if answer.json()["data"]["whatIf"]["__typename"] == "WhatWould" else "nothing"


WHO = f"{{ viewer {{ {fields_of('Viewer', 1)} }} }}"
ORGANIZATION = f"{{ organization {{ {fields_of('Organization', 0)} }} }}"

LED_BY = "query ($id: ID!) { person(id: $id) { __typename uuid employment { __typename manager { __typename id uuid } } } }"

READS: list[Door] = [
    Read("kpi_api GET /graphql", "person", by_get, shows=shows_root("person")),
    Read("kpi_api POST /graphql", "person", ask("query ($id: ID!) { person(id: $id) { uuid } }", id=own_id), shows=shows_root("person")),
    one("person", "person", "Person", depth=1),
    Read("graphql Query.person", "person", ask(LED_BY, id=own_id), shows=shows_root("person")),
    one("kpi", "kpi", "Kpi", depth=2),
    one("scorecard", "scorecard", "Scorecard", depth=2),
    one("scorecard", "closed_scorecard", "Scorecard", depth=2),
    one("lineOfSight", "kpi", "LineOfSight", depth=2, argument="kpiId", sees="line_of_sight"),
    one("cascadeOfKpi", "kpi", "Cascade", depth=2, argument="kpiId", sees="line_of_sight"),
    one("cascadeOfUnit", "unit", "Cascade", depth=2, argument="unitId", sees="open"),
    cascade_of_top_unit(),
    stray_links(),
    node("person", "Person"),
    node("kpi", "Kpi"),
    node("scorecard", "Scorecard"),
    node("review", "Review", depth=1),
    node("released_review", "Review", depth=1),
    node("unit", "Unit", "open"),
    node("cycle", "Cycle", "open"),
    node("role", "Role", "open", depth=1),
    node("competency", "Competency", "open", depth=1),
    one("role", "role", "Role", depth=1, sees="open"),
    one("competency", "competency", "Competency", depth=1, sees="open"),
    one("applicableDefinitions", "person", "ApplicableDefinitions", depth=2, argument="personId"),
    many("roles", "role", "Role", sees="open", depth=1),
    many("competencies", "competency", "Competency", sees="open", depth=1),
    many("people", "person", "Person"),
    many("people", "person", "Person", search=("String", lambda thing: thing["email"])),
    many("cycles", "cycle", "Cycle", sees="open"),
    many("kpis", "kpi", "Kpi"),
    many("kpis", "kpi_of", "Kpi", sees="kpi", ownerId=("ID", lambda thing: thing["person_id"])),
    many("orphans", "kpi", "Kpi", owners=("orphan",)),
    many("rollUps", "kpi", "RolledUpKpi", depth=1, cycle=("String!", "2026")),
    Read("graphql Query.doubleCounting", "doubled", ask(DOUBLED), shows=shows_doubled, is_list=True),
    Read("graphql Query.whatIf", "kpi", ask(WHAT_IF, id=own_id), shows=shows_effects, no_ancestors=True),
    many("scorecards", "scorecard", "Scorecard"),
    many("scorecards", "scorecard", "Scorecard", personId=("ID", lambda thing: thing["person_id"]), cycleCode=("String", "2026")),
    Read("graphql Query.definitionDuplicates", "definition",
         ask(f"{{ definitionDuplicates(first: 100) {{ {fields_of('DefinitionDuplicateConnection', 2)} }} }}"), sees="open", is_list=True,
         shows=holds("{id}")),
    Read("graphql Query.viewer", "person", ask(WHO), shows=about_oneself(), sees="oneself", is_list=True),
    Read("graphql Query.organization", "organization", ask(ORGANIZATION), shows=shows_root("organization"), sees="open", not_by=FOREIGN),
]


def mutation(name: str, kind: str, permit: str, twin: str, owner: str, prepare: Any = None, **arguments: tuple[str, Any]) -> Write:
    """A mutation of a record by its id, with arguments: name to type and value."""
    declared = "".join(f", ${argument}: {type_}" for argument, (type_, _) in arguments.items())
    given = "".join(f", {argument}: ${argument}" for argument in arguments)
    union = GRAPH.mutation_type.fields[name].type.of_type  # type: ignore[union-attr]
    assert is_union_type(union)
    depth = {"ScorecardChanged": 2, "ReviewChanged": 2}
    members = " ".join(f"... on {member.name} {{ {fields_of(member.name, depth.get(member.name, 1))} }}" for member in union.types)
    query = f"mutation ($id: ID!{declared}) {{ {name}(id: $id{given}) {{ __typename {members} }} }}"
    call = ask(query, id=own_id, **{argument: value for argument, (_, value) in arguments.items()})
    return Write(f"graphql Mutation.{name}", kind, call, permit, twin, owner, sees=kind, prepare=prepare, accepted=changed)


def changed(answer: httpx.Response) -> bool:
    data = answer.json().get("data")
    return bool(data) and all(value["__typename"].endswith("Changed") for value in data.values())


def stood(*, proposed_by: str = "") -> Callable[[Cast, Thing], Any]:
    """The scorecard with the version at which it stands, proposed by somebody first where that is asked for."""

    async def prepare(cast: Cast, thing: Thing) -> Thing:
        path = f"/v1/scorecards/{thing['id']}"
        if proposed_by:
            await cast.home.call(proposed_by, "POST", f"{path}/propose", json={}, headers={"If-Match": "*"})
        card = await cast.home.call("hr", "GET", path)
        return thing | {"the_version": str(card["version"])}

    return prepare


async def a_released_review(cast: Cast, thing: Thing) -> Thing:
    await cast.home.call("neighbour", "POST", f"/v1/reviews/{thing['id']}/release", json={}, headers={"If-Match": "*"})
    return thing


async def a_unit_as_it_stands(cast: Cast, thing: Thing) -> Thing:
    unit = await cast.home.call("hr", "GET", f"/v1/units/{thing['id']}")
    return thing | {"the_version": str(unit["version"])}


async def the_organization(cast: Cast, thing: Thing) -> Thing:
    return thing | {"the_version": str((await cast.home.call("hr", "GET", "/v1/organization"))["version"])}


VERSION = ("Int!", lambda thing: int(thing["the_version"]))
LINES = ("[ScorecardLineInput!]", lambda thing: [{"kpi": thing["kpi_id"], "weight": "100.00"}])


def verb(name: str, permit: str, twin: str, *, proposed_by: str = "", **arguments: tuple[str, Any]) -> Write:
    return mutation(name, "scorecard", permit, twin, "employee", stood(proposed_by=proposed_by), version=VERSION, **arguments)


PROBLEM = "code title detail errors { field code message }"



def of_state(path: str) -> Callable[[Cast, Thing], Any]:
    """The record with the version at which it stands."""

    async def prepare(cast: Cast, thing: Thing) -> Thing:
        return thing | {"the_version": str((await cast.home.call("hr", "GET", f"{path}/{thing['id']}"))["version"])}

    return prepare


def made(name: str, kind: str, permit: str, arguments: str, input_type: str) -> Write:
    """A mutation that makes something under a code of its own; the foreigners may do as much at home."""
    members = f"... on {name.removeprefix('create')}Changed {{ __typename }} ... on Problem {{ {PROBLEM} }}"
    query = f"mutation ($code: String!, $input: {input_type}!) {{ {name}({arguments}) {{ __typename {members} }} }}"
    body: Any = {"name": "New"} if "code:" in arguments else lambda thing: {"name": "New", "code": thing["code"]}
    used = query if "code:" in arguments else query.replace("$code: String!, ", "")
    given = {"input": body} | ({"code": lambda thing: thing["code"]} if "code:" in arguments else {})
    return Write(f"graphql Mutation.{name}", kind, ask(used, **given), permit, "hr", creates=True, not_by=FOREIGN, accepted=changed)


def changed_by(name: str, kind: str, permit: str, input_type: str, body: Any) -> Write:
    """A mutation of something that the whole organization sees."""
    write = mutation(name, kind, permit, "hr", "", of_state(f"/v1/{'roles' if kind == 'role' else 'competencies'}"),
                     version=VERSION, input=(f"{input_type}!", body))
    return replace(write, sees="open")


# In this order: each leaves the employee's draft as the next one needs it.
WRITES: list[Door] = [
    Write("graphql Mutation.moveUnit", "unit", ask(
        "mutation ($id: ID!, $parent: ID, $version: Int!) { moveUnit(id: $id, parent: $parent, version: $version) {"
        f" __typename ... on UnitMoveChanged {{ {fields_of('UnitMoveChanged', 1)} }} ... on Problem {{ {PROBLEM} }} }} }}",
        id=own_id, parent=lambda thing: thing["parent_id"], version=lambda thing: int(thing["the_version"]),
    ), "structure.write", "hr", "care", sees="open", prepare=a_unit_as_it_stands, accepted=changed),
    Write("graphql Mutation.changeUnit", "unit", ask(
        "mutation ($id: ID!, $version: Int!) { changeUnit(id: $id, version: $version, changes: {valueStatement: \"v\"}) {"
        f" __typename ... on UnitChanged {{ {fields_of('UnitChanged', 1)} }} ... on Problem {{ {PROBLEM} }} }} }}",
        id=own_id, version=lambda thing: int(thing["the_version"]),
    ), "structure.write", "hr", "care", sees="open", prepare=a_unit_as_it_stands, accepted=changed),
    Write("graphql Mutation.changeOrganization", "organization", ask(
        "mutation ($version: Int!) { changeOrganization(version: $version, changes: {indicatorLabel: \"KPI\"}) {"
        f" __typename ... on OrganizationChanged {{ {fields_of('OrganizationChanged', 1)} }} ... on Problem {{ {PROBLEM} }} }} }}",
        version=lambda thing: int(thing["the_version"]),
    ), "organization.change", "hr", sees="open", prepare=the_organization, accepted=changed, not_by=FOREIGN),
    verb("proposeScorecard", "scorecard.propose", "manager"),
    verb("counterScorecard", "scorecard.person", "employee", lines=LINES, comment=("String", "again")),
    verb("rejectScorecard", "scorecard.manager", "manager"),
    verb("withdrawScorecard", "scorecard.manager", "manager", proposed_by="manager"),
    verb("agreeScorecard", "scorecard.person", "employee", proposed_by="manager"),
    mutation("acknowledgeReview", "review", "review.self", "stakeholder", "stakeholder", a_released_review),
    Write("graphql Mutation.resolveDefinitionDuplicate", "definition", ask(
        "mutation ($id: ID!, $other: ID!) { resolveDefinitionDuplicate(definition: $id, other: $other, by: MERGE, note: \"n\") {"
        f" __typename ... on DuplicateChanged {{ mergedInto draftNumber }} ... on Problem {{ {PROBLEM} }} }} }}",
        id=own_id, other=lambda thing: thing["other"],
    ), "definitions.retire", "hr", sees="open", prepare=two_alike, accepted=changed),
    made("createRole", "role", "structure.write", "input: $input", "RoleInput"),
    changed_by("changeRole", "role", "structure.write", "RoleInput", lambda thing: {"code": thing["code"], "name": "Clerk"}),
    made("createCompetency", "competency", "competencies.write", "code: $code, input: $input", "CompetencyInput"),
    changed_by("changeCompetency", "competency", "competencies.write", "CompetencyInput", {"name": "Working together"}),
]
