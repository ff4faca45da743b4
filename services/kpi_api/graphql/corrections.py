"""Corrections of many signed scorecards in the graph: preview, order, progress, withdrawal."""

from datetime import date
from decimal import Decimal
from typing import Annotated, Any
from uuid import UUID

import strawberry

from chassis.database import ReadSession, WriteSession
from chassis.problems import NotAllowed, NotFound
from kpi_api.graphql.nodes import Info
from kpi_api.graphql.problems import ChangedProblem, ConflictProblem, InvalidProblem, NotAllowedProblem, NotFoundProblem
from kpi_api.graphql.writing import attempt, given, validated
from kpi_api.scorecards.corrections import actions, queries, schemas
from kpi_api.scorecards.corrections.models import ScorecardCorrection


@strawberry.input(description="The right figures of one part of a target; those left out stay.")
class CorrectedTargetInput:
    part: str = "main"
    value: Decimal | None = None
    value_high: Decimal | None = None
    baseline: Decimal | None = None
    threshold: Decimal | None = None
    stretch: Decimal | None = None


@strawberry.input(
    description="What was wrong about the KPIs of one definition: their weight in percent, figures of their targets, or both."
)
class CorrectedLineInput:
    definition_code: str
    weight: Decimal | None = None
    targets: list[CorrectedTargetInput] = strawberry.field(default_factory=list)

    def read(self) -> dict[str, Any]:
        return {**given(self), "targets": [given(target) for target in self.targets]}


@strawberry.input(description="Signed scorecards of a cycle that carry a definition; of a template, of a unit and below.")
class CorrectionInput:
    cycle_code: str
    lines: list[CorrectedLineInput]
    reason: str
    objections_until: date
    template_code: str | None = None
    unit: UUID | None = None

    def read(self) -> schemas.NewCorrection:
        said = given(self) | {"lines": [line.read() for line in self.lines]}
        return validated(schemas.NewCorrection, {"unit_id" if name == "unit" else name: value for name, value in said.items()})


@strawberry.type(description="How many scorecards became what.")
class CorrectionCounts:
    pending: int
    objected: int
    applied: int
    unchanged: int
    refused: int
    withdrawn: int


@strawberry.type(description="A correction of many scorecards and how far it is.")
class CorrectionOrder:
    uuid: UUID
    status: str
    reason: str
    objections_until: date
    scorecards: CorrectionCounts


@strawberry.type(description="Scorecards that cannot be corrected for one reason.")
class CorrectionRefusals:
    code: str
    message: str
    scorecards: int


@strawberry.type(description="What a correction would do now.")
class CorrectionPreview:
    selected: int
    would_change: int
    unchanged: int
    refused: list[CorrectionRefusals]


@strawberry.type(description="The correction, or with `preview` what it would do.")
class CorrectionOrderChanged:
    correction: CorrectionOrder | None
    preview: CorrectionPreview | None


CorrectionOrderResult = Annotated[
    CorrectionOrderChanged | NotFoundProblem | NotAllowedProblem | ChangedProblem | ConflictProblem | InvalidProblem,
    strawberry.union("CorrectionOrderResult", description="The correction, or why there is none."),
]


async def _shown(session: ReadSession, row: ScorecardCorrection) -> CorrectionOrder:
    (found,) = await queries.shown(session, [row])
    counts = CorrectionCounts(**found.scorecards.model_dump())
    same = {name: getattr(found, name) for name in ("status", "reason", "objections_until")}
    return CorrectionOrder(uuid=found.id, **same, scorecards=counts)


async def _previewed(info: Info, session: WriteSession, wanted: schemas.NewCorrection) -> CorrectionOrderChanged:
    found = await actions.preview(info.context.viewer, session, wanted)
    refused = [CorrectionRefusals(**one.model_dump()) for one in found.refused]
    counts = {"selected": found.selected, "would_change": found.would_change, "unchanged": found.unchanged}
    return CorrectionOrderChanged(correction=None, preview=CorrectionPreview(**counts, refused=refused))


@strawberry.type
class CorrectionQuery:
    @strawberry.field(description="A correction of many scorecards, for those who run them; null for everybody else.")
    async def scorecard_correction(self, info: Info, correction: UUID) -> CorrectionOrder | None:
        try:
            async with info.context.read() as session:
                return await _shown(session, await queries.correction(info.context.viewer, session, correction))
        except (NotAllowed, NotFound):
            return None


@strawberry.type
class CorrectionMutation:
    @strawberry.mutation(description="Correct many signed scorecards after a day until which sides may object, or say what would come.")
    async def order_scorecard_correction(
        self, info: Info, input_: Annotated[CorrectionInput, strawberry.argument(name="input")], preview: bool = False
    ) -> CorrectionOrderResult:
        async def write(session: WriteSession) -> CorrectionOrderChanged:
            wanted = input_.read()
            if preview:
                return await _previewed(info, session, wanted)
            row = await actions.order(info.context.viewer, session, wanted)
            return CorrectionOrderChanged(correction=await _shown(session, row), preview=None)

        result: CorrectionOrderResult = await attempt(info, write)
        return result

    @strawberry.mutation(description="Take a correction back before its day is over.")
    async def withdraw_scorecard_correction(self, info: Info, correction: UUID) -> CorrectionOrderResult:
        async def write(session: WriteSession) -> CorrectionOrderChanged:
            row = await actions.withdraw(info.context.viewer, session, correction)
            return CorrectionOrderChanged(correction=await _shown(session, row), preview=None)

        result: CorrectionOrderResult = await attempt(info, write)
        return result
