"""Who sees and does what, in the words of the domain ("Visibility") and of the docs: the oracle, which asks nothing of the code under test.

A viewer stands in relations to whose record it is: `self`; `direct`, whoever leads them; `above`, everybody over them in the line; `top`,
the board to the chief executive; the name of a granted role; `colleague`, everybody of the organization; `stranger`, another organization;
`out`, who brings no token or has left. KPIs have owners of two kinds, so they stand in a table of their own.
"""

from typing import Literal

from tests.attack.cast import MANAGERS, UNITS

Sight = Literal["whole", "ancestor", "nothing", "out"]

ROLES = {
    "hr": "hr_admin", "comp": "comp_admin", "payroll": "payroll", "auditor": "auditor", "board": "board", "key": "integration",
    "regent": "executive", "service": "service", "foreign_hr": "hr_admin", "foreign_comp": "comp_admin", "foreign_key": "integration",
}  # fmt: skip
OUT = {"nobody", "leaver"}
# The draft of a definition: written by one, answered for by another.
DRAFT = {"regent": {"author"}, "manager": {"owner"}}
STANDS_IN_FOR = {"deputy": "manager"}

# By kind of record, the relations that show it. Pay is a person's own, and of those who run pay: standing above somebody shows none.
SEES: dict[str, set[str]] = {
    "person": {"self", "above", "top", "hr_admin", "auditor", "integration"},
    "scorecard": {"self", "above", "top", "hr_admin", "auditor", "integration"},
    "closed_scorecard": {"self", "above", "top", "hr_admin", "auditor", "integration"},
    "review": {"self", "above", "top", "hr_admin", "auditor", "integration"},
    "correction": {"hr_admin", "auditor"},
    "template_assignment": {"self", "hr_admin", "auditor", "integration"},
    "finding_muting": {"self", "above", "top", "hr_admin", "auditor", "integration"},
    "scorecard_change": {"self", "above", "top", "hr_admin", "auditor", "integration"},
    "released_review": {"self", "above", "top", "hr_admin", "auditor", "integration"},
    "check_in": {"self", "above", "top", "hr_admin", "auditor", "integration"},
    "development_goal": {"self", "above", "top", "hr_admin", "auditor"},
    "oneself": {"self"},
    "grant": {"hr_admin", "auditor"},
    "hris_source": {"hr_admin", "auditor"},
    "closing": {"hr_admin", "comp_admin", "auditor", "integration"},
    "webhook": {"hr_admin", "integration"},
    "event": {"hr_admin", "auditor", "integration"},
    "delegation": {"party", "hr_admin", "auditor"},
    "reading": {"self", "auditor"},
    "identity": {"hr_admin", "auditor"},
    "api_key": {"hr_admin", "auditor"},
    "audit_record": {"auditor"},
    "unreleased": {"direct", "top", "hr_admin"},
    "definition_draft": {"author", "owner", "hr_admin", "executive", "auditor", "integration"},
    # Structure, dictionary and cycles are open to everybody of the organization.
    "open": {"colleague"},
    "personal_data": {"self", "hr_admin"},
    # scoring
    "personal_pay": {"self", "comp_admin", "auditor"},
    "scoring_person": {"self", "above", "hr_admin", "comp_admin", "payroll", "auditor", "integration", "service"},
    "pay_basis": {"self", "comp_admin", "auditor"},
    "pay_due": {"comp_admin", "auditor", "service"},
    "payout": {"self", "comp_admin", "auditor"},
    "payout_statement": {"self", "comp_admin", "auditor", "board"},
    "run_line": {"comp_admin", "board", "auditor"},
    "run": {"comp_admin", "hr_admin", "board", "payroll", "auditor", "integration", "service"},
    "payroll_batch": {"payroll", "comp_admin", "auditor"},
    "plan": {"comp_admin", "hr_admin", "board", "auditor", "integration", "service"},
    "scoring_open": {"colleague", "service"},
    "scoring_webhook": {"comp_admin", "hr_admin", "integration"},
    "scoring_event": {"comp_admin", "auditor", "integration", "service"},
}

EVERYTHING = {"hr", "auditor", "key"}
# Who sees a KPI whole, and who as an ancestor on their line of sight; everybody else sees nothing of it.
WHOLE = {
    "vision": {"chief", "board"},
    "field": {"executive", "chief", "regent"},
    "care": {"neighbour", "chief"},
    "sales": {"executive", "chief", "regent"},
    "north": {"manager", "deputy", "executive", "chief", "regent"},
    "shared": {"employee", "deputy", "stakeholder", "manager", "executive", "chief", "regent"},
    "employee": {"employee", "manager", "deputy", "executive", "chief"},
    "peer": {"peer", "manager", "deputy", "executive", "chief"},
    "manager": {"manager", "executive", "chief"},
    "executive": {"executive", "chief"},
    "chief": {"chief", "board"},
    "stakeholder": {"stakeholder", "neighbour", "chief"},
    "annex": {"peer", "manager", "deputy", "executive", "chief", "neighbour"},
    "orphan": {"employee", "manager", "deputy", "executive", "chief"},
}
ANCESTOR = {
    "vision": {"employee", "peer", "manager", "executive", "stakeholder", "neighbour"},
    "field": {"employee", "peer", "manager", "stakeholder"},
    "sales": {"employee", "peer", "manager", "stakeholder"},
    "north": {"employee", "peer"},
    "care": {"stakeholder"},
}


def above(name: str) -> list[str]:
    """Everybody over a person in the line of today, the nearest first: over who has left stands nobody any more."""
    manager = None if name in OUT else MANAGERS.get(name)
    return [manager, *above(manager)] if manager else []


def relations(viewer: str, owner: str) -> set[str]:
    """How a viewer stands to whose record it is. In another organization nobody stands to it in any relation."""
    if viewer in OUT or viewer.startswith("foreign_"):
        return set()
    found = {"colleague"} if viewer != "service" else set()
    found |= {"self"} if viewer == owner else set()
    found |= {"above"} if viewer in above(owner) else set()
    found |= {"direct"} if MANAGERS.get(owner) == viewer else set()
    if (led := STANDS_IN_FOR.get(viewer)) and viewer != owner:
        found |= {"above"} if led in above(owner) else set()
        found |= {"direct"} if MANAGERS.get(owner) == led else set()
    found |= DRAFT.get(viewer, set()) if owner == "draft" else set()
    found |= {"party"} if (viewer == "deputy" and owner == "manager") or viewer == owner else set()
    found |= {"top"} if viewer == "board" and owner == "chief" else set()
    return found | ({ROLES[viewer]} if viewer in ROLES else set())


def sees(kind: str, viewer: str, owner: str) -> Sight:
    """What a viewer sees of a record."""
    if viewer in OUT:
        return "out"
    if kind == "kpi":
        return "nothing" if viewer.startswith("foreign_") else _sees_kpi(viewer, owner)
    if kind == "doubled":  # whoever sees whole what is counted twice, and the sum that counts it
        return "whole" if {_sees_kpi(viewer, code) for code in (owner, "sales")} == {"whole"} else "nothing"
    if kind == "led_unit":
        return "whole" if viewer in EVERYTHING or owner in heads(viewer) else "nothing"
    if kind == "line_of_sight":
        return "nothing" if _sees_kpi(viewer, owner) == "nothing" else "whole"
    if kind == "check_in" and owner == "shared":
        return "whole" if viewer in {"employee", "stakeholder", "manager", "deputy", "executive", "chief"} | EVERYTHING else "nothing"
    # Scoring knows nothing of delegations, which give no pay.
    here = relations(viewer, owner) - ({"above"} if kind == "scoring_person" and viewer in STANDS_IN_FOR else set())
    return "whole" if SEES[kind] & here else "nothing"


def _sees_kpi(viewer: str, code: str) -> Sight:
    if viewer in WHOLE[code] | EVERYTHING:
        return "whole"
    return "ancestor" if viewer in ANCESTOR.get(code, set()) else "nothing"


def heads(viewer: str) -> set[str]:
    """The units a viewer leads, with all below: as head, as somebody above a head, or as executive."""
    led = {code for code, (_, _, head) in UNITS.items() if head and ({viewer, STANDS_IN_FOR.get(viewer)} & {head, *above(head)})}
    led |= {"field"} if viewer == "regent" else set()
    while more := {code for code, (_, parent, _) in UNITS.items() if parent in led} - led:
        led |= more
    return led


# Operations that ask for a granted role, whatever the record: method and path to who may. Written from the docs of each operation.
HR, HR_KEY, PAY = {"hr_admin"}, {"hr_admin", "integration"}, {"comp_admin"}
MAY: dict[str, set[str]] = {
    "organization.change": HR, "people.write": HR_KEY, "structure.write": HR_KEY, "cycles.write": HR_KEY, "closings.begin": HR,
    "closings.read": SEES["closing"], "grants.give": HR, "hris.write": HR, "library.install": HR, "templates.write": HR,
    "corrections.order": HR,
    "competencies.write": HR, "outcome_areas.write": HR,
    "people.erase": HR,
    "definitions.write": {"hr_admin", "executive"}, "definitions.approve": {"hr_admin", "executive"}, "definitions.retire": HR,
    "reviews.open": HR, "roll_ups.write": HR_KEY, "webhooks.write": HR_KEY,
    "scoring.organization": {"service", "hr_admin", "comp_admin"}, "scoring.people": {"service"},
    "pay_bases.write": {"comp_admin", "integration"}, "batches.write": {"payroll", "comp_admin"}, "batches.acknowledge": {"payroll"},
    "plans.write": {"comp_admin", "integration"}, "plans.approve": {"comp_admin", "hr_admin", "board"},
    "runs.send": {"service", "integration", "comp_admin", "hr_admin"}, "runs.approve": {"comp_admin", "board"},
    "runs.release": {"comp_admin", "board"}, "runs.supersede": {"comp_admin", "service", "integration"},
    "scores.compute": {"service", "integration", "comp_admin", "hr_admin"}, "scoring.webhooks": SEES["scoring_webhook"],
    "identities.write": HR, "api_keys.write": HR, "scoring.api_keys": {"service"}, "approval_rules.write": {"board", "hr_admin"},
    "plans.approve.not_comp": {"hr_admin", "board"},
    # By relation to whose record it is.
    "delegation.give": {"self", "hr_admin"}, "delegation.take": {"direct", "above", "hr_admin"},
    "delegation.end": {"party", "hr_admin"},
    "definition.propose": {"self", "hr_admin"}, "definition.approve": {"hr_admin"}, "closed.correct": HR,
    "scorecard.open": {"self", "direct", "hr_admin", "integration"}, "scorecard.edit": {"self", "direct", "top", "hr_admin"},
    "scorecard.propose": {"self", "direct"}, "scorecard.force": HR, "scorecard.manager": {"direct"}, "scorecard.person": {"self"},
    "development_goal": {"self", "direct", "top"}, "development_goal.agree": {"direct", "top"},
    "template.assign": {"self", "above", "top", "hr_admin", "auditor"}, "template_assignment.undo": {"self", "hr_admin"},
    "scorecard.split": {"direct", "hr_admin"}, "findings.mute_everywhere": HR, "finding.mute": {"direct", "top", "hr_admin"},
    "review.self": {"self"}, "review.manager": {"direct"}, "review.release": {"direct", "hr_admin"}, "check_in": {"self", "above"},
}  # fmt: skip


def may(permit: str, viewer: str, owner: str) -> bool:
    """Whether a viewer may do this to a record of `owner` (any, where a role alone decides)."""
    return bool(MAY[permit] & relations(viewer, owner))


def may_change_kpi(viewer: str, code: str, owner: str | None, unit: str | None) -> bool:
    """Whoever owns a KPI or leads its owner or unit, HR and integrations; a strategic one the board, too."""
    if viewer in {"hr", "key"} or (viewer == "board" and code in {"vision", "chief"}):
        return True
    return unit in heads(viewer) if unit else owner is not None and bool({"self", "above"} & relations(viewer, owner))
