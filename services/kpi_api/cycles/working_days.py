"""Counting working days: "within 3 business days of the month-end close" (S0). Pure."""

from collections.abc import Collection, Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from itertools import islice

ONE_DAY = timedelta(days=1)
MONDAY_TO_FRIDAY = frozenset({1, 2, 3, 4, 5})


@dataclass(frozen=True)
class WorkingDays:
    """Which days are worked: ISO weekdays (1 Monday to 7 Sunday), less holidays."""

    weekdays: Collection[int] = MONDAY_TO_FRIDAY
    holidays: Collection[date] = frozenset()

    def is_worked(self, day: date) -> bool:
        return day.isoweekday() in self.weekdays and day not in self.holidays

    def after(self, day: date, count: int) -> date:
        """The `count`-th working day after `day`, which itself does not count; `day` for 0."""
        return day if count == 0 else next(islice(self._following(day), count - 1, None))

    def on_or_before(self, day: date) -> date:
        """The latest working day that is not after `day`."""
        while not self.is_worked(day):
            day -= ONE_DAY
        return day

    def between(self, start: date, end: date) -> int:
        """How many working days lie after `start` up to and including `end`."""
        days = (start + ONE_DAY * number for number in range(1, (end - start).days + 1))
        return sum(self.is_worked(day) for day in days)

    def _following(self, day: date) -> Iterator[date]:
        while True:
            day += ONE_DAY
            if self.is_worked(day):
                yield day
