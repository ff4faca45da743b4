"""The plan and random scorecards, as Arrow tables for the engine and as float arrays for a baseline."""

import time
from collections.abc import Callable
from typing import Any

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from scoring.engine import Plan, compact, score
from sightline.bench.stage import BenchFailed

KPIS = 6
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

Facts = dict[str, NDArray[np.int64]]
Tables = tuple[pa.Table, pa.Table]


def facts(people: int, seed: int = 20) -> Facts:
    """Random scorecards, in whole units: hundredths, cents, percent."""
    random = np.random.default_rng(seed)
    target = random.integers(50, 500, people * KPIS)
    actual = np.maximum(np.rint(target * random.normal(1, 0.2, people * KPIS) * 100), 0).astype(np.int64)
    return {
        "target": target,
        "actual_hundredths": actual,
        "salary_cents": random.integers(30_000_00, 200_000_00, people),
        "bonus_percent": random.choice(np.array([5, 10, 15, 20]), people),
        "assigned_percent": random.choice(np.array([100, 50, 75]), people),
    }


def tables(given: Facts, first: int = 0) -> Tables:
    """Lines and people as a run hands them to the engine; scorecards are numbered from `first` on."""
    people = len(given["salary_cents"])
    ids = pa.array([f"s{number:08d}" for number in range(first, first + people)])
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
            "target": _decimals(given["target"], 0),
            "actual": _decimals(given["actual_hundredths"], 2),
        }
    )
    persons = pa.table(
        {
            "scorecard_id": ids,
            "person_id": ids,
            "salary": _decimals(given["salary_cents"], 2),
            "target_bonus_share": _decimals(given["bonus_percent"], 2),
            "assigned_share": _decimals(given["assigned_percent"], 2),
        }
    )
    return compact(lines), compact(persons)


def _decimals(units: NDArray[np.int64], places: int) -> pa.Array:
    """decimal128(38, 12), the shape of the snapshot."""
    halves = np.zeros((len(units), 2), dtype=np.int64)
    halves[:, 0] = units * 10 ** (12 - places)
    return pa.Array.from_buffers(pa.decimal128(38, 12), len(units), [None, pa.py_buffer(halves)])


def floats(given: Facts) -> dict[str, Any]:
    """The same as arrays of binary floats; `owner` is the person of each line."""
    people = len(given["salary_cents"])
    return {
        "owner": np.repeat(np.arange(people), KPIS),
        "actual": given["actual_hundredths"] / 100,
        "target": given["target"].astype(np.float64),
        "weight": np.tile(np.array(WEIGHTS) / 100, people),
        "salary": given["salary_cents"] / 100,
        "share": given["bonus_percent"] / 100,
        "assigned": given["assigned_percent"] / 100,
    }


def scored(plan: Plan, lines: pa.Table, people: pa.Table) -> Tables:
    """The two tables of the result."""
    result = score(plan, lines, people)
    return result.lines, result.people


def seconds(work: Callable[[], Any]) -> float:
    """How long it takes."""
    start = time.perf_counter()
    work()
    return time.perf_counter() - start


def require_same_payouts(people: pa.Table, payouts: Any, off: float = 0.011) -> None:
    """Raises BenchFailed where payouts of the other side are farther `off` than its floats explain. One in a thousand may be: floats put
    some attainments of exactly 80 % below it, which costs a whole line."""
    ours = np.asarray(people["amount"].cast(pa.float64()))
    differ = np.abs(ours - np.asarray(payouts, dtype=np.float64)) > off
    if differ.sum() > len(ours) / 1000 + 1:
        raise BenchFailed(f"{differ.sum()} payouts differ between the engine and its baseline.", "The two sides do different work.")
