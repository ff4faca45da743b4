"""What differs between two plans, in words and in money."""

from decimal import Decimal

import pytest

from scoring.engine import load_plan, new_plan
from scoring.engine.comparing import money_difference, plan_differences
from scoring.engine.rows import Line, Person, tables

ACCELERATOR = new_plan("accelerator")


def changed(*replacements: tuple[str, str]) -> list[str]:
    """The sentences of what differs in the accelerator with pieces of its text replaced."""
    text = ACCELERATOR
    for old, new in replacements:
        assert old in text
        text = text.replace(old, new)
    return [one.sentence for one in plan_differences(load_plan(ACCELERATOR), load_plan(text))]


@pytest.mark.parametrize(
    ("replacement", "sentences"),
    [
        (("# All KPIs", "# Alle KPIs"), []),
        (("[100%, 100%]", '["1.00", 1]'), []),
        (('cap: "200%"', "cap: 180%"), ["Step line_score: cap was 2 and is 1.8."]),
        (('    cap: "200%"\n', ""), ["Step line_score: cap 2 is gone."]),
        (("kind: attainment, floor: 0}", "kind: attainment, floor: 0, cap: 3}"), ["Step attainment: cap is now 3; before there was none."]),
        (("title: Accelerator above target", "title: Bonus"), ["The plan: title was Accelerator above target and is Bonus."]),
        (
            ("steps:\n", "inputs: [{name: factor, minimum: 0, maximum: 1}]\nsteps:\n"),
            ["The input factor is new, as the first."],
        ),
    ],
)
def test_words(replacement: tuple[str, str], sentences: list[str]) -> None:
    assert changed(replacement) == sentences


def test_a_step_that_is_new_gone_or_moved() -> None:
    """Given a gate put in, a step taken out and two steps that change places, then each is told once, and what follows is not moved."""
    gate = "  - {name: gated, kind: gate, of: composite, when: {value: composite, at_least: 90%}}\n"
    basis = "  - {name: basis, kind: proration, of: target_bonus}\n"
    bonus = "  - {name: bonus, kind: amount, basis: basis, factors: [composite]}"
    assert changed((bonus, f"{gate}{bonus.replace('[composite]', '[gated]')}")) == [
        "The step gated is new (gate), after basis.",
        "Step bonus: factors was [composite] and is [gated].",
    ]
    without = changed((basis, ""), ("basis: basis", "basis: target_bonus"))
    assert without == ["The step basis is gone (proration).", "Step bonus: basis was basis and is target_bonus."]
    assert changed((basis, ""), ("steps:\n", f"steps:\n{basis}")) == ["The step basis moves to the top."]


def test_paths_point_into_the_new_plan_and_for_what_is_gone_into_the_old() -> None:
    old, new = load_plan(ACCELERATOR), load_plan(new_plan("linear_payout", code="accelerator"))
    told = {one.step: (one.change, one.path) for one in plan_differences(old, new) if one.step in {"line_score", "attainment"}}
    assert told == {"line_score": ("removed", "/steps/1"), "attainment": ("changed", "/steps/0/cap")}


def test_money_says_who_gains_who_loses_and_the_total() -> None:
    """Given one far above target, one at it, one below and one who cannot be scored, in two currencies, then each is counted once and who
    changes most stands first."""
    old, new = load_plan(ACCELERATOR), load_plan(new_plan("accelerator", rate="3", threshold="90%"))
    facts = {"star": ("120", "EUR"), "steady": ("100", "EUR"), "slow": ("85", "EUR"), "abroad": ("110", "USD"), "unmeasured": (None, "EUR")}
    lines = [
        Line(scorecard_id=name, line=1, kpi_id="k", direction="higher", target=100, actual=actual, weight=100)
        for name, (actual, _) in facts.items()
    ]
    people = [
        Person(scorecard_id=name, person_id=name, currency=currency, target_bonus_amount=1000) for name, (_, currency) in facts.items()
    ]
    told = money_difference(old, new, *tables(lines, people))
    assert [(one.scorecard_id, one.before, one.after, one.difference) for one in told.people] == [
        ("slow", 850, 0, -850),
        ("star", 1400, 1600, 200),
        ("abroad", 1200, 1300, 100),
        ("steady", 1000, 1000, 0),
        ("unmeasured", None, None, None),
    ]
    assert [total.model_dump() for total in told.sums] == [
        {"currency": "EUR", "people": 4, "gain": 1, "lose": 1, "same": 1, "failed": 1, "before": Decimal(3250), "after": Decimal(2600),
         "difference": Decimal(-650)},
        {"currency": "USD", "people": 1, "gain": 1, "lose": 0, "same": 0, "failed": 0, "before": Decimal(1200), "after": Decimal(1300),
         "difference": Decimal(100)},
    ]  # fmt: skip
