"""Canonical text: formulas that mean the same read the same, and it can be read again."""

import pytest

from chassis.expressions import ExpressionProblem, Unit, canonical, parse

MEASURES = {
    name: Unit.read(unit)
    for name, unit in {"won": "count", "lost": "count", "open": "count", "a": "ratio", "b": "ratio", "rate": "percent"}.items()
}


def text_of(text: str) -> str:
    return canonical(parse(text, MEASURES))


@pytest.mark.parametrize(
    ("one", "other", "written"),
    [
        ("percent(won / (won + lost))", "percent( won/(lost+won) )", "percent(won / (lost + won))"),
        ("(won * 2) * lost", "lost * (2.0 * won)", "2 * lost * won"),
        ("won + lost + open", "sum(open, won, lost)", "lost + open + won"),
        ("mean(won, lost)", "(lost + won) / 2", "(lost + won) / 2"),
        ("won > lost", "lost < won", "lost < won"),
        ("min(won, lost, open)", "min(open, min(lost, won))", "min(lost, open, won)"),
        ("a if a != b and won > 1 else 0", "a if won > 1 and b != a else 0.00", "a if ((1 < won) and (not (a == b))) else 0"),
        ("coalesce(won, lost, 0)", "coalesce(coalesce(won, lost), 0)", "coalesce(won, lost, 0)"),
    ],
)
def test_what_means_the_same_is_written_the_same(one: str, other: str, written: str) -> None:
    assert text_of(one) == text_of(other) == written


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("won - lost", "lost - won"),
        ("won / lost", "lost / won"),
        ("won < lost", "won <= lost"),
        ("coalesce(won, lost)", "coalesce(lost, won)"),
        ("100 * a", "percent(a)"),
        ("rate / 100", "ratio(rate)"),
        ("won - (lost - open)", "won - lost - open"),
        ("won * (lost + open)", "won * lost + open * open"),
    ],
)
def test_what_means_something_else_is_written_otherwise(one: str, other: str) -> None:
    assert text_of(one) != text_of(other)


def test_a_longer_sum_than_the_language_allows_is_refused_before_it_has_a_text() -> None:
    with pytest.raises(ExpressionProblem):
        text_of("sum(" + "won, " * 100 + "won)")
