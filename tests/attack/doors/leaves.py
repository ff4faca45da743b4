"""Doors of leave: whoever sees a person sees when they are away; who keeps people's facts writes it."""

import uuid
from datetime import date, timedelta
from typing import Any

from tests.attack.attacking import Call, Door, Read, Write
from tests.attack.cast import Cast, Thing
from tests.attack.doors.graph import PROBLEM, ask, changed, fields_of, global_id
from tests.attack.doors.people_writes import write
from tests.attack.doors.reads import get, holds, succeeds

PLACE = "/v1/people/{person_id}/leaves"
PERSON = {"kind": "person", "owner": "peer", "sees": "person"}


def a_while() -> dict[str, str]:
    """Two days long from now, others each time."""
    day = date(2100, 1, 1) + timedelta(days=2 * (uuid.uuid4().int % 100_000))
    return {"first_day": day.isoformat(), "last_day": (day + timedelta(days=1)).isoformat()}


async def days(cast: Cast, thing: Thing) -> Thing:
    return thing | a_while()


async def a_leave(cast: Cast, thing: Thing) -> Thing:
    """A leave of the person for one door, and other days for it."""
    made = await cast.home.post("founder", f"/v1/people/{thing['id']}/leaves", **a_while())
    return thing | a_while() | {"leave_id": made["id"]}


DAYS = {"first_day": "{first_day}", "last_day": "{last_day}"}
GIVEN: Any = {"input": lambda thing: {"firstDay": thing["first_day"], "lastDay": thing["last_day"]}}
LEAVE: Any = {"leave": lambda thing: thing["leave_id"]}


def rest(operation: str, body: Any = None, *, prepare: Any = a_leave, star: bool = True) -> Write:
    method, path = operation.split(" ")
    place = f"/v1/people/{{id}}/leaves{path}"
    return write(f"{method} {PLACE}{path}", body=body, path=place, permit="people.write", star=star, prepare=prepare, **PERSON)


def graph(mutation: str, head: str, arguments: str, prepare: Any = a_leave, **variables: Any) -> Write:
    answer = f"__typename ... on LeaveChanged {{ leave {{ uuid }} }} ... on Problem {{ {PROBLEM} }}"
    query = f"mutation ($id: ID!{head}) {{ {mutation}(person: $id{arguments}) {{ {answer} }} }}"
    call = ask(query, id=global_id("Person"), **variables)
    return Write(f"graphql Mutation.{mutation}", call=call, permit="people.write", twin="hr", prepare=prepare, accepted=changed, **PERSON)


TIME = "/v1/scorecards/{scorecard_id}/time"
ASKED = f"query ($id: ID!) {{ scorecardTime(scorecard: $id) {{ {fields_of('ScorecardTime', 1)} }} }}"


def suppose(thing: Thing) -> Call:
    return Call("POST", f"/v1/scorecards/{thing['id']}/time/preview", {"leaves": [{"first_day": "2026-03-01", "last_day": "2026-03-31"}]})


DOORS: list[Door] = [
    Read(f"kpi_api GET {TIME}", "scorecard", get("/v1/scorecards/{id}/time"), shows=holds('"scorecard_id":"{id}"')),
    Read(f"kpi_api POST {TIME}/preview", "scorecard", suppose, shows=holds('"scorecard_id":"{id}"')),
    Read("graphql Query.scorecardTime", "scorecard", ask(ASKED, id=global_id("Scorecard")), shows=holds('"scorecardUuid":"{id}"')),
    Read(f"kpi_api GET {PLACE}", "person", get("/v1/people/{id}/leaves"), shows=succeeds),
    rest("POST ", DAYS, prepare=days, star=False),
    rest("PUT /{leave_id}", DAYS),
    rest("DELETE /{leave_id}"),
    graph("recordLeave", ", $input: LeaveInput!", ", input: $input", days, **GIVEN),
    graph("changeLeave", ", $leave: UUID!, $input: LeaveInput!", ", leave: $leave, version: 1, input: $input", **LEAVE, **GIVEN),
    graph("removeLeave", ", $leave: UUID!", ", leave: $leave, version: 1", **LEAVE),
]
