"""Who sees and does what in kpi_api: the whole matrix as data (the rules: domain "Visibility").

Relations to a person: `self`; `below` the viewer in the reporting line; at the `top`, with nobody above:
the board is their other side (S0).
Pay is not here: scoring keeps it, with a matrix of its own.
"""

from typing import Literal

from chassis.access import EVERYBODY, Matrix, sight

GrantedRole = Literal["board", "hr_admin", "comp_admin", "executive", "payroll", "auditor", "integration"]

READS_ALL: tuple[GrantedRole, ...] = ("hr_admin", "auditor", "integration")
WRITES_ALL: tuple[GrantedRole, ...] = ("hr_admin", "integration")

SIGHTS = (
    sight("person", "self"),
    sight("person", "below"),
    sight("person", "top", "board"),
    sight("person", EVERYBODY, *READS_ALL),
    sight("scorecard", "self"),
    sight("scorecard", "below"),
    sight("scorecard", "without_manager", "board"),
    sight("scorecard", EVERYBODY, *READS_ALL),
    sight("development_goal", "self"),
    sight("development_goal", "below"),
    sight("development_goal", "without_manager", "board"),
    sight("development_goal", EVERYBODY, "hr_admin", "auditor"),
    sight("review", "self"),
    sight("review", "below"),
    sight("review", "top", "board"),
    sight("review", EVERYBODY, *READS_ALL),
    sight("check_in", "self"),
    sight("check_in", "below"),
    sight("check_in", "top", "board"),
    sight("check_in", "stakeholder"),
    sight("check_in", EVERYBODY, *READS_ALL),
    # A KPI whole: with owner, parts and measurements.
    sight("kpi", "self"),
    sight("kpi", "below"),
    sight("kpi", "top", "board"),
    sight("kpi", "portfolio"),
    sight("kpi", "stakeholder"),
    sight("kpi", "strategic", "board"),
    sight("kpi", EVERYBODY, *READS_ALL),
    # The ancestor view: name, why, level, owning unit, target, status; no person, no measurements.
    sight("kpi_as_ancestor", "ancestor"),
    # Whose KPIs one gives, links and changes, and for which one records values.
    sight("kpi_to_change", "self"),
    sight("kpi_to_change", "below"),
    sight("kpi_to_change", "portfolio"),
    sight("kpi_to_change", "strategic", "board"),
    sight("kpi_to_change", EVERYBODY, *WRITES_ALL),
    sight("kpi_to_measure", "stakeholder"),
    # A stakeholder for whom one agrees: oneself, or a unit that one heads.
    sight("kpi_voice", "party"),
    # Units one leads, with all below them.
    sight("unit_portfolio", "head"),
    sight("unit_portfolio", "below"),
    sight("unit_portfolio", "executive", "executive"),
    # A delegation that one gave or was given.
    sight("delegation", "party"),
    sight("delegation", EVERYBODY, "hr_admin", "auditor"),
    # Templates given to many people; of their results those about people in sight.
    sight("template_assignment", "self"),
    sight("template_assignment", EVERYBODY, *READS_ALL),
    # Everything about one person in one document, birth date and gender too.
    sight("personal_data", "self"),
    sight("personal_data", EVERYBODY, "hr_admin"),
    # Who read somebody's reviews and scores.
    sight("reading", "self"),
    sight("reading", EVERYBODY, "auditor"),
    # A version of a definition before it is approved; approved ones are everybody's.
    sight("definition_draft", "owner"),
    sight("definition_draft", EVERYBODY, *READS_ALL, "executive"),  # who approves it must see it
)

PERMITS: dict[str, tuple[GrantedRole, ...]] = {
    "api_keys.read": ("hr_admin", "auditor"),
    "api_keys.write": ("hr_admin",),
    "audit.read": ("auditor",),
    "business_changes.write": ("hr_admin", "executive"),
    "closings.begin": ("hr_admin",),
    "closings.read": ("hr_admin", "comp_admin", "auditor", "integration"),
    "competencies.write": ("hr_admin",),
    "outcome_areas.write": ("hr_admin",),
    "cycles.write": WRITES_ALL,
    "definitions.approve": ("hr_admin", "executive"),
    "definitions.retire": ("hr_admin",),
    "definitions.write": ("hr_admin", "executive"),
    "definitions.write_any": ("hr_admin",),
    "events.read": READS_ALL,
    "delegations.give_any": ("hr_admin",),
    "development_goals.act_as_board": ("board",),
    "findings.mute_everywhere": ("hr_admin",),
    "grants.approve": ("hr_admin",),
    "grants.give": ("hr_admin",),
    "grants.read": ("hr_admin", "auditor"),
    "hris_sources.read": ("hr_admin", "auditor"),
    "hris_sources.write": ("hr_admin",),
    "identities.read": ("hr_admin", "auditor"),
    "identities.write": ("hr_admin",),
    "kpis.place_anywhere": WRITES_ALL,
    "library.install": ("hr_admin",),
    "measurements.correct_after_closing": ("hr_admin",),
    "organization.write": ("hr_admin",),
    "people.erase": ("hr_admin",),
    "people.write": WRITES_ALL,
    "reviews.act_as_board": ("board",),
    "reviews.act_as_hr": ("hr_admin",),
    "reviews.open": ("hr_admin",),
    "roll_ups.write": WRITES_ALL,
    "scorecards.act_as_board": ("board",),
    "scorecards.act_as_hr": ("hr_admin",),
    "scorecards.correct": ("hr_admin",),
    "scorecards.open": WRITES_ALL,
    "scorecards.read_corrections": ("hr_admin", "auditor"),
    "structure.write": WRITES_ALL,
    "templates.write": ("hr_admin",),
    "webhooks.write": WRITES_ALL,
    "window_events.write": WRITES_ALL,
}

MATRIX = Matrix(SIGHTS, {permit: frozenset(roles) for permit, roles in PERMITS.items()})
