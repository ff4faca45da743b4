"""Targets read as sentences."""

from datetime import date
from decimal import Decimal

import pytest

from kpi_api.dictionary.library import load_library
from kpi_api.dictionary.schemas import Target
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


def test_every_target_of_the_library_reads() -> None:
    sentences = [target_sentence(target) for kpi in load_library().kpis.values() for target in kpi.targets]

    assert len(sentences) == 48
    assert all(sentence[0].islower() and "  " not in sentence for sentence in sentences)
