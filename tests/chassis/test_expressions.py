"""The expression language: what it reads, which units it joins, and that a million rows mean the same as one."""

from contextlib import suppress
from decimal import Decimal
from typing import Any

import numpy as np
import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from chassis.expressions import RATIO, TRUTH, ExpressionProblem, Null, Outcome, Unit, parse
from chassis.expressions.columns import Column

MEASURES = {
    name: Unit.read(unit)
    for name, unit in {
        "revenue": "USD",
        "spend": "USD",
        "won": "count",
        "qualified": "count",
        "waited": "hours",
        "handled": "minutes",
        "rate": "percent",
        "a": "ratio",
        "b": "ratio",
        "c": "ratio",
    }.items()
}


def value_of(text: str, **values: str | None) -> Decimal | None:
    given_values = {name: None if value is None else Decimal(value) for name, value in values.items()}
    return parse(text, MEASURES).evaluate(given_values)


def problem_of(text: str) -> ExpressionProblem:
    with pytest.raises(ExpressionProblem) as caught:
        parse(text, MEASURES)
    return caught.value


@pytest.mark.parametrize(
    ("text", "values", "expected"),
    [
        ("revenue / spend", {"revenue": "600", "spend": "150"}, "4"),
        ("percent(won / qualified)", {"won": "7", "qualified": "25"}, "28"),
        ("won / qualified", {"won": "2", "qualified": "3"}, "0.666666666667"),
        ("won / qualified", {"won": "-2", "qualified": "3"}, "-0.666666666667"),
        ("a * b", {"a": "0.0000005", "b": "0.000001"}, "0.000000000001"),
        ("a * b", {"a": "-0.0000005", "b": "0.000001"}, "-0.000000000001"),
        ("0.1 + 0.2", {}, "0.3"),
        ("a + b * c", {"a": "1", "b": "2", "c": "3"}, "7"),
        ("-(a - b) / 4", {"a": "1", "b": "3"}, "0.5"),
        ("min(a, b, 2)", {"a": "3", "b": "2.5"}, "2"),
        ("max(revenue - spend, 0)", {"revenue": "1", "spend": "4"}, "0"),
        ("sum(a, b, c)", {"a": "1", "b": "2", "c": "4"}, "7"),
        ("mean(a, b, c)", {"a": "1", "b": "2", "c": "4"}, "2.333333333333"),
        ("abs(revenue - spend) / spend", {"revenue": "97", "spend": "100"}, "0.03"),
        ("round(a, 1)", {"a": "-0.25"}, "-0.3"),
        ("ratio(rate) * revenue", {"rate": "12.5", "revenue": "80"}, "10"),
        ("won if won >= 8 else 0", {"won": "8"}, "8"),
        ("won if won > 8 else 0", {"won": "8"}, "0"),
        ("revenue\n  / spend", {"revenue": "1", "spend": "8"}, "0.125"),
    ],
)
def test_values(text: str, values: dict[str, str], expected: str) -> None:
    assert value_of(text, **values) == Decimal(expected)


@pytest.mark.parametrize(
    ("text", "unit"),
    [
        ("revenue / spend", "ratio"),
        ("percent(won / qualified)", "percent"),
        ("revenue / won", "USD/count"),
        ("revenue / won * qualified", "USD"),
        ("revenue * waited / won / won", "USD*hours/count/count"),
        ("revenue - 100", "USD"),
        ("coalesce(revenue, 0)", "USD"),
        ("2 * 3", "ratio"),
        ("1 / waited", "ratio/hours"),
        ("a < b", "truth"),
    ],
)
def test_units_follow_the_arithmetic(text: str, unit: str) -> None:
    assert str(parse(text, MEASURES).unit) == unit


@pytest.mark.parametrize(
    ("text", "both"),
    [
        ("waited + revenue", ("hours", "USD")),
        ("waited - handled", ("hours", "minutes")),
        ("won < revenue", ("count", "USD")),
        ("min(waited, 1, revenue)", ("hours", "USD")),
        ("coalesce(waited, revenue)", ("hours", "USD")),
        ("waited if won > 1 else revenue", ("hours", "USD")),
        ("rate + won / qualified", ("percent", "ratio")),
        ("rate * revenue", ("percent", "USD")),
        ("percent(rate)", ("ratio", "percent")),
    ],
)
def test_what_units_cannot_join_names_both(text: str, both: tuple[str, str]) -> None:
    problem = problem_of(text)

    assert problem.code == "unit_mismatch"
    assert all(unit in problem.message for unit in both)


@pytest.mark.parametrize(
    ("text", "code", "position"),
    [
        ("", "syntax", 1),
        ("(a", "syntax", 1),
        ("a +", "syntax", None),
        ("a # b", "syntax", 3),
        ("a.real", "not_in_language", 1),
        ("a[0]", "not_in_language", 1),
        ("1 + [a]", "not_in_language", 5),
        ("a ** b", "not_in_language", 1),
        ("a % b", "not_in_language", 1),
        ("a // b", "not_in_language", 1),
        ("lambda: a", "not_in_language", 1),
        ("[x for x in a]", "not_in_language", 1),
        ("(a := 1)", "not_in_language", 2),
        ("a in b", "not_in_language", 1),
        ("sum(*a)", "not_in_language", 5),
        ("min(a, key=b)", "not_in_language", 1),
        ("min(a)(b)", "not_in_language", 1),
        ("a + f'{a}'", "literal", 6),
        ("'\\d'", "literal", 1),
        ("'a'", "literal", 1),
        ("True", "literal", 1),
        ("a + 1e5", "literal", 5),
        ("0x1F", "literal", 1),
        ("1_000", "literal", 1),
        ("1j", "literal", 1),
        ("9" * 27, "literal", 1),
        ("0.0000000000001", "literal", 1),
        ("a + é", "unknown_measure", 5),
        ("é + é", "unknown_measure", 1),
        ("__import__(a)", "unknown_function", 1),
        ("min(a)", "arguments", 1),
        ("round(a, b)", "places", 1),
        ("round(a, 13)", "places", 1),
        ("a if b else c", "not_a_condition", 6),
        ("a and b", "not_a_condition", 1),
        ("(a > b) + 1", "not_a_number", 1),
        ("a" + " + a" * 50, "too_complex", 1),
        ("sum(" + "a, " * 99 + "a) + sum(" + "a, " * 99 + "a)", "too_complex", None),
        ("a" * 4001, "too_long", 4001),
        ("-" * 3999 + "1", "too_complex", None),
        ("(" * 1999 + "1", "too_complex", 201),
    ],
)
def test_everything_else_is_refused_where_it_stands(text: str, code: str, position: int | None) -> None:
    problem = problem_of(text)

    assert problem.code in (code, "syntax") if position is None else (problem.code, problem.position) == (code, position)


@given(st.text(st.sampled_from("ab1.0 +-*/()<>=!,'[]{}:;#\\\n\x00éif elsndotr\ud800"), max_size=40))
def test_no_text_does_more_than_be_read_or_refused(text: str) -> None:
    with suppress(ExpressionProblem):
        expression = parse(text, MEASURES)
        assert expression.outcome(dict.fromkeys(MEASURES, 1)).value is not False or expression.unit == TRUTH


def test_positions_count_characters_of_the_text_as_given() -> None:
    assert problem_of("\n  a + unknown").position == 8


def test_null_stays_null_unless_something_else_is_named() -> None:
    assert value_of("a + 1", a=None) is None
    assert value_of("sum(a, b)", a=None, b="1") is None
    assert value_of("min(a, b)", a=None, b="1") is None
    assert value_of("coalesce(a, b, 5)", a=None, b=None) == 5
    assert value_of("coalesce(a, 5)", a="0") == 0
    assert value_of("1 if is_null(a) else 2", a=None) == 1
    assert value_of("a if b > 0 else c", a=None, b="0", c="3") == 3
    assert value_of("1 if a > 0 else 2", a=None) is None


def test_conditions_are_known_as_soon_as_one_side_decides() -> None:
    decided = parse("a > 1 and b > 1", MEASURES)
    either = parse("a > 1 or b > 1", MEASURES)

    assert decided.unit == TRUTH
    assert decided.holds({"a": 1, "b": None}) is False
    assert decided.holds({"a": 2, "b": None}) is None
    assert either.holds({"a": 2, "b": None}) is True
    assert either.holds({"a": None, "b": 1}) is None
    assert parse("not a != b", MEASURES).holds({"a": Decimal("1.0"), "b": 1}) is True
    assert parse("0.9 <= a <= 1.1", MEASURES).holds({"a": Decimal("1.1")}) is True
    assert parse("0.9 <= a < 1.1", MEASURES).holds({"a": Decimal("1.1")}) is False


def test_a_null_says_why() -> None:
    ratio = parse("a / b", MEASURES)

    assert ratio.outcome({"a": 1, "b": 0}) == Outcome(None, Null.DIVISION_BY_ZERO)
    assert ratio.outcome({"a": None, "b": 0}) == Outcome(None, Null.MISSING_VALUE)
    assert ratio.outcome({"a": 10**25, "b": Decimal("0.01")}) == Outcome(None, Null.OUT_OF_RANGE)
    assert ratio.outcome({"a": 1, "b": 4}) == Outcome(Decimal("0.25"))


def test_coalesce_does_not_hide_what_is_out_of_range() -> None:
    text = parse("coalesce(a * a, 0)", MEASURES)

    assert text.outcome({"a": 10**20}) == Outcome(None, Null.OUT_OF_RANGE)
    assert parse("coalesce(a / b, 0)", MEASURES).outcome({"a": 1, "b": 0}) == Outcome(Decimal(0))


@pytest.mark.parametrize(
    ("values", "code"), [({}, "measure_not_given"), ({"a": 0.5}, "measure_not_exact"), ({"a": True}, "measure_not_exact")]
)
def test_values_must_be_given_and_exact(values: dict[str, Any], code: str) -> None:
    with pytest.raises(ExpressionProblem) as caught:
        parse("a + 1", MEASURES).evaluate(values)
    assert caught.value.code == code


def test_a_formula_does_not_hold_and_a_condition_has_no_number() -> None:
    with pytest.raises(TypeError):
        parse("a", MEASURES).holds({"a": 1})
    with pytest.raises(TypeError):
        parse("a > 1", MEASURES).evaluate({"a": 1})


def test_only_measures_used_are_asked_for_and_the_tree_is_published() -> None:
    assert parse("revenue - 0.50", MEASURES).to_json() == {
        "text": "revenue - 0.50",
        "unit": "USD",
        "measures": {"revenue": "USD"},
        "term": {
            "operator": "subtract",
            "operands": [{"measure": "revenue", "unit": "USD"}, {"number": "0.50", "unit": None}],
            "unit": "USD",
        },
    }


@pytest.mark.parametrize("text", ["", "1", "USD/", "USD hours", "/USD", "USD//count"])
def test_what_is_no_unit_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match="is not a unit"):
        Unit.read(text)


def test_units_are_equal_however_written() -> None:
    assert Unit.read("USD*count/USD") == Unit.read("count")
    assert Unit.read("ratio") == Unit.read("USD/USD") == RATIO


def numbers() -> st.SearchStrategy[str]:
    return st.sampled_from(["a", "b", "c", "0", "1", "0.5", "3", "0.000001", "99999999999999999999"])


def formulas(inner: st.SearchStrategy[str]) -> st.SearchStrategy[str]:
    conditions = st.builds("({} {} {})".format, inner, st.sampled_from(["<", "<=", ">", ">=", "==", "!="]), inner)
    joined = conditions | st.builds("({} {} {})".format, conditions, st.sampled_from(["and", "or"]), conditions)
    return st.one_of(
        st.builds("({} {} {})".format, inner, st.sampled_from("+-*/"), inner),
        st.builds("{}({}, {})".format, st.sampled_from(["min", "max", "coalesce", "mean"]), inner, inner),
        st.builds("abs(-{})".format, inner),
        st.builds("round({}, {})".format, inner, st.integers(0, 12)),
        st.builds("({} if {} else {})".format, inner, joined, inner),
        st.builds("({} if not is_null({}) else {})".format, inner, inner, inner),
    )


def cells() -> st.SearchStrategy[Decimal | None]:
    ordinary = st.integers(-300, 300).map(lambda units: Decimal(units) / 4)
    wide = st.decimals(-(10**25), 10**25, places=12)
    edges = st.sampled_from([Decimal(2**63 - 1), Decimal(-(2**63)), Decimal("1E-12"), Decimal("9223372.036854775807")])
    return st.none() | ordinary | wide | edges


@given(st.recursive(numbers(), formulas, max_leaves=8), st.lists(st.tuples(cells(), cells(), cells()), min_size=1, max_size=8))
@example("a / b", [(Decimal("-2.5"), Decimal(10**12), None), (Decimal(1), Decimal(0), None)])
@example("(a / b) * c", [(Decimal(10**15 - 1), Decimal("0.001"), Decimal("-0.5"))])
def test_many_rows_mean_the_same_as_one(text: str, rows: list[tuple[Decimal | None, ...]]) -> None:
    expression = parse(text, MEASURES)
    columns = {name: Column.of([row[index] for row in rows]) for index, name in enumerate("abc")}

    many = expression.evaluate_many(columns)
    one_by_one = [expression.outcome(dict(zip("abc", row, strict=True))) for row in rows]

    values = many.to_values() if expression.measures else many.to_values() * len(rows)
    reasons = many.reasons() if expression.measures else many.reasons() * len(rows)
    assert [Outcome(*pair) for pair in zip(values, reasons, strict=True)] == one_by_one


def test_ordinary_figures_stay_in_64_bits_and_larger_ones_never_wrap() -> None:
    expression = parse("revenue / spend", MEASURES)
    ordinary = {"revenue": Column.of([Decimal("450000.00")] * 2), "spend": Column.of([Decimal("120000.50"), Decimal(3)])}
    enormous = {"revenue": Column.of([Decimal(10**24)]), "spend": Column.of([Decimal(3)])}

    assert expression.evaluate_many(ordinary).units.dtype == np.int64
    assert expression.evaluate_many(enormous).to_values() == [Decimal("333333333333333333333333.333333333333")]


def test_columns_of_different_lengths_are_refused() -> None:
    with pytest.raises(ValueError, match="different lengths"):
        parse("a + b", MEASURES).evaluate_many({"a": Column.of([1, 2, 3]), "b": Column.of([1])})


def test_a_column_refuses_more_places_than_a_value_may_have() -> None:
    with pytest.raises(ValueError, match="more than 12 places"):
        Column.of([Decimal("0.0000000000001")])
    with pytest.raises(ValueError, match="more than 12 places"):
        parse("a", MEASURES).evaluate_many({"a": Column(np.array([1]), 13, np.array([0], dtype=np.uint8))})


def test_no_rows_give_no_rows() -> None:
    assert parse("a / b + 1", MEASURES).evaluate_many({"a": Column.of([]), "b": Column.of([])}).to_values() == []
