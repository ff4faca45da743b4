"""Every rule, and what all of them find."""

from collections.abc import Iterable, Iterator
from typing import Any, Final

from kpi_api.findings.facts import Card, Unit
from kpi_api.findings.limits import Limits
from kpi_api.findings.rule import Finding, Of, Rule
from kpi_api.findings.rules import agreement, balance, connection, definitions, errors, sharing, units

ERRORS: Final[tuple[Rule[Card], ...]] = errors.RULES
CARD_RULES: Final[tuple[Rule[Card], ...]] = (
    *ERRORS, *sharing.REFUSING, *balance.RULES, *agreement.RULES, *sharing.RULES, *connection.RULES, *definitions.RULES,
)  # fmt: skip
UNIT_RULES: Final[tuple[Rule[Unit], ...]] = units.RULES
_EVERY: Final[tuple[Rule[Any], ...]] = (*CARD_RULES, *UNIT_RULES)
RULES: Final[dict[str, Rule[Any]]] = {rule.code: rule for rule in _EVERY}


def findings_of_card(card: Card, limits: Limits) -> list[Finding]:
    """In the order of the registry: errors first."""
    return list(_found(CARD_RULES, card, limits))


def errors_of_card(card: Card) -> list[Finding]:
    """What in the text alone forbids proposing, agreeing or forcing; it knows no limits."""
    return list(_found(ERRORS, card, Limits()))


def findings_of_unit(unit: Unit, limits: Limits) -> list[Finding]:
    """In the order of the registry."""
    return list(_found(UNIT_RULES, unit, limits))


def _found(rules: Iterable[Rule[Of]], of: Of, limits: Limits) -> Iterator[Finding]:
    return (Finding(rule, found.sentence, found.facts, found.line) for rule in rules for found in rule.find(of, limits))
