"""Development goals in the graph: those of a person, one by its id, and the steps of both sides."""

from collections.abc import Awaitable, Callable
from datetime import date, datetime
from enum import Enum
from typing import Annotated, Any
from uuid import UUID

import strawberry

from chassis.access import Viewer
from chassis.database import ReadSession, WriteSession
from kpi_api.development import actions, queries, schemas
from kpi_api.development.models import DevelopmentGoal as GoalRow
from kpi_api.development.shown import goal_shown, goals_shown
from kpi_api.graphql.kpis import Kpi, load_kpi
from kpi_api.graphql.nodes import Connection, Id, Info, Node, connection, global_id, id_of, page_request
from kpi_api.graphql.people import Person, load_person
from kpi_api.graphql.problems import ChangedProblem, ConflictProblem, InvalidProblem, NotAllowedProblem, NotFoundProblem
from kpi_api.graphql.verbs import Verb, verbs_of
from kpi_api.graphql.words import Side
from kpi_api.graphql.writing import attempt, found, given, tag, validated


@strawberry.enum(description="For which role the skill is.")
class DevelopmentAim(Enum):
    CURRENT_ROLE = "current_role"
    NEXT_ROLE = "next_role"


@strawberry.enum(description="Where a development goal stands.")
class DevelopmentStatus(Enum):
    PROPOSED = "proposed"
    AGREED = "agreed"
    REACHED = "reached"
    NOT_REACHED = "not_reached"
    DROPPED = "dropped"


@strawberry.enum(description="How a development goal ended.")
class DevelopmentOutcome(Enum):
    REACHED = "reached"
    NOT_REACHED = "not_reached"
    DROPPED = "dropped"


@strawberry.enum(description="Where the value of the KPI comes from: the share of steps done, or records as of any KPI.")
class MeasuredBy(Enum):
    STEPS = "steps"
    RECORDS = "records"


@strawberry.type(description="One step towards a development goal.")
class DevelopmentStep:
    uuid: UUID
    text: str
    due_on: date | None
    done_on: date | None

    @classmethod
    def of(cls, step: schemas.StepOutput) -> "DevelopmentStep":
        return cls(uuid=step.id, text=step.text, due_on=step.due_on, done_on=step.done_on)


@strawberry.type(description="What shows what was learned: words, a link, or both.")
class DevelopmentEvidence:
    uuid: UUID
    author_uuid: UUID
    text: str | None
    link: str | None
    given_at: datetime

    @classmethod
    def of(cls, one: schemas.EvidenceOutput) -> "DevelopmentEvidence":
        return cls(uuid=one.id, author_uuid=one.author_id, text=one.text, link=one.link, given_at=one.given_at)


@strawberry.type(description="A skill that somebody builds, agreed with their manager.")
class DevelopmentGoal(Node):
    uuid: UUID
    skill: str
    aim: DevelopmentAim
    why: str
    due_on: date
    status: DevelopmentStatus
    measured_by: MeasuredBy | None
    written_by_side: Side
    waiting_for: Side | None = strawberry.field(description="The side whose agreement is awaited.")
    agreed_at: datetime | None
    closed_at: datetime | None
    closing_reason: str | None
    version: int = strawberry.field(description="Send it with a change, so that nobody's change is overwritten.")
    steps: list[DevelopmentStep]
    steps_done: int
    evidence: list[DevelopmentEvidence]
    verbs: list[Verb]
    person_id: strawberry.Private[UUID]
    kpi_id: strawberry.Private[UUID | None]

    @strawberry.field
    async def person(self, info: Info) -> Person | None:
        return await load_person(info, self.person_id)

    @strawberry.field(description="The development KPI that measures it.")
    async def kpi(self, info: Info) -> Kpi | None:
        return await load_kpi(info, self.kpi_id) if self.kpi_id else None

    @classmethod
    def of(cls, goal: schemas.GoalOutput) -> "DevelopmentGoal":
        return cls(
            id=global_id("DevelopmentGoal", goal.id),
            uuid=goal.id,
            **{name: getattr(goal, name) for name in SAME},
            aim=DevelopmentAim(goal.aim),
            status=DevelopmentStatus(goal.status),
            measured_by=MeasuredBy(goal.measured_by) if goal.measured_by else None,
            written_by_side=Side(goal.written_by_side),
            waiting_for=Side(goal.waiting_for) if goal.waiting_for else None,
            steps=[DevelopmentStep.of(step) for step in goal.steps],
            evidence=[DevelopmentEvidence.of(one) for one in goal.evidence],
            verbs=verbs_of(goal.verbs),
        )


SAME = ("skill", "why", "due_on", "agreed_at", "closed_at", "closing_reason", "version", "steps_done", "person_id", "kpi_id")


async def goals_by_id(viewer: Viewer, session: ReadSession, ids: list[UUID]) -> dict[UUID, schemas.GoalOutput]:
    """Goals in sight, for the loader."""
    rows = await queries.goals_by_id(viewer, session, ids)
    return {goal.id: goal for goal in await goals_shown(viewer, session, rows)}


async def goals_page(
    info: Info, first: int, after: str | None, person_id: UUID, status: DevelopmentStatus | None
) -> Connection[DevelopmentGoal]:
    """A person's goals in sight, oldest first."""
    page = page_request(info, first, after)
    async with info.context.read() as session:
        rows = await queries.goals(info.context.viewer, session, page, person_id=person_id, status=status.value if status else None)
        shown = {goal.id: goal for goal in await goals_shown(info.context.viewer, session, list(rows))}
    return connection(rows, after, lambda row: DevelopmentGoal.of(shown[row.id]))


async def load_goal(info: Info, goal_id: UUID) -> DevelopmentGoal | None:
    """Null where out of sight."""
    shown = await info.context.loaders.development_goals.load(goal_id)
    return DevelopmentGoal.of(shown) if shown else None


@strawberry.type
class DevelopmentQuery:
    @strawberry.field(description="A development goal; null where out of sight.")
    async def development_goal(self, info: Info, id_: Id) -> DevelopmentGoal | None:
        goal_id = id_of("DevelopmentGoal", id_)
        return await load_goal(info, goal_id) if goal_id else None


@strawberry.input(description="A step; with its id where it is there already, so that it stays done if it is.")
class DevelopmentStepInput:
    text: str
    due_on: date | None = None
    id_: UUID | None = strawberry.field(default=None, name="id")

    def read(self) -> dict[str, Any]:
        return {"id": self.id_, "text": self.text, "due_on": self.due_on}


@strawberry.input(description="The whole text of a development goal; `kpi` goes with `measuredBy`.")
class DevelopmentGoalInput:
    skill: str
    aim: DevelopmentAim
    why: str
    due_on: date
    steps: list[DevelopmentStepInput]
    kpi: strawberry.ID | None = None
    measured_by: MeasuredBy | None = None

    def read(self) -> dict[str, Any]:
        said = given(self)
        kpi = said.pop("kpi")
        return said | {"steps": [step.read() for step in self.steps], "kpi_id": found("Kpi", kpi) if kpi else None}


@strawberry.type(description="The goal as it stands now.")
class DevelopmentGoalChanged:
    goal: DevelopmentGoal


DevelopmentGoalResult = Annotated[
    DevelopmentGoalChanged | NotFoundProblem | NotAllowedProblem | ChangedProblem | ConflictProblem | InvalidProblem,
    strawberry.union("DevelopmentGoalResult", description="The goal, or why it did not change."),
]
GoalGiven = Annotated[DevelopmentGoalInput, strawberry.argument(name="input")]


async def change(info: Info, step: Callable[[Viewer, WriteSession], Awaitable[GoalRow]]) -> DevelopmentGoalResult:
    viewer = info.context.viewer

    async def write(session: WriteSession) -> DevelopmentGoalChanged:
        goal = await step(viewer, session)
        return DevelopmentGoalChanged(goal=DevelopmentGoal.of(await goal_shown(viewer, session, goal)))

    result: DevelopmentGoalResult = await attempt(info, write)
    return result


def goal_id(id_: str) -> UUID:
    """Raises NotFound for what is no such id."""
    return found("DevelopmentGoal", id_)


@strawberry.type
class DevelopmentMutation:
    @strawberry.mutation(description="Write a goal for yourself or somebody you lead; the other side is asked to agree.")
    async def create_development_goal(self, info: Info, person: strawberry.ID, input_: GoalGiven) -> DevelopmentGoalResult:
        async def step(viewer: Viewer, session: WriteSession) -> GoalRow:
            values = input_.read() | {"person_id": found("Person", person)}
            return await actions.create(viewer, session, validated(schemas.NewGoal, values))

        return await change(info, step)

    @strawberry.mutation(description="Write the text anew, as either side, which asks the other again.")
    async def change_development_goal(self, info: Info, id_: Id, version: int, input_: GoalGiven) -> DevelopmentGoalResult:
        async def step(viewer: Viewer, session: WriteSession) -> GoalRow:
            return await actions.change(viewer, session, goal_id(id_), validated(schemas.GoalInput, input_.read()), tag(version))

        return await change(info, step)

    @strawberry.mutation(description="Agree to the text that the other side wrote.")
    async def agree_development_goal(self, info: Info, id_: Id, version: int) -> DevelopmentGoalResult:
        return await change(info, lambda viewer, session: actions.agree(viewer, session, goal_id(id_), tag(version)))

    @strawberry.mutation(description="Say on which day a step was done; without a day, that it is not done after all.")
    async def mark_development_step(self, info: Info, id_: Id, step: UUID, done_on: date | None) -> DevelopmentGoalResult:
        async def mark(viewer: Viewer, session: WriteSession) -> GoalRow:
            return await actions.mark_step(viewer, session, goal_id(id_), step, validated(schemas.StepDone, {"done_on": done_on}))

        return await change(info, mark)

    @strawberry.mutation(description="Show what was learned, in words, by a link, or both.")
    async def add_development_evidence(
        self, info: Info, id_: Id, text: str | None = None, link: str | None = None
    ) -> DevelopmentGoalResult:
        async def step(viewer: Viewer, session: WriteSession) -> GoalRow:
            evidence = validated(schemas.EvidenceInput, {"text": text, "link": link})
            return await actions.add_evidence(viewer, session, goal_id(id_), evidence)

        return await change(info, step)

    @strawberry.mutation(description="End a goal as reached, not reached or dropped, with a reason unless it was reached.")
    async def close_development_goal(
        self, info: Info, id_: Id, version: int, outcome: DevelopmentOutcome, reason: str | None = None
    ) -> DevelopmentGoalResult:
        async def step(viewer: Viewer, session: WriteSession) -> GoalRow:
            closing = validated(schemas.ClosingInput, {"outcome": outcome.value, "reason": reason})
            return await actions.close(viewer, session, goal_id(id_), closing, tag(version))

        return await change(info, step)
