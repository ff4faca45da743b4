"""How KPIs stand: what their parts come to so far, and what the viewer may do with them, for many at once."""

from collections.abc import Collection
from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import select

from chassis.access import Viewer
from chassis.database import ReadSession
from chassis.verbs import VerbOutput
from kpi_api.cascade.models import Kpi
from kpi_api.cascade.problems import NOT_YOURS
from kpi_api.cascade.queries import among
from kpi_api.cascade.sight import may_change, sees_whole
from kpi_api.cascade.withdrawing import CLOSED
from kpi_api.cycles.models import Cycle
from kpi_api.measurements.actuals import Actual
from kpi_api.measurements.measurable import CLOSED_STATUSES, NOT_MEASURABLE, PERIOD_CLOSED, may_correct, may_record
from kpi_api.measurements.queries import actuals


@dataclass(frozen=True)
class Standing:
    """Of a KPI that the viewer sees whole: the actual of each part, and what they may do."""

    actuals: list[Actual]
    verbs: list[VerbOutput]


async def standings(viewer: Viewer, session: ReadSession, kpi_ids: Collection[UUID]) -> dict[UUID, Standing]:
    """By KPI that the viewer sees whole; two statements for any number of them, and those of the values."""
    columns = (Kpi.id, Cycle.status, may_change(viewer).label("change"), may_record(viewer).label("record"))
    statement = select(*columns).join(Cycle, Cycle.id == Kpi.cycle_id).where(among(Kpi.id, kpi_ids), sees_whole(viewer))
    rows = (await session.execute(statement)).all()
    found = await actuals(session, [row.id for row in rows])
    return {row.id: Standing(list(found.get(row.id, {}).values()), _verbs(viewer, row.status, row.change, row.record)) for row in rows}


def _verbs(viewer: Viewer, cycle_status: str, change: bool, record: bool) -> list[VerbOutput]:
    closed = cycle_status in CLOSED_STATUSES and not may_correct(viewer)
    no_record = PERIOD_CLOSED if record and closed else None if record else NOT_MEASURABLE
    no_change = NOT_YOURS if not change else CLOSED if cycle_status in CLOSED_STATUSES else None
    reasons = {"record_values": no_record, "change_targets": no_change, "contribute": no_change}
    return [VerbOutput(verb=verb, allowed=reason is None, reason=reason) for verb, reason in reasons.items()]
