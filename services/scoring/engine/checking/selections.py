"""Steps for KPIs that nobody has: a slip in a code leaves the step without effect, and nobody is told."""

from collections.abc import Iterator

import pyarrow as pa
import pyarrow.compute as pc

from scoring.engine.checking.finding import Finding, found
from scoring.engine.plan import Plan


def selection_findings(plan: Plan, lines: pa.Table) -> Iterator[Finding]:
    """The KPI codes that a step's `only` names and none of these lines has."""
    codes = set(pc.unique(lines["kpi_code"].cast(pa.string())).to_pylist()) if "kpi_code" in lines.column_names else set()
    for step in plan.steps:
        selection = getattr(step, "only", None)
        for place, code in enumerate([] if selection is None else selection.kpi or []):
            if code not in codes:
                yield found("unknown_kpi", step.name, f"only/kpi/{place}", f'No line has the KPI code "{code}".')
