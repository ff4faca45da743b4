"""Templates given to many people, in the graph: begin, watch, undo."""

from datetime import datetime
from enum import Enum
from typing import Annotated, Any
from uuid import UUID

import strawberry
from strawberry.scalars import JSON

from chassis.database import WriteSession
from chassis.problems import NotFound
from kpi_api.graphql.nodes import DEFAULT_FIRST, After, Connection, First, Id, Info, connection, id_of, page_request
from kpi_api.graphql.people import Person, load_person
from kpi_api.graphql.problems import ChangedProblem, ConflictProblem, InvalidProblem, NotAllowedProblem, NotFoundProblem
from kpi_api.graphql.writing import attempt, found, validated
from kpi_api.scorecards.assignments import actions, queries, schemas
from kpi_api.scorecards.assignments.models import TemplateAssignmentResult


@strawberry.enum(description="How far an assignment is.")
class AssignmentStatus(Enum):
    RUNNING = "running"
    FINISHED = "finished"
    UNDOING = "undoing"
    UNDONE = "undone"


@strawberry.enum(description="What became of a person; `REMOVED` and `KEPT` say what an undo did.")
class AssignmentResultStatus(Enum):
    WAITING = "waiting"
    OPENED = "opened"
    SKIPPED = "skipped"
    REFUSED = "refused"
    REMOVED = "removed"
    KEPT = "kept"


@strawberry.type(description="A KPI of the copied scorecard that the new one has not, and why.")
class LeftOutKpi:
    kpi_uuid: UUID
    name: str
    code: str
    message: str


@strawberry.type(description="What became of one person, and why where nothing was opened.")
class AssignmentResult:
    uuid: UUID
    position: int
    status: AssignmentResultStatus
    code: str | None
    message: str | None
    scorecard_uuid: UUID | None
    left_out: list["LeftOutKpi"]
    person_id: strawberry.Private[UUID]

    @strawberry.field
    async def person(self, info: Info) -> Person | None:
        return await load_person(info, self.person_id)

    @classmethod
    def of(cls, row: TemplateAssignmentResult) -> "AssignmentResult":
        same = {name: getattr(row, name) for name in ("position", "code", "message", "person_id")}
        left_out = [LeftOutKpi(kpi_uuid=UUID(one["kpi_id"]), **{n: one[n] for n in ("name", "code", "message")}) for one in row.left_out]
        status = AssignmentResultStatus(row.status)
        return cls(uuid=row.id, status=status, scorecard_uuid=row.scorecard_id, left_out=left_out, **same)


@strawberry.type(description="A template given to many people, or copies of an earlier cycle, and how far; counts are of people in sight.")
class TemplateAssignment:
    uuid: UUID
    template_uuid: UUID | None
    template_number: int | None
    from_cycle_uuid: UUID | None
    preview: bool
    cycle_uuid: UUID
    status: AssignmentStatus
    requested_at: datetime
    finished_at: datetime | None
    people: int
    waiting: int
    opened: int
    skipped: int
    refused: int
    removed: int
    kept: int

    @strawberry.field(description="In the order asked for; people out of sight are left out.")
    async def results(
        self, info: Info, first: First = DEFAULT_FIRST, after: After = None, status: AssignmentResultStatus | None = None
    ) -> Connection[AssignmentResult]:
        page = page_request(info, first, after)
        async with info.context.read() as session:
            wanted: Any = status.value if status else None
            rows = await queries.results(info.context.viewer, session, page, self.uuid, wanted)
        return connection(rows, after, AssignmentResult.of)

    @classmethod
    def of(cls, shown: schemas.AssignmentOutput) -> "TemplateAssignment":
        counts = ("people", "waiting", "opened", "skipped", "refused", "removed", "kept")
        same = {name: getattr(shown, name) for name in ("template_number", "preview", "requested_at", "finished_at", *counts)}
        return cls(
            uuid=shown.id,
            template_uuid=shown.template_id,
            from_cycle_uuid=shown.from_cycle_id,
            cycle_uuid=shown.cycle_id,
            status=AssignmentStatus(shown.status),
            **same,
        )


@strawberry.input(description="A template for a cycle and for whom: people, or all who work in a unit or below it, in a role, or both.")
class NewTemplateAssignment:
    template_code: str
    cycle_code: str
    people: list[strawberry.ID] | None = None
    unit_code: str | None = None
    role_code: str | None = None
    contributes_to: list[JSON] = strawberry.field(default_factory=list, description="Parents of everybody's KPIs, as REST takes them.")
    preview: bool = False

    def read(self) -> schemas.NewAssignment:
        people = None if self.people is None else [{"person_id": found("Person", person)} for person in self.people]
        return validated(schemas.NewAssignment, {**vars(self), "people": people})


@strawberry.type(description="The assignment as it stands now.")
class TemplateAssignmentChanged:
    assignment: TemplateAssignment


AssignmentChangeResult = Annotated[
    TemplateAssignmentChanged | NotFoundProblem | NotAllowedProblem | ChangedProblem | ConflictProblem | InvalidProblem,
    strawberry.union("TemplateAssignmentResult", description="The assignment, or why nothing was begun."),
]


@strawberry.type
class AssignmentQuery:
    @strawberry.field(description="A template given to many people; null where out of sight.")
    async def template_assignment(self, info: Info, id_: Id) -> TemplateAssignment | None:
        viewer = info.context.viewer
        try:
            async with info.context.read() as session:
                row = await queries.assignment(viewer, session, id_of("TemplateAssignment", id_) or UUID(int=0))
                return TemplateAssignment.of((await queries.shown(viewer, session, [row]))[row.id])
        except NotFound:
            return None

    @strawberry.field(description="One's own assignments of templates, all for HR, oldest first.")
    async def template_assignments(self, info: Info, first: First = DEFAULT_FIRST, after: After = None) -> Connection[TemplateAssignment]:
        viewer, page = info.context.viewer, page_request(info, first, after)
        async with info.context.read() as session:
            rows = await queries.assignments(viewer, session, page)
            shown = await queries.shown(viewer, session, rows)
        return connection(rows, after, lambda row: TemplateAssignment.of(shown[row.id]))


@strawberry.type
class AssignmentMutation:
    @strawberry.mutation(description="Open a draft with KPIs of their own for each of many people, as a job.")
    async def assign_template(
        self, info: Info, input_: Annotated[NewTemplateAssignment, strawberry.argument(name="input")]
    ) -> AssignmentChangeResult:
        viewer = info.context.viewer

        async def write(session: WriteSession) -> TemplateAssignmentChanged:
            row = await actions.assign_template(viewer, session, input_.read())
            return TemplateAssignmentChanged(assignment=TemplateAssignment.of((await queries.shown(viewer, session, [row]))[row.id]))

        result: AssignmentChangeResult = await attempt(info, write)
        return result

    @strawberry.mutation(description="Remove the drafts that an assignment opened and nobody has touched since, as a job.")
    async def undo_template_assignment(self, info: Info, id_: Id) -> AssignmentChangeResult:
        viewer = info.context.viewer

        async def write(session: WriteSession) -> TemplateAssignmentChanged:
            row = await actions.undo_assignment(viewer, session, found("TemplateAssignment", id_))
            return TemplateAssignmentChanged(assignment=TemplateAssignment.of((await queries.shown(viewer, session, [row]))[row.id]))

        result: AssignmentChangeResult = await attempt(info, write)
        return result
