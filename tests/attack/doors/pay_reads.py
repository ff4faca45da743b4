"""Reads of scoring over REST: pay and what leads to it."""

from tests.attack.attacking import Call, Door, Read
from tests.attack.cast import Thing
from tests.attack.doors.reads import FOREIGN, get, holds, pictured, succeeds

SERVICE = ("service",)


def read(operation: str, kind: str, path: str, *, is_list: bool = False, sees: str = "", inside: str = "", **params: str) -> Read:
    return Read(f"scoring GET {operation}", kind, get(path, **params), is_list=is_list, sees=sees, inside=inside, extra_viewers=SERVICE)


def by_code(thing: Thing) -> Call:
    return Call("GET", f"/v1/plans/{thing['code']}")


DOORS: list[Door] = [
    # It holds no id: foreigners read their own.
    Read("scoring GET /v1/organization", "scoring_organization", get("/v1/organization"), sees="scoring_open", shows=succeeds,
         extra_viewers=SERVICE, not_by=FOREIGN),
    read("/v1/people/{person_id}", "person", "/v1/people/{id}", sees="scoring_person"),
    read("/v1/people/{person_id}/pay-due", "person", "/v1/people/{id}/pay-due", sees="pay_due"),
    read("/v1/pay-bases", "pay_basis", "/v1/pay-bases", is_list=True, limit="200"),
    read("/v1/pay-bases", "pay_basis", "/v1/pay-bases", person_id="{person_id}"),
    read("/v1/payouts", "payout", "/v1/payouts", is_list=True, limit="200"),
    read("/v1/payouts", "payout", "/v1/payouts", person_id="{person_id}"),
    read("/v1/payouts/{payout_id}", "payout", "/v1/payouts/{id}", sees="payout_statement"),
    read("/v1/payouts/{payout_id}", "run_line", "/v1/payouts/{id}"),
    Read("scoring GET /v1/payouts/{payout_id}/answers", "payout", get("/v1/payouts/{id}/answers"), sees="payout_statement",
         shows=holds('"together"'), extra_viewers=SERVICE),
    Read("scoring GET /v1/runs/{run_id}/plan-difference", "line_of_run",
         get("/v1/runs/{run_id}/plan-difference", plan_code="bonus", before="1", after="1"), sees="run_line", inside="run",
         shows=holds('"sums"'), extra_viewers=SERVICE),
    read("/v1/runs", "run", "/v1/runs", is_list=True),
    read("/v1/runs", "run", "/v1/runs", is_list=True, cycle_code="2025"),
    read("/v1/runs/{run_id}", "run", "/v1/runs/{id}"),
    read("/v1/runs/{run_id}/lines", "line_of_run", "/v1/runs/{run_id}/lines", sees="run_line", inside="run", limit="200"),
    Read("scoring GET /v1/runs/{run_id}/replay", "line_of_run", get("/v1/runs/{run_id}/replay"), sees="run_line", inside="run",
         extra_viewers=SERVICE, shows=holds('"same"')),
    read("/v1/payroll-batches", "payroll_batch", "/v1/payroll-batches", is_list=True),
    read("/v1/payroll-batches/{batch_id}", "payroll_batch", "/v1/payroll-batches/{id}"),
    read("/v1/payroll-batches/{batch_id}/summary", "payroll_batch", "/v1/payroll-batches/{id}/summary"),
    read("/v1/payroll-batches/{batch_id}/acknowledgements", "batch_line", "/v1/payroll-batches/{batch_id}/acknowledgements",
         sees="payroll_batch"),
    Read("scoring GET /v1/plans", "plan", get("/v1/plans"), is_list=True, not_by=FOREIGN,
         shows=holds('"bonus"')),
    # A plan of the other organization has the same code, so those who see plans there find their own.
    Read("scoring GET /v1/plans/{code}", "plan", by_code, not_by=FOREIGN,
         shows=holds('"versions"')),
    Read("scoring GET /v1/plans/{code}", "private_plan", by_code, sees="plan",
         shows=holds('"versions"')),
    Read("scoring GET /v1/plans/{code}/versions/{number}/picture", "private_plan",
         pictured("/v1/plans/{code}/versions/1/picture"), sees="plan", shows=holds('"layer"')),
    Read("scoring GET /v1/plans/{code}/versions/{number}/differences", "private_plan",
         get("/v1/plans/{code}/versions/1/differences", before="1"), sees="plan", shows=holds('"differences":[]')),
    read("/v1/plan-assignments", "plan_assignment", "/v1/plan-assignments", is_list=True, sees="plan"),
    read("/v1/plan-assignments/{assignment_id}", "plan_assignment", "/v1/plan-assignments/{id}", sees="plan"),
    read("/v1/events", "scoring_event", "/v1/events", is_list=True, sees="scoring_event", limit="1000"),
]  # fmt: skip
