"""What the check finds in plans that can be computed, and that sound plans are left alone."""

import pytest

from scoring.engine import load_plan, new_plan
from scoring.engine.templates import STRUCTURES


def codes(steps: str, results: str = "") -> list[tuple[str, str]]:
    return [(finding.code, finding.step) for finding in load_plan(f"plan: p\nsteps:\n{steps}\n{results}").findings]


@pytest.mark.parametrize(
    ("step", "expected"),
    [
        ("points: [[1, 0], [2, 1]]", []),
        ("points: [[1, 1], [2, 2]]", ["cliff"]),
        ("points: [[1, 0], [2, 1], [2, 3]]", ["cliff"]),
        ("points: [[1, 0], [2, 3], [3, 2]]", ["non_monotonic"]),
        ("points: [[1, 0], [2, 3]], above: zero", ["non_monotonic"]),
        ("points: [[1, 0], [2, 3]], above: {slope: -1}", ["non_monotonic"]),
        ("points: [[1, 0], [2, 3]], cap: 1, floor: 2", ["contradictory_limits"]),
    ],
)
def test_curves(step: str, expected: list[str]) -> None:
    assert codes(f"  - {{name: c, kind: curve, of: actual, {step}}}") == [(code, "c") for code in expected]


def test_pay_that_falls_across_a_tier() -> None:
    tiers = "tiers: [{up_to: 100, rate: 2, flat: 10}, {rate: 1}]"
    assert codes(f"  - {{name: t, kind: tiers, of: actual, how: whole, {tiers}}}") == [("non_monotonic", "t")]
    assert codes(f"  - {{name: t, kind: tiers, of: actual, how: marginal, {tiers}}}") == []


@pytest.mark.parametrize(
    ("when", "expected"),
    [("at_least: 80%", []), ("at_least: 3", ["unreachable_gate"]), ("at_least: 0", ["idle_gate"]), ("below: 0", ["unreachable_gate"])],
)
def test_gates_that_never_open_or_never_shut(when: str, expected: list[str]) -> None:
    steps = f"  - {{name: a, kind: attainment, cap: 2, floor: 0}}\n  - {{name: g, kind: gate, of: a, when: {{value: a, {when}}}}}"
    assert codes(steps) == [(code, "g") for code in expected]


def test_cost_without_a_limit_and_steps_that_nobody_uses() -> None:
    steps = "  - {name: a, kind: attainment}\n  - {name: idle, kind: multiply, of: [a, 2]}\n  - {name: m, kind: weighted_mean, of: a}"
    assert codes(steps, "composite: m") == [("unused_step", "idle"), ("unbounded_cost", "m")]


@pytest.mark.parametrize("structure", STRUCTURES)
def test_templates_have_nothing_to_warn_of(structure: str) -> None:
    assert [finding for finding in load_plan(new_plan(structure)).findings if finding.severity == "warning"] == []
