"""Approving a run: not by whoever had it computed, not by anybody whose own pay is in it; above the organization's limit by two people.

Each approval is of one input digest: a run that is computed anew from something else asks for all of them again. The second approver must
not report to the first, by the reporting line that kpi_api pushed: whoever does would hardly refuse (field practice).
"""

from collections.abc import Sequence
from decimal import Decimal
from uuid import UUID

from sqlalchemy import Select, func, select

from chassis import audit, events
from chassis.access import Viewer, on_day
from chassis.database import ReadSession, WriteSession
from chassis.identifiers import new_id
from scoring.access.keys import could_be_own_key
from scoring.access.models import ReportingLine
from scoring.organization.models import OrganizationProfile
from scoring.runs.actions import lock_run
from scoring.runs.lifecycle import require_next
from scoring.runs.models import Run, RunApproval, RunLine
from scoring.runs.problems import ApprovedAlready, FailedLines, OwnPay, OwnRun, ReportsToApprover


async def approve(viewer: Viewer, session: WriteSession, run_id: UUID, *, accept_failed: bool = False) -> Run:
    """Approve a computed run; again is harmless. It stays computed while a second approval is due.

    Raises NotAllowed, NotFound, WrongState, OwnRun, OwnPay, FailedLines, ReportsToApprover.
    """
    viewer.require("runs.approve")
    run = await lock_run(session, run_id)
    given = await approvals(session, run)
    if viewer.person_id in {approval.approver_id for approval in given} and run.status in {"computed", "approved"}:
        return run
    approver_id = await require_approvable(viewer, session, run)
    failed = (run.totals or {}).get("failed_count", 0)
    if failed and not accept_failed:
        raise FailedLines(f"{failed} lines could not be computed and would pay nothing. Mend them, or approve with accept_failed.")
    approval = {"approver_id": approver_id, "input_digest": run.input_digest or "", "approved_at": session.now}
    session.add(RunApproval(id=new_id(), run_id=run.id, **approval))
    await session.flush()
    await audit.record(session, viewer.subject, "run.approved", "run", run_id, accept_failed=accept_failed)
    if len(given) + 1 >= await approvals_needed(session, run):
        run.status, run.approver_id, run.approved_at = "approved", approver_id, session.now
        await events.record(session, "run.approved", "run", run_id, cycle_code=run.cycle_code)
    return run


async def require_approvable(viewer: Viewer, session: ReadSession, run: Run) -> UUID:
    """The approver, who may give the next approval of the run. Raises NotAllowed, WrongState, OwnRun, OwnPay, ReportsToApprover."""
    viewer.require("runs.approve")
    approver_id = viewer.require_person()
    require_next(run.status, "approved")
    await _refuse_the_concerned(viewer, session, run, approver_id)
    given = [approval.approver_id for approval in await approvals(session, run)]
    if given and await session.scalar(_lines_up(viewer, approver_id, given)):
        raise ReportsToApprover("You report to the first approver. Somebody who does not must give the second approval.")
    if approver_id in given:
        raise ApprovedAlready("You have approved it. A second person must approve it too.")
    return approver_id


async def approvals(session: ReadSession, run: Run) -> Sequence[RunApproval]:
    """The approvals of what the run was computed from, the first one first."""
    row = RunApproval
    given = select(row).where(row.run_id == run.id, row.input_digest == (run.input_digest or ""))
    return (await session.scalars(given.order_by(row.approved_at, row.id))).all()


async def approvals_needed(session: ReadSession, run: Run) -> int:
    """Two when the run moves more than the organization's limit in some currency, recoveries counted like payments; else one."""
    limit = await session.scalar(select(OrganizationProfile.second_approval_above))
    if limit is None:
        return 1
    moved = select(func.sum(func.abs(RunLine.amount))).where(RunLine.run_id == run.id).group_by(RunLine.currency)
    sums: list[Decimal] = [total for total in await session.scalars(moved) if total is not None]
    return 2 if any(total > limit for total in sums) else 1


async def _refuse_the_concerned(viewer: Viewer, session: ReadSession, run: Run, approver_id: UUID) -> None:
    if run.requester_id == approver_id:
        raise OwnRun("You had this run computed, so somebody else must approve it.")
    if could_be_own_key(viewer, run.requested_by):
        raise OwnRun("A key had this run computed, and whoever makes keys does not approve what they do. Somebody else must.")
    paid = select(RunLine.id).where(RunLine.run_id == run.id, RunLine.person_id == approver_id).limit(1)
    if await session.scalar(paid):
        raise OwnPay("Your own pay is in this run. Somebody who is not paid by it must approve it.")


def _lines_up(viewer: Viewer, person_id: UUID, managers: list[UUID]) -> Select[UUID]:
    line = ReportingLine
    up = select(line.id).where(line.organization_id == viewer.organization_id, line.person_id == person_id, line.manager_id.in_(managers))
    return up.where(on_day(line.valid_from, line.valid_to, viewer.today)).limit(1)
