"""Targets read as sentences."""

from datetime import date
from decimal import Decimal

import pytest
from pydantic import ValidationError

from kpi_api.dictionary.lateness import Lateness
from kpi_api.dictionary.library import load_library
from kpi_api.dictionary.target_schemas import Target
from kpi_api.dictionary.targets import target_sentence


@pytest.mark.parametrize(
    ("code", "sentences"),
    [
        ("quarterly_revenue_closed", ["at least 450,000 USD per quarter"]),
        ("sales_activity_rate", ["at least 50 per week"]),
        ("customer_satisfaction_post_sale", ["at least 4.2 out of 5"]),
        ("sprint_velocity", ["at least 18 points per sprint"]),
        ("code_quality", ["below 2%"]),
        ("on_time_delivery", ["at least 90% each sprint"]),
        ("campaign_roi", ["at least 4"]),
        ("email_engagement", ["above 28%", "above 4%"]),
        ("budget_adherence", ["between -5% and 5% each month"]),
        ("time_to_fill", ["at most 35 days"]),
        ("retention_of_high_performers", ["zero per half-year"]),
        ("cost_savings_identified", ["at least 500,000 USD per year"]),
        ("audit_finding_rate", ["zero"]),
        ("average_handle_time", ["below 6 minutes"]),
        ("forecast_accuracy", ["between -3% and 3% each month"]),
        ("budget_variance_reporting", ["within 3 business days of month-end close"]),
        ("upskilling", ["at least 1 per half-year"]),
        ("certification_by_q3", ["at least 1 by the end of Q3"]),
        ("cfa_level_1", ["at least 1 by the end of December"]),
        ("executive_presentations", ["at least 2 per quarter"]),
        ("company_revenue_growth", ["at least 10%"]),
        ("financial_models", ["at least 12 per quarter", "between -5% and 5%"]),
    ],
)
def test_printed_targets(code: str, sentences: list[str]) -> None:
    assert [target_sentence(target) for target in load_library().kpis[code].targets] == sentences


def test_a_due_date_and_stored_zeros() -> None:
    milestone = Target(value=Decimal("1.000000000000"), unit="count", due_on=date(2026, 9, 30))
    day = Target(comparison="at_most", value=Decimal("1.00"), unit="days")
    loss = Target(comparison="above", value=Decimal("-1200.50"), unit="USD", period="half_year")

    assert target_sentence(milestone) == "at least 1 by 2026-09-30"
    assert target_sentence(day) == "at most 1 day"
    assert target_sentence(loss) == "above -1,200.5 USD per half-year"


def test_phases_lateness_and_evidence_are_said() -> None:
    phased = Target(value=Decimal(100), unit="USD", period="month", phasing=[Decimal(number) for number in (1, 2, 3, 4, 5)])
    strict = Target(value=Decimal(1), unit="count", due_quarter=3, due_on=date(2026, 9, 30), lateness=Lateness(kind="zero_when_late"))
    softer = Lateness(kind="per_day", percent=Decimal("2.50"), grace_days=1, days="business")
    proven = Target(value=Decimal(1), unit="count", due_month=12, lateness=softer, evidence_required=True)

    assert target_sentence(phased) == "at least 100 USD per month, phased 1, 2, 3, 4, …"
    assert target_sentence(strict) == "at least 1 by the end of Q3 (2026-09-30); nothing if later"
    assert target_sentence(proven) == (
        "at least 1 by the end of December; 2.5% less per business day late after 1 business day of grace; with evidence"
    )


@pytest.mark.parametrize(
    ("given", "code"),
    [
        ({"value": "better", "unit": "count"}, "target_not_a_number"),
        ("better", "target_not_a_number"),
        ({"value": "1e3", "unit": "count"}, "decimal_format"),
        ({"value": "1", "unit": "count", "due_quarter": 3, "due_month": 12}, "due_twice"),
        ({"value": "1", "unit": "count", "lateness": {"kind": "zero_when_late"}}, "due_missing"),
        ({"value": "1", "unit": "count", "due_month": 12, "lateness": {"kind": "per_day"}}, "lateness_percent"),
        ({"value": "3", "unit": "days", "comparison": "at_most", "counted_from": "month_end_close"}, "counted_from_close"),
        ({"value": "3", "unit": "business_days", "counted_from": "month_end_close"}, "counted_from_close"),
    ],
)
def test_what_is_no_target_is_refused_by_code(given: object, code: str) -> None:
    with pytest.raises(ValidationError) as refused:
        Target.model_validate(given)
    assert [error["type"] for error in refused.value.errors()] == [code]


def test_every_target_of_the_library_reads() -> None:
    sentences = [target_sentence(target) for kpi in load_library().kpis.values() for target in kpi.targets]

    assert len(sentences) == 48
    assert all(sentence[0].islower() and "  " not in sentence for sentence in sentences)
