"""Calendars and sprints, events that begin windows, milestones, and how difficult targets are."""

import uuid
from datetime import date, timedelta

from tests.attack.attacking import Door, Read
from tests.attack.cast import Cast, Thing
from tests.attack.doors.people_writes import write
from tests.attack.doors.performance_writes import TARGETS, changes, kpi_write
from tests.attack.doors.reads import FOREIGN, get, one, succeeds
from tests.attack.expected import EVERYTHING, WHOLE


async def _employees_kpi(cast: Cast, **given: object) -> str:
    body = {"definition_code": "calls", "cycle_code": "2026", "level": "individual", "owner": {"person_external_id": "x-employee"}}
    made = await cast.home.post("founder", "/v1/kpis", **(body | {"targets": TARGETS} | given))
    return str(made["id"])


async def a_waiting_kpi(cast: Cast, thing: Thing) -> Thing:
    return thing | {"id": await _employees_kpi(cast, window_days=60, window_event={"name": "launch"})}


async def a_milestone(cast: Cast, thing: Thing) -> Thing:
    due = {"value": "1", "unit": "count", "due_on": "2026-09-30", "evidence_required": True}
    return thing | {"id": await _employees_kpi(cast, targets=[due])}


async def a_sprint_to_come(cast: Cast, thing: Thing) -> Thing:
    """On a day of its own each time, long from now."""
    day = (date(2100, 1, 1) + timedelta(days=uuid.uuid4().int % 300_000)).isoformat()
    sprint = {"name": uuid.uuid4().hex[:8], "starts_on": day, "ends_on": day}
    made = await cast.home.post("founder", f"/v1/calendars/{thing['calendar_id']}/sprints", sprints=[sprint])
    return thing | {"id": next(row["id"] for row in made if row["name"] == sprint["name"])}


async def an_event(cast: Cast, thing: Thing) -> Thing:
    made = await cast.home.post("founder", "/v1/window-events", code=f"e-{uuid.uuid4().hex[:8]}", name="E")
    return {"id": made["id"]}


def sees_whole(viewer: str, _: str) -> bool:
    return viewer in WHOLE["employee"] | EVERYTHING


SPRINT = {"sprints": [{"name": "Sprint 1", "starts_on": "2026-01-05", "ends_on": "2026-01-18"}]}
READS: list[Door] = [
    Read("kpi_api GET /v1/calendar-closings", "calendar", get("/v1/calendar-closings", month="2026-01"), sees="open", shows=succeeds,
         not_by=FOREIGN),
    Read("kpi_api GET /v1/calendars/{calendar_id}/sprints", "sprint", get("/v1/calendars/{calendar_id}/sprints"), sees="open",
         is_list=True),
    Read("kpi_api GET /v1/window-events", "window_event", get("/v1/window-events", limit="200"), sees="open", is_list=True),
    one("window_event", "/v1/window-events/{id}", sees="open", parameter="event_id"),
    one("kpi", "/v1/kpis/{id}/milestones", no_ancestors=True, shows=succeeds),
    one("kpi", "/v1/kpis/{id}/target-difficulty", no_ancestors=True),
]  # fmt: skip
WRITES: list[Door] = [
    write("POST /v1/calendars/{calendar_id}/sprints", "sprint", SPRINT, path="/v1/calendars/{calendar_id}/sprints", permit="cycles.write",
          sees="open", owner="home"),
    write("DELETE /v1/calendars/{calendar_id}/sprints/{sprint_id}", "sprint", path="/v1/calendars/{calendar_id}/sprints/{id}",
          permit="cycles.write", sees="open", owner="home", prepare=a_sprint_to_come),
    write("POST /v1/window-events", "window_event", {"code": "{code}", "name": "E"}, permit="cycles.write", creates=True, not_by=FOREIGN),
    write("POST /v1/window-events/{event_id}/occurrence", "window_event", {"occurred_on": "2026-03-10"},
          path="/v1/window-events/{id}/occurrence", permit="cycles.write", star=True, sees="open", owner="launch", prepare=an_event),
    kpi_write("POST /v1/kpis/{kpi_id}/window-event", "employee", {"occurred_on": "2026-03-10"}, changes("employee", "employee"),
              star=True, prepare=a_waiting_kpi),
    kpi_write("POST /v1/kpis/{kpi_id}/milestones", "employee", {"done_on": "2026-01-05", "evidence": "Seen"},
              changes("employee", "employee"), prepare=a_milestone),
    kpi_write("POST /v1/kpis/{kpi_id}/target-difficulty", "employee", {"target": {"value": "5", "unit": "count"}}, sees_whole),
]  # fmt: skip
