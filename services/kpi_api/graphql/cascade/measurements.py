"""Measurements in the graph: the values of a KPI, and what they add up to."""

from datetime import date, datetime
from decimal import Decimal
from enum import Enum
from typing import Any
from uuid import UUID

import strawberry

from kpi_api.graphql.nodes import Info
from kpi_api.graphql.standing import KpiActual


@strawberry.enum(description="How a value came in: from a system, by a form, or in a spreadsheet.")
class Provenance(Enum):
    SYSTEM = "system"
    FORM = "form"
    SPREADSHEET = "spreadsheet"


@strawberry.type(description="One value. Revision 1 is the first of its period; the highest is what is known now.")
class Measurement:
    uuid: UUID
    part: str
    period_start: date
    period_end: date
    revision: int
    value: Decimal | None = strawberry.field(description="Null where a numerator and a denominator were measured.")
    numerator: Decimal | None
    denominator: Decimal | None
    source: str
    source_record_id: str | None
    provenance: Provenance
    recorded_by: str
    recorded_at: datetime
    correction_reason: str | None
    after_closing: bool

    @classmethod
    def of(cls, row: Any) -> "Measurement":
        """Of a row of `KpiMeasurements.values`."""
        same = (
            "part", "period_start", "period_end", "revision", "value", "numerator", "denominator", "source", "source_record_id",
            "recorded_by", "recorded_at", "correction_reason", "after_closing",
        )  # fmt: skip
        return cls(uuid=row.id, provenance=Provenance(row.provenance), **{name: getattr(row, name) for name in same})


@strawberry.type(description="A KPI's values in the order of their periods, and what they add up to, part by part.")
class KpiMeasurements:
    actuals: list[KpiActual]
    values: list[Measurement]


async def load_measurements(info: Info, kpi_id: UUID, *, history: bool) -> KpiMeasurements | None:
    """Null where the KPI is not seen whole."""
    loaders = info.context.loaders
    found = await (loaders.measurement_histories if history else loaders.measurements).load(kpi_id)
    if found is None:
        return None
    return KpiMeasurements(actuals=[KpiActual.of(one) for one in found.actuals], values=[Measurement.of(row) for row in found.values])
