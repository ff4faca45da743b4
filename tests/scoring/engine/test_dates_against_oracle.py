"""What depends on days: prorations by months or by a stated whole, and money at dated rates, against a reading day by day."""

from bisect import bisect_right
from datetime import date, timedelta
from decimal import Decimal
from fractions import Fraction
from itertools import pairwise
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from scoring.engine import load_plan, score
from scoring.engine.rows import Person, tables
from tests.scoring.engine.oracle import rounded
from tests.scoring.engine.test_against_oracle import decimals

FIRST = date(2023, 11, 28)
days = st.integers(0, 500).map(lambda number: FIRST + timedelta(days=number))
"""Over a leap day, two turns of the year and months of every length."""
spans = st.tuples(days, days).map(lambda pair: (min(pair), max(pair)))


def counts(day: date, by: int | None) -> bool:
    """Whether a day is counted: every day, or of each month the one that is asked for (its last, where it is shorter)."""
    is_last = (day + timedelta(days=1)).month != day.month
    return by is None or day.day == by or (is_last and day.day < by)


def counted(first: date, last: date, by: int | None) -> int:
    return sum(counts(first + timedelta(days=number), by) for number in range((last - first).days + 1))


@settings(max_examples=100, deadline=None)
@given(
    spans,
    st.lists(st.tuples(spans, decimals(0, 1, 2)), min_size=1, max_size=3),
    decimals(0, 10**6, 2),
    st.sampled_from([None, 1, 15, 28, 29, 30, 31]),
    st.sampled_from([None, Decimal(12), Decimal(360), Decimal("365.25")]),
)
def test_prorations(
    period: tuple[date, date], segments: list[tuple[tuple[date, date], Decimal]], salary: Decimal, by: int | None, whole: Decimal | None
) -> None:
    """Given any period and stretches in it, then days or months are those counted one by one; none to count is an error, not a zero."""
    step: dict[str, Any] = {"name": "basis", "kind": "proration", "of": "salary"}
    step |= ({} if by is None else {"by": {"months_by_day": by}}) | ({} if whole is None else {"whole": whole})
    card = Person(
        scorecard_id="a",
        person_id="p",
        salary=salary,
        period_starts_on=period[0],
        period_ends_on=period[1],
        segments=[{"starts_on": first, "ends_on": last, "fte": fte} for (first, last), fte in segments],
    )
    found = score(load_plan({"plan": "p", "steps": [step]}), *tables([], [card])).people.to_pylist()[0]["steps"]["basis"]
    ordered = sorted(span for span, _ in segments)
    overlapping = any(later[0] <= earlier[1] for earlier, later in pairwise(ordered))
    in_period = counted(*period, by)
    if overlapping or not in_period:
        assert found is None
        return
    inside = [(max(first, period[0]), min(last, period[1]), fte) for (first, last), fte in segments]
    total = sum(counted(first, last, by) * Fraction(fte) * Fraction(salary) for first, last, fte in inside if first <= last)
    assert Fraction(found) == rounded(total / (Fraction(whole) if whole is not None else in_period), 12)


@settings(max_examples=100, deadline=None)
@given(
    st.dictionaries(days, decimals(1, 200, 6), min_size=1, max_size=4),
    st.dictionaries(days, decimals(1, 2, 9), min_size=1, max_size=2),
    st.lists(st.tuples(st.sampled_from(["USD", "INR", "EUR", None]), days, decimals(-(10**6), 10**6, 2)), min_size=1, max_size=5),
    st.sampled_from(["period_start", "period_end", FIRST + timedelta(days=100)]),
)
def test_conversions(rupees: dict[date, Decimal], euros: dict[date, Decimal], people: list[Any], at: Any) -> None:
    """Given rates that begin on some days, then each sum takes the last that began by its day; before the first, and without a currency,
    there is none; into its own currency nothing changes."""
    rates = [
        {"policy": "market", "of": "USD", "into": into, "starts_on": day.isoformat(), "rate": rate}
        for into, known in (("INR", rupees), ("EUR", euros))
        for day, rate in known.items()
    ]
    other = {"policy": "fixed", "of": "USD", "into": "INR", "starts_on": FIRST.isoformat(), "rate": 1}
    step = {"name": "paid", "kind": "conversion", "of": "dollars", "into": "own", "policy": "market", "places": 2}
    plan = load_plan(
        {
            "plan": "p",
            "inputs": [{"name": "dollars", "unit": "money", "currency": "USD"}],
            "rates": [*rates, other],
            "steps": [step | {"at": at if isinstance(at, str) else at.isoformat()}],
            "payout": "paid",
        }
    )
    cards = [
        Person(
            scorecard_id=f"{place}",
            person_id="p",
            currency=currency,
            period_starts_on=day,
            period_ends_on=day + timedelta(days=30),
            inputs={"dollars": sum_},
        )
        for place, (currency, day, sum_) in enumerate(people)
    ]
    for row, (currency, start, sum_) in zip(score(plan, *tables([], cards)).people.to_pylist(), people, strict=True):
        day = {"period_start": start, "period_end": start + timedelta(days=30)}.get(at, at)
        known = {"INR": rupees, "EUR": euros}.get(currency, {FIRST: Decimal(1)})
        reached = bisect_right(sorted(known), day)
        if currency is None or not reached:
            assert (row["amount"], row["reason_code"]) == (None, "currency_missing" if currency is None else "rate_missing")
        else:
            assert Fraction(row["amount"]) == rounded(Fraction(sum_) * Fraction(known[sorted(known)[reached - 1]]), 2)
