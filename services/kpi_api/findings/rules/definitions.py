"""Definitions: whether a KPI of the scorecard can be measured, trusted and acted on."""

from collections.abc import Iterator
from typing import Final

from kpi_api.findings.facts import Card
from kpi_api.findings.limits import Limits
from kpi_api.findings.rule import Found, Origin, Rule, about

TRUST: Final = Origin("S2", "Step 2")
DAYS: Final = {"day": 1, "week": 7, "sprint": 14, "month": 30, "quarter": 91, "half_year": 182, "year": 365}
"""About how many days lie between two updates; a sprint as the cycle counts it where no calendar says otherwise."""


def vague_target(card: Card, limits: Limits) -> Iterator[Found]:
    for line in card.lines:
        if not line.parts:
            yield about(line, f"“{line.name}” has no target.")


def no_source_of_truth(card: Card, limits: Limits) -> Iterator[Found]:
    for line in card.lines:
        if line.definition.source_of_truth is None:
            yield about(line, f"Nobody has said where the values of “{line.name}” come from.", definition=line.definition.code)


def no_owner(card: Card, limits: Limits) -> Iterator[Found]:
    for line in card.lines:
        if not line.definition.has_owner:
            yield about(line, f"Nobody answers for the definition of “{line.name}”.", definition=line.definition.code)


def stale_version(card: Card, limits: Limits) -> Iterator[Found]:
    for line in card.lines:
        number, newest = line.definition.number, line.definition.newest
        if newest is None:
            yield about(line, f"The definition of “{line.name}” was retired.", number=number, newest=None)
        elif newest > number:
            yield about(line, f"“{line.name}” stands on version {number}; version {newest} is in force.", number=number, newest=newest)


def reviewed_too_often(card: Card, limits: Limits) -> Iterator[Found]:
    for line in card.lines:
        frequency, speed = line.definition.update_frequency, line.definition.decision_speed_days
        if frequency is not None and speed is not None and DAYS[frequency] < speed:
            sentence = f"“{line.name}” is updated each {frequency.replace('_', '-')}, and acting on it takes {speed} days."
            yield about(line, sentence, update_frequency=frequency, decision_speed_days=speed)


RULES: Final = (
    Rule(
        "vague_target", "warning", "line", "Vague target",
        "Without a number and a comparison nobody can tell whether it was met.",
        "The review becomes a matter of opinion.",
        "Set a target.",
        Origin("S0", "Individual KPIs by Role"), vague_target,
    ),
    Rule(
        "no_source_of_truth", "warning", "line", "No source of truth",
        "Two people would fetch two numbers.",
        "People argue about the number.",
        "Let the definition name its source.",
        TRUST, no_source_of_truth,
    ),
    Rule(
        "no_owner", "information", "line", "No owner of the definition",
        "Nobody keeps the definition in step with the business.",
        "It grows old unnoticed.",
        "Let somebody answer for the definition.",
        TRUST, no_owner,
    ),
    Rule(
        "stale_version", "warning", "line", "Stale version",
        "The definition has changed since the KPI was given.",
        "People who seem to have the same KPI are measured differently.",
        "Give the KPI anew by the version in force, or keep it and say why.",
        TRUST, stale_version,
    ),
    Rule(
        "reviewed_too_often", "warning", "line", "Reviewed more often than anyone can act",
        "Looking more often than one can act shows noise.",
        "Time goes into explaining what nobody can change yet.",
        "Update it as often as somebody can act.",
        Origin("S2", "Step 3"), reviewed_too_often,
    ),
)  # fmt: skip
