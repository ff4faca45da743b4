"""Which tables of scoring hold something about a person: what an export shows of it and what erasure empties (see `chassis.personal_data`).

Tables of domains above people stand here by name. Pay itself stays under the opaque id, since the law keeps pay records.
"""

from sqlalchemy import ColumnElement, select

from chassis.personal_data import ERASED, ERASED_ID, Holding, LeftOut, Tables
from scoring.database import Row


def tables() -> Tables:
    """Every table of scoring by name."""
    return Row.metadata.tables


def _released(tables: Tables) -> ColumnElement[bool]:
    lines, runs = tables["run_lines"], tables["runs"]
    same = (runs.c.organization_id == lines.c.organization_id, runs.c.id == lines.c.run_id, runs.c.status == "released")
    return select(runs.c.id).where(*same).exists()


def _locked(tables: Tables) -> ColumnElement[bool]:
    lines, batches = tables["payroll_lines"], tables["payroll_batches"]
    same = (batches.c.organization_id == lines.c.organization_id, batches.c.id == lines.c.batch_id, batches.c.status == "locked")
    return select(batches.c.id).where(*same).exists()


RUN = ("id", "cycle_code")
PAYEE = dict.fromkeys(("external_id", "payroll_number", "payee_salt", "answer"), ERASED)

HOLDINGS = (
    Holding("person_identities", "person_identities", removed=True),
    Holding("grants", "grants", removed=True),
    Holding("reporting_lines", "reporting_lines"),
    Holding("reporting_lines_as_manager", "reporting_lines", "manager_id", shows=("id", "depth", "valid_from", "valid_to")),
    Holding("pay_bases", "pay_bases", erases={"payroll_number": ERASED}),
    Holding("plan_assignments", "plan_assignment_members", "member", prefix="person:"),
    Holding("payouts", "run_lines", only=_released, erases={"payroll_number": ERASED}),
    Holding("payroll_lines", "payroll_lines", only=_locked, erases=PAYEE),
    Holding("plan_versions_written", "plan_versions", "author_id", shows=("id", "number", "created_at")),
    Holding("plan_versions_approved", "plan_versions", "approver_id", shows=("id", "number", "approved_at")),
    Holding("runs_requested", "runs", "requester_id", shows=RUN),
    Holding("runs_approved", "runs", "approver_id", shows=RUN),
    Holding("run_approvals", "run_approvals", "approver_id"),
    Holding("people", "people", "id", erases={"external_id": ERASED_ID, "display_name": ERASED}),
)

EXCEPTIONS = {
    "snapshot_chunks": "a run's scorecards as they were sent, by opaque id: no names; each person's own is exported by kpi_api",
    "run_results": "what runs were computed from, by opaque id: no names; the payouts that came of it are exported",
}
"""Tables that are about people and not listed, each with the reason."""

LEFT_OUT = [
    LeftOut(what="performance", reason="KPIs, scorecards and reviews are kept by the system that owns people, which exports them."),
    LeftOut(what="payouts not released", reason="What a run yields, if anything, is exported once it is released."),
    LeftOut(what="who read it", reason="GET /v1/people/{id}/readings tells who read the person's pay."),
]
