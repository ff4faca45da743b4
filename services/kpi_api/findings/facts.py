"""What the rules know of a scorecard and of a unit. Tuples, since a hundred thousand of them pass through in one go.

What is not known stands at the value that no rule finds anything in, so that the text of a scorecard alone is enough for its errors.
"""

from collections.abc import Mapping
from datetime import date
from decimal import Decimal
from typing import Literal, NamedTuple
from uuid import UUID

Pull = Literal["up", "down"]

NOBODY = UUID(int=0)


class Part(NamedTuple):
    """The target of one part of a KPI; `value_high` is the upper end of a band."""

    value: Decimal
    value_high: Decimal | None = None
    baseline: Decimal | None = None


class Definition(NamedTuple):
    """What a KPI's definition version says. `pulls` is by source measure where meeting the target moves it; `alike` are ids of definitions
    that look like this one with no difference stated; `newest` is the number in force today, None for a retired one."""

    id: UUID = NOBODY
    code: str = ""
    number: int = 1
    newest: int | None = 1
    dimension: str = ""
    leading: bool = True
    kind: str = ""
    direction: str = "higher"
    unit: str = ""
    update_frequency: str | None = None
    decision_speed_days: int | None = None
    has_owner: bool = True
    source_of_truth: str | None = ""
    outcome_code: str | None = ""
    leads_to_code: str | None = None
    roles: tuple[str, ...] = ()
    pulls: Mapping[str, Pull] = {}
    alike: frozenset[UUID] = frozenset()


class Line(NamedTuple):
    """One KPI of a scorecard. `number` counts from 1; `weight` is in percent, None where it was not set yet.

    `reaches_strategy`: a strategic KPI, or a path leads up to one. `skips` are the levels of parents that are not the next one up. Of a KPI
    that several carry together, `agreed` of its `carriers` agree to its present terms.
    """

    number: int
    name: str
    status: str
    weight: Decimal | None
    parts: tuple[Part, ...]
    kpi_id: UUID = NOBODY
    definition: Definition = Definition()
    level: str = "individual"
    controllability: str = "high"
    reaches_strategy: bool = True
    skips: tuple[str, ...] = ()
    agreed: int = 0
    carriers: int = 0


class Card(NamedTuple):
    """A scorecard on a day. `counted_in` are pairs of KPIs on this very card of which the first is rolled up into the second.

    `discussed`: a check-in was written in its window, or its mid-year review released (`assessed`). `year_end_on` is when its annual review
    is due, if a day is set and it is the person's last of the cycle; `appraised`: that one was released.
    """

    lines: tuple[Line, ...]
    id: UUID = NOBODY
    person_id: UUID = NOBODY
    cycle_id: UUID = NOBODY
    status: str = "draft"
    imposed: bool = False
    window_start: date = date.min
    window_end: date = date.max
    mid_year_on: date = date.max
    year_end_on: date = date.max
    today: date = date.min
    role_code: str | None = None
    discussed: bool = False
    assessed: bool = False
    appraised: bool = False
    counted_in: frozenset[tuple[UUID, UUID]] = frozenset()


class Unit(NamedTuple):
    """A unit in a cycle: how many KPIs it owns, and by outcome that it shares with units it is not linked to, those units' names."""

    id: UUID
    name: str
    value_statement: str | None
    kpis: int
    same_outcome: tuple[tuple[str, tuple[str, ...]], ...] = ()
