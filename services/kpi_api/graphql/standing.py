"""How a KPI stands in the graph: the latest values."""

from datetime import date
from decimal import Decimal

import strawberry

from kpi_api.measurements.actuals import Actual


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
