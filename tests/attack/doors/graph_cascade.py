"""The graph's doors of the cascade: KPIs written and linked, what a cascade leaves open, copies, and events that begin windows."""

from dataclasses import replace
from typing import Any
from uuid import uuid4

import httpx

from tests.attack.attacking import Door, Read, Shown, Write
from tests.attack.cast import Cast, Thing
from tests.attack.doors.graph import ask, changed, fields_of, many, node, one, own_id
from tests.attack.doors.graph_dictionary import value, write
from tests.attack.doors.people_writes import a_cycle_to_fill
from tests.attack.doors.performance_writes import a_lead, a_served_definition, changes, parts
from tests.attack.doors.reads import FOREIGN
from tests.attack.doors.targets import a_milestone, a_waiting_kpi, an_event

TARGETS: Any = [{"value": "120", "unit": "count"}]


def all_rows(answer: httpx.Response) -> bool:
    """Done, and no row refused."""
    return changed(answer) and '"error":0' in answer.text


async def as_it_stands(cast: Cast, thing: Thing) -> Thing:
    kpi = await cast.home.call("hr", "GET", f"/v1/kpis/{thing['id']}")
    return thing | {"the_version": str(kpi["version"])}


VERSION = ("Int!", lambda thing: int(thing["the_version"]))


def of_kpi(
    name: str, code: str, permit: Any, *, twin: str = "manager", accepted: Any = changed, prepare: Any = None, **arguments: Any
) -> Write:
    """A mutation of a KPI, allowed to whom the cascade's rules say."""
    door = write(name, "", twin, owner=code, kind="kpi", sees="kpi", prepare=prepare, **arguments)
    return replace(door, permit=permit, accepted=accepted)


def kpi_of(thing: Thing) -> dict[str, Any]:
    return {"definitionCode": "calls", "cycleCode": "2026", "level": "INDIVIDUAL", "owner": {"person": thing["id"]}, "targets": TARGETS}


def link(thing: Thing) -> list[dict[str, str]]:
    return [{"child": thing["id"], "parent": thing["parent_id"]}]


def okr(thing: Thing) -> list[dict[str, str]]:
    code = thing["the_definition"]
    return [{"objectiveCode": code, "objective": "Service", "area": "quality", "code": f"okr-{uuid4().hex[:12]}", "keyResult": "Calls",
             "definitionCode": code, "cycleCode": "2026", "target": "120", "ownerPerson": thing["external_id"]}]  # fmt: skip


def copy(thing: Thing) -> dict[str, Any]:
    return {"fromCycle": "2026", "toCycle": thing["code"], "levels": ["STRATEGIC"]}


async def a_waiting_one(cast: Cast, thing: Thing) -> Thing:
    return await as_it_stands(cast, await a_waiting_kpi(cast, thing))


def shows_without(thing: Thing, answer: httpx.Response) -> Shown:
    """Whether somebody is counted among those who carry nothing."""
    if answer.status_code == 401:
        return "out"
    found = answer.json()["data"]["coverage"]
    return "whole" if found and thing["id"] in [one["uuid"] for one in found["without"]] else "nothing"


def rolled(answer: httpx.Response) -> bool:
    """Done, and no KPI unknown."""
    return changed(answer) and '"uuid":null' not in answer.text


def reading(thing: Thing) -> list[dict[str, str]]:
    return [{"kpi": thing["id"], "periodStart": "2026-01-01", "value": "6", "source": "CRM"}]


def shows_difficulty(thing: Thing, answer: httpx.Response) -> Shown:
    """Whoever sees a KPI whole may suppose another target."""
    if answer.status_code == 401:
        return "out"
    return "whole" if answer.json()["data"]["targetDifficulty"]["__typename"] == "TargetDifficulty" else "nothing"


SUPPOSED = f"""query ($id: ID!) {{
  targetDifficulty(id: $id, target: {{ value: "5", unit: "count" }}) {{
    __typename ... on TargetDifficulty {{ {fields_of("TargetDifficulty", 1)} }} }} }}"""
COVERAGE = f'{{ coverage(cycle: "2026") {{ {fields_of("Coverage", 2)} }} }}'
READS: list[Door] = [
    # Whoever sees a person counts them, nobody else.
    Read("graphql Query.coverage", "person", ask(COVERAGE), is_list=True, owners=("neighbour",), shows=shows_without),
    Read("graphql Query.targetDifficulty", "kpi", ask(SUPPOSED, id=own_id), owners=("employee",), shows=shows_difficulty,
         no_ancestors=True),
    many("windowEvents", "window_event", "WindowEvent", sees="open"),
    one("windowEvent", "window_event", "WindowEvent", sees="open"),
    node("window_event", "WindowEvent", "open"),
]  # fmt: skip
EMPLOYEES = changes("employee", "employee")
NORTHS = changes("north", unit="north")
WRITES: list[Door] = [
    # Whom the viewer does not see, they cannot tell from nobody.
    replace(write("createKpi", "", "manager", owner="employee", kind="person", by_id=False, sees="person", kpi=("NewKpiInput!", kpi_of)),
            permit=EMPLOYEES),
    of_kpi("changeKpi", "employee", EMPLOYEES, prepare=as_it_stands, version=VERSION,
           changes=("KpiChangeInput!", {"controllability": "SHARED"})),
    of_kpi("changeKpiTargets", "employee", EMPLOYEES, prepare=as_it_stands, version=VERSION, targets=("[TargetInput!]!", TARGETS)),
    of_kpi("changeKpiRollUp", "north", NORTHS, twin="regent", prepare=as_it_stands, version=VERSION, rollUp=("RollUpMethod!", "MEAN")),
    of_kpi("addKpiStakeholders", "shared", changes("shared", unit="north"), accepted=all_rows,
           stakeholders=("[StakeholderInput!]!", [{"holder": {"personExternalId": "x-employee"}}])),
    replace(of_kpi("contribute", "employee", EMPLOYEES, accepted=all_rows, prepare=parts), call=write(
        "contribute", "", "", by_id=False, contributions=("[ContributionInput!]!", link)).call, not_by=("foreign_employee",)),
    of_kpi("endContribution", "employee", EMPLOYEES, prepare=parts, parent=("ID!", value("parent_id"))),
    of_kpi("leadKpi", "employee", EMPLOYEES, lagging=("String!", "k-north")),
    of_kpi("endKpiLead", "employee", EMPLOYEES, prepare=a_lead, lagging=("ID!", value("lagging_id"))),
    replace(of_kpi("recordMeasurements", "employee", EMPLOYEES, twin="employee", accepted=all_rows), call=write(
        "recordMeasurements", "", "", by_id=False, rows=("[MeasurementInput!]!", reading)).call),
    of_kpi("recordMilestone", "employee", EMPLOYEES, prepare=a_milestone,
           milestone=("MilestoneInput!", {"doneOn": "2026-01-05", "evidence": "Seen"})),
    replace(write("rollUp", "roll_ups.write", "hr", owner="north", kind="kpi", by_id=False, sees="kpi", acceptMissing=("Boolean!", True),
                  kpis=("[String!]!", lambda thing: [thing["id"]])), accepted=rolled),
    write("copyCascade", "roll_ups.write", "hr", by_id=False, kind="cycle", not_by=FOREIGN, sees="", prepare=a_cycle_to_fill,
          copy=("CascadeCopyInput!", copy)),
    replace(write("importOkrs", "", "manager", owner="employee", kind="person", by_id=False, sees="person", prepare=a_served_definition,
                  not_by=FOREIGN, okrs=("[OkrInput!]!", okr)), permit=EMPLOYEES, accepted=all_rows),
    write("createWindowEvent", "cycles.write", "hr", kind="window_event", by_id=False, creates=True, not_by=FOREIGN, sees="",
          windowEvent=("WindowEventInput!", lambda thing: {"code": thing["code"], "name": "E"})),
    write("recordWindowEvent", "cycles.write", "hr", kind="window_event", owner="launch", prepare=an_event, version=("Int!", 1),
          occurredOn=("Date!", "2026-03-10")),
    of_kpi("recordKpiWindowEvent", "employee", EMPLOYEES, prepare=a_waiting_one, version=VERSION, occurredOn=("Date!", "2026-03-10")),
]  # fmt: skip
