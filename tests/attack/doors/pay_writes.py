"""Writes of scoring: people, pay bases, plans, runs, payroll, webhooks."""

import io
import uuid
from typing import Any

import pyarrow as pa

from scoring.engine.rows import Line, Person, tables
from tests.attack.attacking import Call, Door, Write
from tests.attack.cast import Cast, Thing
from tests.attack.doors.people_writes import send, webhooks
from tests.attack.doors.reads import FOREIGN
from tests.attack.staging import PLAN, work

SERVICE = ("service",)
RUN = {"cycle_code": "2026", "period_start": "2026-01-01", "period_end": "2026-12-31"}
LINE = {"line": 1, "kpi_id": "{id}", "weight": "100.00", "direction": "higher", "component": "kpis", "combine_parts": "all",
        "parts": [{"part": "main", "comparison": "at_least", "target": "100", "actual": "90", "unit": "count"}]}  # fmt: skip
SCORECARD = {"scorecard_id": "{id}", "person_id": "{person_id}", "period_start": "2026-01-01", "period_end": "2026-12-31", "lines": [LINE]}


def write(operation: str, kind: str, body: Any = None, *, permit: str, twin: str, path: str = "", **given: Any) -> Write:
    method, template = operation.split(" ")
    return Write(f"scoring {operation}", kind, send(method, path or template, body), permit, twin, extra_viewers=SERVICE, **given)


def streamed(thing: Thing) -> Call:
    """A batch of one person with one line, as Arrow."""
    line = Line(scorecard_id=thing["id"], line=1, kpi_id="k", direction="higher", target="100", actual="90", weight="100")
    sink = io.BytesIO()
    for table in tables([line], [Person(scorecard_id=thing["id"], person_id=thing["person_id"])]):
        schema = table.schema.with_metadata({"plan": PLAN})
        with pa.ipc.new_stream(sink, schema) as writer:
            writer.write_table(table.cast(schema))
    headers = {"Content-Type": "application/vnd.apache.arrow.stream"}
    return Call("POST", "/v1/scores/stream", headers=headers, content=sink.getvalue())


async def a_batch(cast: Cast, thing: Thing) -> Thing:
    made = await cast.home.post("payroll", "/v1/payroll-batches", "scoring", pay_group="monthly", check_date="2026-07-15")
    return {"id": made["id"]}


async def a_plan(cast: Cast, thing: Thing) -> Thing:
    code = f"plan-{uuid.uuid4().hex[:8]}"
    await cast.home.post("comp", "/v1/plans", "scoring", code=code, name="P", document=PLAN)
    return {"code": code}


async def an_announced_run(cast: Cast, thing: Thing) -> Thing:
    run_id = str(uuid.uuid4())
    await cast.home.call("service", "PUT", f"/v1/runs/{run_id}", "scoring", json=RUN)
    return {"id": run_id, "person_id": cast.home.people["employee"]}


async def a_received_run(cast: Cast, thing: Thing) -> Thing:
    run = await an_announced_run(cast, thing)
    card = send("PUT", "", [SCORECARD])(run).json
    await cast.home.call("service", "PUT", f"/v1/runs/{run['id']}/scorecards", "scoring", json=card)
    return run


async def a_computed_run(cast: Cast, thing: Thing) -> Thing:
    run = await a_received_run(cast, thing)
    await cast.home.post("hr", f"/v1/runs/{run['id']}/compute", "scoring")
    await work(cast.home)
    return run


async def an_approved_run(cast: Cast, thing: Thing) -> Thing:
    run = await a_computed_run(cast, thing)
    await cast.home.post("board", f"/v1/runs/{run['id']}/approve", "scoring")
    return run


DOORS: list[Door] = [
    write("PUT /v1/organization", "organization", {"name": "Home", "currency": "USD"}, permit="scoring.organization", twin="service",
          not_by=FOREIGN),
    write("PUT /v1/people", "person", {"as_of": "2020-01-01T00:00:00Z", "people": [{"person_id": "{id}", "external_id": "{external_id}",
          "display_name": "N", "active": True}]}, permit="scoring.people", twin="service", owner="peer", sees="scoring_person",
          not_by=FOREIGN),
    write("POST /v1/pay-bases/import", "person", [{"external_id": "{external_id}", "valid_from": "2026-07-01", "currency": "USD",
          "pay_group": "other"}], permit="pay_bases.write", twin="comp", owner="neighbour", not_by=FOREIGN),
    write("POST /v1/scores", "scorecard", {"scorecards": [SCORECARD], "plan": PLAN}, permit="scores.compute", twin="service",
          not_by=FOREIGN),
    Write("scoring POST /v1/scores/stream", "scorecard", streamed, "scores.compute", "service", extra_viewers=SERVICE, not_by=FOREIGN),
    write("POST /v1/plans", "plan", {"code": "{code}", "name": "P", "document": PLAN}, permit="plans.write", twin="comp", creates=True,
          not_by=FOREIGN),
    write("POST /v1/plans/{code}/versions", "private_plan", {"document": PLAN.replace("cap: 2", "cap: 3")}, permit="plans.write",
          twin="comp", sees="plan"),
    write("POST /v1/plans/{code}/versions/{number}/approve", "plan", path="/v1/plans/{code}/versions/1/approve",
          permit="plans.approve.not_comp", twin="hr", sees="plan", prepare=a_plan),
    write("POST /v1/plan-assignments/{assignment_id}/end", "plan_assignment", {"valid_to": "2030-12-31"},
          path="/v1/plan-assignments/{id}/end", permit="plans.write", twin="comp", sees="plan"),
    write("POST /v1/plan-assignments", "person", {"plan_code": "bonus", "population": {"person_ids": ["{id}"]}, "valid_from": "2031-01-01"},
          permit="plans.write", twin="comp", owner="peer", not_by=FOREIGN),
    write("PUT /v1/runs/{run_id}", "run", RUN, path="/v1/runs/{id}", permit="runs.send", twin="service", sees="run",
          prepare=an_announced_run, not_by=FOREIGN),
    write("PUT /v1/runs/{run_id}/scorecards", "run", [SCORECARD], path="/v1/runs/{id}/scorecards", permit="runs.send", twin="service",
          sees="run", prepare=an_announced_run),
    write("POST /v1/runs/{run_id}/compute", "run", path="/v1/runs/{id}/compute", permit="runs.send", twin="hr", sees="run",
          prepare=a_received_run),
    write("POST /v1/runs/{run_id}/approve", "run", path="/v1/runs/{id}/approve", permit="runs.approve", twin="board", sees="run",
          prepare=a_computed_run),
    write("POST /v1/runs/{run_id}/release", "run", path="/v1/runs/{id}/release", permit="runs.release", twin="comp", sees="run",
          prepare=an_approved_run),
    write("POST /v1/runs/{run_id}/supersede", "run", path="/v1/runs/{id}/supersede", permit="runs.supersede", twin="comp", sees="run",
          prepare=an_announced_run),
    write("POST /v1/payroll-batches", "payroll_batch", {"pay_group": "{pay_group}", "check_date": "2026-02-15"}, permit="batches.write",
          twin="payroll", not_by=FOREIGN),
    write("DELETE /v1/payroll-batches/{batch_id}", "payroll_batch", path="/v1/payroll-batches/{id}", permit="batches.write", twin="payroll",
          sees="payroll_batch", prepare=a_batch),
    write("POST /v1/payroll-batches/{batch_id}/lock", "payroll_batch", path="/v1/payroll-batches/{id}/lock", permit="batches.write",
          twin="payroll", sees="payroll_batch", prepare=a_batch),
    write("POST /v1/payroll-batches/{batch_id}/acknowledgements", "batch_line", {"lines": [{"line_id": "{id}", "status": "acknowledged"}]},
          permit="batches.acknowledge", twin="payroll", sees="payroll_batch"),
    *webhooks("scoring", "scoring.webhooks"),
]  # fmt: skip
