"""Doors of development goals: the person, whoever stands above them, HR and auditors read; the two sides write."""

from dataclasses import replace
from typing import Any

from tests.attack.attacking import Door, Write
from tests.attack.cast import Cast, Thing
from tests.attack.doors.graph import PROBLEM, ask, changed, mutation, node, own_id
from tests.attack.doors.graph import one as graph_one
from tests.attack.doors.people_writes import write
from tests.attack.doors.reads import found, listed, one

TEXT: dict[str, Any] = {"skill": "SQL", "aim": "next_role", "why": "w", "due_on": "2026-12-01", "steps": [{"text": "s"}]}
INPUT = {"skill": "SQL", "aim": "NEXT_ROLE", "why": "w", "dueOn": "2026-12-01", "steps": [{"text": "s"}]}
PLACE = "/v1/development-goals"


async def another(cast: Cast, thing: Thing) -> Thing:
    """A goal of the employee's own for one door, with its step and version."""
    made = await cast.home.post("employee", PLACE, person_id=thing["person_id"], **TEXT)
    return thing | {"id": made["id"], "step_id": made["steps"][0]["id"], "the_version": str(made["version"])}


async def agreed(cast: Cast, thing: Thing) -> Thing:
    goal = await another(cast, thing)
    made = await cast.home.call("manager", "POST", f"{PLACE}/{goal['id']}/agree", headers={"If-Match": "*"})
    return goal | {"the_version": str(made["version"])}


def goal(operation: str, body: Any = None, permit: str = "development_goal", twin: str = "manager", prepare: Any = another,
         *, star: bool = True) -> Write:  # fmt: skip
    method, rest = operation.split(" ")
    path = f"{PLACE}/{{id}}{rest}"
    return write(f"{method} {PLACE}/{{goal_id}}{rest}", "development_goal", body, path=path, permit=permit, twin=twin,
                 owner="employee", sees="development_goal", star=star, prepare=prepare)  # fmt: skip


def graph(name: str, permit: str = "development_goal", prepare: Any = another, *, versioned: bool = True,
          **arguments: tuple[str, Any]) -> Write:  # fmt: skip
    version = {"version": ("Int!", lambda thing: int(thing["the_version"]))} if versioned else {}
    made = mutation(name, "development_goal", permit, "manager", "employee", prepare, **version, **arguments)
    return replace(made, sees="development_goal")


CREATE = f"__typename ... on DevelopmentGoalChanged {{ goal {{ uuid }} }} ... on Problem {{ {PROBLEM} }}"
STEP = ("UUID!", lambda thing: thing["step_id"])
DOORS: list[Door] = [
    one("development_goal", f"{PLACE}/{{id}}", parameter="goal_id"),
    listed("development_goal", PLACE),
    found("development_goal", PLACE, person_id="{person_id}"),
    graph_one("developmentGoal", "development_goal", "DevelopmentGoal", depth=1),
    node("development_goal", "DevelopmentGoal"),
    write(f"POST {PLACE}", "person", TEXT | {"person_id": "{id}"}, permit="development_goal", twin="manager", owner="employee",
          sees="development_goal"),
    goal("PUT ", TEXT),
    goal("POST /agree", None, "development_goal.agree"),
    goal("PUT /steps/{step_id}", {"done_on": "2026-01-02"}, prepare=agreed, star=False),
    goal("POST /evidence", {"text": "Done."}, star=False),
    goal("POST /close", {"outcome": "dropped", "reason": "r"}),
    Write("graphql Mutation.createDevelopmentGoal", "person", ask(
        f"mutation ($id: ID!, $input: DevelopmentGoalInput!) {{ createDevelopmentGoal(person: $id, input: $input) {{ {CREATE} }} }}",
        id=own_id, input=INPUT,
    ), "development_goal", "manager", "employee", sees="development_goal", accepted=changed),
    graph("changeDevelopmentGoal", input=("DevelopmentGoalInput!", INPUT)),
    graph("agreeDevelopmentGoal", "development_goal.agree"),
    graph("markDevelopmentStep", prepare=agreed, versioned=False, step=STEP, doneOn=("Date", "2026-01-02")),
    graph("addDevelopmentEvidence", versioned=False, text=("String", "Done.")),
    graph("closeDevelopmentGoal", outcome=("DevelopmentOutcome!", "DROPPED"), reason=("String", "r")),
]  # fmt: skip
