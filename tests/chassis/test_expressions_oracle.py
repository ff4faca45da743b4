"""Random formulas of every operator, against a second reckoning in fractions that shares nothing with the language but its rules.

A tree is made together with its text and with what it must come to: null rules, division and the declared rounding of every step are
written here once more, in `Fraction`.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction
from functools import cache
from itertools import permutations
from typing import Any, Final

import pytest
from hypothesis import HealthCheck, assume, example, given, settings
from hypothesis import strategies as st

from chassis.expressions import ExpressionProblem, Null, Unit, canonical, parse
from chassis.expressions.columns import Column

UNITS: Final = {
    "usd": "USD",
    "spent": "USD",
    "won": "count",
    "lost": "count",
    "a": "ratio",
    "b": "ratio",
    "rate": "percent",
    "each": "USD/count",
}
MEASURES: Final = {name: Unit.read(unit) for name, unit in UNITS.items()}
LARGEST: Final = 10**26
SMALLEST_STEP: Final = 10**12

Known = Fraction | bool | Null
Row = dict[str, Decimal | None]


@dataclass(frozen=True)
class Tree:
    """A formula's text and what it comes to."""

    text: str
    of: Callable[[Row], Known]

    def __repr__(self) -> str:
        return self.text


def half_up(value: Fraction, places: int) -> Fraction:
    units = (abs(value) * 10**places * 2 + 1) // 2
    return Fraction(units if value >= 0 else -units, 10**places)


def step(value: Fraction) -> Known:
    kept = half_up(value, 12)
    return Null.OUT_OF_RANGE if abs(kept) >= LARGEST else kept


def strict(rule: Callable[..., Known], *operands: Tree) -> Callable[[Row], Known]:
    """The first operand without a value says why there is none."""

    def of(row: Row) -> Known:
        values = [operand.of(row) for operand in operands]
        return next((value for value in values if isinstance(value, Null)), None) or rule(*values)

    return of


def quotient(above: Fraction, below: Fraction) -> Known:
    return Null.DIVISION_BY_ZERO if below == 0 else step(above / below)


def turned(sign: str, rule: Callable[..., Known]) -> Callable[[Tree, Tree], Tree]:
    """`a > b` is published as `b < a`, so that the right one's reason comes first."""
    return lambda left, right: Tree(f"({left} {sign} {right})", strict(rule, right, left))


def infix(sign: str, rule: Callable[..., Known]) -> Callable[[Tree, Tree], Tree]:
    return lambda left, right: Tree(f"({left} {sign} {right})", strict(rule, left, right))


ADD: Final = infix("+", lambda x, y: step(x + y))
SUBTRACT: Final = infix("-", lambda x, y: step(x - y))
MULTIPLY: Final = infix("*", lambda x, y: step(x * y))
DIVIDE: Final = infix("/", quotient)
COMPARISONS: Final = [
    infix("<", lambda x, y: x < y), infix("<=", lambda x, y: x <= y), turned(">", lambda x, y: x < y), turned(">=", lambda x, y: x <= y),
    infix("==", lambda x, y: x == y), infix("!=", lambda x, y: x != y),
]  # fmt: skip
PRODUCTS: Final = {"USD": [("ratio", "USD"), ("USD/count", "count")], "ratio": [("ratio", "ratio")], "percent": [("ratio", "percent")]}
QUOTIENTS: Final = {
    "ratio": [("USD", "USD"), ("count", "count"), ("ratio", "ratio")], "USD/count": [("USD", "count")], "USD": [("USD", "ratio")],
    "count": [("USD", "USD/count")],
}  # fmt: skip


def folded(name: str, rule: Callable[[Fraction, Fraction], Known]) -> Callable[[Sequence[Tree]], Tree]:
    def of(operands: Sequence[Tree]) -> Callable[[Row], Known]:
        first, *others = operands
        whole = first
        for other in others:
            whole = Tree("", strict(rule, whole, other))
        return whole.of

    return lambda operands: Tree(f"{name}({', '.join(map(repr, operands))})", of(operands))


SUM: Final = folded("sum", lambda x, y: step(x + y))
FOLDED: Final = [SUM, folded("min", min), folded("max", max)]


def mean(operands: Sequence[Tree]) -> Tree:
    count = Fraction(len(operands))
    return Tree(f"mean({', '.join(map(repr, operands))})", strict(lambda total: quotient(total, count), SUM(operands)))


def coalesce(operands: Sequence[Tree]) -> Tree:
    def of(row: Row) -> Known:
        *earlier, last = (operand.of(row) for operand in operands)
        return next((value for value in earlier if value not in (Null.MISSING_VALUE, Null.DIVISION_BY_ZERO)), last)

    return Tree(f"coalesce({', '.join(map(repr, operands))})", of)


def choose(condition: Tree, then: Tree, otherwise: Tree) -> Tree:
    def of(row: Row) -> Known:
        met = condition.of(row)
        return met if isinstance(met, Null) else (then if met else otherwise).of(row)

    return Tree(f"({then} if {condition} else {otherwise})", of)


def joined(word: str, decides: bool) -> Callable[[Tree, Tree], Tree]:
    def of(left: Tree, right: Tree) -> Callable[[Row], Known]:
        def both(row: Row) -> Known:
            values = left.of(row), right.of(row)
            if any(value is decides for value in values):
                return decides
            return next((value for value in values if isinstance(value, Null)), not decides)

        return both

    return lambda left, right: Tree(f"({left} {word} {right})", of(left, right))


def measure(name: str) -> Tree:
    def of(row: Row) -> Known:
        value = row[name]
        return Null.MISSING_VALUE if value is None else Fraction(value)

    return Tree(name, of)


def number(text: str) -> Tree:
    return Tree(text, lambda _: Fraction(text))


def rounded(operand: Tree, places: int) -> Tree:
    return Tree(f"round({operand}, {places})", strict(lambda value: step(half_up(value, places)), operand))


@cache
def numbers(unit: str, depth: int, *, products: bool = True) -> st.SearchStrategy[Tree]:
    """Trees of a unit, at most so deep; without `products`, of sums and choices only, whose every step is exact."""
    names = [measure(name) for name, of in UNITS.items() if of == unit]
    leaf = st.sampled_from([*names, *names, *map(number, ("0", "1", "0.5", "3", "100", "0.000001", "7.25"))])
    if depth == 0:
        return leaf
    inner = numbers(unit, depth - 1, products=products)
    several = st.lists(inner, min_size=2, max_size=4)
    kinds = [
        leaf,
        st.builds(ADD, inner, inner),
        st.builds(SUBTRACT, inner, inner),
        st.builds(lambda operand: Tree(f"(-{operand})", strict(lambda value: -value, operand)), inner),
        st.builds(lambda operand: Tree(f"abs({operand})", strict(abs, operand)), inner),
        st.builds(rounded, inner, st.integers(0, 12)),
        st.builds(lambda build, operands: build(operands), st.sampled_from([*FOLDED, coalesce]), several),
        st.builds(choose, conditions(depth - 1, products=products), inner, inner),
    ]
    return st.one_of(kinds + (_products(unit, depth - 1) if products else []))


def _products(unit: str, depth: int) -> list[st.SearchStrategy[Tree]]:
    # A bare number takes the unit beside it, so a product's unit is sure only where each side is held to its own by a measure.
    sides = PRODUCTS.get(unit, [])
    kinds = [st.builds(MULTIPLY, held(left, depth), held(right, depth)) for left, right in sides]
    kinds += [st.builds(DIVIDE, held(above, depth), held(below, depth)) for above, below in QUOTIENTS.get(unit, [])]
    kinds.append(st.builds(mean, st.lists(numbers(unit, depth), min_size=1, max_size=3)))
    hundred, other = Fraction(100), numbers("ratio" if unit == "percent" else "percent", depth)
    if unit == "percent":
        kinds.append(st.builds(lambda of: Tree(f"percent({of})", strict(lambda value: step(value * hundred), of)), other))
    if unit == "ratio":
        kinds.append(st.builds(lambda of: Tree(f"ratio({of})", strict(lambda value: step(value / hundred), of)), other))
    return kinds


def held(unit: str, depth: int) -> st.SearchStrategy[Tree]:
    """A tree that surely has the unit: a measure of it plus whatever."""
    name = next(name for name, of in UNITS.items() if of == unit)
    return st.sampled_from([measure(name), SUBTRACT(number("1"), measure(name))]) | numbers(unit, depth).map(
        lambda tree: ADD(measure(name), tree)
    )


@cache
def conditions(depth: int, *, products: bool = True) -> st.SearchStrategy[Tree]:
    sides = st.sampled_from(["USD", "count", "ratio"]).flatmap(lambda unit: st.tuples(*[numbers(unit, depth, products=products)] * 2))
    compared = st.builds(lambda build, pair: build(*pair), st.sampled_from(COMPARISONS), sides)
    asked = sides.map(lambda pair: Tree(f"is_null({pair[0]})", lambda row: isinstance(pair[0].of(row), Null)))
    if depth == 0:
        return compared | asked
    inner = conditions(depth - 1, products=products)
    turned = inner.map(lambda tree: Tree(f"(not {tree})", strict(lambda value: not value, tree)))
    return st.one_of(compared, asked, turned, *(st.builds(joined(*word), inner, inner) for word in (("and", False), ("or", True))))


ORDINARY: Final = st.integers(-400, 400).map(lambda quarters: Decimal(quarters) / 4)
WIDE: Final = st.decimals(-(10**25), 10**25, places=12) | st.sampled_from([Decimal("1E-12"), Decimal(10**26 - 1), Decimal("0.0000005")])


def rows(values: st.SearchStrategy[Decimal]) -> st.SearchStrategy[Row]:
    return st.fixed_dictionaries(dict.fromkeys(UNITS, st.none() | values))


def formulas(depth: int) -> st.SearchStrategy[tuple[str, Tree]]:
    by_unit = [st.tuples(st.just(unit), numbers(unit, depth)) for unit in sorted(set(UNITS.values()))]
    return st.one_of(*by_unit, st.tuples(st.just("truth"), conditions(depth - 1)))


def row_of(**values: str | None) -> Row:
    return {name: None if (value := values.get(name)) is None else Decimal(value) for name in UNITS}


HALVES: Final = [row_of(usd=f"{sign}0.{step:012}", spent="2") for sign in ("", "-") for step in (1, 2, 3)]
QUOTIENT: Final = DIVIDE(measure("usd"), measure("spent"))
TOO_LARGE: Final = coalesce([ADD(measure("usd"), measure("spent")), number("1")])


def read(tree: Tree) -> Any:
    """The expression, where it is not larger than the language allows."""
    try:
        return parse(tree.text, MEASURES)
    except ExpressionProblem as problem:
        assume(problem.code not in {"too_complex", "too_long"})
        raise


def must_agree(wanted: str, tree: Tree, several: list[Row]) -> None:
    expression = read(tree)
    expected = [tree.of(row) for row in several]

    outcomes = [expression.outcome(row) for row in several]

    assert not expression.measures or str(expression.unit) in (wanted, "ratio")
    assert [outcome.reason or outcome.value for outcome in outcomes] == expected
    assert [expression.outcome(dict(reversed(row.items()))) for row in several] == outcomes
    if expression.measures and wanted != "truth":
        backward = expression.evaluate_many({name: Column.of([row[name] for row in reversed(several)]) for name in expression.measures})
        assert list(reversed(backward.to_values())) == [outcome.value for outcome in outcomes]


QUICK: Final = settings(max_examples=150, deadline=None, suppress_health_check=list(HealthCheck))
DEEP: Final = settings(max_examples=4_000, deadline=None, suppress_health_check=list(HealthCheck))


@QUICK
@example(("ratio", QUOTIENT), [*HALVES, row_of(usd="1"), row_of(usd="1", spent="0")])
@example(("USD", TOO_LARGE), [row_of(usd=str(10**26 - 1), spent="1"), row_of(usd="1")])
@given(formulas(2), st.lists(rows(ORDINARY) | rows(WIDE), min_size=1, max_size=4))
def test_a_formula_comes_to_what_fractions_say(formula: tuple[str, Tree], several: list[Row]) -> None:
    must_agree(*formula, several)


@pytest.mark.deep
@DEEP
@given(formulas(4), st.lists(rows(ORDINARY) | rows(WIDE), min_size=1, max_size=4))
def test_thousands_of_deep_formulas_come_to_what_fractions_say(formula: tuple[str, Tree], several: list[Row]) -> None:
    must_agree(*formula, several)


@QUICK
@given(st.lists(numbers("USD", 1), min_size=2, max_size=4), rows(ORDINARY), st.sampled_from(["sum", "min", "max", "mean"]))
def test_the_order_of_what_is_summed_or_compared_never_matters(operands: list[Tree], row: Row, name: str) -> None:
    values = {parse(f"{name}({', '.join(map(repr, order))})", MEASURES).evaluate(row) for order in permutations(operands)}

    assert len(values) == 1


def must_be_read_again(tree: Tree, *, exact: Row | None = None) -> None:
    expression = read(tree)
    text = canonical(expression)

    again = read(Tree(text, tree.of))

    assert canonical(again) == text
    assert again.unit == expression.unit
    assert parse(canonical(again), MEASURES).term == again.term
    if exact is not None:
        assert again.outcome(exact).value == expression.outcome(exact).value


@QUICK
@given(formulas(2))
def test_the_canonical_text_is_read_as_the_same_formula(formula: tuple[str, Tree]) -> None:
    must_be_read_again(formula[1])


@QUICK
@given(numbers("USD", 2, products=False), rows(ORDINARY))
def test_the_canonical_text_of_what_needs_no_rounding_has_the_same_value(tree: Tree, row: Row) -> None:
    must_be_read_again(tree, exact=row)


@pytest.mark.deep
@DEEP
@given(formulas(3), numbers("USD", 3, products=False), rows(ORDINARY))
def test_thousands_of_canonical_texts_are_read_as_the_same_formula(formula: tuple[str, Tree], tree: Tree, row: Row) -> None:
    must_be_read_again(formula[1])
    must_be_read_again(tree, exact=row)
