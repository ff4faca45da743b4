"""Who sees and does what in scoring: the whole matrix as data (the rules: domain "Visibility").

Pay is narrower than performance: a person's own, and what a role is there for. Standing above somebody shows no pay.
"""

from typing import Literal

from chassis.access import EVERYBODY, Matrix, sight

Role = Literal["board", "hr_admin", "comp_admin", "executive", "payroll", "auditor", "integration", "service"]

MAKES_KEYS: Role = "hr_admin"
"""Who makes API keys, in kpi_api, and so could act by one."""

SIGHTS = (
    sight("person", "self"),
    sight("person", "below"),
    sight("person", EVERYBODY, "hr_admin", "comp_admin", "payroll", "auditor", "integration", "service"),
    sight("pay_basis", "self"),
    sight("pay_basis", EVERYBODY, "comp_admin", "auditor"),
    # A payout once it is released.
    sight("payout", "self"),
    sight("payout", EVERYBODY, "comp_admin", "auditor"),
    # The lines of a run before and after its release, failed ones too.
    sight("run_line", EVERYBODY, "comp_admin", "board", "auditor"),
    sight("run", EVERYBODY, "comp_admin", "hr_admin", "board", "payroll", "auditor", "integration", "service"),
    sight("payroll_batch", EVERYBODY, "payroll", "comp_admin", "auditor"),
    # Which payouts are on their way, without amounts: asked before somebody is erased.
    sight("pay_due", EVERYBODY, "comp_admin", "auditor", "service"),
    # Everything about one person in one document, with their pay.
    sight("personal_data", "self"),
    sight("personal_data", EVERYBODY, "comp_admin", "auditor"),
    # Who read somebody's pay.
    sight("reading", "self"),
    sight("reading", EVERYBODY, "auditor"),
    sight("plan", EVERYBODY, "comp_admin", "hr_admin", "board", "auditor", "integration", "service"),
)

PERMITS: dict[str, tuple[Role, ...]] = {
    "api_keys.write": ("service",),
    "audit.read": ("auditor",),
    "approval_rules.write": ("board", "hr_admin"),
    "events.read": ("service", "integration", "comp_admin", "auditor"),
    "organization.write": ("service", "hr_admin", "comp_admin"),
    "pay_bases.write": ("comp_admin", "integration"),
    "payroll_batches.acknowledge": ("payroll",),
    "payroll_batches.write": ("payroll", "comp_admin"),
    # Whoever pushes people pushes their roles and identities too, so no key may.
    "people.write": ("service",),
    "plans.approve": ("comp_admin", "hr_admin", "board"),
    "plans.write": ("comp_admin", "integration"),
    "runs.approve": ("comp_admin", "board"),
    "runs.release": ("comp_admin", "board"),
    "runs.send": ("service", "integration", "comp_admin", "hr_admin"),
    "runs.supersede": ("comp_admin", "service", "integration"),
    "scores.compute": ("service", "integration", "comp_admin", "hr_admin"),
    "webhooks.write": ("comp_admin", "hr_admin", "integration"),
}

MATRIX = Matrix(SIGHTS, {permit: frozenset(roles) for permit, roles in PERMITS.items()})
