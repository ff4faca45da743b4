"""Attainments that cannot be computed: by the plan alone, and on scorecards that are at hand."""

from collections import defaultdict
from collections.abc import Iterator

import pyarrow as pa
import pyarrow.compute as pc

from scoring.engine.checking.closure import references
from scoring.engine.checking.finding import Finding, found
from scoring.engine.plan import Plan
from scoring.engine.reasons import Reason
from scoring.engine.scoring import score
from scoring.engine.steps.curve import Curve

SHOWN = 5


def attainment_findings(plan: Plan) -> Iterator[Finding]:
    """A KPI where lower is better that reaches zero has no ratio; the cap or a curve must say what it is worth."""
    for step in plan.steps:
        if step.kind != "attainment" or step.cap is not None:
            continue
        takers = [later for later in plan.steps if step.name in references(later)]
        if any(not isinstance(later, Curve) for later in takers):
            message = "A KPI where lower is better that reaches 0 has no finite attainment, and this step has no cap to give it."
            yield found("uncomputable_attainment", step.name, "", message)


def scorecard_findings(plan: Plan, lines: pa.Table, people: pa.Table) -> list[Finding]:
    """What could not be scored on these scorecards, wherever they stand in the year: a value that is not measured yet is taken to be the
    target. Raises SnapshotInvalid."""
    result = score(plan, _as_if_measured(lines), people, pay=False)
    by_code: dict[str, list[str]] = defaultdict(list)
    for error in result.errors.to_pylist():
        line = "" if error["line"] is None else f"line {error['line']} of "
        by_code[error["code"]].append(f"{line}{error['scorecard_id']}")
    step = next((step.name for step in plan.steps if step.kind == "attainment"), plan.steps[0].name)
    return [found("uncomputable_attainment", step, "", _told(code, places)) for code, places in by_code.items()]


def _as_if_measured(lines: pa.Table) -> pa.Table:
    if "actual" not in lines.column_names or "target" not in lines.column_names:
        return lines
    wide = [pc.cast(lines[name], pa.decimal128(38, 12)) for name in ("actual", "target")]
    milestone = pc.equal(lines["direction"].cast(pa.string()), "milestone")
    target = pc.if_else(milestone, pa.scalar(1).cast(pa.decimal128(38, 12)), wide[1])
    return lines.set_column(lines.column_names.index("actual"), "actual", pc.coalesce(wide[0], target))


def _told(code: str, places: list[str]) -> str:
    more = f" and {len(places) - SHOWN} more" if len(places) > SHOWN else ""
    return f"{', '.join(places[:SHOWN])}{more}: {Reason[code].sentence} ({code})"
