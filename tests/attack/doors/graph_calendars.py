"""Doors of cycles and calendars in the graph: everybody at home reads them, HR writes them."""

from typing import Any

import httpx

from tests.attack.attacking import Door, Read, Shown
from tests.attack.cast import Cast, Thing
from tests.attack.doors.graph import ask, fields_of, node, one
from tests.attack.doors.graph_dictionary import value, value_as_number, write
from tests.attack.doors.reads import FOREIGN
from tests.attack.doors.targets import a_sprint_to_come

CALENDARS = f"{{ calendars {{ {fields_of('Calendar', 1)} }} }}"
CLOSING = f'{{ calendarClosing(month: "2026-01", day: "2026-02-03") {{ {fields_of("CalendarClosing", 0)} }} }}'
PERIODS = f"query ($cycle: String!) {{ cyclePeriods(cycle: $cycle, length: MONTH) {{ {fields_of('CyclePeriod', 0)} }} }}"
SPRINTS = [{"name": "Sprint 1", "startsOn": "2026-01-05", "endsOn": "2026-01-18"}]


def shows_calendar(thing: Thing, answer: httpx.Response) -> Shown:
    if answer.status_code == 401:
        return "out"
    return "whole" if thing["id"] in [row["uuid"] for row in answer.json()["data"]["calendars"]] else "nothing"


def shows(root: str) -> Any:
    """Whether a root that is no record stands there."""

    def shown(thing: Thing, answer: httpx.Response) -> Shown:
        if answer.status_code == 401:
            return "out"
        return "nothing" if answer.json()["data"][root] is None else "whole"

    return shown


async def the_cycle_as_it_stands(cast: Cast, thing: Thing) -> Thing:
    return thing | {"the_version": str((await cast.home.call("hr", "GET", f"/v1/cycles/{thing['id']}"))["version"])}


async def as_it_stands(cast: Cast, thing: Thing) -> Thing:
    rows = await cast.home.call("hr", "GET", "/v1/calendars")
    return thing | {"the_version": str(next(row["version"] for row in rows if row["id"] == thing["id"]))}


READS: list[Door] = [
    one("cycle", "cycle", "Cycle", depth=1, argument="cycle", type_="String!", sees="open"),
    one("calendar", "calendar", "Calendar", depth=1, sees="open"),
    node("calendar", "Calendar", "open", depth=1),
    Read("graphql Query.calendars", "calendar", ask(CALENDARS), sees="open", is_list=True, shows=shows_calendar),
    Read("graphql Query.calendarClosing", "calendar", ask(CLOSING), sees="open", shows=shows("calendarClosing"), not_by=FOREIGN,
         is_list=True),
    Read("graphql Query.cyclePeriods", "cycle", ask(PERIODS, cycle=value("id")), sees="open", shows=shows("cyclePeriods")),
]  # fmt: skip
WRITES: list[Door] = [
    write("createCycle", "cycles.write", "hr", kind="cycle", by_id=False, creates=True, not_by=FOREIGN, sees="",
          cycle=("CycleInput!", lambda thing: {"code": thing["code"], "name": "C", "startsOn": "2040-01-01", "endsOn": "2040-12-31"})),
    write("changeCycle", "cycles.write", "hr", kind="cycle", owner="2026", by_id=False, prepare=the_cycle_as_it_stands,
          cycle=("String!", value("id")), version=("Int!", value_as_number), changes=("CycleChangeInput!", {"name": "This year"})),
    write("openCycle", "cycles.write", "hr", kind="cycle", owner="2026", by_id=False, cycle=("String!", value("id"))),
    write("createSprints", "cycles.write", "hr", kind="sprint", owner="home", by_id=False, id=("ID!", value("calendar_id")),
          sprints=("[SprintInput!]", SPRINTS)),
    write("deleteSprint", "cycles.write", "hr", kind="sprint", owner="home", by_id=False, prepare=a_sprint_to_come,
          calendarId=("ID!", value("calendar_id")), uuid=("UUID!", value("id"))),
    write("writeCalendar", "cycles.write", "hr", kind="calendar", by_id=False, not_by=FOREIGN, sees="", prepare=as_it_stands,
          calendar=("CalendarInput!", {"holidays": ["2026-12-26"]}), version=("Int", value_as_number)),
]  # fmt: skip
