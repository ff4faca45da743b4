"""Writes of KPIs, measurements, check-ins, reviews and scorecards, over REST."""

from collections.abc import Callable
from typing import Any
from uuid import uuid4

from tests.attack.attacking import Call, Door, Write
from tests.attack.cast import Cast, Thing
from tests.attack.doors.people_writes import VERSION, send, write
from tests.attack.doors.reads import FOREIGN
from tests.attack.expected import may_change_kpi

TARGETS = [{"value": "120", "unit": "count"}]
KPI = {"definition_code": "calls", "cycle_code": "2026", "targets": TARGETS}


def changes(code: str, owner: str | None = None, unit: str | None = None) -> Callable[[str, str], bool]:
    return lambda viewer, _: may_change_kpi(viewer, code, owner, unit)


def kpi_write(operation: str, code: str, body: Any, permit: Callable[[str, str], bool], *, path: str = "", **given: Any) -> Write:
    method, template = operation.split(" ")
    star = given.pop("star", False)
    call = send(method, path or template.replace("{kpi_id}", "{id}"), body, star=star)
    return Write(f"kpi_api {operation}", "kpi", call, permit, given.pop("twin", "manager"), code, sees="kpi", **given)


async def parts(cast: Cast, thing: Thing) -> Thing:
    """The employee's KPI and the shared one, which it is about to contribute to."""
    return thing | {"parent_id": cast.records["kpi"]["shared"]["id"]}


async def a_lead(cast: Cast, thing: Thing) -> Thing:
    """The employee's KPI leads to their team's."""
    lagging = cast.records["kpi"]["north"]["id"]
    await cast.home.call("manager", "PUT", f"/v1/kpis/{thing['id']}/leads", json={"lagging": lagging})
    return thing | {"lagging_id": lagging}


def correction(thing: Thing) -> Call:
    """Another value of a closed year each time, since the same one again would change nothing."""
    row = {"kpi_id": thing["id"], "period_start": "2025-01-01", "value": str(uuid4().int % 10**6), "source": "CRM",
           "correction_reason": "c"}
    return Call("POST", "/v1/measurements", [row])


async def a_served_definition(cast: Cast, thing: Thing) -> Thing:
    """A definition in force of an outcome, for a key result to use."""
    code = f"o-{uuid4().hex[:8]}"
    await cast.home.post("founder", "/v1/outcomes", code=code, name="Service", area="quality")
    made = await cast.home.post("regent", "/v1/definitions", code=code, version=VERSION | {"outcome_code": code})
    for who, verb in (("regent", "propose"), ("hr", "approve")):
        await cast.home.post(who, f"/v1/definitions/{made['id']}/versions/1/{verb}")
    return thing | {"the_definition": code}


def an_okr(thing: Thing) -> Call:
    """A key result for the person."""
    row = {"objective_code": thing["the_definition"], "objective": "Service", "area": "quality", "code": f"okr-{uuid4().hex[:12]}",
           "key_result": "Calls", "definition_code": thing["the_definition"], "cycle_code": "2026", "target": "120",
           "owner_person": thing["external_id"]}
    return Call("POST", "/v1/okrs/import", [row])


CASCADE: list[Door] = [
    # A KPI for somebody: whom the viewer does not see, they cannot tell from nobody.
    Write("kpi_api POST /v1/kpis", "person", send("POST", "/v1/kpis", KPI | {"level": "individual", "owner": {"person_id": "{id}"}}),
          changes("employee", "employee"), "manager", "employee", sees="person"),
    Write("kpi_api POST /v1/kpis/bulk", "person",
          send("POST", "/v1/kpis/bulk", {"kpis": [KPI | {"level": "individual", "owner": {"person_id": "{id}"}}]}),
          changes("employee", "employee"), "manager", "employee", sees="person"),
    Write("kpi_api POST /v1/okrs/import", "person", an_okr, changes("employee", "employee"), "manager", "employee", sees="person",
          prepare=a_served_definition, not_by=FOREIGN),
    Write("kpi_api POST /v1/kpis", "unit", send("POST", "/v1/kpis", KPI | {"level": "team", "owner": {"unit_id": "{id}"}}),
          changes("north", unit="north"), "regent", "north", sees="open"),
    # Naming a parent that the viewer does not see.
    Write("kpi_api POST /v1/kpis", "kpi",
          send("POST", "/v1/kpis", KPI | {"level": "individual", "owner": {"person_external_id": "x-payroll"},
                                          "contributes_to": [{"parent": "{id}"}]}),
          lambda viewer, _: viewer in {"chief", "hr", "key"}, "hr", "care", sees="kpi"),
    kpi_write("PATCH /v1/kpis/{kpi_id}", "employee", {"controllability": "shared"}, changes("employee", "employee"), star=True),
    kpi_write("PATCH /v1/kpis/{kpi_id}", "north", {"controllability": "shared"}, changes("north", unit="north"), star=True, twin="regent"),
    kpi_write("PUT /v1/kpis/{kpi_id}/leads", "employee", {"lagging": "k-north"}, changes("employee", "employee")),
    kpi_write("DELETE /v1/kpis/{kpi_id}/leads/{lagging_id}", "employee", None, changes("employee", "employee"), prepare=a_lead,
              path="/v1/kpis/{id}/leads/{lagging_id}"),
    kpi_write("PUT /v1/kpis/{kpi_id}/targets", "employee", {"targets": TARGETS}, changes("employee", "employee"), star=True),
    kpi_write("PUT /v1/kpis/{kpi_id}/targets", "north", {"targets": TARGETS}, changes("north", unit="north"), star=True, twin="regent"),
    kpi_write("PUT /v1/kpis/{kpi_id}/targets", "vision", {"targets": TARGETS}, changes("vision", unit="vale"), star=True, twin="board"),
    kpi_write("PUT /v1/kpis/{kpi_id}/roll-up", "north", {"roll_up": "mean"}, changes("north", unit="north"), star=True, twin="regent"),
    kpi_write("POST /v1/kpis/{kpi_id}/stakeholders", "shared", {"stakeholders": [{"person_external_id": "x-employee"}]},
              changes("shared", unit="north")),
    # Naming a stakeholder whom the viewer does not see.
    Write("kpi_api POST /v1/kpis/{kpi_id}/stakeholders", "shared_with",
          send("POST", "/v1/kpis/{the_kpi}/stakeholders", {"stakeholders": [{"person_id": "{id}"}]}),
          lambda viewer, _: viewer in {"chief", "hr", "key"}, "hr", "stakeholder", sees="person"),
    kpi_write("POST /v1/contributions", "employee", {"contributions": [{"child": "{id}", "parent": "{parent_id}"}]},
              changes("employee", "employee"), prepare=parts, not_by=("foreign_employee",)),
    kpi_write("DELETE /v1/kpis/{kpi_id}/contributions/{parent_id}", "employee", None, changes("employee", "employee"), prepare=parts),
    kpi_write("POST /v1/measurements", "employee", [{"kpi_id": "{id}", "period_start": "2026-01-01", "value": "7", "source": "CRM"}],
              changes("employee", "employee"), twin="employee"),
    kpi_write("POST /v1/measurements", "shared", [{"kpi_id": "{id}", "period_start": "2026-01-01", "value": "8", "source": "CRM"}],
              lambda viewer, _: viewer in {"employee", "stakeholder"} or may_change_kpi(viewer, "shared", None, "north"),
              twin="stakeholder"),
    kpi_write("POST /v1/measurements", "employee", [{"kpi_code": "{code}", "period_start": "2026-01-01", "value": "9", "source": "CRM"}],
              changes("employee", "employee"), twin="employee", not_by=FOREIGN),
    Write("kpi_api POST /v1/measurements", "closed_kpi", correction, "closed.correct", "hr", sees="closed_scorecard"),
    write("POST /v1/roll-ups", "kpi", {"kpis": ["{id}"], "accept_missing": True}, permit="roll_ups.write", owner="north", sees="kpi",
          accepted=lambda answer: answer.is_success and "unknown_kpi" not in answer.text),
]  # fmt: skip

REVIEWS: list[Door] = [
    write("POST /v1/check-ins", "check_in", {"kpi_id": "{kpi_id}", "person_id": "{person_id}", "period_start": "2026-04-01",
          "what_moved": "m", "why": "w", "expected_impact": "i"}, permit="check_in", twin="employee", owner="employee", sees="person"),
    write("POST /v1/reviews/bulk", "scorecard", {"cycle_code": "2026", "stage": "annual", "scorecard_ids": ["{id}"]}, permit="reviews.open",
          owner="manager", sees="scorecard"),
    write("PUT /v1/reviews/{review_id}/self-assessment", "review", {"text": "mine"}, path="/v1/reviews/{id}/self-assessment",
          permit="review.self", twin="manager", owner="manager", sees="review", star=True),
    write("PUT /v1/reviews/{review_id}/manager-assessment", "review", {"text": "theirs"}, path="/v1/reviews/{id}/manager-assessment",
          permit="review.manager", twin="executive", owner="manager", sees="review", star=True),
    write("POST /v1/reviews/{review_id}/release", "review", {}, path="/v1/reviews/{id}/release", permit="review.release", twin="executive",
          owner="manager", sees="review", star=True),
    write("POST /v1/reviews/{review_id}/acknowledge", "review", path="/v1/reviews/{id}/acknowledge", permit="review.self", twin="manager",
          owner="manager", sees="review"),
]  # fmt: skip


def card(verb: str, permit: str, twin: str, body: Any, owner: str = "employee", **given: Any) -> Write:
    method = given.pop("method", "POST")
    return write(f"{method} /v1/scorecards/{{scorecard_id}}/{verb}", "scorecard", body, path=f"/v1/scorecards/{{id}}/{verb}", permit=permit,
                 twin=twin, owner=owner, sees="scorecard", star=True, **given)  # fmt: skip


async def proposed_by_manager(cast: Cast, thing: Thing) -> Thing:
    await cast.home.call("manager", "POST", f"/v1/scorecards/{thing['id']}/propose", json={}, headers={"If-Match": "*"})
    return thing


LINES = [{"kpi_id": "{kpi_id}", "weight": "100.00"}]
NEW = {"cycle_code": "2026", "person_id": "{id}"}
# In this order: each leaves the scorecard as the next one needs it.
SCORECARDS: list[Door] = [
    write("POST /v1/scorecards", "person", NEW, permit="scorecard.open", twin="neighbour", owner="neighbour", sees="person"),
    # Who does not see that somebody has a scorecard cannot find out by opening another.
    write("POST /v1/scorecards", "person", NEW, permit="scorecard.open", owner="employee", sees="person", twin_fails_with=409),
    write("POST /v1/scorecards/bulk", "person", {"template_code": "caller", "cycle_code": "2026", "people": [{"person_id": "{id}"}]},
          permit="scorecard.open", owner="regent", sees="person"),
    card("lines", "scorecard.edit", "employee", {"lines": LINES}, method="PUT"),
    card("lines", "scorecard.edit", "board", {"lines": LINES}, owner="chief", method="PUT"),
    card("propose", "scorecard.propose", "manager", {}),
    card("counter", "scorecard.person", "employee", {"comment": "no"}),
    card("reject", "scorecard.manager", "manager", {}),
    card("withdraw", "scorecard.manager", "manager", {}, prepare=proposed_by_manager),
    card("agree", "scorecard.person", "peer", {}, owner="peer"),
    card("force", "scorecard.force", "hr", {"reason": "So it be"}, owner="chief"),
]  # fmt: skip

DOORS: list[Door] = [*CASCADE, *REVIEWS, *SCORECARDS]
