"""Doors of leave: whoever sees a person sees when they are away; who keeps people's facts writes it."""

from datetime import date, timedelta
from itertools import count
from typing import Any

from tests.attack.attacking import Call, Door, Read, Write
from tests.attack.cast import Cast, Thing
from tests.attack.doors.graph import PROBLEM, ask, changed, fields_of, global_id
from tests.attack.doors.reads import get, holds, succeeds

PLACE = "/v1/people/{person_id}/leaves"
PERSON = {"kind": "person", "owner": "peer", "sees": "person"}

TIMES = count()


def a_while() -> dict[str, str]:
    """Two days long from now, others each time."""
    day = date(2100, 1, 1) + timedelta(days=2 * next(TIMES))
    return {"first_day": day.isoformat(), "last_day": (day + timedelta(days=1)).isoformat()}


async def a_leave(cast: Cast, thing: Thing) -> Thing:
    """A leave of the person for one door."""
    made = await cast.home.post("founder", f"/v1/people/{thing['id']}/leaves", **a_while())
    return thing | {"leave_id": made["id"]}


def in_graph(thing: Thing) -> dict[str, str]:
    days = a_while()
    return {"firstDay": days["first_day"], "lastDay": days["last_day"]}


def rest(operation: str, *, dated: bool, prepare: Any = a_leave) -> Write:
    """With other days each time; what is there already is changed by the state that stands."""
    method, path = operation.split(" ")

    def call(thing: Thing) -> Call:
        headers = {"If-Match": "*"} if prepare else {}
        return Call(method, f"/v1/people/{{id}}/leaves{path}".format(**thing), a_while() if dated else None, headers=headers)

    return Write(f"kpi_api {method} {PLACE}{path}", call=call, permit="people.write", twin="hr", prepare=prepare, **PERSON)


def graph(mutation: str, head: str, arguments: str, prepare: Any = a_leave, **variables: Any) -> Write:
    answer = f"__typename ... on LeaveChanged {{ leave {{ uuid }} }} ... on Problem {{ {PROBLEM} }}"
    query = f"mutation ($id: ID!{head}) {{ {mutation}(person: $id{arguments}) {{ {answer} }} }}"
    call = ask(query, id=global_id("Person"), **variables)
    return Write(f"graphql Mutation.{mutation}", call=call, permit="people.write", twin="hr", prepare=prepare, accepted=changed, **PERSON)


LEAVE: Any = {"leave": lambda thing: thing["leave_id"]}
TIME = "/v1/scorecards/{scorecard_id}/time"
ASKED = f"query ($id: ID!) {{ scorecardTime(scorecard: $id) {{ {fields_of('ScorecardTime', 1)} }} }}"


def suppose(thing: Thing) -> Call:
    return Call("POST", f"/v1/scorecards/{thing['id']}/time/preview", {"leaves": [{"first_day": "2026-03-01", "last_day": "2026-03-31"}]})


DOORS: list[Door] = [
    Read(f"kpi_api GET {TIME}", "scorecard", get("/v1/scorecards/{id}/time"), shows=holds('"scorecard_id":"{id}"')),
    Read(f"kpi_api POST {TIME}/preview", "scorecard", suppose, shows=holds('"scorecard_id":"{id}"')),
    Read("graphql Query.scorecardTime", "scorecard", ask(ASKED, id=global_id("Scorecard")), shows=holds('"scorecardUuid":"{id}"')),
    Read(f"kpi_api GET {PLACE}", "person", get("/v1/people/{id}/leaves"), shows=succeeds),
    rest("POST ", dated=True, prepare=None),
    rest("PUT /{leave_id}", dated=True),
    rest("DELETE /{leave_id}", dated=False),
    graph("recordLeave", ", $input: LeaveInput!", ", input: $input", None, input=in_graph),
    graph("changeLeave", ", $leave: UUID!, $input: LeaveInput!", ", leave: $leave, version: 1, input: $input", **LEAVE, input=in_graph),
    graph("removeLeave", ", $leave: UUID!", ", leave: $leave, version: 1", **LEAVE),
]
