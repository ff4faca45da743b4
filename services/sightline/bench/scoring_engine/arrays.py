"""The engine against the plan written by hand over arrays: one expression a step, in binary floats, from arrays to an array of payouts."""

from collections.abc import Callable
from typing import Any

import numpy as np
import pandas as pd

from scoring.engine import load_plan
from sightline.bench.figures import Figure
from sightline.bench.scoring_engine.material import PLAN, facts, floats, require_same_payouts, scored, seconds, tables

ROUNDS = 3
LINE_CURVE = ([0.8, 1, 1.2, 1.5], [0.5, 1, 1.5, 2])
PAYOUT_CURVE = ([0.5, 1, 2], [0.5, 1, 2])


def of_numpy(people: int) -> Figure:
    """Seconds of the engine by seconds of NumPy."""
    given = facts(people)
    arrays = floats(given)
    return _against("scoring.engine.numpy", 1.5, given, lambda: with_numpy(**arrays))


def of_pandas(people: int) -> Figure:
    """Seconds of the engine by seconds of pandas."""
    given = facts(people)
    lines, persons = frames(floats(given))
    return _against("scoring.engine.pandas", 1.0, given, lambda: with_pandas(lines, persons))


def _against(name: str, aim: float, given: dict[str, Any], baseline: Callable[[], Any]) -> Figure:
    plan, inputs = load_plan(PLAN), tables(given)
    require_same_payouts(scored(plan, *inputs)[1], baseline())
    mine, theirs = [], []
    for _ in range(ROUNDS):  # by turns, so that both meet the same machine
        theirs.append(seconds(baseline))
        mine.append(seconds(lambda: scored(plan, *inputs)))
    return Figure(name, min(mine), "s", min(theirs), "lower", aim)


def with_numpy(owner: Any, actual: Any, target: Any, weight: Any, salary: Any, share: Any, assigned: Any) -> Any:
    """Payouts in cents precision."""
    attainment = actual / target
    line_score = np.interp(attainment, *LINE_CURVE)
    line_score[attainment < 0.8] = 0
    composite = np.bincount(owner, weights=line_score * weight, minlength=len(salary))
    factor = np.interp(composite, *PAYOUT_CURVE)
    factor[composite < 0.5] = 0
    return np.rint(salary * share * assigned * factor * 100) / 100


def frames(arrays: dict[str, Any]) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Lines and people as pandas has them, each with the person's number."""
    lines = pd.DataFrame({name: arrays[name] for name in ("owner", "actual", "target", "weight")})
    persons = pd.DataFrame({name: arrays[name] for name in ("salary", "share", "assigned")})
    return lines, persons.assign(owner=np.arange(len(persons)))


def with_pandas(lines: pd.DataFrame, persons: pd.DataFrame) -> Any:
    """Payouts in cents precision."""
    attainment = lines.actual / lines.target
    line_score = np.where(attainment < 0.8, 0, np.interp(attainment, *LINE_CURVE))
    composite = (line_score * lines.weight).groupby(lines.owner).sum().rename("composite").reset_index()
    table = composite.merge(persons, on="owner")
    factor = np.where(table.composite < 0.5, 0, np.interp(table.composite, *PAYOUT_CURVE))
    return (table.salary * table.share * table.assigned * factor).round(2)
