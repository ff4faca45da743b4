"""What KPIs come to, written through the graph: values recorded, milestones done, values rolled up; and a supposed target judged."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from decimal import Decimal
from enum import Enum
from typing import Annotated, Final
from uuid import UUID

import strawberry

from chassis.bulk import BulkResult
from chassis.database import WriteSession
from chassis.problems import FieldError as RaisedError
from chassis.problems import Invalid
from chassis.problems import Problem as RaisedProblem
from chassis.tabular import MAX_ROWS, Columns
from kpi_api.graphql import problems
from kpi_api.graphql.bulk import RowsChanged
from kpi_api.graphql.cascade.changing import RowsResult
from kpi_api.graphql.cascade.inputs import TargetInput, cell, reference
from kpi_api.graphql.cascade.measurements import Provenance
from kpi_api.graphql.dictionary.inputs import without_nulls
from kpi_api.graphql.kpis import Kpi, load_kpi
from kpi_api.graphql.nodes import Id, Info, id_of
from kpi_api.graphql.problems import ChangedProblem, ConflictProblem, FieldError, InvalidProblem, NotAllowedProblem, NotFoundProblem
from kpi_api.graphql.targets import Difficulty, Milestone
from kpi_api.graphql.writing import attempt, found, validated
from kpi_api.measurements import actions, rolling_up
from kpi_api.measurements.difficulty.queries import target_difficulty
from kpi_api.measurements.difficulty.schemas import ProposedTarget
from kpi_api.measurements.milestones.actions import record_done
from kpi_api.measurements.milestones.schemas import MilestoneDone
from kpi_api.measurements.readings import COLUMNS
from kpi_api.measurements.schemas import RollUpInput

NAMES: Final[Mapping[str, str]] = {"/kpi_id": "/kpi", "/kpi_code": "/kpi"}
"""What this door calls otherwise than the columns of a table."""


@strawberry.input(
    description="What a KPI, by id or code, came to in the period that begins on a day: a value, or numerator and denominator."
)
class MeasurementInput:
    kpi: str
    period_start: date
    source: str = strawberry.field(description="Where it comes from, such as CRM.")
    part: str = "main"
    value: Decimal | None = None
    numerator: Decimal | None = None
    denominator: Decimal | None = None
    period_end: date | None = strawberry.field(default=None, description="The KPI's calendar tells it when left out.")
    source_record_id: str | None = None
    provenance: Provenance | None = strawberry.field(default=None, description="Follows from who sends when left out.")
    correction_reason: str | None = strawberry.field(default=None, description="Asked for in a cycle that is closing or closed.")

    def cells(self) -> dict[str, str]:
        """The row as a table holds it, every column of `COLUMNS`."""
        kpi_id = id_of("Kpi", self.kpi)
        said = vars(self) | {"kpi_id": kpi_id, "kpi_code": None if kpi_id else self.kpi}
        return {column: cell(said[column]) for column in COLUMNS}


def table_of(rows: Sequence[MeasurementInput]) -> Columns:
    """Raises Invalid without any row, and for more than a table may have."""
    if not 1 <= len(rows) <= MAX_ROWS:
        raise Invalid(f"Give 1 to {MAX_ROWS:,} measurements.", field="/rows")
    cells = [row.cells() for row in rows]
    return {column: [row[column] for row in cells] for column in COLUMNS}


@strawberry.input(description="That a milestone was done, on which day, and what shows it: required where the target says so.")
class MilestoneInput:
    done_on: date
    part: str = "main"
    evidence: str | None = strawberry.field(default=None, description="In words, such as the number of a certificate.")
    evidence_link: str | None = None


@strawberry.type(description="The milestone as it was recorded, and its KPI.")
class MilestoneChanged:
    milestone: Milestone
    kpi_id: strawberry.Private[UUID]

    @strawberry.field(description="The KPI itself.")
    async def kpi(self, info: Info) -> Kpi | None:
        return await load_kpi(info, self.kpi_id)


@strawberry.enum(description="What became of a period. `INCOMPLETE`: not recorded, since KPIs below lack a value.")
class RolledStatus(Enum):
    CREATED = "created"
    UPDATED = "updated"
    UNCHANGED = "unchanged"
    ERROR = "error"
    INCOMPLETE = "incomplete"


@strawberry.type(description="A period in which something below was measured, and the KPIs below that lack a value.")
class RolledPeriod:
    period_start: date
    value: Decimal
    status: RolledStatus
    missing: list[UUID]


@strawberry.type(description="What became of one of the KPIs named; `errors` says why it cannot be rolled up, or why a value was refused.")
class RolledValues:
    uuid: UUID | None
    periods: list[RolledPeriod]
    errors: list[FieldError]

    @strawberry.field(description="The KPI itself.")
    async def kpi(self, info: Info) -> Kpi | None:
        return await load_kpi(info, self.uuid) if self.uuid else None

    @classmethod
    def of(cls, rolled: rolling_up.RollUp) -> "RolledValues":
        periods = [RolledPeriod(**vars(period) | {"status": RolledStatus(period.status)}) for period in rolled.periods]
        return cls(uuid=rolled.kpi_id, periods=periods, errors=_errors(rolled.errors))


@strawberry.type(description="What became of all the KPIs named, in their order.")
class RollUpsChanged:
    results: list[RolledValues]


def _errors(errors: Iterable[RaisedError]) -> list[FieldError]:
    return [FieldError(field=error.field, code=error.code, message=error.message) for error in errors]


MilestoneResult = Annotated[
    MilestoneChanged | NotFoundProblem | NotAllowedProblem | ChangedProblem | ConflictProblem | InvalidProblem,
    strawberry.union("MilestoneResult", description="The milestone, or why it was not recorded."),
]
RollUpsResult = Annotated[
    RollUpsChanged | NotFoundProblem | NotAllowedProblem | ChangedProblem | ConflictProblem | InvalidProblem,
    strawberry.union("RollUpsResult", description="What became of each KPI, or why none was looked at."),
]
DifficultyResult = Annotated[
    Difficulty | NotFoundProblem | InvalidProblem,
    strawberry.union("TargetDifficultyResult", description="How difficult the target would be, or why that cannot be told."),
]


@strawberry.type
class MeasuringQuery:
    @strawberry.field(description="How often a target would have been met, before it is set. Nothing is changed.")
    async def target_difficulty(self, info: Info, id_: Id, target: TargetInput) -> DifficultyResult:
        try:
            proposed = validated(ProposedTarget, {"target": target.values()}).target
            async with info.context.read() as session:
                kpi_id = found("Kpi", id_)
                return Difficulty.of(await target_difficulty(info.context.viewer, session, kpi_id, part=proposed.part, proposed=proposed))
        except RaisedProblem as problem:
            shown: DifficultyResult = problems.shown(problem)  # type: ignore[assignment]  # of the two kinds that reads raise
            return shown


@strawberry.type
class MeasuringMutation:
    @strawberry.mutation(
        description="Append values. The same again changes nothing, another one is a correction. A wrong row stops only itself."
    )
    async def record_measurements(self, info: Info, rows: list[MeasurementInput]) -> RowsResult:
        async def write(session: WriteSession) -> RowsChanged:
            outcomes = await actions.record_measurements(info.context.viewer, session, table_of(rows))
            changed = RowsChanged.of(BulkResult.model_validate_json(outcomes.as_json()).results)
            for error in (error for row in changed.results for error in row.errors):
                error.field = NAMES.get(error.field, error.field)
            return changed

        result: RowsResult = await attempt(info, write)
        return result

    @strawberry.mutation(description="Record that a milestone was done; the value of its period is recorded too. Again, it corrects.")
    async def record_milestone(self, info: Info, id_: Id, milestone: MilestoneInput) -> MilestoneResult:
        async def write(session: WriteSession) -> MilestoneChanged:
            kpi_id, viewer = found("Kpi", id_), info.context.viewer
            record = await record_done(viewer, session, kpi_id, validated(MilestoneDone, without_nulls(milestone)))
            return MilestoneChanged(milestone=Milestone.of(record), kpi_id=kpi_id)

        result: MilestoneResult = await attempt(info, write)
        return result

    @strawberry.mutation(
        description="Record what the KPIs below measured as values of those named, by id or code, lower levels first. Again, it corrects."
    )
    async def roll_up(self, info: Info, kpis: list[str], accept_missing: bool = False) -> RollUpsResult:
        async def write(session: WriteSession) -> RollUpsChanged:
            given = validated(RollUpInput, {"kpis": [reference(kpi) for kpi in kpis], "accept_missing": accept_missing})
            rolled = await rolling_up.roll_up(info.context.viewer, session, given.kpis, accept_missing=given.accept_missing)
            return RollUpsChanged(results=[RolledValues.of(one) for one in rolled])

        result: RollUpsResult = await attempt(info, write)
        return result
