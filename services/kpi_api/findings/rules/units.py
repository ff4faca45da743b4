"""Units: how many KPIs they carry, whether they say how they create value, and who else works at the same outcome."""

from collections.abc import Iterator
from typing import Final

from kpi_api.findings.facts import Unit
from kpi_api.findings.limits import Limits
from kpi_api.findings.rule import Found, Origin, Rule


def unit_with_too_many_kpis(unit: Unit, limits: Limits) -> Iterator[Found]:
    if unit.kpis > limits.most_unit_kpis:
        sentence = f"{unit.name} has {unit.kpis} KPIs of its own; at most {limits.most_unit_kpis} are a core."
        yield Found(sentence, {"kpis": unit.kpis, "at_most": limits.most_unit_kpis})


def unit_without_value_statement(unit: Unit, limits: Limits) -> Iterator[Found]:
    if unit.kpis and not unit.value_statement:
        yield Found(f"{unit.name} has KPIs and has not said how it creates value, and for whom.", {"kpis": unit.kpis})


def units_with_one_outcome_unlinked(unit: Unit, limits: Limits) -> Iterator[Found]:
    for outcome, others in unit.same_outcome:
        sentence = f"{unit.name} and {', '.join(others)} work at “{outcome}”, and no contribution links their KPIs."
        yield Found(sentence, {"outcome": outcome, "units": list(others)})


RULES: Final = (
    Rule(
        "unit_with_too_many_kpis", "warning", "unit", "Too many core KPIs of a unit",
        "Dozens of indicators are taken for completeness.",
        "Attention breaks up and nobody owns an outcome.",
        "Keep the core small; measure the rest without a target.",
        Origin("S2", "Common KPI management mistakes to avoid"), unit_with_too_many_kpis,
    ),
    Rule(
        "unit_without_value_statement", "warning", "unit", "No value statement",
        "Who cannot say how they create value cannot pick what to measure.",
        "Figures for show take the place of meaning.",
        "Let the unit's head write how it creates value, and for whom.",
        Origin("S2", "opening"), unit_without_value_statement,
    ),
    Rule(
        "units_with_one_outcome_unlinked", "information", "unit", "One outcome, two units, no link",
        "Each works at the same thing without the other.",
        "Units optimize on their own and get into each other's way.",
        "Link their KPIs to one above, or make it one that they carry together.",
        Origin("S1"), units_with_one_outcome_unlinked,
    ),
)  # fmt: skip
