"""The worker's part of assignments: some hundred people in a transaction, so that one that is killed goes on where it was.

Each batch acts in the name of who asked for it, as far as they may at that moment.
"""

from collections import Counter
from collections.abc import Mapping, Sequence
from typing import Any, Final, cast
from uuid import UUID

from sqlalchemy import Table, bindparam, func, select, update

from chassis import events
from chassis.access import Viewer
from chassis.database import WriteSession
from chassis.identifiers import new_id
from chassis.identity import Principal
from chassis.jobs import Job
from chassis.problems import Problem, Unauthenticated
from kpi_api.access.viewer import load_viewer
from kpi_api.cascade.copying.drafts import Cycles
from kpi_api.cycles.models import Cycle
from kpi_api.dictionary.applicability.standing import Standing, standings
from kpi_api.dictionary.models import ScorecardTemplate, TemplateLine
from kpi_api.dictionary.templates.eligibility import Eligibility, why_not_eligible
from kpi_api.dictionary.templates.queries import content_of
from kpi_api.dictionary.templates.schemas import TemplateContent
from kpi_api.scorecards.assignments.models import TemplateAssignment, TemplateAssignmentResult
from kpi_api.scorecards.copying.copying import copy_settled, latest_cards
from kpi_api.scorecards.opening import Opening, Pattern, lock_cycle, open_settled, settle
from kpi_api.scorecards.schemas import TemplateParent, TemplatePerson

BATCH: Final = 500
NOT_ACTIVE: Final = ("requester_not_active", "Whoever asked for it is not active any more.")

Outcome = dict[str, Any]
LeftOut = dict[str, str]


async def assign(job: Job) -> None:
    """Open the scorecards of everybody who still waits."""
    while await _assign_batch(job, UUID(job.payload["assignment_id"])):
        pass


async def _assign_batch(job: Job, assignment_id: UUID) -> bool:
    """Whether there may be more."""
    async with job.database.write(job.organization_id) as session:
        assignment = await locked(session, assignment_id, "running")
        if assignment is None:
            return False
        waiting = await _waiting(session, assignment)
        if waiting:
            await save(session, await _outcomes(session, assignment, waiting))
            return True
        await finish(session, assignment, "finished", "template_assignment.finished", ("opened", "skipped", "refused"))
        return False


async def locked(session: WriteSession, assignment_id: UUID, status: str) -> TemplateAssignment | None:
    """The assignment while it is in this status, for one worker at a time."""
    wanted = select(TemplateAssignment).where(TemplateAssignment.id == assignment_id, TemplateAssignment.status == status)
    found: TemplateAssignment | None = await session.scalar(wanted.with_for_update())
    return found


async def _waiting(session: WriteSession, assignment: TemplateAssignment) -> Sequence[TemplateAssignmentResult]:
    result = TemplateAssignmentResult
    wanted = select(result).where(result.assignment_id == assignment.id, result.status == "waiting")
    return (await session.scalars(wanted.order_by(result.position).limit(BATCH))).all()


async def _outcomes(session: WriteSession, assignment: TemplateAssignment, waiting: Sequence[TemplateAssignmentResult]) -> list[Outcome]:
    """What becomes of a batch; a problem with all of them at once, such as a cycle that closed meanwhile, is everybody's."""
    try:
        viewer = await _requester(session, assignment)
        async with session.begin_nested() as written:
            openings, left_out = await _opened(viewer, session, assignment, waiting)
            if assignment.preview:
                await written.rollback()
    except Unauthenticated:
        return [outcome(result, "refused", *NOT_ACTIVE) for result in waiting]
    except Problem as problem:
        return [outcome(result, "refused", problem.code, problem.detail) for result in waiting]
    outcomes = [_became(result, opening, left_out.get(opening.id, [])) for result, opening in zip(waiting, openings, strict=True)]
    nothing: Outcome = {"scorecard_id": None, "kpi_ids": []}
    return [one | nothing if assignment.preview and one["status"] == "opened" else one for one in outcomes]


async def _requester(session: WriteSession, assignment: TemplateAssignment) -> Viewer:
    """Raises Unauthenticated."""
    id_ = assignment.requester_id
    return await load_viewer(Principal("person", assignment.organization_id, str(id_), id_), session)


async def _opened(
    viewer: Viewer, session: WriteSession, assignment: TemplateAssignment, waiting: Sequence[TemplateAssignmentResult]
) -> tuple[list[Opening], Mapping[UUID, list[LeftOut]]]:
    """What becomes of each, and by opening what a copy has to leave out."""
    cycle = await session.get_one(Cycle, (assignment.organization_id, assignment.cycle_id))
    await lock_cycle(session, cycle.code)
    openings = [Opening(result.position, _person(result)) for result in waiting]
    await settle(viewer, session, cycle, openings)
    if assignment.from_cycle_id is not None:
        return openings, await _copy(viewer, session, assignment, cycle, openings)
    await _give(viewer, session, assignment, cycle, openings)
    return openings, {}


async def _copy(
    viewer: Viewer, session: WriteSession, assignment: TemplateAssignment, cycle: Cycle, openings: Sequence[Opening]
) -> Mapping[UUID, list[LeftOut]]:
    source = await session.get_one(Cycle, (assignment.organization_id, assignment.from_cycle_id))
    cards = await latest_cards(viewer, session, source.id, [opening.person.id for opening in openings if opening.person])
    copied = await copy_settled(viewer, session, Cycles(source, cycle), openings, cards, assignment.target_change_percent)
    return {id_: [copy.as_left_out(copy.left_out) for copy in lines if copy.left_out] for id_, lines in copied.items()}


async def _give(
    viewer: Viewer, session: WriteSession, assignment: TemplateAssignment, cycle: Cycle, openings: Sequence[Opening]
) -> None:
    template = await session.get_one(ScorecardTemplate, (assignment.organization_id, assignment.template_id))
    number = assignment.template_number or template.number
    content = await content_of(session, template, number)
    await _skip_others(viewer, session, content.eligibility, openings)
    parents = [TemplateParent.model_validate(parent) for parent in assignment.contributes_to]
    await open_settled(viewer, session, Pattern(template.id, number, _lines(template.id, content), cycle, parents), openings)


def _person(result: TemplateAssignmentResult) -> TemplatePerson:
    return TemplatePerson(person_id=result.person_id, window_start=result.window_start, window_end=result.window_end)


def _lines(template_id: UUID, content: TemplateContent) -> list[TemplateLine]:
    """The lines of that version, which need not be the present one."""
    return [
        TemplateLine(id=new_id(), template_id=template_id, position=position, **line.model_dump(mode="json"))
        for position, line in enumerate(content.lines, start=1)
    ]


async def _skip_others(viewer: Viewer, session: WriteSession, eligibility: Eligibility, openings: Sequence[Opening]) -> None:
    """Skip whom the template is not for on the first day of their window."""
    if eligibility == Eligibility():
        return
    new = [opening for opening in openings if opening.is_new]
    standing = await _standings(viewer, session, new)
    for opening in new:
        if opening.person and opening.window:
            reason = why_not_eligible(eligibility, standing[opening.person.id], opening.person.hire_date, opening.window[0])
            opening.skipped = reason


async def _standings(viewer: Viewer, session: WriteSession, openings: Sequence[Opening]) -> Mapping[UUID, Standing]:
    found: dict[UUID, Standing] = {}
    for day in {opening.window[0] for opening in openings if opening.window}:
        ids = [opening.person.id for opening in openings if opening.person and opening.window and opening.window[0] == day]
        found |= await standings(viewer, session, ids, day)
    return found


def _became(result: TemplateAssignmentResult, opening: Opening, left_out: list[LeftOut]) -> Outcome:
    if opening.errors:
        return outcome(result, "refused", opening.errors[0].code, opening.errors[0].message)
    if opening.skipped:
        return outcome(result, "skipped", *opening.skipped, left_out=left_out)
    if opening.existing_id:
        message = "This person has a scorecard for days of this window."
        return outcome(result, "skipped", "has_scorecard", message, scorecard_id=opening.existing_id)
    created = [str(id_) for id_ in opening.created_kpi_ids]
    return outcome(result, "opened", scorecard_id=opening.id, kpi_ids=created, left_out=left_out)


def outcome(result: TemplateAssignmentResult, status: str, code: str | None = None, message: str | None = None, **given: Any) -> Outcome:
    same = {"scorecard_id": result.scorecard_id, "kpi_ids": result.kpi_ids, "left_out": result.left_out}
    return {"result": result.id, "status": status, "code": code, "message": message, **same, **given}


async def save(session: WriteSession, outcomes: Sequence[Outcome]) -> None:
    """Write what became of people."""
    table = cast("Table", TemplateAssignmentResult.__table__)
    mine = (table.c.organization_id == session.organization_id) & (table.c.id == bindparam("result"))
    await session.execute(update(table).where(mine), list(outcomes))


async def finish(session: WriteSession, assignment: TemplateAssignment, status: Any, event: str, counted: Sequence[str]) -> None:
    """Say that the last one is done, and how many came to what."""
    result = TemplateAssignmentResult
    statement = select(result.status, func.count()).where(result.assignment_id == assignment.id).group_by(result.status)
    counts = Counter[str](dict((await session.execute(statement)).all()))
    assignment.status, assignment.finished_at = status, session.now
    await session.flush()
    if assignment.preview:
        return
    given = {"template_id": assignment.template_id, "from_cycle_id": assignment.from_cycle_id, "cycle_id": assignment.cycle_id}
    facts = {name: str(id_) for name, id_ in given.items() if id_ is not None}
    await events.record(session, event, "template_assignment", assignment.id, **facts, **{name: counts[name] for name in counted})
