"""Reads of what is copied: KPIs with all that belongs to them, and the copies that are there already."""

from collections.abc import Collection
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, Select, select

from chassis.database import ReadSession
from kpi_api.cascade import queries
from kpi_api.cascade.copying.drafts import Original
from kpi_api.cascade.models import Kpi
from kpi_api.cycles.models import Cycle
from kpi_api.dictionary.models import DefinitionVersion, KpiDefinition


def with_definitions(*conditions: ColumnElement[bool]) -> Select[Kpi, str, str, int]:
    """KPIs with their definition's code, name and version."""
    statement = select(Kpi, KpiDefinition.code, DefinitionVersion.name, DefinitionVersion.number)
    statement = statement.join(DefinitionVersion, DefinitionVersion.id == Kpi.definition_version_id)
    return statement.join(KpiDefinition, KpiDefinition.id == DefinitionVersion.definition_id).where(*conditions)


async def originals(session: ReadSession, rows: Collection[Any]) -> list[Original]:
    """KPIs, as `with_definitions` reads them, with targets, contributions and stakeholders. The caller has found them in sight."""
    ids = [row.Kpi.id for row in rows]
    targets, parents = await queries.targets(session, ids), await queries.parents(session, ids)
    stakeholders = await queries.stakeholders(session, ids)
    return [
        Original(
            kpi, code, name, number, targets[kpi.id], parents[kpi.id], [found.KpiStakeholder for found in stakeholders[kpi.id]]
        )
        for kpi, code, name, number in rows
    ]  # fmt: skip


async def copies(session: ReadSession, cycle: Cycle, ids: Collection[UUID], *conditions: ColumnElement[bool]) -> dict[UUID, UUID]:
    """By original, the copy that is there already."""
    statement = select(Kpi.copied_from_id, Kpi.id).where(Kpi.cycle_id == cycle.id, queries.among(Kpi.copied_from_id, ids), *conditions)
    return {row.copied_from_id: row.id for row in await session.execute(statement) if row.copied_from_id is not None}
