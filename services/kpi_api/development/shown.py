"""How development goals look to a viewer."""

from collections.abc import Collection
from functools import partial
from uuid import UUID

from chassis.access import Viewer
from chassis.database import ReadSession
from chassis.verbs import VerbOutput, verb_output
from kpi_api.development import queries
from kpi_api.development.lifecycle import VERBS, Side, require_allowed
from kpi_api.development.models import DevelopmentGoal
from kpi_api.development.schemas import EvidenceOutput, GoalOutput, StepOutput

COPIED = tuple(name for name in GoalOutput.model_fields if name in DevelopmentGoal.__table__.columns)


async def goals_shown(viewer: Viewer, session: ReadSession, goals: Collection[DevelopmentGoal]) -> list[GoalOutput]:
    """Goals that the viewer was found to see, in their order; the side is looked up once for each person."""
    ids = [goal.id for goal in goals]
    steps, evidence = await queries.steps_of(session, ids), await queries.evidence_of(session, ids)
    sides: dict[UUID, Side | None] = {id_: await queries.side_of(viewer, session, id_) for id_ in {goal.person_id for goal in goals}}
    return [
        GoalOutput(
            **{name: getattr(goal, name) for name in COPIED},
            steps=[StepOutput.model_validate(step) for step in steps[goal.id]],
            steps_done=sum(step.done_on is not None for step in steps[goal.id]),
            evidence=[EvidenceOutput.model_validate(one) for one in evidence[goal.id]],
            waiting_for=_waiting_for(goal),
            verbs=await _verbs(goal, sides[goal.person_id]),
        )
        for goal in goals
    ]


async def goal_shown(viewer: Viewer, session: ReadSession, goal: DevelopmentGoal) -> GoalOutput:
    (shown,) = await goals_shown(viewer, session, [goal])
    return shown


def _waiting_for(goal: DevelopmentGoal) -> Side | None:
    if goal.status != "proposed":
        return None
    return "manager" if goal.written_by_side == "person" else "person"


async def _verbs(goal: DevelopmentGoal, side: Side | None) -> list[VerbOutput]:
    """What the viewer may do with the goal now and, where not, why."""
    return [await verb_output(verb, partial(require_allowed, goal.status, goal.written_by_side, side, verb)) for verb in VERBS]
