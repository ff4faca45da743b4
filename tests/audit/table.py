"""Which operation leaves which audit records: what a promise of the audit means, operation by operation.

An operation that answers with pay or a review, or changes pay, reviews, grants, plans, runs or settings, and stands in neither table, fails
`test_table`. `test_scoring` and `test_kpi_api` call each operation of `RECORDED` and compare who, what and whom.
"""

from collections.abc import Mapping, Sequence

Left = Sequence[tuple[str, str]]
"""Action and subject type of each kind of record."""

RECORDED: Mapping[str, Mapping[str, Left]] = {
    "scoring": {
        "GET /v1/audit-records": [("audit.read", "organization")],
        "GET /v1/people/{person_id}/readings": [("readings.read", "person")],
        "PUT /v1/people": [("grant.changed", "person"), ("identity.changed", "person")],
        "PUT /v1/api-keys": [("api_key.pushed", "api_key")],
        "PUT /v1/organization": [("organization.changed", "organization")],
        "PUT /v1/organization/approval-rules": [("approval_rules.changed", "organization")],
        "GET /v1/pay-bases": [("pay_basis.read", "person")],
        "POST /v1/pay-bases/import": [("pay_basis.changed", "person")],
        "GET /v1/plans": [("plan.read", "plan")],
        "POST /v1/plans": [("plan_version.created", "plan_version")],
        "GET /v1/plans/{code}": [("plan.read", "plan")],
        "POST /v1/plans/{code}/versions": [("plan_version.created", "plan_version")],
        "POST /v1/plans/{code}/versions/{number}/approve": [("plan_version.approved", "plan_version")],
        "GET /v1/plan-assignments": [("plan_assignment.read", "plan_assignment")],
        "GET /v1/plan-assignments/{assignment_id}": [("plan_assignment.read", "plan_assignment")],
        "POST /v1/plan-assignments": [("plan_assignment.made", "plan_assignment")],
        "POST /v1/plan-assignments/{assignment_id}/end": [("plan_assignment.ended", "plan_assignment")],
        "GET /v1/runs": [("run.read", "run")],
        "GET /v1/runs/{run_id}": [("run.read", "run")],
        "PUT /v1/runs/{run_id}": [("run.announced", "run")],
        "PUT /v1/runs/{run_id}/scorecards": [("run.snapshot_received", "run")],
        "POST /v1/runs/{run_id}/compute": [("run.compute_requested", "run")],
        "POST /v1/runs/{run_id}/approve": [("run.approved", "run")],
        "POST /v1/runs/{run_id}/release": [("run.released", "run")],
        "POST /v1/runs/{run_id}/supersede": [("run.superseded", "run")],
        "GET /v1/runs/{run_id}/lines": [("run.read", "run"), ("run_line.read", "person")],
        "GET /v1/runs/{run_id}/replay": [("run.replayed", "run")],
        "GET /v1/people/{person_id}/pay-due": [("pay_due.read", "person")],
        "GET /v1/payouts": [("payout.read", "person")],
        "GET /v1/payouts/{payout_id}": [("payout.read", "person")],
        "GET /v1/payroll-batches": [("payroll_batch.read", "payroll_batch")],
        "POST /v1/payroll-batches": [("payroll_batch.gathered", "payroll_batch")],
        "GET /v1/payroll-batches/{batch_id}": [("payroll_batch.read", "payroll_batch"), ("payroll_line.read", "person")],
        "GET /v1/payroll-batches/{batch_id}/summary": [("payroll_batch.read", "payroll_batch")],
        "DELETE /v1/payroll-batches/{batch_id}": [("payroll_batch.discarded", "payroll_batch")],
        "POST /v1/payroll-batches/{batch_id}/lock": [("payroll_batch.locked", "payroll_batch")],
        "POST /v1/payroll-batches/{batch_id}/acknowledgements": [("payroll_batch.answered", "payroll_batch")],
        "GET /v1/payroll-batches/{batch_id}/acknowledgements": [("payroll_batch.read", "payroll_batch"), ("payroll_line.read", "person")],
    },
    "kpi_api": {
        "GET /v1/audit-records": [("audit.read", "organization")],
        "GET /v1/people/{person_id}/readings": [("readings.read", "person")],
        "PATCH /v1/organization": [("organization.changed", "organization")],
        "GET /v1/grants": [("grant.read", "person")],
        "GET /v1/grants/{grant_id}": [("grant.read", "person")],
        "POST /v1/grants": [("grant.given", "person")],
        "POST /v1/grants/{grant_id}/approve": [("grant.approved", "person")],
        "POST /v1/grants/{grant_id}/end": [("grant.ended", "person")],
        "POST /v1/delegations": [("delegation.given", "person")],
        "POST /v1/delegations/{delegation_id}/end": [("delegation.ended", "person")],
        "POST /v1/person-identities": [("identity.linked", "person")],
        "POST /v1/person-identities/{identity_id}/approve": [("identity.approved", "person")],
        "DELETE /v1/person-identities/{identity_id}": [("identity.unlinked", "person")],
        "PUT /v1/person-identities/settings": [("identity_settings.changed", "organization")],
        "POST /v1/api-keys": [("api_key.made", "api_key")],
        "POST /v1/api-keys/{key_id}/approve": [("api_key.approved", "api_key")],
        "POST /v1/api-keys/{key_id}/rotate": [("api_key.rotated", "api_key")],
        "POST /v1/api-keys/{key_id}/revoke": [("api_key.revoked", "api_key")],
        "GET /v1/reviews": [("review.read", "review")],
        "POST /v1/reviews/bulk": [("review.opened", "review")],
        "GET /v1/reviews/{review_id}": [("review.read", "review")],
        "PUT /v1/reviews/{review_id}/self-assessment": [("review.assessed_by_self", "review")],
        "PUT /v1/reviews/{review_id}/manager-assessment": [("review.assessed_by_manager", "review")],
        "POST /v1/reviews/{review_id}/release": [("review.released", "review")],
        "POST /v1/reviews/{review_id}/acknowledge": [("review.acknowledged", "review")],
        "GET /v1/scorecards/{scorecard_id}/score": [("score.read", "scorecard")],
        "POST /v1/scorecards/{scorecard_id}/force": [("scorecard.forced", "scorecard")],
        "POST /v1/measurements": [("measurement.corrected_after_closing", "kpi")],
        # Over GraphQL the same queries and actions record the same.
        "graphql node(Review)": [("review.read", "review")],
        "graphql scorecard.score": [("score.read", "scorecard")],
        "graphql acknowledgeReview": [("review.acknowledged", "review")],
    },
}

NOT_RECORDED: Mapping[str, Mapping[str, str]] = {
    "scoring": {
        "POST /v1/scores": "computes from what the caller sends, and reads nothing that is stored of anybody",
        "POST /v1/scores/stream": "computes from what the caller sends, and reads nothing that is stored of anybody",
        "POST /v1/plan-templates/{structure}/fill": "fills a template that ships; nothing is kept",
        "POST /v1/plan-checks": "checks the plan that the caller sends; nothing is kept",
        "POST /v1/plan-pictures": "draws the plan that the caller sends; nothing is kept",
        "POST /v1/plan-differences": "compares two plans that the caller sends; nothing is kept",
    },
    "kpi_api": {
        "graphql viewer.payouts": "one's own only; scoring records it like any other door",
        "graphql viewer.readings": "one's own only",
    },
}
