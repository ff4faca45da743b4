"""Scorecards of an earlier cycle copied into another, in the graph: one at once, or many people's as an assignment."""

from decimal import Decimal
from enum import Enum
from typing import Annotated
from uuid import UUID

import strawberry

from chassis.database import WriteSession
from kpi_api.graphql.assignments import AssignmentChangeResult, TemplateAssignment, TemplateAssignmentChanged
from kpi_api.graphql.nodes import Id, Info
from kpi_api.graphql.problems import ChangedProblem, ConflictProblem, InvalidProblem, NotAllowedProblem, NotFoundProblem
from kpi_api.graphql.writing import attempt, found, validated
from kpi_api.scorecards.assignments import queries
from kpi_api.scorecards.copying import actions, schemas


@strawberry.enum(description="What became of a line; a `KEPT` one's KPI has a copy in the cycle already.")
class CopiedLineStatus(Enum):
    COPIED = "copied"
    KEPT = "kept"
    LEFT_OUT = "left_out"


@strawberry.type(description="One line of a copied scorecard, and why it was left out where it was.")
class CopiedScorecardLine:
    source_kpi_uuid: UUID
    name: str
    weight: Decimal | None
    component: str
    status: CopiedLineStatus
    kpi_uuid: UUID | None
    code: str | None
    message: str | None
    dropped_parents: list[UUID]

    @classmethod
    def of(cls, line: schemas.CopiedLine) -> "CopiedScorecardLine":
        same = {name: getattr(line, name) for name in ("name", "weight", "component", "code", "message", "dropped_parents")}
        return cls(source_kpi_uuid=line.source_kpi_id, kpi_uuid=line.kpi_id, status=CopiedLineStatus(line.status), **same)


@strawberry.type(description="The draft that was opened; null `scorecardUuid` in a preview.")
class ScorecardCopied:
    preview: bool
    scorecard_uuid: UUID | None
    weights_total: Decimal
    lines: list[CopiedScorecardLine]


ScorecardCopyResult = Annotated[
    ScorecardCopied | NotFoundProblem | NotAllowedProblem | ChangedProblem | ConflictProblem | InvalidProblem,
    strawberry.union("ScorecardCopyResult", description="What was copied, or why nothing was."),
]


@strawberry.input(description="Whose scorecards are copied: people, or all who work in a unit or below it, in a role, or both.")
class ScorecardCopies:
    from_cycle: str
    to_cycle: str
    people: list[strawberry.ID] | None = None
    unit_code: str | None = None
    role_code: str | None = None
    target_change_percent: Decimal = Decimal(0)
    preview: bool = False

    def read(self) -> schemas.NewCopies:
        people = None if self.people is None else [{"person_id": found("Person", person)} for person in self.people]
        return validated(schemas.NewCopies, {**vars(self), "people": people})


@strawberry.type
class ScorecardCopyMutation:
    @strawberry.mutation(description="Open a draft for the same person in another cycle, with what can be copied.")
    async def copy_scorecard(
        self, info: Info, id_: Id, to_cycle: str, target_change_percent: Decimal = Decimal(0), preview: bool = False
    ) -> ScorecardCopyResult:
        async def write(session: WriteSession) -> ScorecardCopied:
            said = {"to_cycle": to_cycle, "target_change_percent": target_change_percent, "preview": preview}
            given = validated(schemas.CopyScorecard, said)
            copied = await actions.copy_scorecard(info.context.viewer, session, found("Scorecard", id_), given)
            lines = [CopiedScorecardLine.of(line) for line in copied.lines]
            return ScorecardCopied(
                preview=copied.preview, scorecard_uuid=copied.scorecard_id, weights_total=copied.weights_total, lines=lines
            )

        result: ScorecardCopyResult = await attempt(info, write)
        return result

    @strawberry.mutation(description="The same for many people, as a job with a result for each that can be undone.")
    async def copy_scorecards(
        self, info: Info, input_: Annotated[ScorecardCopies, strawberry.argument(name="input")]
    ) -> AssignmentChangeResult:
        viewer = info.context.viewer

        async def write(session: WriteSession) -> TemplateAssignmentChanged:
            row = await actions.begin_copies(viewer, session, input_.read())
            return TemplateAssignmentChanged(assignment=TemplateAssignment.of((await queries.shown(viewer, session, [row]))[row.id]))

        result: AssignmentChangeResult = await attempt(info, write)
        return result
