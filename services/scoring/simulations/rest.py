"""Trying plans on runs over REST."""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Query

from chassis import audit
from chassis.transactions import Read, TransactionalRoute
from scoring.access.door import CurrentViewer
from scoring.simulations import queries
from scoring.simulations.schemas import PaidUnderBoth, PlanMoneyDifference, SumUnderBoth

router = APIRouter(prefix="/v1/runs", tags=["simulations"], route_class=TransactionalRoute)

Version = Annotated[int, Query(ge=1, le=1_000_000)]


@router.get("/{run_id}/plan-difference", summary="Compare two versions of a plan in money")
async def compare_in_money(
    run_id: UUID,
    viewer: CurrentViewer,
    session: Read,
    plan_code: Annotated[str, Query(max_length=200, description="The plan whose versions are compared.")],
    before: Version,
    after: Version,
    limit: Annotated[int, Query(ge=0, le=1000, description="How many of those who change most are listed.")] = 200,
) -> PlanMoneyDifference:
    """Who would gain, who would lose and the total, had another version of the plan paid this run, such as last year's. Nothing changes.

    Both versions score the scorecards and pay facts that the run was computed from. For those who see the lines of runs.
    """
    found = await queries.plan_money_difference(viewer, session, run_id, plan_code, before, after)
    people = [PaidUnderBoth.model_validate(row) for row in found.people[:limit]]
    others = sorted({row.person_id for row in people} - {viewer.person_id})
    await audit.record_read(session, viewer.subject, "run_line.read", "person", others, run_id=str(run_id))
    return PlanMoneyDifference(
        run_id=run_id,
        plan_code=plan_code,
        before=before,
        after=after,
        sums=[SumUnderBoth.model_validate(total) for total in found.sums],
        people=people,
    )
