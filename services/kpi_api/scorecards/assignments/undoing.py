"""The worker's part of an undo: drafts that nobody has touched go, with the KPIs that were created for them; the others are kept and named.

Touched is what was proposed, changed or talked about, and what carries a KPI that was changed, measured or put to another use.
"""

from collections.abc import Sequence
from typing import Final
from uuid import UUID

from sqlalchemy import select, text
from sqlalchemy.exc import IntegrityError

from chassis.database import WriteSession
from chassis.jobs import Job
from kpi_api.cascade.sights import refresh_sights
from kpi_api.cascade.storing import lock_contributions
from kpi_api.scorecards.assignments.jobs import Outcome, finish, locked, outcome, save
from kpi_api.scorecards.assignments.models import TemplateAssignment, TemplateAssignmentResult

BATCH: Final = 500

# A text of it is kept as soon as its lines change, a history of more than its opening with every step. The lock keeps others from
# touching what is found untouched.
UNTOUCHED: Final = text(
    """
    SELECT s.id FROM scorecards s
    WHERE s.organization_id = :organization_id AND s.id = ANY(:ids) AND s.status = 'draft' AND s.version = 1
      AND NOT EXISTS (SELECT FROM scorecard_thread_comments c WHERE c.organization_id = s.organization_id AND c.scorecard_id = s.id)
      AND NOT EXISTS (SELECT FROM scorecard_texts t WHERE t.organization_id = s.organization_id AND t.scorecard_id = s.id)
      AND NOT EXISTS (SELECT FROM scorecard_history h
        WHERE h.organization_id = s.organization_id AND h.scorecard_id = s.id AND h.verb <> 'open')
    FOR UPDATE OF s
    """
)
CHANGED_KPIS: Final = text(
    """
    SELECT k.id FROM kpis k
    WHERE k.organization_id = :organization_id AND k.id = ANY(:ids) AND (k.version <> 1 OR k.status NOT IN ('active', 'waiting')
      OR EXISTS (SELECT FROM measurements m WHERE m.organization_id = k.organization_id AND m.kpi_id = k.id)
      OR EXISTS (SELECT FROM contributions c WHERE c.organization_id = k.organization_id AND c.parent_id = k.id))
    """
)
REMOVE: Final = (
    text("DELETE FROM scorecards WHERE organization_id = :organization_id AND id = ANY(:cards)"),
    text("DELETE FROM contributions WHERE organization_id = :organization_id AND child_id = ANY(:kpis)"),
    text("DELETE FROM kpis WHERE organization_id = :organization_id AND id = ANY(:kpis)"),
)


async def undo(job: Job) -> None:
    """Remove what can be removed of everybody whose scorecard was opened."""
    while await _undo_batch(job, UUID(job.payload["assignment_id"])):
        pass


async def _undo_batch(job: Job, assignment_id: UUID) -> bool:
    """Whether there may be more."""
    async with job.database.write(job.organization_id) as session:
        assignment = await locked(session, assignment_id, "undoing")
        if assignment is None:
            return False
        opened = await _opened(session, assignment)
        if opened:
            await save(session, await _outcomes(session, opened))
            await refresh_sights(session, [result.person_id for result in opened])
            return True
        await finish(session, assignment, "undone", "template_assignment.undone", ("removed", "kept"))
        return False


async def _opened(session: WriteSession, assignment: TemplateAssignment) -> Sequence[TemplateAssignmentResult]:
    result = TemplateAssignmentResult
    wanted = select(result).where(result.assignment_id == assignment.id, result.status == "opened")
    return (await session.scalars(wanted.order_by(result.position).limit(BATCH))).all()


async def _outcomes(session: WriteSession, opened: Sequence[TemplateAssignmentResult]) -> list[Outcome]:
    await lock_contributions(session)
    untouched = await _ids(session, UNTOUCHED, [result.scorecard_id for result in opened if result.scorecard_id])
    changed = {str(id_) for id_ in await _ids(session, CHANGED_KPIS, [UUID(id_) for result in opened for id_ in result.kpi_ids])}
    outcomes, removable = [], []
    for result in opened:
        if result.scorecard_id not in untouched:
            outcomes.append(outcome(result, "kept", "scorecard_touched", "It was proposed, changed or commented on meanwhile."))
        elif not changed.isdisjoint(result.kpi_ids):
            outcomes.append(outcome(result, "kept", "kpi_touched", "A KPI of it was changed, measured or contributed to meanwhile."))
        else:
            removable.append(result)
    return [*outcomes, *await _removed(session, removable)]


async def _ids(session: WriteSession, statement: object, ids: Sequence[UUID]) -> set[UUID]:
    return set(await session.scalars(statement, {"organization_id": session.organization_id, "ids": list(ids)}))  # type: ignore[call-overload]


async def _removed(session: WriteSession, results: Sequence[TemplateAssignmentResult]) -> list[Outcome]:
    """All of them at once, or one by one where something refers to one of them that was not foreseen; that one is kept."""
    try:
        async with session.begin_nested():
            await _remove(session, results)
    except IntegrityError:
        if len(results) == 1:
            return [outcome(results[0], "kept", "in_use", "Something else refers to it or to a KPI of it.")]
        return [found for result in results for found in await _removed(session, [result])]
    return [outcome(result, "removed", kpi_ids=[]) for result in results]


async def _remove(session: WriteSession, results: Sequence[TemplateAssignmentResult]) -> None:
    gone = {
        "organization_id": session.organization_id,
        "cards": [result.scorecard_id for result in results],
        "kpis": [UUID(id_) for result in results for id_ in result.kpi_ids],
    }
    for statement in REMOVE:
        await session.execute(statement, gone)
