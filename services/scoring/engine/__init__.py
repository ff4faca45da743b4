"""The scoring engine: plans, exact arithmetic over columns, and the words that explain it. Pure: no input or output, no clock.

    plan = load_plan(text)                       # checked; PlanInvalid names every step and field that is wrong
    result = score(plan, lines, people)          # Arrow tables in, Arrow tables out; shapes in `snapshot`
    explanation = explain(plan, lines, people)   # one person, every step in words and as data

Map
- `plan`        the document: reading, checking, digest. `steps/` one file per kind of step
- `checking/`   what is worth a second look in a plan that can be computed
- `templates/`  the five structures of a bonus as plan documents
- `snapshot`    the two tables that are read, `rows` the same as JSON. `result` the two tables that come back, filled by `outputs`
- `scoring`     everybody, slice by slice.                 `frame`  what a step sees while it computes
- `explaining/` what 100 % and the full bonus would have needed, what one more point pays
- `explanation` one person in words, told by `teller` and each step's `words`
- `attainment/` how far one KPI got, by direction and by parts
- `gathering`   from lines to people
- `exact`, `columns`, `reasons`, `meanings`, `numerals`    exact integers, columns of them, why a value is null or zero, units and bounds
"""

from scoring.engine.checking import Finding, check_plan, check_scorecards
from scoring.engine.explaining import Answers, answer
from scoring.engine.explanation import Explanation, explain
from scoring.engine.plan import Plan, load_plan, plan_json_schema
from scoring.engine.problems import PlanInvalid, SnapshotInvalid
from scoring.engine.result import Result
from scoring.engine.rows import snapshot_json_schema
from scoring.engine.scoring import ENGINE_SEMANTICS_VERSION, score
from scoring.engine.snapshot import compact
from scoring.engine.templates import new_plan

__all__ = [
    "ENGINE_SEMANTICS_VERSION",
    "Answers",
    "Explanation",
    "Finding",
    "Plan",
    "PlanInvalid",
    "Result",
    "SnapshotInvalid",
    "answer",
    "check_plan",
    "check_scorecards",
    "compact",
    "explain",
    "load_plan",
    "new_plan",
    "plan_json_schema",
    "score",
    "snapshot_json_schema",
]
