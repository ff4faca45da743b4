"""Copies of a cascade into another cycle, and imports of OKRs, through the graph."""

from decimal import Decimal
from typing import Annotated
from uuid import UUID

import strawberry

from chassis.database import WriteSession
from kpi_api.cascade.copying import actions, schemas
from kpi_api.cascade.okrs.importing import import_okrs
from kpi_api.cascade.okrs.schemas import OkrImportResult, OkrResult
from kpi_api.graphql.bulk import RowResult, RowStatus
from kpi_api.graphql.cascade.inputs import cell
from kpi_api.graphql.kpis import Kpi, load_kpi
from kpi_api.graphql.nodes import Info
from kpi_api.graphql.problems import ChangedProblem, ConflictProblem, FieldError, InvalidProblem, NotAllowedProblem, NotFoundProblem
from kpi_api.graphql.words import KpiLevel
from kpi_api.graphql.writing import attempt, validated


@strawberry.input(description="What is copied, and from which cycle into which.")
class CascadeCopyInput:
    from_cycle: str
    to_cycle: str
    levels: list[KpiLevel] = strawberry.field(default_factory=list, description="Only these; all when empty.")
    unit_codes: list[str] = strawberry.field(default_factory=list, description="Only of these units and people in them; all when empty.")
    target_change_percent: Decimal = strawberry.field(
        default=Decimal(0), description="How much more is wanted of what is to be reached at least; -5 is 5 percent less."
    )
    preview: bool = strawberry.field(default=False, description="Say what would come of it, and copy nothing.")

    def read(self) -> schemas.CopyInput:
        """Raises Invalid."""
        return validated(schemas.CopyInput, vars(self) | {"levels": [level.value for level in self.levels]})


@strawberry.type(description="What became of one KPI. `UNCHANGED`: it was copied before.")
class CopiedKpi:
    source_uuid: UUID
    name: str
    status: RowStatus
    uuid: UUID | None = strawberry.field(description="Of the copy; null for an error and in a preview.")
    definition_version_before: int
    definition_version: int | None
    definition_changed: bool = strawberry.field(description="The copy has another version of the definition.")
    dropped_parents: list[UUID] = strawberry.field(description="KPIs to which the original contributes and that are not copied.")
    errors: list[FieldError]

    @strawberry.field(description="The copy itself.")
    async def kpi(self, info: Info) -> Kpi | None:
        return await load_kpi(info, self.uuid) if self.uuid else None

    @classmethod
    def of(cls, copied: schemas.Copied) -> "CopiedKpi":
        same = ("name", "definition_version_before", "definition_version", "definition_changed", "dropped_parents")
        return cls(
            source_uuid=copied.source_id,
            uuid=copied.id,
            status=RowStatus(copied.status),
            errors=[FieldError(field=error.field, code=error.code, message=error.message) for error in copied.errors],
            **{name: getattr(copied, name) for name in same},
        )


@strawberry.type(description="What became of each KPI, the highest level first; of a preview, what would.")
class CascadeCopyChanged:
    preview: bool
    created: int
    unchanged: int
    error: int
    results: list[CopiedKpi]

    @classmethod
    def of(cls, done: schemas.CopyResult) -> "CascadeCopyChanged":
        counts = {name: getattr(done, name) for name in ("preview", "created", "unchanged", "error")}
        return cls(results=[CopiedKpi.of(copied) for copied in done.results], **counts)


@strawberry.input(description="One key result, with the objective it belongs to. From `start` to `target` says which direction is better.")
class OkrInput:
    objective_code: str
    objective: str
    area: str = strawberry.field(description="Outcome area of the objective, such as retention.")
    code: str = strawberry.field(description="The KPI's code; the same again changes nothing.")
    key_result: str
    cycle_code: str
    target: Decimal
    definition_code: str | None = strawberry.field(default=None, description="A definition that is there already.")
    owner_person: str | None = strawberry.field(default=None, description="External id.")
    owner_unit: str | None = strawberry.field(default=None, description="Code.")
    quarter: int | None = strawberry.field(default=None, description="Of the cycle, counted from its first day.")
    start: Decimal | None = strawberry.field(default=None, description="The baseline.")
    unit: str | None = strawberry.field(default=None, description="`count` when left out.")
    contributes_to: list[str] = strawberry.field(default_factory=list, description="Codes of KPIs.")

    def cells(self) -> dict[str, str]:
        """The row as a table holds it."""
        return {name: cell(value) for name, value in vars(self).items()} | {"contributes_to": ";".join(self.contributes_to)}


@strawberry.type(description="What became of a key result; the id is the KPI's.")
class ImportedOkr(RowResult):
    waits_for_definition: str | None = strawberry.field(
        default=None, description="The definition that somebody else approves first; there is no KPI before."
    )

    @classmethod
    def read(cls, result: OkrResult) -> "ImportedOkr":
        row = cls.of(result)
        row.waits_for_definition = result.waits_for_definition
        return row


@strawberry.type(description="What became of all key results, and what was made for them; of a preview, what would.")
class OkrsChanged:
    results: list[ImportedOkr]
    created: int
    updated: int
    unchanged: int
    error: int
    waiting: int = strawberry.field(description="Key results whose definition waits for approval.")
    outcomes: list[str] = strawberry.field(description="Codes of the outcomes made.")
    definitions: list[str] = strawberry.field(description="Codes of the definitions proposed.")
    preview: bool

    @classmethod
    def of(cls, done: OkrImportResult) -> "OkrsChanged":
        same = ("created", "updated", "unchanged", "error", "waiting", "outcomes", "definitions", "preview")
        return cls(results=[ImportedOkr.read(row) for row in done.results], **{name: getattr(done, name) for name in same})


CascadeCopyResult = Annotated[
    CascadeCopyChanged | NotFoundProblem | NotAllowedProblem | ChangedProblem | ConflictProblem | InvalidProblem,
    strawberry.union("CascadeCopyResult", description="What became of each KPI, or why none was copied."),
]
OkrsResult = Annotated[
    OkrsChanged | NotFoundProblem | NotAllowedProblem | ChangedProblem | ConflictProblem | InvalidProblem,
    strawberry.union("OkrsResult", description="What became of each key result, or why none was looked at."),
]


@strawberry.type
class CopyMutation:
    @strawberry.mutation(description="Copy a cascade into another cycle. What cannot be copied is named; a repeat copies what is missing.")
    async def copy_cascade(self, info: Info, copy: CascadeCopyInput) -> CascadeCopyResult:
        async def write(session: WriteSession) -> CascadeCopyChanged:
            return CascadeCopyChanged.of(await actions.copy_cascade(info.context.viewer, session, copy.read()))

        result: CascadeCopyResult = await attempt(info, write)
        return result

    @strawberry.mutation(description="Objectives become outcomes, key results KPIs. A wrong row is named and stops only itself.")
    async def import_okrs(self, info: Info, okrs: list[OkrInput], preview: bool = False) -> OkrsResult:
        async def write(session: WriteSession) -> OkrsChanged:
            table = [(row, okr.cells()) for row, okr in enumerate(okrs, start=1)]
            return OkrsChanged.of(await import_okrs(info.context.viewer, session, table, preview=preview))

        result: OkrsResult = await attempt(info, write)
        return result
