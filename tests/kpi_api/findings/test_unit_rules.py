"""Rules about units, and pure rules that need no scorecard in a database."""

from decimal import Decimal
from uuid import UUID, uuid4

import pytest

from kpi_api.findings import RULES, Card, Limits, Line, Part, Unit, errors_of_card, findings_of_card, findings_of_unit

UNIT = Unit(UUID(int=1), "Sales", "Brings new customers.", kpis=12)


def codes(unit: Unit) -> list[str]:
    return [finding.rule.code for finding in findings_of_unit(unit, Limits())]


def test_a_unit_with_thirteen_kpis_has_too_many() -> None:
    assert codes(UNIT) == []
    [found] = findings_of_unit(UNIT._replace(kpis=13), Limits())
    assert (found.rule.code, found.facts) == ("unit_with_too_many_kpis", {"kpis": 13, "at_most": 12})


def test_a_unit_without_kpis_need_not_say_how_it_creates_value() -> None:
    assert codes(UNIT._replace(value_statement=None, kpis=0)) == []
    assert codes(UNIT._replace(value_statement="", kpis=1)) == ["unit_without_value_statement"]


def test_units_at_one_outcome_without_a_link_are_named() -> None:
    [found] = findings_of_unit(UNIT._replace(same_outcome=(("Growing revenue", ("Care", "Field")),)), Limits())
    assert found.sentence == "Sales and Care, Field work at “Growing revenue”, and no contribution links their KPIs."
    assert found.facts == {"outcome": "Growing revenue", "units": ["Care", "Field"]}


def test_a_kpi_and_the_sum_that_counts_it_are_counted_twice() -> None:
    part, total = uuid4(), uuid4()
    lines = tuple(
        Line(n, name, "active", Decimal(50), (Part(Decimal(1)),), id_) for n, name, id_ in ((1, "North", part), (2, "All", total))
    )
    found = [
        one for one in findings_of_card(Card(lines, counted_in=frozenset({(part, total)})), Limits()) if one.rule.code == "double_counting"
    ]
    assert [(one.line.number if one.line else None, one.facts) for one in found] == [(1, {"kpi": "North", "counted_in": "All"})]


@pytest.mark.parametrize(
    ("status", "code"), [("waiting", "kpi_waiting"), ("withdrawn", "kpi_withdrawn"), ("closed", "kpi_withdrawn"), ("active", None)]
)
def test_a_kpi_that_is_not_active_is_an_error(status: str, code: str | None) -> None:
    card = Card((Line(1, "Calls", status, Decimal(100), (Part(Decimal(1)),)),))
    assert [finding.rule.code for finding in errors_of_card(card)] == ([code] if code else [])


def test_errors_are_rules_of_severity_error_and_no_others() -> None:
    assert {code for code, rule in RULES.items() if rule.severity == "error"} == {
        "no_lines", "weights_missing", "weights_total", "kpi_waiting", "kpi_withdrawn", "target_equals_baseline",
        "stakeholders_must_agree",
    }  # fmt: skip
