"""What the check can find in a plan that can be computed: each rule with its severity, why it matters and what mends it."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final, Literal

Severity = Literal["warning", "information"]


@dataclass(frozen=True)
class Finding:
    """One thing worth a second look: which rule, at which step, where in the document (a JSON pointer), and what was seen there."""

    code: str
    severity: Severity
    step: str
    path: str
    message: str
    reason: str
    fix: str


@dataclass(frozen=True)
class Rule:
    """A kind of finding."""

    severity: Severity
    reason: str
    fix: str


RULES: Final[Mapping[str, Rule]] = {
    "cliff": Rule(
        "information",
        "Whoever ends a hair below gets much less than whoever ends a hair above, and results gather just above such an edge.",
        "Let the first point pay what the value before it pays, or keep the edge on purpose and tell the people whom it pays.",
    ),
    "non_monotonic": Rule(
        "warning",
        "Somebody earns less for a better result, so it pays to hold results back.",
        "Let each point, tier or cell pay at least what the one before it pays; turn a condition round that shuts for better results.",
    ),
    "gap": Rule(
        "warning",
        "What falls into the gap counts for nothing, and nobody is told.",
        "Let the ranges meet; give KPIs that count nowhere a component of the plan, or the plan theirs.",
    ),
    "overlap": Rule(
        "warning",
        "What lies in both counts twice.",
        "Let each KPI or value belong to one of them.",
    ),
    "unreachable_gate": Rule(
        "warning",
        "The gate never opens, so what stands behind it is promised and never paid.",
        "Set the limit within what the value can reach, or raise the cap of the step that gives the value.",
    ),
    "idle_gate": Rule(
        "information",
        "The gate never shuts; it reads like a condition and is none.",
        "Set a limit that can be missed, or leave the gate out.",
    ),
    "weight_sum": Rule(
        "information",
        "Readers take weights as percent; these count relative to one another.",
        "Write weights that add up to 100.",
    ),
    "unbounded_cost": Rule(
        "warning",
        "One extraordinary value, or one slip in a measurement, costs any amount.",
        "Give the step named a `cap`, or the input a `maximum`.",
    ),
    "contradictory_limits": Rule(
        "warning",
        "The limits leave one value only: what was reckoned before them never counts.",
        "Let the floor lie below the cap, and both within what the step can give.",
    ),
    "uncomputable_attainment": Rule(
        "warning",
        "Whoever has such a KPI is not scored at all, and is found out at the close.",
        "Give the attainment a cap (the best value where lower is better), or mend the KPI's target, baseline or scale.",
    ),
    "more_discretion_than_result": Rule(
        "warning",
        "Judgement moves the pay further than measured results do, so results hardly matter.",
        "Narrow what judgement can change, or let it act on a part of the pay.",
    ),
    "part_year_in_full": Rule(
        "warning",
        "Whoever joined, left or changed scorecard during the period is paid in full for each part: two halves of a year pay two bonuses.",
        "Prorate the basis: {name: basis, kind: proration, of: target_bonus}, and reckon the amount from it.",
    ),
    "unknown_kpi": Rule(
        "warning",
        "The step changes nobody's result, since nobody has this KPI.",
        "Mend the code, or list the plan's codes in `kpis` so that a slip is refused.",
    ),
    "unused_step": Rule(
        "information", "It is reckoned and changes nothing; perhaps a later step was meant to take it.", "Use it, or leave it out."
    ),
}


def found(code: str, step: str, field: str, message: str) -> Finding:
    """A finding at a field of a step, `field` being its path below the step; `located` puts the step's own path before it."""
    rule = RULES[code]
    return Finding(code, rule.severity, step, field, message, rule.reason, rule.fix)
