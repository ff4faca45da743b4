"""KPIs that several carry together: a scorecard should rest on terms to which all of them agreed."""

from collections.abc import Iterator
from typing import Final

from kpi_api.findings.facts import Card
from kpi_api.findings.limits import Limits
from kpi_api.findings.rule import Find, Found, Origin, Rule, Severity, about

DEFINITIONS: Final = Origin("S1", "Align on Definitions")


def stakeholders_not_agreed(card: Card, limits: Limits) -> Iterator[Found]:
    return iter(()) if limits.stakeholders_must_agree else _not_agreed(card)


def stakeholders_must_agree(card: Card, limits: Limits) -> Iterator[Found]:
    return _not_agreed(card) if limits.stakeholders_must_agree else iter(())


def _not_agreed(card: Card) -> Iterator[Found]:
    for line in card.lines:
        if line.agreed < line.carriers:
            waiting = line.carriers - line.agreed
            sentence = f"{waiting} of {line.carriers} who carry “{line.name}” together have not agreed to its present terms."
            yield about(line, sentence, waiting=waiting, stakeholders=line.carriers)


def _rule(code: str, severity: Severity, find: Find[Card]) -> Rule[Card]:
    return Rule(
        code, severity, "line", "Stakeholders have not agreed",
        "A shared KPI means what all who carry it agreed that it means.",
        "Each works towards something else, and nobody owns the result.",
        "Ask those who have not agreed; they agree, or propose other terms.",
        DEFINITIONS, find,
    )  # fmt: skip


RULES: Final = (_rule("stakeholders_not_agreed", "warning", stakeholders_not_agreed),)
REFUSING: Final = (_rule("stakeholders_must_agree", "error", stakeholders_must_agree),)
