"""How much of a time somebody was there: exact, whatever the leaves and jobs, and in words."""

from datetime import date, timedelta
from decimal import Decimal
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kpi_api.people.leaves.rules import TimeRules
from kpi_api.scorecards.presence.rules import SignedRules, pro_rating, rules_terms, signed_rules
from kpi_api.scorecards.presence.shares import Away, Presence, Work, share

YEAR = (date(2026, 1, 1), date(2026, 12, 31))
RULES = SignedRules(leave_targets="pro_rated", part_time_targets="pro_rated")
SPRING = Away(date(2026, 3, 1), date(2026, 4, 15), "parental")
BOTH = ("leave", "part_time")
HALF = [Work(date(2020, 1, 1), date(2026, 6, 30), Decimal(1)), Work(date(2026, 7, 1), None, Decimal("0.5"))]


@pytest.mark.parametrize(
    ("presence", "by", "rules", "expected"),
    [
        (Presence(), BOTH, RULES, Fraction(1)),
        (Presence((), [SPRING]), ("leave",), RULES, Fraction(319, 365)),
        (Presence((), [SPRING]), ("part_time",), RULES, Fraction(1)),
        (Presence(HALF), ("part_time",), RULES, Fraction(181 + 92, 365)),
        (Presence(HALF), ("leave",), RULES, Fraction(1)),
        (Presence(HALF, [SPRING, Away(date(2026, 12, 1), None, None)]), BOTH, RULES, Fraction(2 * (181 - 46) + 153, 2 * 365)),
        (Presence(HALF), ("part_time",), RULES.model_copy(update={"full_time_share": Decimal("0.5")}), Fraction(2 * 181 + 184, 365)),
        (Presence((), [SPRING]), BOTH, RULES.model_copy(update={"leave_from_days": 47}), Fraction(1)),
        (Presence((), [SPRING]), BOTH, RULES.model_copy(update={"unaffected_kinds": ("parental",)}), Fraction(1)),
        (Presence((), [Away(date(2025, 1, 1), None, None)]), BOTH, RULES, Fraction(0)),
    ],
)
def test_a_share_by_what_pro_rates(presence: Presence, by: tuple[str, ...], rules: SignedRules, expected: Fraction) -> None:
    assert share(rules, by, presence, *YEAR) == expected  # type: ignore[arg-type]


DAYS = st.dates(date(2025, 10, 1), date(2027, 3, 1))


@given(st.lists(st.tuples(DAYS, st.integers(0, 90)), max_size=4), DAYS, st.sampled_from(["0.5", "0.8", "1"]), DAYS, st.integers(0, 400))
def test_a_share_is_the_mean_over_its_days(
    leaves: list[tuple[date, int]], changed: date, fte: str, first: date, length: int
) -> None:
    """Counted day by day, with nothing of the arithmetic in common."""
    away = [Away(day, day + timedelta(days=more), None) for day, more in leaves]
    work = [Work(date(2020, 1, 1), changed - timedelta(days=1), Decimal(1)), Work(changed, None, Decimal(fte))]
    days = [first + timedelta(days=n) for n in range(length + 1)]
    counted = [
        Fraction(0) if any(leave.first <= day and (leave.last is None or day <= leave.last) for leave in away)
        else Fraction(fte) if day >= changed else Fraction(1)
        for day in days
    ]  # fmt: skip
    assert share(RULES, BOTH, Presence(work, away), first, days[-1]) == sum(counted, Fraction()) / len(days)


def test_a_text_says_nothing_of_rules_as_shipped_and_all_of_others() -> None:
    assert rules_terms(TimeRules(), Decimal("0.6")) == {}
    stated = rules_terms(TimeRules(leave_from_days=14, leave_days="unpaid"), Decimal("0.6"))
    assert stated == {"time_rules": {"leave_from_days": "14", "leave_days": "unpaid", "full_time_share": Decimal("0.6")}}
    assert signed_rules(stated) == SignedRules(leave_from_days=14, leave_days="unpaid", full_time_share=Decimal("0.6"))


@pytest.mark.parametrize(
    ("line", "own", "expected"),
    [
        ({"combine": "total", "direction": "higher"}, True, ["leave", "part_time"]),
        ({"combine": "total", "direction": "lower"}, True, ["leave", "part_time"]),
        ({"combine": "mean", "direction": "higher", "counted_part": "models"}, True, ["leave", "part_time"]),
        ({"combine": "total", "direction": "higher"}, False, None),
        ({"combine": "ratio_of_sums", "direction": "higher"}, True, None),
        ({"combine": "mean", "direction": "higher"}, True, None),
        ({"combine": "share_of_periods_met", "direction": "higher"}, True, None),
        ({"combine": "total", "direction": "milestone"}, True, None),
        ({"combine": "total", "direction": "zero_tolerance"}, True, None),
    ],
)
def test_only_a_persons_own_sums_are_pro_rated(line: dict[str, str], own: bool, expected: list[str] | None) -> None:
    assert pro_rating(RULES, line, own=own) == expected
    assert pro_rating(TimeRules(), line, own=own) is None
