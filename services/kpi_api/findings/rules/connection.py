"""Connection: whether a KPI leads to strategy and to an outcome, and how the KPIs of one scorecard bear on each other."""

from collections.abc import Iterator
from itertools import combinations
from typing import Final

from kpi_api.findings.facts import Card
from kpi_api.findings.limits import Limits
from kpi_api.findings.rule import Found, Origin, Rule, about
from kpi_api.findings.rules.balance import MISTAKES


def orphan(card: Card, limits: Limits) -> Iterator[Found]:
    for line in card.lines:
        if not line.reaches_strategy:
            yield about(line, f"No path leads from “{line.name}” up to a strategic KPI.", level=line.level)


def skipped_level(card: Card, limits: Limits) -> Iterator[Found]:
    for line in card.lines:
        for level in line.skips:
            sentence = f"“{line.name}” contributes straight to the level {level.replace('_', ' ')}."
            yield about(line, sentence, level=line.level, parent_level=level)


def no_outcome(card: Card, limits: Limits) -> Iterator[Found]:
    for line in card.lines:
        if line.definition.outcome_code is None:
            yield about(line, f"The definition of “{line.name}” names no outcome.", definition=line.definition.code)


def opposite_directions(card: Card, limits: Limits) -> Iterator[Found]:
    pulling = [line for line in card.lines if line.definition.pulls]
    for one, other in combinations(pulling, 2):
        if one.definition.id == other.definition.id:
            continue
        for measure, pull in one.definition.pulls.items():
            if other.definition.pulls.get(measure, pull) != pull:
                sentence = f"“{one.name}” and “{other.name}” pull “{measure}” in opposite directions."
                yield about(one, sentence, other=other.name, measure=measure)


def double_counting(card: Card, limits: Limits) -> Iterator[Found]:
    if not card.counted_in:
        return
    names = {line.kpi_id: line.name for line in card.lines}
    for line in card.lines:
        for child, total in card.counted_in:
            if child == line.kpi_id:
                yield about(line, f"“{line.name}” is counted once more in “{names[total]}”.", counted_in=names[total])


def near_equal_definitions(card: Card, limits: Limits) -> Iterator[Found]:
    alike = [line for line in card.lines if line.definition.alike]
    for one, other in combinations(alike, 2):
        if other.definition.id in one.definition.alike:
            sentence = f"“{one.name}” and “{other.name}” are defined nearly alike."
            yield about(one, sentence, other=other.name, definitions=[one.definition.code, other.definition.code])


RULES: Final = (
    Rule(
        "orphan", "warning", "line", "Disconnected from strategy",
        "Nothing above is served by it.",
        "Work is done that the strategy does not need.",
        "Link it to a KPI of the team, or take it off.",
        MISTAKES, orphan,
    ),
    Rule(
        "skipped_level", "information", "line", "A level is skipped",
        "It contributes past the level next above.",
        "Those in between do not see what is done for them.",
        "Link it to the next level's KPI, unless there is none.",
        Origin("S0", "Individual KPIs in the Performance Cascade"), skipped_level,
    ),
    Rule(
        "no_outcome", "warning", "line", "No outcome",
        "The outcome comes first, the figure after it.",
        "Nobody can say what the figure is for.",
        "Let the definition name the outcome that it serves.",
        Origin("S2", "Step 1"), no_outcome,
    ),
    Rule(
        "opposite_directions", "warning", "line", "KPIs pull one measure in opposite directions",
        "Meeting the one is missing the other.",
        "The person can only lose.",
        "Keep one of them, or make the other a limit that must not be passed.",
        Origin("ours"), opposite_directions,
    ),
    Rule(
        "double_counting", "warning", "line", "Counted twice",
        "The same result stands on the scorecard by itself and inside a sum.",
        "One success, or one miss, counts double.",
        "Keep the part or the sum.",
        Origin("ours"), double_counting,
    ),
    Rule(
        "near_equal_definitions", "warning", "line", "Two definitions nearly alike",
        "Two definitions of one thing start arguments about which is right.",
        "People discuss figures instead of results.",
        "Merge the definitions, rename one, or state the difference.",
        Origin("S2", "Step 2"), near_equal_definitions,
    ),
)  # fmt: skip
