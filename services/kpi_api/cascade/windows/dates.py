"""What a window and its calendar make of targets: days by which milestones are due, and values for each period. Pure."""

from collections.abc import Iterator, Sequence
from datetime import date, timedelta
from decimal import Decimal
from fractions import Fraction

from chassis.numbers import PLACES, round_half_up
from chassis.problems import FieldError
from kpi_api.cycles.calendars.business import BusinessCalendar, month_end_since
from kpi_api.cycles.periods import Window, periods
from kpi_api.dictionary.target_schemas import Target
from kpi_api.dictionary.targets import grouped


def window_after(occurred_on: date, days: int) -> tuple[date, date]:
    """First and last day of the first so many days, the event's own day among them."""
    return occurred_on, occurred_on + timedelta(days=days - 1)


def with_due_days(targets: Sequence[Target], calendar: BusinessCalendar, since: date) -> list[Target]:
    """The targets with the day by which they are due where they say a fiscal quarter or a month: the first such end in the window."""
    return [_dated(target, calendar, since) if target.due_quarter or target.due_month else target for target in targets]


def _dated(target: Target, calendar: BusinessCalendar, since: date) -> Target:
    return target.model_copy(update={"due_on": _due_on(target, calendar, since)})


def _due_on(target: Target, calendar: BusinessCalendar, since: date) -> date | None:
    if target.due_quarter is not None:
        return calendar.quarter_end(target.due_quarter, since)
    return target.due_on if target.due_month is None else month_end_since(target.due_month, since)


def phasing_errors(targets: Sequence[Target], window: Window | None) -> Iterator[FieldError]:
    """A phased target has a value for each period of the window, which must be known."""
    for n, target in enumerate(targets):
        if target.phasing is None:
            continue
        field = f"/targets/{n}/phasing"
        if window is None:
            message = "The window waits for its event, so its periods are not known; phase the target once they are."
            yield FieldError(field=field, code="phasing_length", message=message)
        elif len(target.phasing) != (count := len(periods(window, target.period))):
            message = f"The window has {count} periods; {len(target.phasing)} values are given."
            yield FieldError(field=field, code="phasing_length", message=message)


def phasing_warnings(targets: Sequence[Target], window: Window, combine: str) -> Iterator[FieldError]:
    """Phases of a total that do not add up to what the target asks of the whole window."""
    for n, target in enumerate(targets):
        if combine != "total" or not target.phasing:
            continue
        whole = sum((period.share for period in periods(window, target.period)), Fraction())
        asked, phased = round_half_up(Fraction(target.value) * whole, PLACES), sum(target.phasing, Decimal())
        if phased != asked:
            message = f"The phases add up to {grouped(phased)}, the target over the window to {grouped(asked)}; the phases count."
            yield FieldError(field=f"/targets/{n}/phasing", code="phasing_total", message=message)
