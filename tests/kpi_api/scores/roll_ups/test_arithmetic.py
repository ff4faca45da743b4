"""How a KPI follows from those below it, by hand-made trees: nulls, means, what is counted twice, and that no order matters."""

from decimal import Decimal
from fractions import Fraction
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kpi_api.scores.roll_ups.arithmetic import Link, Node, Own, Rest, Rolled, Tree, roll_up

TOP, A, B, X, Y, Z = (UUID(int=n) for n in range(1, 7))
DOLLARS: tuple[str | None, str | None] = ("USD", "USD")


def usd(value: str | None) -> Own:
    return Own(None if value is None else Decimal(value), "USD")


def links(*children: UUID | tuple[UUID, str]) -> list[Link]:
    pairs = [child if isinstance(child, tuple) else (child, "1") for child in children]
    return [Link(child, Decimal(weight)) for child, weight in pairs]


def tree(method: str, below: list[Link], own: dict[UUID, Own]) -> Tree:
    return Tree({TOP: Node(method, "USD")}, {TOP: below}, {}, own)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("method", "expected"),
    [("sum", "1.10"), ("mean", "0.366666666667"), ("weighted_mean", "0.420000000000")],
)
def test_three_ways_to_roll_up(method: str, expected: str) -> None:
    # (0.10 + 0.3 + 0.7) / 3, and at weights 2, 4, 4: (0.2 + 1.2 + 2.8) / 10.
    own = {X: usd("0.10"), Y: usd("0.3"), Z: usd("0.7")}
    assert roll_up(tree(method, links((X, "2"), (Y, "4"), (Z, "4")), own))[TOP] == Rolled(Decimal(expected))


@pytest.mark.parametrize("method", ["sum", "mean", "weighted_mean"])
def test_null_is_not_zero(method: str) -> None:
    some = tree(method, links(X, Y), {X: usd("4"), Y: usd(None)})

    whole, part = roll_up(some)[TOP], roll_up(some, accept_missing=True)[TOP]

    assert whole == Rolled(None, "missing", complete=False, missing=(Y,))
    assert (part.value, part.reason, part.complete, part.missing) == (4, None, False, (Y,))


def test_nothing_at_all_is_null_even_where_missing_is_accepted() -> None:
    assert roll_up(tree("mean", links(X), {X: usd(None)}), accept_missing=True)[TOP].reason == "missing"
    assert roll_up(tree("sum", [], {}))[TOP] == Rolled(None, "nothing_below")


def test_what_is_missing_far_below_leaves_those_above_incomplete() -> None:
    deep = Tree({TOP: Node("sum", "USD"), A: Node("mean", "USD")}, {TOP: links(A, X), A: links(Y, Z)}, {}, {
        X: usd("1"), Y: usd("2"), Z: usd(None)})  # fmt: skip
    assert (roll_up(deep)[TOP].value, roll_up(deep)[TOP].missing) == (None, (A,))
    accepted = roll_up(deep, accept_missing=True)[TOP]
    assert (accepted.value, accepted.complete, accepted.missing) == (3, False, ())


def test_units_must_agree_and_ratios_do_not_add_up() -> None:
    assert roll_up(tree("mean", links(X, Y), {X: usd("1"), Y: Own(Decimal(1), "hours")}))[TOP].reason == "other_unit"
    assert roll_up(tree("mean", links(X, Y), {X: usd("1"), Y: Own(None)}))[TOP].reason == "several_parts"
    shares = {X: Own(Decimal(1), "USD", additive=False)}
    assert roll_up(tree("sum", links(X), shares))[TOP].reason == "not_additive"
    assert roll_up(tree("mean", links(X), shares))[TOP].value == 1


def diamond(method: str = "sum") -> Tree:
    """X counts in A and in B, which both count in the top; A alone has 100 of others besides."""
    nodes = {TOP: Node("sum", "USD"), A: Node("sum", "USD"), B: Node(method, "USD")}  # type: ignore[arg-type]
    hundred = Rest(4, 0, Decimal(100), Decimal(100), Decimal(4), DOLLARS, additive=True)
    return Tree(nodes, {TOP: links(A, B), A: links(X), B: links(X, Y)}, {A: hundred}, {X: usd("10"), Y: usd("1")})


def test_a_shared_result_counts_as_often_as_it_is_linked_and_is_flagged_unless_once_is_asked() -> None:
    written, once = roll_up(diamond())[TOP], roll_up(diamond(), once=True)[TOP]

    assert (written.value, written.counted_twice) == (121, True)  # 110 + 11
    assert (once.value, once.counted_twice) == (111, True)
    assert not roll_up(diamond())[A].counted_twice


def test_child_and_grandchild_at_once_counts_once_where_asked() -> None:
    both = Tree({TOP: Node("sum", "USD"), A: Node("sum", "USD")}, {TOP: links(A, X), A: links(X, Y)}, {}, {X: usd("10"), Y: usd("1")})
    assert (roll_up(both)[TOP].value, roll_up(both, once=True)[TOP].value) == (21, 11)


def test_a_mean_between_ends_the_double_counting() -> None:
    assert not roll_up(diamond("mean"))[TOP].counted_twice
    assert roll_up(diamond("mean"))[TOP].value == Decimal("115.5")


PAIRS = st.tuples(st.decimals(-(10**12), 10**12, places=3), st.decimals("0.1", 100, places=2))


@given(st.lists(PAIRS, min_size=1, max_size=8), st.randoms())
def test_order_never_changes_a_result_and_fractions_agree(pairs: list[tuple[Decimal, Decimal]], random: object) -> None:
    below = [Link(UUID(int=100 + n), weight) for n, (_, weight) in enumerate(pairs)]
    own = {UUID(int=100 + n): Own(value, "USD") for n, (value, _) in enumerate(pairs)}
    shuffled = list(below)
    random.shuffle(shuffled)  # type: ignore[attr-defined]
    exact = {
        "sum": Fraction(sum(Fraction(value) for value, _ in pairs)),
        "mean": sum(Fraction(value) for value, _ in pairs) / len(pairs),
        "weighted_mean": sum(Fraction(v) * Fraction(w) for v, w in pairs) / sum(Fraction(w) for _, w in pairs),
    }
    for method, expected in exact.items():
        found = roll_up(tree(method, below, own))[TOP]
        assert found == roll_up(tree(method, shuffled, own))[TOP]
        assert found.value is not None
        assert abs(Fraction(found.value) - expected) <= Fraction(1, 2 * 10**12)
