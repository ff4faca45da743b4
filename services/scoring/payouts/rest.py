"""Payouts over REST."""

from uuid import UUID

from fastapi import APIRouter

from chassis import audit
from chassis.pagination import Page, Paging, fetch_page
from chassis.transactions import Read, TransactionalRoute
from scoring.access.door import CurrentViewer
from scoring.engine import Answers
from scoring.payouts import queries
from scoring.payouts.queries import Origin
from scoring.payouts.schemas import KpiOnStatement, PayoutOut, Statement
from scoring.runs.models import Run, RunLine

router = APIRouter(prefix="/v1/payouts", tags=["payouts"], route_class=TransactionalRoute)


@router.get("", summary="List released payouts")
async def list_payouts(viewer: CurrentViewer, session: Read, page: Paging, person_id: UUID | None = None) -> Page[PayoutOut]:
    """One's own, or everybody's for those who run pay; whose were read is recorded. The newest first."""
    rows = await fetch_page(
        session,
        queries.payouts(viewer, person_id=person_id),
        page,
        keys=[(RunLine.id, lambda row: row.id)],
        scope=f"payouts:{viewer.organization_id}:{viewer.subject}:{person_id}",
        descending=True,
    )
    runs = await queries.runs_of(session, rows)
    others = sorted({row.person_id for row in rows} - {viewer.person_id})
    await audit.record_read(session, viewer.subject, "payout.read", "person", others)
    return Page(items=[PayoutOut(**_facts(row, runs[row.run_id])) for row in rows], next=page.link_next(rows))


@router.get("/{payout_id}", summary="Read a payout's statement")
async def get_payout(payout_id: UUID, viewer: CurrentViewer, session: Read) -> Statement:
    """What was measured, how each KPI counted, each step of the arithmetic in words and as data, and the line of sight of each KPI."""
    line, run = await queries.payout(viewer, session, payout_id)
    origin = await queries.origin(session, line)
    others = [line.person_id] if line.person_id != viewer.person_id else []
    await audit.record_read(session, viewer.subject, "payout.read", "person", others, payout_id=str(payout_id))
    return Statement(
        **_facts(line, run),
        plan_code=origin.plan and origin.plan.code,
        plan_version=origin.version and origin.version.number,
        plan_digest=origin.version and origin.version.digest,
        engine_version=run.engine_version,
        kpis=_kpis(origin),
        explanation=origin.explanation,
    )


@router.get("/{payout_id}/answers", summary="Ask what a payout would have needed")
async def get_answers(payout_id: UUID, viewer: CurrentViewer, session: Read) -> Answers:
    """Of each KPI the value that 100 % needed, the value with which it alone would have brought the full target bonus, and what one more
    point of attainment would have paid; of all together the attainment that would have sufficed. Nothing changes.

    A payout that depends on everybody's, through a pool, has no such answers (`snapshot_invalid`).
    """
    line, _ = await queries.payout(viewer, session, payout_id)
    found = await queries.answers(session, line)
    others = [line.person_id] if line.person_id != viewer.person_id else []
    await audit.record_read(session, viewer.subject, "payout.read", "person", others, payout_id=str(payout_id))
    return found


def _facts(line: RunLine, run: Run) -> dict[str, object]:
    of_run = {"cycle_code": run.cycle_code, "run_status": run.status, "released_at": run.released_at}
    return {**of_run, **{name: getattr(line, name) for name in PayoutOut.model_fields if name not in of_run}}


def _kpis(origin: Origin) -> list[KpiOnStatement]:
    nothing = dict.fromkeys(("attainment_raw", "attainment_capped", "score", "weight_used", "reason_code"))
    sent = ("line", "kpi_id", "kpi_code", "name", "component", "weight", "parts")
    return [
        KpiOnStatement(
            **{name: line[name] for name in sent},
            line_of_sight=line["line_of_sight"] or [],
            **{name: origin.line_results.get(line["line"], nothing)[name] for name in nothing},
        )
        for line in origin.scorecard["lines"]
    ]
