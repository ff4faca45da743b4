"""How a person's KPIs stand in the graph: all that they carry, the latest values, and what the viewer may do, for many at once."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from uuid import UUID

import strawberry
from sqlalchemy import or_, select

from chassis.access import Viewer
from chassis.database import ReadSession
from chassis.pagination import PageRequest, Rows, fetch_page
from chassis.verbs import VerbOutput
from kpi_api.cascade import queries as cascade
from kpi_api.cascade.models import Kpi, KpiStakeholder
from kpi_api.cascade.problems import NOT_YOURS
from kpi_api.cascade.queries import among
from kpi_api.cascade.sight import may_change, sees_whole
from kpi_api.cycles.models import Cycle
from kpi_api.measurements.actuals import Actual
from kpi_api.measurements.measurable import CLOSED_STATUSES, NOT_MEASURABLE, PERIOD_CLOSED, may_correct, may_record
from kpi_api.measurements.queries import actuals


@strawberry.type(description="What the values of a KPI's part come to so far, against the target of the whole window.")
class KpiActual:
    part: str
    actual: Decimal | None = strawberry.field(description="Null without any value, never nought.")
    target: Decimal
    unit: str
    measured_until: date | None = strawberry.field(description="The last day that the values cover.")
    missing: int = strawberry.field(description="Periods of the window without a value.")

    @classmethod
    def of(cls, one: Actual) -> "KpiActual":
        return cls(**{name: getattr(one, name) for name in ("part", "actual", "target", "unit", "measured_until", "missing")})


@strawberry.type(description="Whether the viewer may do this now and, where not, why.")
class KpiVerb:
    verb: str
    allowed: bool
    reason: str | None


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
    reasons = {"record_values": no_record, "change_targets": None if change else NOT_YOURS, "contribute": None if change else NOT_YOURS}
    return [VerbOutput(verb=verb, allowed=reason is None, reason=reason) for verb, reason in reasons.items()]


async def kpis_of_person(viewer: Viewer, session: ReadSession, page: PageRequest, person_id: UUID, cycle_code: str | None) -> Rows[Kpi]:
    """What the viewer sees whole of a person's KPIs, oldest first: those they own, and those they carry together with others."""
    shared = select(KpiStakeholder.kpi_id).where(
        KpiStakeholder.organization_id == viewer.organization_id, KpiStakeholder.person_id == person_id
    )
    statement = cascade.kpis(viewer).where(or_(Kpi.owner_person_id == person_id, Kpi.id.in_(shared)))
    if cycle_code is not None:
        statement = statement.where(Kpi.cycle_id.in_(select(Cycle.id).where(Cycle.code == cycle_code)))
    scope = f"kpis of {person_id} {cycle_code} {viewer.subject}"
    return await fetch_page(session, statement, page, keys=[(Kpi.id, lambda row: row.id)], scope=scope)
