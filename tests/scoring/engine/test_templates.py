"""The five structures: each template is a valid plan that pays what its description promises."""

from decimal import Decimal

import pytest

from scoring.engine import PlanInvalid, load_plan, new_plan, score
from scoring.engine.rows import Line, Person, tables
from scoring.engine.templates import STRUCTURES


def paid(structure: str, attainments: dict[str, str], **parameters: str) -> tuple[Decimal | None, str | None]:
    """What somebody with a target bonus of 10,000 and equal weights gets, and the reason of a zero. Keys are components."""
    lines = [
        Line(scorecard_id="a", line=number, kpi_id=component, component=component, direction="higher", target=100, actual=actual, weight=25)
        for number, (component, actual) in enumerate(attainments.items())
    ]
    people = [Person(scorecard_id="a", person_id="p", currency="EUR", target_bonus_amount=10_000)]
    row = score(load_plan(new_plan(structure, **parameters)), *tables(lines, people)).people.to_pylist()[0]
    return row["amount"], row["reason_code"]


@pytest.mark.parametrize("structure", STRUCTURES)
def test_at_target_everybody_gets_the_target_bonus(structure: str) -> None:
    assert paid(structure, dict.fromkeys(("output", "quality", "behavioural", "development"), "100")) == (10_000, None)


def test_gate_based_pays_nothing_before_the_minimum() -> None:
    assert paid("gate_based", {"output": "120", "quality": "79.99"}) == (0, "gate_not_met")
    assert paid("gate_based", {"output": "120", "quality": "80"}) == (10_000, None)
    assert paid("gate_based", {"output": "120", "quality": "80"}, minimum="90%") == (0, "gate_not_met")


def test_linear_payout_is_eighty_for_eighty() -> None:
    assert paid("linear_payout", {"output": "80"}) == (8_000, None)
    assert paid("linear_payout", {"output": "130"}) == (10_000, None)


def test_accelerator_pays_double_above_target() -> None:
    assert paid("accelerator", {"output": "110"}) == (12_000, None)
    assert paid("accelerator", {"output": "110"}, rate="1.5") == (11_500, None)
    assert paid("accelerator", {"output": "79"}) == (0, "below_threshold")


def test_weighted_composite_reads_the_curve_once() -> None:
    assert paid("weighted_composite", {"output": "120", "quality": "60"}) == (7_500, None)


def test_balanced_scorecard_gives_dimensions_weight_and_leaves_out_empty_ones() -> None:
    """Given no development KPI, then the other three share its weight: (40 × 1 + 25 × 0.8 + 20 × 0.5) ÷ 85."""
    assert paid("balanced_scorecard", {"output": "100", "quality": "80", "behavioural": "50"}) == (Decimal("8235.29"), None)


@pytest.mark.parametrize(
    ("structure", "parameters", "code"),
    [
        ("gate_baced", {}, "unknown_structure"),
        ("accelerator", {"speed": "2"}, "unknown_parameter"),
        ("accelerator", {"rate": '2"}, x: {y: "'}, "parameter_format"),
        ("accelerator", {"rate": "fast"}, "decimal_format"),
    ],
)
def test_a_wrong_parameter_is_named(structure: str, parameters: dict[str, str], code: str) -> None:
    with pytest.raises(PlanInvalid) as problem:
        new_plan(structure, **parameters)
    assert {error.code for error in problem.value.errors} == {code}
