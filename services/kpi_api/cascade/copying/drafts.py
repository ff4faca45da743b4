"""From a KPI of one cycle, the draft of its copy in another. Pure.

The window is the new cycle's where it was the old one's, else it moves by as many months as the cycles lie apart; so do due dates. A
window that begins with an event waits for that event to come again.
"""

from collections.abc import Collection, Sequence
from datetime import date
from decimal import ROUND_HALF_UP, Decimal
from typing import Any, NamedTuple
from uuid import UUID

from chassis.dates import add_months
from kpi_api.cascade.drafts import Draft
from kpi_api.cascade.models import Contribution, Kpi, KpiStakeholder, KpiTarget
from kpi_api.cascade.schemas import Holder, NewKpi, NewStakeholder, Parent
from kpi_api.cascade.windows.schemas import WindowStart
from kpi_api.cycles.models import Cycle
from kpi_api.dictionary.target_schemas import Target

MAX_CODE = 64
REACHED = {"at_least", "above"}
"""Comparisons of which more can be wanted by a percentage."""


class Original(NamedTuple):
    """A KPI to be copied, with what belongs to it."""

    kpi: Kpi
    definition_code: str
    definition_name: str
    definition_version: int
    targets: Sequence[KpiTarget]
    contributions: Sequence[Contribution]
    stakeholders: Sequence[KpiStakeholder]


class Cycles(NamedTuple):
    """From which cycle into which."""

    source: Cycle
    target: Cycle

    @property
    def months(self) -> int:
        start, end = self.source.starts_on, self.target.starts_on
        return (end.year - start.year) * 12 + end.month - start.month

    def moved(self, day: date | None) -> date | None:
        return None if day is None else add_months(day, self.months)


def copy_of(row: int, original: Original, cycles: Cycles, parents: Collection[tuple[UUID, str]], change: Decimal) -> Draft:
    """`parents`: of the KPIs to which the original contributes, those that have a copy, with the reference of that copy."""
    kpi, references = original.kpi, dict(parents)
    links = [
        Parent(parent=references[link.parent_id], weight=link.weight) for link in original.contributions if link.parent_id in references
    ]
    given = NewKpi(
        code=_code(kpi.code, cycles),
        definition_code=original.definition_code,
        cycle_code=cycles.target.code,
        name=None if kpi.name == original.definition_name else kpi.name,
        why=kpi.why,
        level=kpi.level,
        owner=Holder(person_id=kpi.owner_person_id, unit_id=kpi.owner_unit_id),
        collaborative=kpi.collaborative,
        controllability=kpi.controllability,
        roll_up=kpi.roll_up,
        roll_up_of=kpi.roll_up_of,
        targets=[_target(target, cycles, change) for target in original.targets],
        contributes_to=links,
        stakeholders=[NewStakeholder(person_id=s.person_id, unit_id=s.unit_id, part=s.part) for s in original.stakeholders],
        **_window(kpi, cycles),
    )
    return Draft(row, given, copied_from_id=kpi.id)


def _code(code: str | None, cycles: Cycles) -> str | None:
    """The code with the name of the new cycle in place of the old one's, or after it."""
    if code is None:
        return None
    old, new = cycles.source.code, cycles.target.code
    named = code.replace(old, new) if old in code else f"{code}.{new}"
    return named if len(named) <= MAX_CODE else None


def _window(kpi: Kpi, cycles: Cycles) -> dict[str, Any]:
    if kpi.window_event is not None:
        return {"window_event": WindowStart(name=kpi.window_event), "window_days": kpi.window_days}
    if (kpi.window_start, kpi.window_end) == (cycles.source.starts_on, cycles.source.ends_on):
        return {}
    return {"window_start": cycles.moved(kpi.window_start), "window_end": cycles.moved(kpi.window_end)}


def _target(target: KpiTarget, cycles: Cycles, change: Decimal) -> Target:
    values = {name: getattr(target, name) for name in Target.model_fields if name not in {"due_on", "value"}}
    due_on = None if target.due_quarter or target.due_month else cycles.moved(target.due_on)
    factor = 1 + change / 100
    phasing = [_raised(Decimal(str(value)), target, factor) for value in target.phasing] if target.phasing else None
    return Target(**values | {"phasing": phasing}, value=_raised(target.value, target, factor), due_on=due_on)


def _raised(value: Decimal, target: KpiTarget, factor: Decimal) -> Decimal:
    """The value times the factor, half-up at the places it was written with; a rating and what is to stay below are left as they are."""
    if factor == 1 or target.comparison not in REACHED or target.scale_maximum is not None:
        return value
    exponent = value.as_tuple().exponent
    places = min(exponent, 0) if isinstance(exponent, int) else 0  # PostgreSQL gives 450000 as 45E+4
    return (value * factor).quantize(Decimal(1).scaleb(places), ROUND_HALF_UP)
