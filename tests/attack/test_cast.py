"""The cast has a record of every kind that the matrix names."""

from tests.attack.cast import Cast


async def test_there_is_something_of_every_kind(cast: Cast) -> None:
    kinds = {
        "person", "kpi", "scorecard", "closed_scorecard", "review", "released_review", "check_in", "run", "payout", "run_line", "pay_basis",
        "payroll_batch", "plan", "plan_assignment", "grant", "webhook", "hris_source", "unit", "role", "legal_entity", "cycle", "template",
        "definition", "draft", "outcome", "competency", "calendar", "organization", "closing", "event", "scoring_organization",
        "private_plan", "line_of_run", "batch_line", "scoring_event", "shared_with", "kpi_of", "closed_kpi", "delegation", "identity",
        "api_key", "audit_record", "scoring_audit_record", "business_change", "definition_review", "kpi_in_use", "kpi_below",
        "doubled", "sprint", "window_event", "finding_muting", "correction", "template_assignment", "development_goal", "scorecard_change",
    }  # fmt: skip
    assert {kind for kind, records in cast.records.items() if records} == kinds
