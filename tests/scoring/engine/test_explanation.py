"""Explanations: what a finance person types into a pocket calculator from the sentence comes to the value that was carried on."""

import re
from decimal import Decimal
from fractions import Fraction

import pytest

from scoring.engine import SnapshotInvalid, explain, load_plan, new_plan, score
from scoring.engine.rows import Line, Person, tables
from scoring.engine.templates import STRUCTURES
from tests.scoring.engine.oracle import rounded

LINES = [
    Line(scorecard_id="a", line=1, kpi_id="k1", title="Win rate", component="output", direction="higher", target=28, actual=26, weight=50),
    Line(
        scorecard_id="a",
        line=2,
        kpi_id="k2",
        title="Bug rate",
        component="quality",
        direction="lower",
        comparison="below",
        target=2,
        actual="1.7",
        weight=30,
    ),
    Line(
        scorecard_id="a",
        line=3,
        kpi_id="k3",
        title="Teamwork",
        component="behavioural",
        direction="rating",
        target="4.2",
        actual=4,
        weight=20,
    ),
]
PERSON = Person(
    scorecard_id="a",
    person_id="p",
    currency="EUR",
    salary="61234.56",
    target_bonus_share="0.125",
    period_starts_on="2026-01-01",
    period_ends_on="2026-12-31",
    segments=[{"starts_on": "2026-05-01", "ends_on": "2026-08-31", "fte": "0.6"}, {"starts_on": "2026-09-01", "ends_on": "2026-12-31"}],
)


def typed(sentence: str) -> Fraction | None:
    """What the operation in a sentence comes to; None where it is no arithmetic."""
    operation = sentence.split(" = ")[0].split(": ")[-1]
    operation = re.sub(r"[A-Za-z][A-Za-z ]*", "", operation).translate(str.maketrans("×÷−", "*/-"))
    if not re.search(r"[*/+-]", operation) or not re.fullmatch(r"[-+*/(). 0-9]+", operation):
        return None
    return Fraction(eval(re.sub(r"[0-9.]+", r"Fraction('\g<0>')", operation), {"Fraction": Fraction}))  # noqa: S307 - digits and signs alone


@pytest.mark.parametrize("structure", STRUCTURES)
def test_a_pocket_calculator_follows(structure: str) -> None:
    """Given any structure, when one person is explained, then each operation as written, rounded once, is the value the next one takes."""
    plan, (lines, people) = load_plan(new_plan(structure)), tables(LINES, [PERSON])
    explanation = explain(plan, lines, people)
    checked = 0
    for step in explanation.steps:
        for value, sentence in [(step.value, step.sentence), *((line.value, line.sentence) for line in step.lines)]:
            reckoned = typed(sentence or "")
            if reckoned is not None and "limited to" not in (sentence or ""):
                assert rounded(reckoned, 12) == Fraction(value or 0), sentence
                checked += 1
    assert checked >= 5
    assert explanation.amount == score(plan, lines, people).people["amount"][0].as_py()


def test_the_words_of_one_person() -> None:
    lines, people = tables(LINES[:2], [PERSON])
    plan = load_plan(new_plan("accelerator"))
    between = "attainment 0.928571428571 lies between 0.8 and 1"
    beyond = "attainment 1.176470588235 lies at or beyond the last point, 1"
    assert explain(plan, lines, people).sentences() == [
        "Attainment: Win rate: at least 28 wanted: 26 ÷ 28 = 0.928571428571.",
        "Attainment: Bug rate: below 2 wanted: 2 ÷ 1.7 = 1.176470588235.",
        f"Line score: Win rate: {between}: 0.8 + (0.928571428571 − 0.8) × (1 − 0.8) ÷ (1 − 0.8) = 0.928571428571.",
        f"Line score: Bug rate: {beyond}: 1 + (1.176470588235 − 1) × 2 = 1.35294117647.",
        "Composite: (50 × 0.928571428571 + 30 × 1.35294117647) ÷ 80 = 1.087710084033.",
        "Basis: (123 × 0.6 × 7654.32 + 122 × 1 × 7654.32) ÷ 365 = 4106.070838356164.",
        "Bonus: basis 4106.070838356164 × composite 1.087710084033 = 4466.214656633834.",
        "Payable: bonus 4466.214656633834 to the nearest smallest unit of the currency, half up = 4466.21.",
    ]


def test_a_pool_is_explained_from_the_result_that_had_everybody() -> None:
    """Given a pool, then without everybody's result one share cannot be explained, and with it the share is the one that was paid."""
    plan = load_plan(
        "plan: p\ncurrency: EUR\nsteps:\n  - {name: share, kind: pool, of: target_bonus, size: 100, places: 2}\npayout: share\n".replace(
            "size: 100", "size: given"
        ).replace("currency: EUR", "currency: EUR\ninputs: [{name: given, unit: money, minimum: 0}]")
    )
    people = [Person(scorecard_id=name, person_id=name, target_bonus_amount=1, inputs={"given": 100}) for name in "abc"]
    tables_of_all = tables([], people)
    result = score(plan, *tables_of_all)
    assert [row["amount"] for row in result.people.to_pylist()] == [Decimal("33.34"), Decimal("33.33"), Decimal("33.33")]
    assert explain(plan, *tables_of_all, "a", result=result).amount == Decimal("33.34")
    with pytest.raises(SnapshotInvalid):
        explain(plan, *tables_of_all, "a")
    with pytest.raises(SnapshotInvalid):
        explain(plan, *tables_of_all, "d", result=result)


def test_a_line_that_a_step_is_not_for_is_told_to_stay() -> None:
    """Given a limit for one component, then the other's line says that its value stays, and nothing of a limit."""
    plan = load_plan(
        """
        plan: limited
        steps:
          - {name: attainment, kind: attainment}
          - {name: limited, kind: minimum, of: [attainment, 1], only: {component: output}}
          - {name: composite, kind: weighted_mean, of: limited}
        composite: composite
        """
    )
    lines = [
        Line(scorecard_id="a", line=number, kpi_id=component, component=component, direction="higher", target=2, actual=3, weight=50)
        for number, component in enumerate(["output", "quality"])
    ]
    told = explain(plan, *tables(lines, [Person(scorecard_id="a", person_id="p")])).steps[1].lines
    assert [line.sentence for line in told] == [
        "output: the smallest of attainment 1.5, 1 = 1.",
        "quality: attainment 1.5 stays, since this is for component output = 1.5.",
    ]
