"""How fast the scoring engine is: a million people with six KPIs each, against the same plan in float NumPy.

The baseline is what an expert writes by hand for speed alone: one array expression per step, in binary floats, without reasons, checks or
raw attainment, from arrays to arrays; it ends with an array of payouts. The engine's time is from the two Arrow tables that a run hands it
to the two Arrow tables that a run keeps: checks of the snapshot, reading, every step in exact integers, and raw and capped attainment,
weights used and reason codes per line and all steps per person, each a decimal64 column that is written as it is.

Each side is handed numbers in the form it computes in: the engine decimal64 columns, which a run makes of its decimal128 snapshot by
`compact`, the baseline float arrays. Making either is not counted: `compact` takes about 0.17 s here. Handed the decimal128 snapshot as it
is, the engine takes about a quarter longer. Both run on one thread.
"""

import time
from collections.abc import Callable
from typing import Any

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from scoring.engine import Plan, compact, load_plan, score
from sightline.bench.figures import Figure

PEOPLE, KPIS = 1_000_000, 6
ROUNDS = 3
PLAN = """
plan: bench
steps:
  - {name: attainment, kind: attainment}
  - name: line_score
    kind: curve
    of: attainment
    points: [[80%, 50%], [100%, 100%], [120%, 150%], [150%, 200%]]
  - {name: composite, kind: weighted_mean, of: line_score}
  - {name: payout_factor, kind: curve, of: composite, points: [[50%, 50%], [100%, 100%], [200%, 200%]]}
  - {name: basis, kind: multiply, of: [target_bonus, assigned_share]}
  - {name: bonus, kind: amount, basis: basis, factors: [payout_factor]}
  - {name: payable, kind: rounding, of: bonus, to_nearest: 0.01, places: 2}
inputs:
  - {name: assigned_share, minimum: 0, maximum: 1}
composite: composite
payout: payable
"""
WEIGHTS = (30, 20, 15, 15, 10, 10)


def run(people: int = PEOPLE) -> list[dict[str, Any]]:
    """One figure: seconds of the engine, seconds of the baseline, and their ratio."""
    facts = _facts(people)
    lines, persons = _tables(facts)
    plan = load_plan(PLAN)
    floats = _floats(facts)
    mine, theirs = [], []
    for _ in range(ROUNDS):  # by turns, so that both meet the same machine
        theirs.append(_seconds(lambda: _baseline(**floats)))
        mine.append(_seconds(lambda: _score(plan, lines, persons)))
    value, baseline = min(mine), min(theirs)
    return [Figure("scoring.engine.numpy", value, "s", baseline, "lower", 2.0).as_line()]


def _score(plan: Plan, lines: pa.Table, people: pa.Table) -> tuple[pa.Table, pa.Table]:
    """The two tables of the result."""
    result = score(plan, lines, people)
    return result.lines, result.people


def _seconds(work: Callable[[], Any]) -> float:
    start = time.perf_counter()
    work()
    return time.perf_counter() - start


def _facts(people: int) -> dict[str, NDArray[np.int64]]:
    """Random scorecards, in whole units: hundredths, cents, percent."""
    random = np.random.default_rng(20)
    target = random.integers(50, 500, people * KPIS)
    actual = np.maximum(np.rint(target * random.normal(1, 0.2, people * KPIS) * 100), 0).astype(np.int64)
    return {
        "target": target,
        "actual_hundredths": actual,
        "salary_cents": random.integers(30_000_00, 200_000_00, people),
        "bonus_percent": random.choice(np.array([5, 10, 15, 20]), people),
        "assigned_percent": random.choice(np.array([100, 50, 75]), people),
    }


def _tables(facts: dict[str, NDArray[np.int64]]) -> tuple[pa.Table, pa.Table]:
    people = len(facts["salary_cents"])
    ids = pa.array([f"s{number:07d}" for number in range(people)])
    owner = pa.array(np.repeat(np.arange(people, dtype=np.int32), KPIS))
    kpis = pa.array(np.tile(np.arange(KPIS, dtype=np.int8), people))
    direction = pa.DictionaryArray.from_arrays(pa.array(np.zeros(people * KPIS, dtype=np.int8)), pa.array(["higher"]))
    lines = pa.table(
        {
            "scorecard_id": pa.DictionaryArray.from_arrays(owner, ids),
            "line": pa.array(np.tile(np.arange(KPIS, dtype=np.int32), people)),
            "kpi_id": pa.DictionaryArray.from_arrays(kpis, pa.array([f"kpi {number}" for number in range(KPIS)])),
            "weight": _decimals(np.tile(np.array(WEIGHTS), people), 0),
            "direction": direction,
            "target": _decimals(facts["target"], 0),
            "actual": _decimals(facts["actual_hundredths"], 2),
        }
    )
    persons = pa.table(
        {
            "scorecard_id": ids,
            "person_id": ids,
            "salary": _decimals(facts["salary_cents"], 2),
            "target_bonus_share": _decimals(facts["bonus_percent"], 2),
            "assigned_share": _decimals(facts["assigned_percent"], 2),
        }
    )
    return compact(lines), compact(persons)


def _decimals(units: NDArray[np.int64], places: int) -> pa.Array:
    """decimal128(38, 12), the shape of the snapshot."""
    halves = np.zeros((len(units), 2), dtype=np.int64)
    halves[:, 0] = units * 10 ** (12 - places)
    return pa.Array.from_buffers(pa.decimal128(38, 12), len(units), [None, pa.py_buffer(halves)])


def _floats(facts: dict[str, NDArray[np.int64]]) -> dict[str, Any]:
    people = len(facts["salary_cents"])
    return {
        "owner": np.repeat(np.arange(people), KPIS),
        "actual": facts["actual_hundredths"] / 100,
        "target": facts["target"].astype(np.float64),
        "weight": np.tile(np.array(WEIGHTS) / 100, people),
        "salary": facts["salary_cents"].astype(np.float64),
        "share": facts["bonus_percent"] / 100,
        "assigned": facts["assigned_percent"] / 100,
    }


def _baseline(owner: Any, actual: Any, target: Any, weight: Any, salary: Any, share: Any, assigned: Any) -> Any:
    people = len(salary)
    attainment = actual / target
    line_score = np.interp(attainment, [0.8, 1, 1.2, 1.5], [0.5, 1, 1.5, 2])
    line_score[attainment < 0.8] = 0
    composite = np.bincount(owner, weights=line_score * weight, minlength=people)
    factor = np.interp(composite, [0.5, 1, 2], [0.5, 1, 2])
    factor[composite < 0.5] = 0
    return np.rint(salary * share * assigned * factor)
