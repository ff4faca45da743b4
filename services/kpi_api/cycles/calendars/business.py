"""What a calendar says of days: when a month's books close, how many business days after, and when a fiscal quarter ends. Pure."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta

from chassis.dates import add_months
from kpi_api.cycles.working_days import WorkingDays

ONE_DAY = timedelta(days=1)


@dataclass(frozen=True)
class BusinessCalendar:
    """Working days, the closing of the books (see `Calendar`), and the month and day on which fiscal years start."""

    days: WorkingDays = field(default_factory=WorkingDays)
    closes_after: int = 0
    closing_days: Mapping[str, str] = field(default_factory=dict)
    fiscal_start: tuple[int, int] = (1, 1)
    time_zone: str = "UTC"

    def closes_on(self, month: date) -> date:
        """The day on which the books of the month of this day close: as listed, else by rule."""
        listed = self.closing_days.get(f"{month:%Y-%m}")
        if listed:
            return date.fromisoformat(listed)
        last = month_end(month)
        return self.days.after(last, self.closes_after) if self.closes_after else self.days.on_or_before(last)

    def business_days_after_close(self, month: date, day: date) -> int:
        """How many business days after that close `day` is: 0 on the day itself and before ("within 3 business days", S0)."""
        return self.days.between(self.closes_on(month), day)

    def deadline(self, month: date, count: int) -> date:
        """The last day that is within `count` business days of the month's close."""
        return self.days.after(self.closes_on(month), count)

    def quarter_end(self, quarter: int, since: date) -> date:
        """The first last day of the fiscal quarter (1 to 4) that is not before `since`: "by Q3"."""
        start = date(since.year - 1, *self.fiscal_start)
        ends = (add_months(start, 12 * year + 3 * quarter) - ONE_DAY for year in range(3))
        return next(end for end in ends if end >= since)


def month_end(day: date) -> date:
    """The last day of the month of `day`."""
    return add_months(day.replace(day=1), 1) - ONE_DAY


def month_end_since(month: int, since: date) -> date:
    """The first last day of the month (1 to 12) that is not before `since`: "by December"."""
    ends = (month_end(date(since.year + later, month, 1)) for later in (0, 1))
    return next(end for end in ends if end >= since)
