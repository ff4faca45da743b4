"""The design linter: what is wrong, or worth a second look, with how goals are made. Pure: rules over facts handed in, no I/O.

Map
- `facts`       what is known of a scorecard and of a unit
- `limits`      the thresholds an organization may set
- `rule`        what a rule is, and what it finds
- `rules`       the rules by topic; `registry` lists them all
- `quality`     a scorecard's findings as one number

Rule: domain "Findings", from S0's common mistakes and characteristics, and S2's mistakes.
"""

from kpi_api.findings.facts import Card, Definition, Line, Part, Unit
from kpi_api.findings.limits import Limits
from kpi_api.findings.registry import RULES, errors_of_card, findings_of_card, findings_of_unit
from kpi_api.findings.rule import Finding, Origin, Rule, Severity

__all__ = [
    "RULES",
    "Card",
    "Definition",
    "Finding",
    "Limits",
    "Line",
    "Origin",
    "Part",
    "Rule",
    "Severity",
    "Unit",
    "errors_of_card",
    "findings_of_card",
    "findings_of_unit",
]
