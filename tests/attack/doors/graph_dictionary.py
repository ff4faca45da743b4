"""The graph's doors of the dictionary: every root that reads it, asked for every field below, and every mutation."""

from collections.abc import Callable
from typing import Any

import httpx
from graphql import is_union_type

from tests.attack.attacking import Door, Read, Shown, Write
from tests.attack.cast import Cast, Thing
from tests.attack.doors.graph import GRAPH, ask, changed, fields_of, many, node, one, own_id, shows_root
from tests.attack.doors.people_writes import a_definition_review, a_formula, a_version
from tests.attack.doors.reads import FOREIGN, holds

STATE = ("Int!", 1)
VERSION = ("DefinitionVersionInput!", {"name": "Another", "unit": "count", "effectiveFrom": "2030-01-01"})


def value(name: str) -> Callable[[Thing], str]:
    return lambda thing: thing[name]


def listed(name: str) -> Callable[[Thing, httpx.Response], Shown]:
    """Whether a root that lists things of one record is there at all."""

    def shows(thing: Thing, answer: httpx.Response) -> Shown:
        if answer.status_code == 401:
            return "out"
        return "nothing" if answer.json()["data"][name] is None else "whole"

    return shows


USES = f"query ($id: ID!) {{ definitionUses(id: $id) {{ {fields_of('DefinitionUse', 0)} }} }}"
TRIALS = f"query ($id: ID!) {{ formulaTrials(id: $id, number: 1) {{ {fields_of('FormulaTrial', 1)} }} }}"
DIFFERENCE = f"""query ($id: ID!) {{
  definitionDifference(id: $id, fromNumber: 1, toNumber: 1) {{ {fields_of('DefinitionDifference', 1)} }} }}"""
DRAFT = f"query ($id: ID!) {{ definition(id: $id) {{ {fields_of('Definition', 1)} }} }}"
DRAFTS = f"{{ definitions(first: 100, status: DRAFT) {{ {fields_of('DefinitionConnection', 1)} }} }}"
AREAS = f"{{ outcomeAreas {{ {fields_of('OutcomeArea', 0)} }} }}"
CHECK = f"""{{
  checkFormula(
    formula: "won", measures: [{{ name: "won", unit: "count" }}], samples: [{{ values: [{{ measure: "won", value: "1" }}] }}]
  ) {{ __typename ... on CheckedFormula {{ {fields_of('CheckedFormula', 1)} }} }} }}"""

READS: list[Door] = [
    many("definitions", "definition", "Definition", sees="open", depth=1),
    Read("graphql Query.definitions", "draft", ask(DRAFTS), sees="definition_draft", is_list=True, shows=holds("{id}")),
    one("definition", "definition", "Definition", sees="open", depth=2),
    node("definition", "Definition", "open", depth=1),
    Read("graphql Query.definition", "draft", ask(DRAFT, id=value("definition_id")), sees="definition_draft", shows=holds("{id}"),
         is_list=True),
    Read("graphql Query.definitionDifference", "definition", ask(DIFFERENCE, id=own_id), sees="open",
         shows=shows_root("definitionDifference")),
    Read("graphql Query.definitionDifference", "draft", ask(DIFFERENCE, id=value("definition_id")), sees="definition_draft",
         shows=shows_root("definitionDifference")),
    Read("graphql Query.definitionUses", "definition", ask(USES, id=own_id), sees="open", shows=listed("definitionUses")),
    Read("graphql Query.definitionUses", "kpi_in_use", ask(USES, id=value("definition_id")), sees="kpi", shows=holds("{id}"),
         is_list=True, no_ancestors=True),
    Read("graphql Query.formulaTrials", "definition", ask(TRIALS, id=own_id), sees="open", shows=listed("formulaTrials")),
    Read("graphql Query.formulaTrials", "draft", ask(TRIALS, id=value("definition_id")), sees="definition_draft",
         shows=listed("formulaTrials")),
    many("outcomes", "outcome", "Outcome", sees="open", depth=1),
    one("outcome", "outcome", "Outcome", sees="open", depth=1),
    node("outcome", "Outcome", "open", depth=1),
    Read("graphql Query.outcomeAreas", "organization", ask(AREAS), shows=listed("outcomeAreas"), sees="open", not_by=FOREIGN),
    many("definitionReviews", "definition_review", "DefinitionReview", sees="open", depth=1),
    many("businessChanges", "business_change", "BusinessChange", sees="open", depth=1),
    Read("graphql Query.formulaGrammar", "organization", ask("{ formulaGrammar }"), shows=listed("formulaGrammar"), sees="open",
         not_by=FOREIGN),
    Read("graphql Query.checkFormula", "organization", ask(CHECK), shows=listed("checkFormula"), sees="open", not_by=FOREIGN),
]  # fmt: skip


def write(name: str, permit: str, twin: str, *, prepare: Any = None, owner: str = "", kind: str = "definition", by_id: bool = True,
          creates: bool = False, not_by: tuple[str, ...] = (), sees: str = "open", **arguments: tuple[str, Any]) -> Write:
    """A mutation of a record by its id, or of something new, with arguments: name to type and value."""
    given = {"id": ("ID!", own_id), **arguments} if by_id else arguments
    declared = ", ".join(f"${argument}: {type_}" for argument, (type_, _) in given.items())
    passed = ", ".join(f"{argument}: ${argument}" for argument in given)
    union = GRAPH.mutation_type.fields[name].type.of_type  # type: ignore[union-attr]
    assert is_union_type(union)
    members = " ".join(f"... on {member.name} {{ {fields_of(member.name, 1)} }}" for member in union.types)
    values = {key: what for key, (_, what) in given.items()}
    call = ask(f"mutation ({declared}) {{ {name}({passed}) {{ __typename {members} }} }}", **values)
    return Write(f"graphql Mutation.{name}", kind, call, permit, twin, owner, sees=sees, prepare=prepare, accepted=changed,
                 creates=creates, not_by=not_by)


async def an_outcome(cast: Cast, thing: Thing) -> Thing:
    """An outcome with its version as it stands."""
    return thing | {"the_version": str((await cast.home.call("hr", "GET", f"/v1/outcomes/{thing['id']}"))["version"])}


def value_as_number(thing: Thing) -> int:
    return int(thing["the_version"])


def new_definition(thing: Thing) -> dict[str, Any]:
    return {"code": thing["code"], "version": {"name": "Another", "unit": "count", "effectiveFrom": "2026-01-01"}}


def business_change(thing: Thing) -> dict[str, Any]:
    return {"kind": "PROCESS", "name": "P", "effectiveOn": "2026-08-01", "definitionCodes": [thing["code"]]}


SAMPLES = ("[FormulaSampleInput!]!", [{"values": [{"measure": "won", "value": "1"}]}])
FIRST = ("Int!", 1)

WRITES: list[Door] = [
    write("createDefinition", "definitions.write", "hr", by_id=False, creates=True, not_by=FOREIGN, sees="",
          definition=("NewDefinitionInput!", new_definition)),
    write("addDefinitionVersion", "definition.propose", "regent", owner="regent", prepare=a_version(), state=STATE, version=VERSION),
    write("changeDefinition", "definition.propose", "regent", owner="regent", prepare=a_version(), state=STATE,
          changes=("DefinitionChangeInput!", {"reviewEveryMonths": 6})),
    write("proposeDefinitionVersion", "definition.propose", "regent", owner="regent", prepare=a_version(), number=FIRST),
    write("approveDefinitionVersion", "definition.approve", "hr", owner="regent", prepare=a_version("propose"), number=FIRST),
    write("approveDefinitionVersion", "definitions.approve", "regent", prepare=a_version("propose", author="founder"), number=FIRST),
    write("sendDefinitionVersionBack", "definitions.approve", "regent", prepare=a_version("propose", author="founder"), number=FIRST,
          reason=("String!", "Say more")),
    write("retireDefinitionVersion", "definitions.retire", "hr", prepare=a_version("propose", "approve"), number=FIRST,
          fromDay=("Date!", "2027-01-01")),
    write("tryFormula", "definitions.write", "regent", prepare=a_formula, number=FIRST, samples=SAMPLES),
    write("createOutcomeArea", "outcome_areas.write", "hr", kind="outcome", by_id=False, creates=True, not_by=FOREIGN, sees="",
          area=("OutcomeAreaInput!", lambda thing: {"code": thing["code"], "name": "Trust"})),
    write("createOutcome", "definitions.write", "hr", kind="outcome", by_id=False, creates=True, not_by=FOREIGN, sees="",
          outcome=("OutcomeInput!", lambda thing: {"code": thing["code"], "name": "O", "area": "quality"})),
    write("changeOutcome", "definitions.write", "hr", kind="outcome", prepare=an_outcome, version=("Int!", value_as_number),
          changes=("OutcomeChangeInput!", {"name": "Better work"})),
    write("recordBusinessChange", "definitions.write", "hr", by_id=False, not_by=FOREIGN, sees="",
          businessChange=("BusinessChangeInput!", business_change)),
    write("completeDefinitionReview", "definition.propose", "regent", owner="regent", kind="definition_review",
          prepare=a_definition_review, outcome=("DefinitionReviewOutcome!", "CONFIRMED")),
    write("reassignDefinitions", "library.install", "hr", kind="person", owner="peer", by_id=False, sees="person",
          fromPerson=("ID!", own_id), toPerson=("ID!", own_id)),
]  # fmt: skip
