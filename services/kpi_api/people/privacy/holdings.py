"""Which tables of kpi_api hold something about a person: what an export shows of it and what erasure empties (see `chassis.personal_data`).

Tables of domains above people stand here by name. Text about somebody goes with whom it is about, whoever wrote it; what a person wrote
about others stays with those, under the writer's opaque id. What a signed agreement and pay rest on stays: KPI names, targets, values.
"""

from sqlalchemy import ColumnElement, or_, select

from chassis.personal_data import ERASED, ERASED_ID, Holding, LeftOut, Tables
from kpi_api.database import Row


def tables() -> Tables:
    """Every table of kpi_api by name."""
    return Row.metadata.tables


def _to_be_seen(tables: Tables) -> ColumnElement[bool]:
    """The person's own words, and of a manager's those that were released."""
    written, reviews = tables["review_assessments"], tables["reviews"]
    same = (reviews.c.organization_id == written.c.organization_id, reviews.c.released_assessment_id == written.c.id)
    return or_(written.c.side == "self", select(reviews.c.id).where(*same).exists())


CARD, KPI, REVIEW = ("scorecard_id", "scorecards"), ("kpi_id", "kpis"), ("review_id", "reviews")
GOAL = ("goal_id", "development_goals")
OWNER = "owner_person_id"
LINE = ("id", "valid_from", "valid_to")

HOLDINGS = (
    Holding("person_identities", "person_identities", removed=True),
    Holding("employments", "employments"),
    Holding("employments_as_manager", "employments", "manager_id", shows=LINE, erases={"manager_external_id": ERASED_ID}),
    Holding("leaves", "leaves", erases={"kind": None}),
    Holding("reporting_lines", "reporting_lines"),
    Holding("reporting_lines_as_manager", "reporting_lines", "manager_id", shows=(*LINE, "depth")),
    Holding("grants", "grants"),
    Holding("delegations_given", "delegations", "delegator_id"),
    Holding("delegations_received", "delegations", "delegate_id"),
    Holding("units_as_head", "org_units", "head_id", shows=("id", "code", "name")),
    Holding("definitions_owned", "kpi_definitions", "owner_id", shows=("id", "code")),
    Holding("definitions_stewarded", "kpi_definitions", "steward_id", shows=("id", "code")),
    Holding("definition_versions_written", "definition_versions", "author_id", shows=("id", "number", "name")),
    Holding("definition_versions_approved", "definition_versions", "approver_id", shows=("id", "number", "name", "approved_at")),
    Holding(
        "definition_versions_sent_back",
        "definition_versions",
        "sent_back_by_person_id",
        shows=("id", "number", "name", "sent_back_at", "sent_back_reason"),
    ),
    Holding("role_versions_written", "role_versions", "author_id", shows=("id", "number", "name", "written_at")),
    Holding("hris_messages", "hris_messages"),
    Holding("kpi_sights", "kpi_sights"),
    Holding("kpis", "kpis", OWNER, erases={"why": ERASED}),
    Holding("kpi_targets", "kpi_targets", OWNER, belongs=KPI),
    Holding("kpi_leads", "kpi_leads", OWNER, belongs=("leading_id", "kpis")),
    Holding("contributions", "contributions", OWNER, belongs=("child_id", "kpis")),
    Holding("measurements", "measurements", OWNER, belongs=KPI),
    Holding("correction_reasons", "correction_reasons", OWNER, belongs=KPI, erases={"text": ERASED}),
    Holding(
        "milestone_records", "milestone_records", OWNER, belongs=KPI, erases={"evidence": ERASED, "evidence_link": None}
    ),
    Holding("kpi_agreements", "kpi_agreements", "signer_id", shows=("id", "kpi_id", "stakeholder_id", "agreed_at")),
    Holding("kpi_proposals", "kpi_proposals", "author_id", erases={"text": ERASED}),
    Holding(
        "kpi_proposals_answered",
        "kpi_proposals",
        "answered_by_id",
        shows=("id", "kpi_id", "status", "answered_at"),
        erases={"reply": ERASED},
    ),
    Holding("kpi_comments", "kpi_comments", "author_id", erases={"text": ERASED}),
    Holding("kpi_part_records", "kpi_part_records", "recorded_by_id", erases={"note": ERASED}),
    Holding("kpi_unnamed", "kpi_unnamed"),
    Holding("kpi_celebrations", "kpi_celebrations", OWNER, belongs=KPI),
    Holding("kpi_retrospectives", "kpi_retrospectives", "author_id", erases={"went_well": ERASED, "to_improve": ERASED}),
    Holding("kpis_carried_together", "kpi_stakeholders", erases={"part": ERASED, "left_reason": ERASED}),
    Holding("kpi_agreements_taken_back", "kpi_agreements_taken_back", "taken_back_by_id"),
    Holding(
        "development_goals", "development_goals", erases=dict.fromkeys(("skill", "why", "closing_reason"), ERASED)
    ),
    Holding("development_steps", "development_steps", belongs=GOAL, erases={"text": ERASED}),
    Holding("development_evidence", "development_evidence", belongs=GOAL, erases={"text": ERASED, "link": ERASED}),
    Holding("development_evidence_given", "development_evidence", "author_id", shows=("id", "goal_id", "given_at")),
    *(Holding(f"development_goals_{did}", "development_goals", f"{did}_by_id", shows=("id", "person_id", f"{did}_at"))
      for did in ("written", "agreed", "closed")),
    Holding("scorecards", "scorecards"),
    Holding("scorecard_lines", "scorecard_lines", belongs=CARD),
    Holding("scorecard_quality", "scorecard_quality", belongs=CARD),
    Holding("finding_mutings", "finding_mutings", belongs=CARD, erases={"reason": ERASED}),
    Holding("findings_muted", "finding_mutings", "muted_by_id", shows=("id", "code", "scorecard_id", "muted_at", "ends_on")),
    Holding("scorecard_history", "scorecard_history", belongs=CARD),
    Holding("scorecard_comments", "scorecard_comments", belongs=CARD, erases={"text": ERASED}),
    Holding("scorecard_signatures", "scorecard_signatures", belongs=CARD),
    Holding("scorecards_signed", "scorecard_signatures", "signer_id"),
    Holding("scorecards_signed_on_behalf", "scorecard_signatures", "on_behalf_of_id"),
    Holding("scorecard_correction_results", "scorecard_correction_results", belongs=CARD, erases={"objection": ERASED}),
    Holding("scorecard_corrections_objected", "scorecard_correction_results", "objected_by_id", shows=("id", "scorecard_id", "decided_at")),
    Holding("scorecard_corrections_ordered", "scorecard_corrections", "ordered_by_id", shows=("id", "cycle_id", "ordered_at")),
    Holding("scorecard_texts", "scorecard_texts", belongs=CARD),
    Holding("scorecard_thread_comments", "scorecard_thread_comments", belongs=CARD, erases={"text": ERASED}),
    Holding("scorecard_thread_comments_written", "scorecard_thread_comments", "author_id", shows=("id", "scorecard_id", "created_at")),
    Holding("template_assignments_asked_for", "template_assignments", "requester_id", shows=("id", "template_id", "requested_at")),
    Holding("template_assignment_results", "template_assignment_results"),
    Holding("scorecard_changes", "scorecard_changes", belongs=CARD),
    Holding("scorecard_changes_signed_on_behalf", "scorecard_changes", "on_behalf_of_id", shows=("id", "scorecard_id", "signed_at")),
    Holding("scorecard_changes_signed", "scorecard_changes", "signer_id", shows=("id", "scorecard_id", "signed_at", "digest")),
    Holding("scores", "scores", belongs=("id", "scorecards")),
    Holding("reviews", "reviews"),
    Holding("review_assessments", "review_assessments", belongs=REVIEW, only=_to_be_seen, erases={"text": ERASED}),
    Holding("review_assessments_written", "review_assessments", "author_id", shows=("id", "review_id", "written_at")),
    Holding(
        "check_ins",
        "check_ins",
        erases=dict.fromkeys(("what_moved", "why", "expected_impact", "support_needed"), ERASED),
    ),
    Holding("check_ins_written", "check_ins", "author_id", shows=("id", "kpi_id", "period_start", "created_at")),
    Holding("closings_begun", "closings", "closed_by", shows=("id", "cycle_id", "kind", "as_of")),
    Holding("erasure", "erasures", "id"),
    # Last, so that whoever is half erased can still be found by what they are called.
    Holding(
        "persons",
        "persons",
        "id",
        erases={
            **dict.fromkeys(("user_name", "email", "birth_date", "gender")),
            **dict.fromkeys(("given_name", "family_name", "display_name"), ERASED),
            "external_id": ERASED_ID,
        },
    ),
)

EXCEPTIONS: dict[str, str] = {}
"""Tables that name a person and are not listed, each with the reason."""

LEFT_OUT = [
    LeftOut(what="pay", reason="Pay bases, payouts and payroll are kept by scoring, which exports them."),
    LeftOut(what="reviews not released", reason="What a manager writes for a review, if anything, is exported once it is released."),
    LeftOut(
        what="what the person wrote about others",
        reason="It is about them: that it was written is shown, the text is in their own export.",
    ),
    LeftOut(what="who read it", reason="GET /v1/people/{id}/readings tells who read reviews and scores."),
]
