"""A KPI on its way to being created: what was given, what it names, and what is wrong with it so far."""

from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from typing import NamedTuple
from uuid import UUID

from chassis.bulk import RowResult
from chassis.identifiers import new_id
from chassis.problems import FieldError
from kpi_api.cascade.levels import Place
from kpi_api.cascade.models import WindowEvent
from kpi_api.cascade.schemas import NewKpi
from kpi_api.cycles.calendars.business import BusinessCalendar
from kpi_api.cycles.models import Cycle
from kpi_api.cycles.periods import Days, Window
from kpi_api.dictionary.models import DefinitionVersion


class Link(NamedTuple):
    """One contribution of a draft: to which KPI, how heavily, and from where in the request."""

    parent_id: UUID
    weight: Decimal
    field: str


class Carrier(NamedTuple):
    """A stakeholder of a draft: a person or a unit, and their part."""

    person_id: UUID | None
    unit_id: UUID | None
    part: str


class FollowedCalendar(NamedTuple):
    """The calendar whose working days and sprints the KPI follows; without one Monday to Friday are worked."""

    id: UUID | None = None
    business: BusinessCalendar = BusinessCalendar()
    sprints: tuple[Days, ...] = ()


@dataclass
class Draft:
    """One row. `existing_id` is the KPI that has the code already and says the same: nothing is created for it then. `code_taken`: it says
    something else. `event` is the one of many KPIs with which the window begins; a draft that is `waiting` has the cycle's window for now.
    """

    row: int
    given: NewKpi
    id: UUID = field(default_factory=new_id)
    errors: list[FieldError] = field(default_factory=list)
    version: DefinitionVersion | None = None
    cycle: Cycle | None = None
    owner_person_id: UUID | None = None
    owner_unit_id: UUID | None = None
    place: Place | None = None
    window: tuple[date, date] | None = None
    event: WindowEvent | None = None
    waiting: bool = False
    calendar: FollowedCalendar = field(default_factory=FollowedCalendar)
    links: list[Link] = field(default_factory=list)
    carriers: list[Carrier] = field(default_factory=list)
    existing_id: UUID | None = None
    code_taken: bool = False
    copied_from_id: UUID | None = None

    def refuse(self, field: str, code: str, message: str) -> None:
        self.errors.append(FieldError(field=field, code=code, message=message, row=self.row))

    @property
    def window_known(self) -> Window | None:
        """The window to divide into periods; None while it waits."""
        if self.window is None or self.cycle is None or self.waiting:
            return None
        return Window(*self.window, self.cycle.starts_on, self.calendar.sprints)

    @property
    def is_new(self) -> bool:
        return not self.errors and self.existing_id is None

    def result(self) -> RowResult:
        if self.errors:
            return RowResult(row=self.row, status="error", errors=self.errors)
        if self.existing_id:
            return RowResult(row=self.row, status="unchanged", id=self.existing_id)
        return RowResult(row=self.row, status="created", id=self.id)
