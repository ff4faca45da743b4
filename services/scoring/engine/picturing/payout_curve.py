"""The payout curve of a plan: what is paid with every KPI at the same level, tried through the engine itself."""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from itertools import pairwise
from typing import Final, Literal

from chassis.problems import Invalid
from scoring.engine.checking.closure import behind, references
from scoring.engine.checking.trial import SALARY, TARGET_BONUS, Trial, follows_attainment, levels, measures, result_step, tried
from scoring.engine.plan import Plan
from scoring.engine.reasons import Reason

ONE_EDGE: Final = Decimal("0.00001")
"""Neighbours nearer than this lie on the two sides of an edge."""

Share = Literal["of the target bonus", "of the salary", "composite", "amount"]


class NoCurve(Invalid):
    """One person's results alone do not say what the plan pays."""

    code, title = "no_payout_curve", "The plan has no payout curve"


@dataclass(frozen=True)
class PayoutCurve:
    """`pieces` are runs of (level, result) without a jump between them; `level` says what the first is, `share` what the second is of.
    Ratios are percent. `zeros` are the reasons for which nothing is paid somewhere."""

    title: str
    level: Literal["attainment", "measured value"]
    share: Share
    pieces: list[list[tuple[Decimal, Decimal]]]
    zeros: list[str]


def payout_curve(plan: Plan) -> PayoutCurve:
    """The curve from nothing to twice the target, or over the measured values that the plan's own numbers span. Raises NoCurve."""
    result = result_step(plan)
    if result is None:
        raise NoCurve("The result depends on everybody's, through a pool or a total, so no curve says what one person gets.")
    by_attainment = follows_attainment(plan)
    tries = levels(plan) if by_attainment else measures(plan)
    rows = tried(plan, [Trial(level) for level in tries]).people.to_pylist()
    share, whole = _share(plan, result)
    known = [
        (level * 100, row["steps"][result] * 100 / whole)
        for level, row in zip(tries, rows, strict=True)
        if row["steps"][result] is not None
    ]
    if not known:
        raise NoCurve(f"Nothing could be computed: {Reason[rows[0]['reason_code']].sentence} ({rows[0]['reason_code']})")
    zeros = {row["reason_code"] for row in rows if row["reason_code"] and not row["failed"]}
    title = plan.document.title or plan.code
    return PayoutCurve(title, "attainment" if by_attainment else "measured value", share, list(_pieces(known)), sorted(zeros))


def _share(plan: Plan, result: str) -> tuple[Share, Decimal]:
    """What the result is a share of, and how much of it is 100 %."""
    if result != plan.document.payout:
        return "composite", Decimal(1)
    named = {name for step in behind(plan, [result]) for name in references(step)}
    if named & {"target_bonus", "target_bonus_share"}:
        return "of the target bonus", TARGET_BONUS
    return ("of the salary", SALARY) if "salary" in named else ("amount", Decimal(100))


def _pieces(points: Sequence[tuple[Decimal, Decimal]]) -> list[list[tuple[Decimal, Decimal]]]:
    """The points in runs, broken where the result jumps from one side of an edge to the other."""
    pieces = [[points[0]]]
    for (x, y), point in pairwise(points):
        steep = abs(point[1] - y) > Decimal("0.05") and point[0] - x <= ONE_EDGE * 100 * max(Decimal(1), x)
        if steep:
            pieces.append([])
        pieces[-1].append(point)
    return pieces
