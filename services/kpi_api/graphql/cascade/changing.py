"""KPIs written through the graph: created, changed, withdrawn, given other targets, rolled up otherwise, carried by others."""

from collections.abc import Awaitable, Callable
from typing import Annotated, Any, cast
from uuid import UUID

import strawberry

from chassis.database import WriteSession
from kpi_api.cascade import actions, editing
from kpi_api.cascade.rest import NewStakeholders, NewTargets
from kpi_api.cascade.schemas import KpiDetail, RollUpChoice
from kpi_api.cascade.shown import kpi_view
from kpi_api.graphql.bulk import RowsChanged
from kpi_api.graphql.cascade.inputs import KpiChangeInput, NewKpiInput, StakeholderInput, TargetInput
from kpi_api.graphql.kpis import Kpi
from kpi_api.graphql.nodes import Id, Info
from kpi_api.graphql.problems import ChangedProblem, ConflictProblem, FieldError, InvalidProblem, NotAllowedProblem, NotFoundProblem
from kpi_api.graphql.words import RollUpMethod, RollUpOf
from kpi_api.graphql.writing import attempt, found, tag, validated


@strawberry.type(description="The KPI as it stands now.")
class KpiChanged:
    kpi: Kpi
    warnings: list[FieldError] = strawberry.field(description="What seems wrong with it though it is allowed.")


KpiResult = Annotated[
    KpiChanged | NotFoundProblem | NotAllowedProblem | ChangedProblem | ConflictProblem | InvalidProblem,
    strawberry.union("KpiResult", description="The KPI, or why it did not change."),
]
RowsResult = Annotated[
    RowsChanged | NotFoundProblem | NotAllowedProblem | ChangedProblem | ConflictProblem | InvalidProblem,
    strawberry.union("RowsResult", description="What became of each row, or why none was looked at."),
]


async def write_kpi(info: Info, write: Callable[[WriteSession], Awaitable[UUID]]) -> KpiResult:
    """`write` gives the id of the KPI to show."""

    async def written(session: WriteSession) -> KpiChanged:
        view = await kpi_view(info.context.viewer, session, await write(session))
        warnings = view.warnings if isinstance(view, KpiDetail) else []
        errors = [FieldError(field=one.field, code=one.code, message=one.message) for one in warnings]
        return KpiChanged(kpi=Kpi.of(view), warnings=errors)

    result: KpiResult = await attempt(info, written)
    return result


async def change(info: Info, id_: str, step: Callable[[WriteSession, UUID], Awaitable[Any]]) -> KpiResult:
    async def write(session: WriteSession) -> UUID:
        kpi_id = found("Kpi", id_)
        await step(session, kpi_id)
        return kpi_id

    return await write_kpi(info, write)


@strawberry.type
class KpiMutation:
    @strawberry.mutation(description="Give a definition to an owner for a window, with targets, what it contributes to and who carries it.")
    async def create_kpi(self, info: Info, kpi: NewKpiInput) -> KpiResult:
        async def create(session: WriteSession) -> UUID:
            return cast("UUID", (await actions.create_kpi(info.context.viewer, session, kpi.read())).id)

        return await write_kpi(info, create)

    @strawberry.mutation(description="Its name, why it exists, how far it can be controlled, whose it is, or that it is withdrawn.")
    async def change_kpi(self, info: Info, id_: Id, version: int, changes: KpiChangeInput) -> KpiResult:
        viewer = info.context.viewer
        return await change(info, id_, lambda s, kpi: editing.change_kpi(viewer, s, kpi, changes.read(), tag(version)))

    @strawberry.mutation(description="Replace the targets. Scorecards that were agreed keep what was signed.")
    async def change_kpi_targets(self, info: Info, id_: Id, version: int, targets: list[TargetInput]) -> KpiResult:
        async def step(session: WriteSession, kpi_id: UUID) -> None:
            given = validated(NewTargets, {"targets": [target.values() for target in targets]}).targets
            await actions.change_targets(info.context.viewer, session, kpi_id, given, tag(version))

        return await change(info, id_, step)

    @strawberry.mutation(description="Measured on its own, or rolled up from the values or attainments of the KPIs that contribute to it.")
    async def change_kpi_roll_up(
        self, info: Info, id_: Id, version: int, roll_up: RollUpMethod, roll_up_of: RollUpOf | None = None
    ) -> KpiResult:
        choice = RollUpChoice(roll_up=roll_up.value, roll_up_of=(roll_up_of or RollUpOf.VALUES).value)
        return await change(info, id_, lambda s, kpi: actions.change_roll_up(info.context.viewer, s, kpi, choice, tag(version)))

    @strawberry.mutation(description="Name persons or units who carry a collaborative KPI together; from then on they see it whole.")
    async def add_kpi_stakeholders(self, info: Info, id_: Id, stakeholders: list[StakeholderInput]) -> RowsResult:
        async def write(session: WriteSession) -> RowsChanged:
            given = validated(NewStakeholders, {"stakeholders": [one.values() for one in stakeholders]}).stakeholders
            return RowsChanged.of(await actions.add_stakeholders(info.context.viewer, session, found("Kpi", id_), given))

        result: RowsResult = await attempt(info, write)
        return result
