"""The plan tried on people made for it: one scorecard per level of attainment, all its KPIs at that level."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from itertools import product
from typing import Any, Final

from scoring.engine.checking.closure import behind, references, results_of
from scoring.engine.document import Input
from scoring.engine.meanings import LINE_FACTS
from scoring.engine.plan import Plan
from scoring.engine.result import Result
from scoring.engine.rows import Line, Person, tables
from scoring.engine.scoring import score
from scoring.engine.steps import OverEveryone, Step
from scoring.engine.steps.curve import Curve
from scoring.engine.steps.grid import Grid
from scoring.engine.steps.tiers import Tiers

TARGET: Final = Decimal(100)
SALARY: Final = Decimal(100_000)
TARGET_BONUS: Final = Decimal(10_000)
HAIR: Final = Decimal("0.000001")
"""How far beside an edge is tried, too."""
MOST_KINDS: Final = 12
MOST_LEVELS: Final = 1_500


@dataclass(frozen=True)
class Trial:
    """One scorecard to try: the level all its KPIs reach, and figures that differ from the usual ones."""

    level: Decimal
    rating: Decimal | None = Decimal(3)
    inputs: dict[str, Decimal] = field(default_factory=dict)


def result_step(plan: Plan) -> str | None:
    """The payout, else the composite, whichever one person's figures decide alone; None where nothing does."""
    for name in reversed(results_of(plan)):
        if not any(isinstance(step, OverEveryone) for step in behind(plan, [name])):
            return name
    return None


def follows_attainment(plan: Plan) -> bool:
    """Whether results come from attainments alone, so that a level of attainment says what is paid."""
    steps = behind(plan, results_of(plan))
    raw = {name for step in steps if step.kind != "attainment" for name in references(step)} & (LINE_FACTS.keys() - {"weight"})
    return any(step.kind == "attainment" for step in steps) and not raw


def levels(plan: Plan, most: Decimal = Decimal(2)) -> list[Decimal]:
    """Levels from 0 to `most` in steps of one point, and both sides of every edge that the plan's numbers could make."""
    edges = {x for step in plan.steps if isinstance(step, Curve) for x, _ in step.points}
    edges |= {operand for step in plan.steps for operand in step.operands() if isinstance(operand, Decimal)}
    beside = {edge + way for edge in edges if 0 < edge <= most for way in (-HAIR, Decimal(0), HAIR)}
    points = {Decimal(point) / 100 for point in range(int(most * 100) + 1)}
    return _thinned(sorted(points | {level for level in beside if 0 <= level <= most}))


def measures(plan: Plan) -> list[Decimal]:
    """Measured values, in hundreds, that span the plan's own numbers, and both sides of each."""
    edges = {bound for step in plan.steps for bound in _bounds_of(step)}
    most = max(edges, default=TARGET) * Decimal("1.25")
    beside = {edge + way for edge in edges for way in (-HAIR * max(edge, Decimal(1)), Decimal(0)) if edge > 0}
    return _thinned(sorted({value / 100 for value in {most * part / 200 for part in range(201)} | beside}))


def _thinned(tries: list[Decimal]) -> list[Decimal]:
    """No more than can be tried while somebody waits, evenly; the last is always among them."""
    step = -(-len(tries) // MOST_LEVELS)
    return tries if step == 1 else [*tries[:-1:step], tries[-1]]


def _bounds_of(step: Step) -> list[Decimal]:
    """The numbers at which a step's result bends or jumps."""
    if isinstance(step, Curve):
        return [x for x, _ in step.points]
    if isinstance(step, Tiers):
        return [tier.up_to for tier in step.tiers if tier.up_to is not None]
    return [*step.rows, *step.columns] if isinstance(step, Grid) else []


def tried(plan: Plan, trials: Sequence[Trial]) -> Result:
    """The plan over these scorecards, in their order."""
    kinds = _kinds(plan)
    lines, people = [], []
    for number, trial in enumerate(trials):
        name = f"{number:06}"
        people.append(_person(plan, name, trial))
        lines += [_line(plan, name, place, kind, trial.level, len(kinds)) for place, kind in enumerate(kinds)]
    return score(plan, *tables(lines, people))


def _kinds(plan: Plan) -> list[dict[str, str]]:
    """One KPI for each way in which the plan chooses lines."""
    kinds: list[dict[str, str]] = []
    for step in plan.steps:
        only = getattr(step, "only", None)
        if only is None:
            continue
        words = only.model_dump(exclude_none=True)
        kinds += [dict(zip(words, chosen, strict=True)) for chosen in product(*words.values())]
    unique = [kind for place, kind in enumerate(kinds) if kind not in kinds[:place]]
    return unique[:MOST_KINDS] or [{}]


def _line(plan: Plan, name: str, place: int, kind: dict[str, str], level: Decimal, count: int) -> Line:
    share = (Decimal(100) / count).quantize(Decimal("0.01"))
    facts: dict[str, Any] = {"direction": kind.get("direction", "higher"), "weight": share if place else 100 - share * (count - 1)}
    words = {"kpi_code": kind.get("kpi"), "component": kind.get("component"), "group": kind.get("group")}
    facts |= {"inputs": {given.name: usual_input(given) for given in plan.document.inputs if given.per == "line"}}
    return Line(scorecard_id=name, line=place, kpi_id=f"kpi {place}", **words, **facts, **_measured(facts["direction"], level))


def _measured(direction: str, level: Decimal) -> dict[str, Any]:
    """Figures of a KPI of this direction that has reached the level."""
    usual: dict[str, Any] = {
        "target": TARGET,
        "threshold": TARGET * Decimal("0.8"),
        "stretch": TARGET * Decimal("1.2"),
        "actual": level * TARGET,
    }
    match direction:
        case "lower":
            actual = (TARGET / level).quantize(Decimal("1e-9")) if level else Decimal(10**9)
            return usual | {"actual": actual}
        case "band":
            return usual | {"target_high": TARGET, "slope": Decimal("0.01"), "actual": min(level, Decimal(1)) * TARGET}
        case "milestone":
            return usual | {"actual": min(level, Decimal(1))}
        case "zero_tolerance":
            return usual | {"target": Decimal(0), "actual": Decimal(level < 1)}
    return usual | {"last_actual": usual["actual"], "baseline": Decimal(0)}


def _person(plan: Plan, name: str, trial: Trial) -> Person:
    own = [given for given in plan.document.inputs if given.per == "person"]
    inputs: dict[str, Any] = {given.name: trial.inputs.get(given.name, usual_input(given)) for given in own}
    return Person(
        scorecard_id=name,
        person_id=name,
        currency=plan.document.currency or "EUR",
        salary=SALARY,
        target_bonus_amount=TARGET_BONUS,
        target_bonus_share=TARGET_BONUS / SALARY,
        rating=trial.rating,
        inputs=inputs,
    )


def usual_input(given: Input) -> Decimal:
    """1 for a plain figure and 0 for money, or the bound nearest to it."""
    usual: Decimal = min(max(Decimal(given.unit == "plain"), given.minimum), given.maximum)
    return usual
