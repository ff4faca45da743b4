"""What the two sides of a development goal do: write it, agree to it, mark its steps, show what was learned, close it.

Each step locks the goal; a change of the text asks the other side again. Of two at once the second finds what the first one left.
"""

from uuid import UUID

from sqlalchemy import delete, select
from sqlalchemy.orm.attributes import flag_modified

from chassis import events
from chassis.access import Viewer
from chassis.database import ReadSession, WriteSession
from chassis.etags import require_match
from chassis.identifiers import new_id
from chassis.problems import FieldError, NotAllowed, NotFound, PreconditionFailed
from kpi_api.access.sight import sees_of_person
from kpi_api.development import queries
from kpi_api.development.lifecycle import CLOSES, Side, Verb, require_allowed
from kpi_api.development.measuring import record_share, require_development_kpi
from kpi_api.development.models import DevelopmentEvidence, DevelopmentGoal, DevelopmentStep
from kpi_api.development.problems import GoalChanged, GoalRefused
from kpi_api.development.schemas import ClosingInput, EvidenceInput, GoalInput, NewGoal, StepDone, StepInput
from kpi_api.people.models import Person

TEXT = ("skill", "aim", "why", "due_on", "kpi_id", "measured_by")


async def create(viewer: Viewer, session: WriteSession, given: NewGoal) -> DevelopmentGoal:
    """Write a goal as one of its sides, which the other then agrees to. Event: `development_goal.changed`.

    Raises GoalRefused, NotAllowed.
    """
    await _require_employed(viewer, session, given.person_id)
    side = await queries.side_of(viewer, session, given.person_id)
    if side is None:
        raise NotAllowed("Only the person and their manager of today write a development goal.")
    await _check(viewer, session, None, given.person_id, given)
    goal = DevelopmentGoal(id=new_id(), person_id=given.person_id, **{name: getattr(given, name) for name in TEXT})
    _ask_the_other_side(viewer, session, goal, side)
    session.add(goal)
    await session.flush()
    await _put_steps(session, goal, given.steps)
    await _tell(session, goal, "proposed")
    return goal


async def change(viewer: Viewer, session: WriteSession, goal_id: UUID, given: GoalInput, if_match: str | None) -> DevelopmentGoal:
    """Write the text anew; the other side is asked again. Steps that are named keep the day on which they were done.

    Raises NotFound, PreconditionRequired, GoalChanged, NotAllowed, GoalStands, GoalRefused.
    """
    goal, side = await _begin(viewer, session, goal_id, "change", if_match)
    await _check(viewer, session, goal.id, goal.person_id, given)
    for name in TEXT:
        setattr(goal, name, getattr(given, name))
    _ask_the_other_side(viewer, session, goal, side)
    flag_modified(goal, "status")
    await _put_steps(session, goal, given.steps)
    await _tell(session, goal, "proposed")
    return goal


async def agree(viewer: Viewer, session: WriteSession, goal_id: UUID, if_match: str | None) -> DevelopmentGoal:
    """Agree to the text that the other side wrote. Raises what `change` raises, NotYourTurn, ValueRefused."""
    goal, _ = await _begin(viewer, session, goal_id, "agree", if_match)
    goal.status, goal.agreed_by_id, goal.agreed_at = "agreed", viewer.require_person(), session.now
    await session.flush()
    await record_share(viewer, session, goal)
    await _tell(session, goal, "agreed")
    return goal


async def mark_step(viewer: Viewer, session: WriteSession, goal_id: UUID, step_id: UUID, given: StepDone) -> DevelopmentGoal:
    """Say on which day a step of an agreed goal was done, or that it is not after all; again changes nothing.

    Raises NotFound, NotAllowed, GoalStands, GoalRefused, ValueRefused.
    """
    goal, _ = await _begin(viewer, session, goal_id, "mark_step", "*")
    step = await session.scalar(select(DevelopmentStep).where(DevelopmentStep.goal_id == goal.id, DevelopmentStep.id == step_id))
    if step is None:
        raise NotFound()
    if given.done_on is not None and given.done_on > session.today:
        raise _refused("/done_on", "done_ahead", f"{given.done_on} lies ahead: what is done was done by today, {session.today}.")
    if step.done_on != given.done_on:
        step.done_on = given.done_on
        flag_modified(goal, "status")  # another state of the goal, though none of its own columns differs
        await session.flush()
        await record_share(viewer, session, goal)
        await _tell(session, goal, "step_marked")
    return goal


async def add_evidence(viewer: Viewer, session: WriteSession, goal_id: UUID, given: EvidenceInput) -> DevelopmentGoal:
    """Show what was learned. Raises NotFound, NotAllowed, GoalStands."""
    goal, _ = await _begin(viewer, session, goal_id, "add_evidence", "*")
    shown = {"author_id": viewer.require_person(), "given_at": session.now, **given.model_dump()}
    session.add(DevelopmentEvidence(goal_id=goal.id, **shown))
    flag_modified(goal, "status")
    await session.flush()
    await _tell(session, goal, "evidence_added")
    return goal


async def close(viewer: Viewer, session: WriteSession, goal_id: UUID, given: ClosingInput, if_match: str | None) -> DevelopmentGoal:
    """End a goal as reached, not reached or dropped; who did so is named. Raises what `change` raises but GoalRefused."""
    goal, _ = await _begin(viewer, session, goal_id, CLOSES[given.outcome], if_match)
    goal.status, goal.closing_reason = given.outcome, given.reason
    goal.closed_by_id, goal.closed_at = viewer.require_person(), session.now
    await session.flush()
    await _tell(session, goal, given.outcome)
    return goal


async def _begin(viewer: Viewer, session: WriteSession, goal_id: UUID, verb: Verb, if_match: str | None) -> tuple[DevelopmentGoal, Side]:
    """The goal in sight, locked until the transaction ends, and the side as which the viewer acts."""
    goal = await session.scalar(queries.visible(viewer).where(DevelopmentGoal.id == goal_id).with_for_update())
    if goal is None:
        raise NotFound()
    try:
        require_match(if_match, goal)
    except PreconditionFailed as failed:
        raise GoalChanged(await _stands_now(session, goal), **failed.facts) from None
    side = await queries.side_of(viewer, session, goal.person_id)
    return goal, require_allowed(goal.status, goal.written_by_side, side, verb)


async def _stands_now(session: ReadSession, goal: DevelopmentGoal) -> str:
    steps = (await queries.steps_of(session, [goal.id]))[goal.id]
    done = sum(step.done_on is not None for step in steps)
    stands = f"It is {goal.status.replace('_', ' ')} now: “{goal.skill}” by {goal.due_on}, {done} of {len(steps)} steps done"
    return f"It was changed since you read it. {stands}, written by the {goal.written_by_side}. Read it again, then decide."


def _ask_the_other_side(viewer: Viewer, session: WriteSession, goal: DevelopmentGoal, side: Side) -> None:
    goal.status, goal.written_by_side, goal.written_by_id = "proposed", side, viewer.require_person()
    goal.written_at = session.now
    goal.agreed_by_id = goal.agreed_at = None


async def _require_employed(viewer: Viewer, session: ReadSession, person_id: UUID) -> None:
    """Raises GoalRefused for a person out of sight, or one who has left."""
    seen = sees_of_person(viewer, "development_goal", Person.id)
    person = await session.scalar(select(Person).where(Person.id == person_id, seen))
    if person is None:
        raise _refused("/person_id", "unknown_person", "There is no such person that you may see.")
    if not person.active or (person.termination_date is not None and person.termination_date < viewer.today):
        raise _refused("/person_id", "person_left", "This person has left.")


async def _check(viewer: Viewer, session: ReadSession, goal_id: UUID | None, person_id: UUID, given: GoalInput) -> None:
    """Raises GoalRefused."""
    for number, step in enumerate(given.steps):
        if step.due_on is not None and step.due_on > given.due_on:
            raise _refused(f"/steps/{number}/due_on", "due_before_step", f"The goal is due on {given.due_on}, before this step.")
    if given.kpi_id is not None and given.measured_by is not None:
        await require_development_kpi(viewer, session, goal_id, person_id, given.kpi_id, given.measured_by)


async def _put_steps(session: WriteSession, goal: DevelopmentGoal, given: list[StepInput]) -> None:
    """Give a goal these steps. Raises GoalRefused for the id of no step of the goal."""
    present = {step.id: step for step in (await queries.steps_of(session, [goal.id]))[goal.id]}
    named = [step.id for step in given if step.id is not None]
    for number, step in enumerate(given):
        if step.id is not None and step.id not in present:
            raise _refused(f"/steps/{number}/id", "unknown_step", "The goal has no such step.")
        if step.id is not None and named.count(step.id) > 1:
            raise _refused(f"/steps/{number}/id", "step_twice", "This step stands there twice.")
        row = present.get(step.id) if step.id else None
        if row is None:
            row = DevelopmentStep(goal_id=goal.id, done_on=None)
            session.add(row)
        row.position, row.text, row.due_on = number + 1, step.text, step.due_on
    gone = present.keys() - set(named)
    await session.execute(delete(DevelopmentStep).where(DevelopmentStep.goal_id == goal.id, DevelopmentStep.id.in_(gone)))
    await session.flush()


def _refused(field: str, code: str, message: str) -> GoalRefused:
    return GoalRefused(message, errors=[FieldError(field=field, code=code, message=message)])


async def _tell(session: WriteSession, goal: DevelopmentGoal, step: str) -> None:
    await events.record(session, "development_goal.changed", "development_goal", goal.id, person_id=str(goal.person_id), step=step)
