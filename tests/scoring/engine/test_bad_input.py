"""What cannot be used is refused with a code, the place and words that help, before anybody is paid by it; what is wrong with one row
fails that row alone."""

from decimal import Decimal
from typing import Any

import pyarrow as pa
import pytest
from pydantic import ValidationError

from scoring.engine import PlanInvalid, SnapshotInvalid, load_plan, score
from scoring.engine.rows import Line, Person, tables

BOMB = (
    "a: &a [lol, lol, lol, lol]\n"
    + "".join(f"{later}: &{later} [{f'*{earlier}, ' * 8}*{earlier}]\n" for earlier, later in zip("abcdefg", "bcdefgh", strict=True))
    + "plan: *h"
)
RATE = "{policy: market, of: USD, into: EUR, starts_on: 2025-01-01, rate: 0.9}"
RATES = f"rates: [{RATE}]\ninputs: [{{name: dollars, unit: money, currency: USD}}]\n"
MEAN = "{name: m, kind: weighted_mean, of: a"


@pytest.mark.parametrize(
    ("steps", "code", "field", "words"),
    [
        ("{name: a, kind: attainmant}", "unknown_step_kind", "/steps/0", 'Step "a": There is no kind of step "attainmant"; known are'),
        ("{name: a, kind: multiply, of: [salary, 1000, 1000, 1000, 1000, 1000]}", "plan_bounds", "/steps/0", "could reach 10^28"),
        (
            "{name: a, kind: divide, of: salary, by: rating}\n  - {name: b, kind: multiply, of: [a, 10]}",
            "plan_bounds",
            "/steps/1",
            'Step "b"',
        ),
        (
            "{name: a, kind: divide, of: actual, by: target, cap: 2}\n  - {name: b, kind: multiply, of: [a, 1000]}",
            "plan_bounds",
            "/steps/1",
            "a floor and a cap",
        ),
        ("{name: a, kind: curve, of: salary, points: [[1, 1]], above: {slope: 10000000000000}}", "plan_bounds", "/steps/0/points", "flat"),
        (
            "{name: a, kind: multiply, of: [rating, 1]}\n  - {name: a, kind: multiply, of: [rating, 2]}",
            "name_taken",
            "/steps/1/name",
            '"a" is already',
        ),
        (
            "{name: g, kind: gate, of: rating, when: {value: late, above: 1}}\n  - {name: late, kind: multiply, of: [rating, 2]}",
            "unknown_reference",
            "/steps/0/when",
            "computed later, at /steps/1; move that step above",
        ),
        ("{name: a, kind: minimum, of: [actual, 1], only: {kpi: [sales, salse]}}", "unknown_kpi", "/steps/0/only/kpi/1", '"salse" is none'),
        (
            f"{{name: a, kind: attainment}}\n  - {MEAN}, weights: equal, weights_total: 100%}}",
            "weights_unused",
            "/steps/1/weights_total",
            "no weights",
        ),
        ("{name: a, kind: weighted_mean, of: [{value: rating, weight: rating}]}", "no_weight", "/steps/0/of/0/weight", "never below zero"),
        ("{name: a, kind: weighted_mean, of: [{value: rating, weight: 0}]}", "not_positive", "/steps/0/of/0/weight", "above zero"),
        ("{name: a, kind: multiply, of: [rating, .nan]}", "not_finite", "/steps/0/of/1", "not a number"),
        (f"{{name: a, kind: multiply, of: [rating, {10**30}]}}", "decimal_bounds", "/steps/0/of/1", 'Step "a"'),
        ("{name: a, kind: add, of: [salary, rating]}", "unit_mismatch", "/steps/0/of", "Money and plain"),
        ("{name: a, kind: gate, of: rating, when: {value: salary, above: rating}}", "unit_mismatch", "/steps/0/when", "salary is money"),
        ("{name: a, kind: gate, of: rating, when: {value: rating}}", "condition_without_limit", "/steps/0/when", "at_least"),
        (
            "{name: a, kind: gate, of: rating, when: {value: rating, above: 1}, otherwise: {cap: 1, scale: 2}}",
            "unknown_field",
            "/steps/0/otherwise/scale",
            "no such field",
        ),
        (
            "{name: a, kind: gate, of: rating, when: {all: [{value: rating, above: 1}], any: [{value: rating, above: 1}]}}",
            "unknown_field",
            "/steps/0/when/any",
            "no such field",
        ),
        ("{name: a, kind: add, of: [salary, dollars]}", "currency_mismatch", "/steps/0/of", "convert it first"),
        ("{name: a, kind: conversion, of: dollars, into: own, policy: fixed}", "unknown_policy", "/steps/0/policy", '"fixed"'),
        ("{name: a, kind: conversion, of: dollars, into: CHF, policy: market}", "rate_missing", "/steps/0/policy", "USD into CHF"),
        ("{name: a, kind: conversion, of: rating, into: own, policy: market}", "unit_mismatch", "/steps/0/of", "Only money"),
        ("{name: a, kind: pool, of: rating, size: 100, unit_paid: 0.01, places: 0}", "negative_claims", "/steps/0/of", "floor of 0"),
        ("{name: a, kind: pool, of: salary, size: 100, places: 0}", "too_many_places", "/steps/0/unit_paid", "0.01"),
        ("{name: a, kind: total, of: salary, cap: rating}", "unit_mismatch", "/steps/0/cap", "plain"),
        ("{name: a, kind: total, of: rating, cap: rating}", "level_mismatch", "/steps/0/cap", "person to person"),
        (
            "{name: a, kind: grid, row: rating, column: rating, rows: [1, 1], columns: [1], cells: [[1], [1]]}",
            "grid_order",
            "/steps/0",
            "ascending",
        ),
        ("{name: a, kind: proration, of: salary, by: {months_by_day: 32}}", "out_of_range", "/steps/0/by/months_by_day", 'Step "a"'),
        (
            "{name: a, kind: interpolation, of: actual, points: [[threshold, 1], [salary, 2]]}",
            "unit_mismatch",
            "/steps/0/points",
            "one unit",
        ),
        (
            "{name: a, kind: interpolation, of: actual, points: [[threshold, 1], [target, 2]], above: extend}",
            "plan_bounds",
            "/steps/0",
            "cap",
        ),
    ],
    ids=lambda value: value[:60] if isinstance(value, str) else None,
)
def test_a_plan_that_cannot_be_used_is_refused_when_it_is_read(steps: str, code: str, field: str, words: str) -> None:
    """Given a plan with one thing wrong, when it is read, then exactly that is told, with its place."""
    with pytest.raises(PlanInvalid) as problem:
        load_plan(f"plan: p\nkpis: [sales]\n{RATES}steps:\n  - {steps}\n")
    assert [(error.code, error.field) for error in problem.value.errors] == [(code, field)]
    assert words in problem.value.errors[0].message


def test_what_is_paid_is_in_each_persons_own_currency() -> None:
    with pytest.raises(PlanInvalid) as problem:
        load_plan(f"plan: p\n{RATES}steps: [{{name: a, kind: multiply, of: [dollars, 2]}}]\npayout: a")
    assert [(error.code, error.field) for error in problem.value.errors] == [("currency_mismatch", "/payout")]


@pytest.mark.parametrize(
    ("text", "code"),
    [
        (BOMB, "reference"),
        ("plan: " + "[" * 100_000, "too_deep"),
        ("plan: p\nplan: q\nsteps: []", "duplicate_key"),
        ("plan: p\nsteps: []", "too_short"),
        ("plan: p", "field_missing"),
        ("plan: p\nsteps: [{name: a, kind: attain", "syntax"),
    ],
    ids=["alias bomb", "deep", "twice", "no step", "no steps", "cut off"],
)
def test_a_document_that_cannot_be_read_is_refused_at_once(text: str, code: str) -> None:
    with pytest.raises(PlanInvalid) as problem:
        load_plan(text)
    assert [error.code for error in problem.value.errors] == [code]


def test_rates_of_one_policy_begin_once_a_day() -> None:
    with pytest.raises(PlanInvalid) as problem:
        load_plan(f"plan: p\nrates: [{RATE}, {RATE}]\nsteps: [{{name: a, kind: multiply, of: [rating, 2]}}]")
    assert [(error.code) for error in problem.value.errors] == ["repeated_rate"]


GOOD = {"line": 1, "kpi_id": "k", "direction": "higher", "target": Decimal(10), "weight": Decimal(100)}
PLAN = load_plan(f"plan: p\nsteps: [{{name: a, kind: attainment}}, {MEAN}, weights_total: 100%}}]\ncomposite: m")


def composites(**changed: Any) -> list[tuple[Decimal | None, str | None]]:
    """Two people, of whom the second has something else on the only line."""
    rows = [
        Line(**(GOOD | {"scorecard_id": "a", "actual": Decimal(9)})),
        Line(**(GOOD | {"scorecard_id": "b", "actual": Decimal(9)} | changed)),
    ]
    result = score(PLAN, *tables(rows, [Person(scorecard_id=card, person_id=card) for card in "ab"]))
    return [(row["composite"], row["reason_code"]) for row in result.people.to_pylist()]


@pytest.mark.parametrize(
    ("changed", "code"),
    [
        ({"actual": Decimal(10) ** 25}, "value_out_of_bounds"),
        ({"actual": Decimal(10) ** 15, "target": Decimal("0.000000000001")}, "value_out_of_bounds"),
        ({"target": Decimal(0)}, "target_not_positive"),
        ({"actual": Decimal(-1)}, "actual_negative"),
        ({"weight": Decimal("99.99")}, "weights_off"),
        ({"weight": None}, "weight_missing"),
    ],
)
def test_a_row_that_cannot_be_computed_fails_alone(changed: dict[str, Any], code: str) -> None:
    """Given one wrong row, then its person fails by code, and the other is scored as ever."""
    assert composites(**changed) == [(Decimal("0.9"), None), (None, code)]


@pytest.mark.parametrize(
    ("value", "code"),
    [
        ("1" + "0" * 30, "decimal_bounds"),
        ("NaN", "decimal_format"),
        ("Infinity", "decimal_format"),
        (0.1, "decimal_as_number"),
        ("1e5", "decimal_format"),
    ],
)
def test_a_number_that_is_none_is_refused_where_it_stands(value: Any, code: str) -> None:
    with pytest.raises(ValidationError) as problem:
        Line(**(GOOD | {"scorecard_id": "a", "actual": value}))
    assert [(error["type"], error["loc"]) for error in problem.value.errors()] == [(code, ("actual",))]


def test_a_column_of_binary_floats_is_refused_though_it_holds_numbers() -> None:
    lines, people = tables([Line(**(GOOD | {"scorecard_id": "a", "actual": Decimal(9)}))], [Person(scorecard_id="a", person_id="a")])
    place = lines.column_names.index("actual")
    for numbers in ([9.0], [float("nan")]):
        with pytest.raises(SnapshotInvalid) as problem:
            score(PLAN, lines.set_column(place, "actual", pa.array(numbers)), people)
        assert [(error.code, error.field) for error in problem.value.errors] == [("column_type", "actual")]


def test_a_plans_figure_of_lines_is_an_exact_number_too() -> None:
    plan = load_plan("plan: p\ninputs: [{name: rate, per: line}]\nsteps: [{name: a, kind: multiply, of: [actual, rate]}]")
    lines, people = tables([Line(**(GOOD | {"scorecard_id": "a", "actual": Decimal(9)}))], [Person(scorecard_id="a", person_id="a")])
    with pytest.raises(SnapshotInvalid) as problem:
        score(plan, lines.append_column("rate", pa.array([0.5])), people)
    assert problem.value.errors[0].field == "rate"
    row = score(plan, lines, people).lines.to_pylist()[0]
    assert (row["steps"]["a"], row["reason_code"]) == (None, "input_missing")
