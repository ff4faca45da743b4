"""What is worth a second look in a plan that can be computed. A finding never refuses a plan; what cannot be computed is a PlanInvalid.

Map
- `finding`      the rules: code, severity, why it matters, what mends it
- `shapes`       points, tiers and cells: jumps, and where more earns less
- `gates`        edges, conditions that never or always hold, alternatives with a hole
- `limits`       caps and floors that contradict, results that nothing limits
- `parts`        weights, groups that leave KPIs out or count them twice, unused steps
- `attainments`  KPIs that could not be scored, by the plan alone or on scorecards at hand
- `selections`   steps for KPIs that none of the scorecards at hand has
- `pay`          the plan tried on people made for it (`trial`): pay that falls, judgement that outweighs results, parts of a year in full
- `closure`      which steps stand behind a result
"""

from dataclasses import replace

import pyarrow as pa

from scoring.engine.checking.attainments import attainment_findings, scorecard_findings
from scoring.engine.checking.finding import RULES, Finding, Severity
from scoring.engine.checking.gates import gate_findings
from scoring.engine.checking.limits import limit_findings
from scoring.engine.checking.parts import part_findings
from scoring.engine.checking.pay import pay_findings
from scoring.engine.checking.selections import selection_findings
from scoring.engine.checking.shapes import shape_findings
from scoring.engine.plan import Plan


def check_plan(plan: Plan) -> list[Finding]:
    """Everything worth a second look, in the order of the steps."""
    findings = [found for step in plan.steps for found in (*shape_findings(step), *gate_findings(step, plan.meanings))]
    findings += [*limit_findings(plan), *part_findings(plan), *attainment_findings(plan)]
    told = {(found.code, found.step) for found in findings}
    findings += [found for found in pay_findings(plan) if (found.code, found.step) not in told]
    return located(plan, findings)


def located(plan: Plan, findings: list[Finding]) -> list[Finding]:
    """The findings in the order of the steps, each with its whole path in the document."""
    places = {step.name: place for place, step in enumerate(plan.steps)}
    ordered = sorted(findings, key=lambda found: places[found.step])
    return [replace(found, path=f"/steps/{places[found.step]}/{found.path}".rstrip("/")) for found in ordered]


def check_scorecards(plan: Plan, lines: pa.Table, people: pa.Table) -> list[Finding]:
    """What would not be scored on scorecards that are at hand, and steps for KPIs that none of them has. Raises SnapshotInvalid."""
    return located(plan, [*scorecard_findings(plan, lines, people), *selection_findings(plan, lines)])


__all__ = ["RULES", "Finding", "Severity", "check_plan", "check_scorecards"]
