"""What the check finds in plans that can be computed: each finding has a plan that shows it and a mended twin that does not."""

from dataclasses import dataclass

import pytest

from scoring.engine import Finding, check_plan, check_scorecards, load_plan, new_plan, score
from scoring.engine.checking import RULES
from scoring.engine.rows import Line, Person, tables
from scoring.engine.templates import STRUCTURES


def findings(steps: str, rest: str = "") -> list[Finding]:
    return check_plan(load_plan(f"plan: p\nsteps:\n{steps}\n{rest}"))


@dataclass(frozen=True)
class Twins:
    """A plan that shows a finding, the same plan mended, and where and in which words the finding stands."""

    code: str
    shows: str
    mended: str
    path: str
    words: str
    rest: str = ""


ATTAINMENT = "  - {name: a, kind: attainment, cap: 2, floor: 0}\n"
MEAN = f"{ATTAINMENT}  - {{name: m, kind: weighted_mean, of: a}}\n"
OPEN = "  - {name: a, kind: attainment}\n"
BONUS = "  - {name: bonus, kind: amount, basis: basis, factors: [m]}"
BASIS = "  - {name: basis, kind: proration, of: target_bonus}\n"
JUDGED = "inputs: [{name: judged, maximum: MAX, minimum: 0, discretionary: true}]\npayout: bonus"
GROUPS = (
    f"{ATTAINMENT}"
    "  - {name: output, kind: weighted_mean, of: a, only: {component: output}}\n"
    "  - {name: rest, kind: weighted_mean, of: a, only: {component: [REST]}}\n"
    "  - {name: m, kind: weighted_mean, of: [{value: output, weight: 60}, {value: rest, weight: WEIGHT}]}"
)


def groups(rest: str, weight: str = "40") -> str:
    return GROUPS.replace("REST", rest).replace("WEIGHT", weight)


def curve(points: str, more: str = "") -> str:
    return f"  - {{name: c, kind: curve, of: actual, points: {points}{more}}}"


def tiers(of: str, how: str = "whole") -> str:
    return f"  - {{name: t, kind: tiers, of: actual, how: {how}, tiers: [{of}]}}"


def gate(when: str, more: str = "") -> str:
    return f"{ATTAINMENT}  - {{name: g, kind: gate, of: a, when: {when}{more}}}"


ALL_THREE = "quality, behavioural, development"
TWINS = [
    Twins("cliff", curve("[[1, 1], [2, 2]]"), curve("[[1, 0], [2, 2]]"), "/steps/0/points/0", "Reaching 1 is worth 1 at once"),
    Twins("cliff", curve("[[1, 0], [2, 1], [2, 3]]"), curve("[[1, 0], [2, 3]]"), "/steps/0/points/2", "jumps from 1 to 3"),
    Twins(
        "cliff",
        tiers("{up_to: 9, rate: 1}, {rate: 2}"),
        tiers("{up_to: 9, rate: 1}, {rate: 2}", "marginal"),
        "/steps/0/tiers/1",
        "Passing 9 is worth 9",
    ),
    Twins(
        "cliff",
        gate("{value: a, at_least: 80%}"),
        gate("{value: a, at_least: 80%}", ", otherwise: {forfeit_below: 80%}"),
        "/steps/1/when",
        "by a hair",
    ),
    Twins("non_monotonic", curve("[[1, 0], [2, 3], [3, 2]]"), curve("[[1, 0], [2, 3], [3, 3]]"), "/steps/0/points/2", "falls from 3 to 2"),
    Twins(
        "non_monotonic", curve("[[1, 0], [2, 3]]", ", above: zero"), curve("[[1, 0], [2, 3]]"), "/steps/0/above", "passes 2 earns nothing"
    ),
    Twins(
        "non_monotonic",
        curve("[[1, 0], [2, 3]]", ", above: {slope: -1}"),
        curve("[[1, 0], [2, 3]]", ", above: {slope: 1}"),
        "/steps/0/above",
        "more earns less",
    ),
    Twins(
        "non_monotonic",
        tiers("{up_to: 100, rate: 2, flat: 10}, {rate: 1}"),
        tiers("{up_to: 100, rate: 2, flat: 10}, {rate: 3}"),
        "/steps/0/tiers/1",
        "falls from 210 to 100",
    ),
    Twins(
        "non_monotonic",
        "  - {name: g, kind: grid, row: rating, column: salary, rows: [1, 2], columns: [0], cells: [[5], [4]]}",
        "  - {name: g, kind: grid, row: rating, column: salary, rows: [1, 2], columns: [0], cells: [[4], [5]]}",
        "/steps/0/cells/1/0",
        "pays 4, less",
    ),
    Twins(
        "non_monotonic",
        f"{MEAN}  - {{name: g, kind: gate, of: m, when: {{value: m, at_most: 110%}}}}",
        f"{MEAN}  - {{name: g, kind: gate, of: m, when: {{value: m, at_least: 90%}}}}",
        "/steps/2",
        "at 110.0001 % instead of 110 % of target, g falls from 1.1 to 0",
        "composite: g",
    ),
    Twins("gap", tiers("{up_to: 100, rate: 1}"), tiers("{up_to: 100, rate: 1}, {rate: 1}"), "/steps/0/tiers/0/up_to", "above 100"),
    Twins(
        "gap",
        groups("quality, behavioural"),
        groups(ALL_THREE),
        "/steps/2/only/component",
        "development KPI counts nowhere",
        "composite: m",
    ),
    Twins(
        "gap",
        gate("{any: [{value: a, below: 50%}, {value: a, above: 50%}]}"),
        gate("{any: [{value: a, below: 50%}, {value: a, at_least: 50%}]}"),
        "/steps/1/when/any",
        "Between 0.5 and 0.5",
    ),
    Twins(
        "overlap", groups(f"output, {ALL_THREE}"), groups(ALL_THREE), "/steps/2/only", "A KPI of component output counts", "composite: m"
    ),
    Twins(
        "overlap",
        gate("{any: [{value: a, at_most: 60%}, {value: a, at_least: 50%}]}"),
        gate("{any: [{value: a, at_most: 60%}, {value: a, at_least: 150%}]}"),
        "/steps/1/when/any",
        "Between 0.5 and 0.6",
    ),
    Twins("unreachable_gate", gate("{value: a, at_least: 3}"), gate("{value: a, at_least: 1}"), "/steps/1/when", "can never be at least 3"),
    Twins(
        "unreachable_gate",
        gate("{value: a, at_least: 90%, below: 80%}"),
        gate("{value: a, at_least: 80%, below: 90%}"),
        "/steps/1/when",
        "at least 0.9 and below 0.8",
    ),
    Twins(
        "unreachable_gate",
        gate("{all: [{value: a, at_least: 1}, {value: a, above: 2}]}"),
        gate("{all: [{value: a, at_least: 1}, {value: a, above: 1.5}]}"),
        "/steps/1/when",
        "never be above 2",
    ),
    Twins("idle_gate", gate("{value: a, at_least: 0}"), gate("{value: a, above: 0}"), "/steps/1/when", "always at least 0"),
    Twins("weight_sum", groups(ALL_THREE, "50"), groups(ALL_THREE), "/steps/3/of", "add up to 110", "composite: m"),
    Twins(
        "unbounded_cost", f"{OPEN}  - {{name: m, kind: weighted_mean, of: a}}", MEAN, "/steps/1", "grows with a without end", "composite: m"
    ),
    Twins(
        "unbounded_cost",
        f"{MEAN}  - {{name: g, kind: multiply, of: [m, free]}}",
        f"{MEAN}  - {{name: g, kind: multiply, of: [m, 2]}}",
        "/steps/2",
        "grows with free",
        "inputs: [{name: free, minimum: 0}]\ncomposite: g",
    ),
    Twins(
        "unbounded_cost",
        curve("[[0, 0], [10, 1]]", ", above: extend") + "\n  - {name: m, kind: over_lines, how: highest, of: c}",
        curve("[[0, 0], [10, 1]]") + "\n  - {name: m, kind: over_lines, how: highest, of: c}",
        "/steps/1",
        "actual",
        "composite: m",
    ),
    Twins(
        "contradictory_limits",
        curve("[[1, 0], [2, 3]]", ", cap: 1, floor: 2"),
        curve("[[1, 0], [2, 3]]", ", cap: 2, floor: 1"),
        "/steps/0/floor",
        "above the cap",
    ),
    Twins(
        "contradictory_limits",
        curve("[[1, 4], [2, 5]]", ", below: flat, cap: 3"),
        curve("[[1, 4], [2, 5]]", ", below: flat, cap: 5"),
        "/steps/0/cap",
        "what everybody gets",
    ),
    Twins(
        "uncomputable_attainment",
        f"{OPEN}  - {{name: m, kind: weighted_mean, of: a, cap: 2}}",
        MEAN,
        "/steps/0",
        "reaches 0",
        "composite: m",
    ),
    Twins(
        "more_discretion_than_result",
        f"{MEAN}{BASIS}  - {{name: bonus, kind: amount, basis: basis, factors: [m, judged]}}",
        f"{MEAN}{BASIS}{BONUS}",
        "/steps/3",
        "judged can move bonus by 30000; results from nothing to 200 % move it by 20000",
        JUDGED.replace("MAX", "3"),
    ),
    Twins(
        "more_discretion_than_result",
        f"{MEAN}{BASIS}  - {{name: by_rating, kind: curve, of: rating, between: step, points: [[1, 0], [3, 1], [5, 3]]}}\n"
        "  - {name: bonus, kind: amount, basis: basis, factors: [m, by_rating]}",
        f"{MEAN}{BASIS}  - {{name: by_rating, kind: curve, of: rating, between: step, points: [[1, 0.5], [3, 1], [5, 1.5]]}}\n"
        "  - {name: bonus, kind: amount, basis: basis, factors: [m, by_rating]}",
        "/steps/4",
        "rating can move bonus by 30000",
        "payout: bonus",
    ),
    Twins(
        "part_year_in_full",
        f"{MEAN}  - {{name: bonus, kind: amount, basis: target_bonus, factors: [m]}}",
        f"{MEAN}{BASIS}{BONUS}",
        "/steps/2/basis",
        "pays target_bonus as if for a whole period",
        "payout: bonus",
    ),
    Twins("unused_step", f"{MEAN}  - {{name: idle, kind: multiply, of: [m, 2]}}", MEAN, "/steps/2", "No later step", "composite: m"),
]


@pytest.mark.parametrize("twins", TWINS, ids=lambda twins: f"{twins.code} {twins.path}")
def test_a_plan_shows_the_finding_and_its_mended_twin_does_not(twins: Twins) -> None:
    """Given a plan that shows it, then code, place, words, reason and fix are told; given the same plan mended, then none of that code."""
    told = [found for found in findings(twins.shows, twins.rest) if found.code == twins.code]
    assert [found.path for found in told] == [twins.path]
    assert twins.words in told[0].message
    assert (told[0].severity, told[0].reason, told[0].fix) == (
        RULES[twins.code].severity,
        RULES[twins.code].reason,
        RULES[twins.code].fix,
    )
    assert [found for found in findings(twins.mended, twins.rest) if found.code == twins.code] == []


def test_every_rule_is_shown() -> None:
    assert {twins.code for twins in TWINS} | {"unknown_kpi"} == RULES.keys()  # that one needs scorecards: see the last test


@pytest.mark.parametrize("structure", STRUCTURES)
def test_templates_have_nothing_to_warn_of(structure: str) -> None:
    assert [found for found in check_plan(load_plan(new_plan(structure))) if found.severity == "warning"] == []


def test_a_fall_is_told_once_of_the_step_that_falls() -> None:
    """Given a curve that falls and a payout that follows it, then the curve is named and the payout is not."""
    steps = f"{MEAN}  - {{name: c, kind: curve, of: m, points: [[80%, 1], [1, 0.5]]}}\n{BASIS}" + BONUS.replace("[m]", "[c]")
    assert [found.step for found in findings(steps, "payout: bonus") if found.code == "non_monotonic"] == ["c"]


def test_a_split_scorecard_is_paid_in_full_twice_without_proration() -> None:
    """Given somebody who changed scorecard in July, when neither text is prorated, then each pays the whole; prorated they pay one."""
    halves = [("first", "2026-01-01", "2026-06-30"), ("second", "2026-07-01", "2026-12-31")]
    people = [
        Person(scorecard_id=name, person_id="p", currency="EUR", target_bonus_amount=1000, period_starts_on="2026-01-01",
               period_ends_on="2026-12-31", segments=[{"starts_on": start, "ends_on": end}])
        for name, start, end in halves
    ]  # fmt: skip
    lines = [Line(scorecard_id=name, line=1, kpi_id="k", direction="higher", target=1, actual=1, weight=100) for name, _, _ in halves]
    whole = f"{MEAN}  - {{name: bonus, kind: amount, basis: target_bonus, factors: [m], places: 2}}"
    prorated = f"{MEAN}{BASIS}  - {{name: bonus, kind: amount, basis: basis, factors: [m], places: 2}}"
    sums = []
    for steps in (whole, prorated):
        plan = load_plan(f"plan: p\nsteps:\n{steps}\npayout: bonus")
        sums.append(sum(row["amount"] for row in score(plan, *tables(lines, people)).people.to_pylist()))
        assert ("part_year_in_full" in {found.code for found in check_plan(plan)}) == (steps is whole)
    assert sums == [2000, 1000]


def test_scorecards_that_could_not_be_scored_are_named_before_anything_is_measured() -> None:
    """Given a target of zero and a band without an edge, and values not measured yet, then both are named and the sound one is not."""
    plan = load_plan(f"plan: p\nsteps:\n{MEAN}composite: m")
    lines = [
        Line(scorecard_id="S1", line=1, kpi_id="k1", direction="higher", target=0, weight=50),
        Line(scorecard_id="S1", line=2, kpi_id="k2", direction="higher", target=9, weight=50),
        Line(scorecard_id="S2", line=1, kpi_id="k3", direction="band", target=9, weight=100),
    ]
    people = [Person(scorecard_id=name, person_id=name) for name in ("S1", "S2")]
    told = check_scorecards(plan, *tables(lines, people))
    assert [(found.code, found.path) for found in told] == [("uncomputable_attainment", "/steps/0")] * 2
    assert "line 1 of S1: A ratio needs a target above zero" in told[0].message
    assert "line 1 of S2: A band needs" in told[1].message
    mended = [line.model_copy(update={"target": 9, "target_high": 10}) for line in lines]
    assert check_scorecards(plan, *tables(mended, people)) == []


def test_a_step_for_a_kpi_that_nobody_has_is_named() -> None:
    """Given a slip in a KPI code, then step and place are named; given the code as the lines have it, then nothing."""
    lines = [Line(scorecard_id="S1", line=1, kpi_id="k", kpi_code="sales", direction="higher", target=9, weight=100)]
    tried = tables(lines, [Person(scorecard_id="S1", person_id="p")])
    steps = f"{ATTAINMENT}  - {{name: c, kind: minimum, of: [a, 1], only: {{kpi: [sales, CODE]}}}}\n"
    told = check_scorecards(load_plan(f"plan: p\nsteps:\n{steps.replace('CODE', 'salse')}"), *tried)
    assert [(one.code, one.step, one.path) for one in told] == [("unknown_kpi", "c", "/steps/1/only/kpi/1")]
    assert "salse" in told[0].message
    assert check_scorecards(load_plan(f"plan: p\nsteps:\n{steps.replace('CODE', 'sales')}"), *tried) == []
