"""What a person may ask of a result: each answer is tried by scoring with it, and with a little less."""

from decimal import Decimal
from typing import Any

import pytest

from scoring.engine import Plan, SnapshotInvalid, answer, explain, load_plan, new_plan, score
from scoring.engine.rows import Line, Person, tables
from tests.scoring.engine.test_explanation import LINES

PERSON = Person(scorecard_id="a", person_id="p", currency="EUR", target_bonus_amount=10_000)


def paid(plan: Plan, lines: list[Line], **actuals: Any) -> Decimal:
    """What is paid with other values, by `kpi_id`."""
    other = [line.model_copy(update={"actual": Decimal(str(actuals.get(line.kpi_id, line.actual)))}) for line in lines]
    amount: Decimal = score(plan, *tables(other, [PERSON])).people["amount"][0].as_py()
    return amount


def test_what_the_full_bonus_would_have_needed_is_just_enough() -> None:
    """Given a win rate below target and a bug rate above it, then the answers reach the full bonus, and one step less does not."""
    plan = load_plan(new_plan("linear_payout", most="150%"))
    low = [LINES[0], LINES[1].model_copy(update={"actual": Decimal("1.9")}), LINES[2]]
    told = answer(plan, *tables(low, [PERSON]))
    win, bugs, teamwork = told.kpis
    assert (told.of, told.goal, told.at_target) == ("payout", Decimal(10_000), Decimal(10_000))
    assert (win.at_target, win.for_goal) == (Decimal(28), Decimal("27.65"))
    assert paid(plan, low, k1="27.65") >= 10_000 > paid(plan, low, k1="27.64")
    assert bugs.for_goal is not None
    assert paid(plan, low, k2=bugs.for_goal) >= 10_000 > paid(plan, low, k2=bugs.for_goal + Decimal("0.001"))
    assert teamwork.for_goal is None  # a rating counts 1 at most, which is not enough
    assert paid(plan, low, k3="1000") < 10_000


def test_one_more_point_of_each_kpi() -> None:
    """Given weights 50, 30 and 20, then a point of the first pays 0.5 % of the bonus, and the point that a cap takes pays nothing."""
    plan = load_plan(new_plan("linear_payout"))
    win, bugs, teamwork = answer(plan, *tables(LINES, [PERSON])).kpis
    assert (win.point_value, win.point_pays) == (Decimal("26.28"), Decimal(50))
    assert bugs.point_pays == 0
    assert bugs.sentences[1] == "Bug rate: one more point (1.685672 instead of 1.7) would pay nothing more."
    assert teamwork.point_pays == paid(plan, LINES, k3="4.042") - paid(plan, LINES)


def test_the_words() -> None:
    """Given a gate that one KPI misses, then only that KPI alone opens it, and the others are told that none of their values does."""
    plan = load_plan(new_plan("gate_based"))
    low = [LINES[0].model_copy(update={"actual": Decimal(20)}), LINES[1]]
    assert answer(plan, *tables(low, [PERSON])).sentences() == [
        "The payout is 0; with every KPI at its target it would be 10000.",
        "For the full target bonus, 10000, each KPI below 89.42 % would have needed that.",
        "Win rate: 100 % needed 28; it was 20, 71.43 %.",
        "Win rate: one more point (20.28 instead of 20) would pay nothing more.",
        "Win rate: alone it would have needed 25.04 (89.43 %) for the full target bonus, 10000.",
        "Bug rate: 100 % needed 1.999; it was 1.7, 117.65 %.",
        "Bug rate: one more point (1.685672 instead of 1.7) would pay nothing more.",
        "Bug rate: no value of it alone would have reached the full target bonus, 10000.",
    ]


@pytest.mark.parametrize(
    ("figures", "at_target"),
    [
        ({"direction": "higher", "target": 100, "comparison": "above"}, "100.1"),
        ({"direction": "higher", "target": 450_000}, "450000"),
        ({"direction": "lower", "method": "span", "baseline": 50, "target": 35}, "35"),
        ({"direction": "milestone"}, "1"),
        ({"direction": "band", "target": 95, "target_high": 105}, "95"),
        ({"direction": "zero_tolerance", "target": 0}, "0"),
        ({"direction": "rating", "scale_minimum": 1, "scale_maximum": 5}, "5"),
        ({"direction": "higher", "target": 0}, None),
        ({"direction": "higher", "target": 10, "combine": "all", "parts": []}, None),
    ],
)
def test_what_a_hundred_percent_needs(figures: dict[str, Any], at_target: str | None) -> None:
    """Each direction, and where there is no such value none; without a measured value nothing else is made up."""
    plan = load_plan(new_plan("linear_payout"))
    (kpi,) = answer(plan, *tables([Line(scorecard_id="a", line=1, kpi_id="k", weight=100, **figures)], [PERSON])).kpis
    assert kpi.at_target == (None if at_target is None else Decimal(at_target))
    assert (kpi.attainment, kpi.point_pays, kpi.for_goal) == (None, None, None)


def test_nobody_alone_can_say_what_a_pool_would_have_paid() -> None:
    plan = load_plan(
        "plan: p\ncurrency: EUR\ninputs: [{name: given, unit: money, minimum: 0}]\nsteps:\n"
        "  - {name: share, kind: pool, of: target_bonus, size: given}\npayout: share\n"
    )
    with pytest.raises(SnapshotInvalid, match="everybody"):
        answer(plan, *tables([], [PERSON.model_copy(update={"inputs": {"given": Decimal(1)}})]))


def test_rounding_is_told_where_it_mattered() -> None:
    """Given a step that rounds to whole percents, then the sentence shows the value before; where nothing was lost, it does not."""
    plan = load_plan("plan: p\nsteps:\n  - {name: a, kind: attainment, places: 2}\n  - {name: m, kind: weighted_mean, of: a, places: 2}\n")
    lines = [LINES[0], LINES[2].model_copy(update={"actual": Decimal("4.2")})]
    assert explain(plan, *tables(lines, [PERSON])).sentences() == [
        "A: Win rate: at least 28 wanted: 26 ÷ 28 = 0.928571428571, rounded half up to 2 places 0.93.",
        "A: Teamwork: at least 4.2 wanted, counting 1 at most: 4.2 ÷ 4.2 = 1.",
        "M: (50 × 0.93 + 20 × 1) ÷ 70 = 0.95.",
    ]
