"""The engine against the oracle: random scorecards and plans, many people at once, with ties, negatives, extremes and holes."""

from datetime import date, timedelta
from decimal import Decimal
from fractions import Fraction
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from scoring.engine import load_plan, score
from scoring.engine.rows import Line, Person, tables
from tests.scoring.engine import oracle
from tests.scoring.engine.oracle import Missing, Value


def decimals(low: int, high: int, places: int) -> st.SearchStrategy[Decimal]:
    return st.integers(low * 10**places, high * 10**places).map(lambda units: Decimal(units).scaleb(-places))


# Few round numbers meet often, so that ties, equalities and zero spans are common; large and fine ones are there too.
figures = st.one_of(
    st.sampled_from([Decimal(number) for number in (-10, 0, 1, 2, 3, 5, 8, 10)]), decimals(-1000, 1000, 2), decimals(0, 10**14, 1)
)
holes = st.one_of(st.none(), figures)
directions = st.sampled_from(["higher", "lower", "band", "milestone", "rating", "zero_tolerance"])
free_lines = st.fixed_dictionaries(
    {
        "direction": directions,
        "comparison": st.sampled_from([None, "at_least", "at_most", "above", "below"]),
        "method": st.sampled_from([None, "ratio", "span"]),
        "target": holes,
        "target_high": holes,
        "baseline": holes,
        "actual": holes,
        "last_actual": holes,
        "slope": st.one_of(st.none(), decimals(0, 2, 3)),
        "scale_minimum": st.one_of(st.none(), st.just(Decimal(1))),
        "scale_maximum": st.one_of(st.none(), st.just(Decimal(5))),
        "days_late": st.one_of(st.none(), decimals(-5, 30, 0)),
        "deduction_per_day": st.one_of(st.none(), decimals(0, 1, 2)),
        "weight": st.sampled_from([Decimal(number) for number in ("0", "12.5", "20.00", "33.33", "50", "100")]),
    }
)


def tied(line: dict[str, Any], to: str | None, by: Decimal) -> dict[str, Any]:
    """The same line with its actual value exactly on, or a hair beside, one of its marks."""
    return line if to is None or line[to] is None else line | {"actual": line[to] + by}


hairs = st.sampled_from([Decimal(0), Decimal("0.000000000001"), Decimal("-0.000000000001")])
lines = st.builds(tied, free_lines, st.sampled_from([None, "target", "target", "target_high", "baseline", "scale_maximum"]), hairs)
scorecards = st.lists(st.lists(lines, max_size=6), min_size=1, max_size=8)
points = st.lists(st.tuples(decimals(0, 2, 2), decimals(-1, 3, 3)), min_size=2, max_size=5, unique_by=lambda point: point[0]).map(sorted)
words = st.sampled_from(["block", "renormalise", "zero", "hold_last"])
sides = st.sampled_from(["zero", "flat", "extend", Decimal("0.5")])


def fractions(line: dict[str, Any]) -> dict[str, Any]:
    return {name: Fraction(value) if isinstance(value, Decimal) else value for name, value in line.items()}


def snapshot(cards: list[list[dict[str, Any]]]) -> tuple[Any, Any]:
    rows = [
        Line(scorecard_id=f"{place}", line=number, kpi_id=f"{number}", **line)
        for place, card in enumerate(cards)
        for number, line in enumerate(card)
    ]
    return tables(rows, [Person(scorecard_id=f"{place}", person_id=f"{place}") for place in range(len(cards))])


def same(found: Decimal | None, reason: str | None, expected: Value) -> bool:
    """Equal numbers; or null, with the same code."""
    if isinstance(expected, Missing):
        return found is None and reason == expected.code
    return found is not None and Fraction(found) == expected and (expected != 0 or reason is not None)


@settings(max_examples=150, deadline=None)
@given(scorecards, points, words, sides, sides, st.one_of(st.none(), decimals(1, 3, 1)), st.booleans())
def test_scores(
    cards: list[list[dict[str, Any]]],
    curve: list[tuple[Decimal, Decimal]],
    missing: str,
    below: Any,
    above: Any,
    cap: Decimal | None,
    step: bool,
) -> None:
    """Given any scorecards and any curve, when they are scored, then every line and every composite is the oracle's, reasons included."""
    if step:
        below, above = ("zero" if below == "extend" else below), ("flat" if above == "extend" else above)
    plan = load_plan(
        {
            "plan": "any",
            "steps": [
                {"name": "attainment", "kind": "attainment", "missing": missing} | ({"cap": cap} if cap else {}),
                {
                    "name": "score",
                    "kind": "curve",
                    "of": "attainment",
                    "points": [list(point) for point in curve],
                    "between": "step" if step else "linear",
                    "below": below if isinstance(below, str) else {"slope": below},
                    "above": above if isinstance(above, str) else {"slope": above},
                },
                {"name": "composite", "kind": "weighted_mean", "of": "score"},
            ],
            "composite": "composite",
        }
    )
    result = score(plan, *snapshot(cards))
    found = iter(result.lines.to_pylist())
    exact = [(Fraction(x), Fraction(y)) for x, y in curve]
    sided = [Fraction(side) if isinstance(side, Decimal) else side for side in (below, above)]
    for card, person in zip(cards, result.people.to_pylist(), strict=True):
        scores = []
        for line in map(fractions, card):
            raw = oracle.attained(line, missing)
            attained = oracle.capped(line, raw, Fraction(cap) if cap else None)
            scored = oracle.curve(exact, attained, *sided, step=step)
            row = next(found)
            assert same(row["attainment_raw"], "any" if raw == 0 else getattr(raw, "code", None), raw), (line, raw, row)
            assert same(row["score"], row["reason_code"], scored), (line, raw, scored, row)
            scores.append((scored, line["weight"] / 100))
        composite = oracle.weighted_mean(scores)
        assert same(person["composite"], person["reason_code"], composite), (card, composite, person)
        assert person["failed"] == isinstance(composite, Missing)


days = st.integers(0, 364).map(lambda day: date(2025, 1, 1) + timedelta(days=day))
segments = st.lists(st.tuples(days, days, decimals(0, 1, 2), st.one_of(st.none(), decimals(0, 10**6, 2))), max_size=3)


@settings(max_examples=100, deadline=None)
@given(
    st.lists(st.tuples(decimals(0, 10**7, 2), decimals(0, 2, 12), segments), min_size=1, max_size=6), st.sampled_from(["USD", "JPY", "KWD"])
)
def test_pay(people: list[tuple[Decimal, Decimal, list[Any]]], currency: str) -> None:
    """Given any salaries, factors and segments, then each step of the pay and the rounded payout are the oracle's."""
    plan = load_plan(
        """
        plan: pay
        inputs: [{name: factor, minimum: 0, maximum: 2}]
        steps:
          - {name: basis, kind: proration, of: salary}
          - {name: bonus, kind: amount, basis: basis, factors: [12.5%, factor]}
          - {name: payable, kind: rounding, of: bonus, to_nearest: minor_unit}
        payout: payable
        """
    )
    cards = [
        Person(
            scorecard_id=f"{place}",
            person_id=f"{place}",
            currency=currency,
            salary=salary,
            inputs={"factor": factor},
            period_starts_on=date(2025, 1, 1),
            period_ends_on=date(2025, 12, 31),
            segments=[{"starts_on": min(a, b), "ends_on": max(a, b), "fte": fte, "salary": own} for a, b, fte, own in parts] or None,
        )
        for place, (salary, factor, parts) in enumerate(people)
    ]
    result = score(plan, *tables([], cards))
    for (salary, factor, parts), row in zip(people, result.people.to_pylist(), strict=True):
        ordered = [(min(a, b), max(a, b), Fraction(fte), None if own is None else Fraction(own)) for a, b, fte, own in parts]
        year = (date(2025, 1, 1), date(2025, 12, 31))
        basis: Value = oracle.prorated(Fraction(salary), year, ordered) if ordered else Fraction(salary)
        if isinstance(basis, Missing):
            assert (row["amount"], row["reason_code"], row["failed"]) == (None, basis.code, True)
            continue
        bonus = oracle.rounded(basis * Fraction(1, 8) * Fraction(factor), 12)
        assert Fraction(row["steps"]["basis"]) == basis
        assert Fraction(row["steps"]["bonus"]) == bonus
        assert Fraction(row["amount"]) == oracle.rounded(bonus, {"USD": 2, "JPY": 0, "KWD": 3}[currency])
        assert row["amount"] or row["reason_code"]


@settings(max_examples=100, deadline=None)
@given(
    st.lists(decimals(1, 50, 1), min_size=1, max_size=4, unique=True).map(sorted),
    st.lists(st.tuples(decimals(0, 2, 3), decimals(0, 20, 2)), min_size=5, max_size=5),
    st.lists(st.one_of(decimals(0, 60, 1), decimals(0, 60, 6)), min_size=1, max_size=10),
    st.booleans(),
    st.booleans(),
)
def test_tiers(bounds: list[Decimal], rates: list[tuple[Decimal, Decimal]], values: list[Decimal], whole: bool, inclusive: bool) -> None:
    """Given any tiers, then marginal and whole amounts are the oracle's, also exactly on the bounds."""
    rates = rates[: len(bounds) + 1]
    tiers = [{"up_to": bound, "rate": rate, "flat": flat} for bound, (rate, flat) in zip([*bounds, None], rates, strict=True)]
    step = {"name": "earned", "kind": "tiers", "of": "actual", "how": "whole" if whole else "marginal", "tiers": tiers}
    step["upper_bounds"] = "inclusive" if inclusive else "exclusive"
    plan = load_plan({"plan": "tiered", "steps": [step]})
    rows = [
        Line(scorecard_id="a", line=number, kpi_id=f"{number}", direction="higher", actual=value)
        for number, value in enumerate(values + bounds)
    ]
    result = score(plan, *tables(rows, [Person(scorecard_id="a", person_id="a")]))
    for value, row in zip(values + bounds, result.lines.to_pylist(), strict=True):
        exact = [[Fraction(number) for number in numbers] for numbers in (bounds, *zip(*rates, strict=True))]
        assert Fraction(row["steps"]["earned"]) == oracle.tiers(*exact, Fraction(value), whole, inclusive)
