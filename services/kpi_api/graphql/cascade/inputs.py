"""What mutations of the cascade take. What is left out is as in REST."""

from datetime import date
from decimal import Decimal
from enum import Enum
from typing import Any

import strawberry

from chassis.numbers import plain_text
from kpi_api.cascade import schemas
from kpi_api.cascade.editing import KpiChange
from kpi_api.graphql.dictionary.inputs import without_nulls
from kpi_api.graphql.dictionary.words import Controllability
from kpi_api.graphql.nodes import id_of
from kpi_api.graphql.words import Comparison, KpiLevel, RollUpMethod, RollUpOf, TargetPeriod
from kpi_api.graphql.writing import found, validated


def reference(text: str) -> str:
    """A KPI by its global id, the id that REST gives, or its code, as the domain takes it."""
    id_ = id_of("Kpi", text)
    return str(id_) if id_ else text


def cell(value: Any) -> str:
    """A value as a table holds it: nothing as an empty cell, a number exactly."""
    if value is None:
        return ""
    return plain_text(value) if isinstance(value, Decimal) else str(value.value if isinstance(value, Enum) else value)


@strawberry.enum(description="`ZERO_WHEN_LATE`: as nothing. `PER_DAY`: each day late takes `percent` of what was done.")
class LatenessKind(Enum):
    ZERO_WHEN_LATE = "zero_when_late"
    PER_DAY = "per_day"


@strawberry.enum(description="In which days lateness is counted.")
class LatenessDays(Enum):
    CALENDAR = "calendar"
    BUSINESS = "business"


@strawberry.input(description="What a milestone loses when it is late.")
class LatenessInput:
    kind: LatenessKind
    percent: Decimal | None = strawberry.field(default=None, description="Of `PER_DAY`.")
    grace_days: int = 0
    days: LatenessDays | None = strawberry.field(default=None, description="CALENDAR when left out.")


@strawberry.input(description="The target of one part: AT_LEAST, for the whole window, unless it says otherwise.")
class TargetInput:
    value: Decimal
    unit: str
    part: str = "main"
    comparison: Comparison | None = None
    value_high: Decimal | None = strawberry.field(default=None, description="The upper end of `WITHIN`.")
    period: TargetPeriod | None = None
    baseline: Decimal | None = None
    threshold: Decimal | None = None
    stretch: Decimal | None = None
    scale_minimum: Decimal | None = None
    scale_maximum: Decimal | None = None
    phasing: list[Decimal] | None = strawberry.field(default=None, description="A value for each period, in order.")
    due_on: date | None = None
    due_quarter: int | None = strawberry.field(default=None, description="Of the fiscal year.")
    due_month: int | None = None
    lateness: LatenessInput | None = None
    evidence_required: bool = False
    counted_from: str | None = strawberry.field(default=None, description="`month_end_close`, or nothing.")

    def values(self) -> dict[str, Any]:
        return without_nulls(self) | ({"lateness": without_nulls(self.lateness)} if self.lateness else {})


@strawberry.input(description="A person or a unit, by id or by the code that the organization uses: exactly one of the four.")
class HolderInput:
    person: strawberry.ID | None = None
    person_external_id: str | None = None
    unit: strawberry.ID | None = None
    unit_code: str | None = None

    def values(self) -> dict[str, Any]:
        """Raises NotFound for what is no such id."""
        said = without_nulls(self)
        ids = {f"{kind}_id": found(kind.title(), said.pop(kind)) for kind in ("person", "unit") if kind in said}
        return said | ids


@strawberry.input(description="Who carries a collaborative KPI together, and what they bring to the shared result.")
class StakeholderInput:
    holder: HolderInput
    part: str = ""

    def values(self) -> dict[str, Any]:
        """Raises NotFound for what is no such id."""
        return self.holder.values() | {"part": self.part}


@strawberry.input(description="A KPI above, by id or code, and the weight of the contribution relative to the others into it.")
class ParentInput:
    parent: str
    weight: Decimal = Decimal(1)

    def values(self) -> dict[str, Any]:
        return {"parent": reference(self.parent), "weight": self.weight}


@strawberry.input(description="The event with which a window begins: named for this KPI alone, or one of many by its code.")
class WindowStartInput:
    name: str | None = None
    code: str | None = None
    occurred_on: date | None = None


@strawberry.input(
    description="A KPI to create. The window is the cycle's unless given: a last day, or a number of days, also after an event."
)
class NewKpiInput:
    definition_code: str
    cycle_code: str
    level: KpiLevel
    owner: HolderInput
    targets: list[TargetInput]
    code: str | None = strawberry.field(default=None, description="Your own reference; the same code again changes nothing.")
    definition_version: int | None = strawberry.field(default=None, description="The version in force when left out.")
    name: str | None = strawberry.field(default=None, description="The definition's name when left out.")
    why: str = ""
    collaborative: bool = False
    window_start: date | None = None
    window_end: date | None = None
    window_days: int | None = None
    window_event: WindowStartInput | None = None
    controllability: Controllability | None = strawberry.field(default=None, description="The definition's when left out.")
    roll_up: RollUpMethod | None = strawberry.field(default=None, description="MEASURED when left out.")
    roll_up_of: RollUpOf | None = strawberry.field(default=None, description="VALUES when left out.")
    contributes_to: list[ParentInput] = strawberry.field(default_factory=list)
    stakeholders: list[StakeholderInput] = strawberry.field(default_factory=list)

    def read(self) -> schemas.NewKpi:
        """Raises Invalid, NotFound."""
        lists = {name: [one.values() for one in getattr(self, name)] for name in ("targets", "contributes_to", "stakeholders")}
        event = {"window_event": without_nulls(self.window_event)} if self.window_event else {}
        return validated(schemas.NewKpi, without_nulls(self) | lists | event | {"owner": self.owner.values()})


@strawberry.input(description="What changes about a KPI; what is left out stays. `withdrawn` ends its use for good.")
class KpiChangeInput:
    name: str | None = None
    why: str | None = None
    controllability: Controllability | None = None
    owner: HolderInput | None = strawberry.field(default=None, description="Somebody else, of the kind that its level asks for.")
    withdrawn: bool = False

    def read(self) -> KpiChange:
        """Raises Invalid, NotFound."""
        said = without_nulls(self) | {"withdrawn": self.withdrawn or None}
        return validated(KpiChange, said | ({"owner": self.owner.values()} if self.owner else {}))


@strawberry.input(description="A contribution: a KPI, the one above it, both by id or code, and the weight relative to the others into it.")
class ContributionInput:
    child: str
    parent: str
    weight: Decimal = Decimal(1)

    def values(self) -> dict[str, Any]:
        return {"child": reference(self.child), "parent": reference(self.parent), "weight": self.weight}
