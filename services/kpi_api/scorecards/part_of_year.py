"""What a scorecard that holds for a part of a KPI's window counts of a target per period. Pure; exact.

A period belongs, whole, to the scorecard on whose days it begins. So two scorecards that follow one another count each period once, each
against the target that was signed for it. A target for the whole window stays whole: its KPI's result is held against what each signed.
"""

from dataclasses import replace
from datetime import date, timedelta

from kpi_api.cycles.periods import Length, Window, periods
from kpi_api.measurements.actuals import Span, Target

ONE_DAY = timedelta(days=1)


def days_apart(card: tuple[date, date], kpi: tuple[str, str]) -> tuple[date, date] | None:
    """The scorecard's first and last day, where the KPI's window, as it was signed, has days that are not among them."""
    covered = card[0].isoformat() <= kpi[0] and kpi[1] <= card[1].isoformat()
    return None if covered else card


def periods_of_scorecard(window: Window, target: Target, per: Length, first: date, last: date) -> tuple[Window, Target, Span]:
    """The days from the first to the last period that begins from `first` to `last`, the target with their phases, and how many they are.

    Where none begins, the days are none, and so is what was measured.
    """
    all_periods = periods(window, per)
    places = [place for place, period in enumerate(all_periods) if first <= period.start <= last]
    if not places:
        return window._replace(start=first, end=first - ONE_DAY), replace(target, phasing=target.phasing and ()), Span.of([])
    own = all_periods[places[0] : places[-1] + 1]
    phasing = target.phasing and target.phasing[places[0] : places[-1] + 1]
    return window._replace(start=own[0].start, end=own[-1].end), replace(target, phasing=phasing), Span.of(own)
