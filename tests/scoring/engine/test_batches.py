"""In bounded memory: the same bytes in any batches, in any order, from rows of JSON or an Arrow stream."""

import json
import random
from collections.abc import Iterable, Iterator, Sequence
from decimal import Decimal
from typing import Any

import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from scoring.engine import Result, SnapshotInvalid, compact, load_plan, score
from scoring.engine.batches import Batch, score_batches
from scoring.engine.result import published
from scoring.engine.rows import Line, Person, SnapshotDocument, tables
from scoring.engine.snapshot import LINES, PEOPLE
from scoring.snapshots.canonical import digest
from tests.scoring.engine.test_against_oracle import decimals, scorecards
from tests.scoring.engine.test_laws import PLAN, paid

TOTALS = load_plan(
    """
    plan: totals
    steps:
      - {name: attainment, kind: attainment, missing: zero}
      - {name: composite, kind: weighted_mean, of: attainment, empty: zero}
      - {name: bonus, kind: amount, basis: target_bonus, factors: [composite], cap: 1000000, floor: 0}
      - {name: everything, kind: total, of: bonus}
      - {name: half, kind: multiply, of: [everything, 0.5]}
      - {name: share, kind: pool, of: bonus, size: half, places: 2}
      - {name: whole, kind: rounding, of: share, to_nearest: 1}
    composite: composite
    payout: whole
    """
)
SOLO = load_plan(
    """
    plan: solo
    steps:
      - {name: attainment, kind: attainment, cap: 150%, missing: renormalise}
      - {name: composite, kind: weighted_mean, of: attainment}
      - {name: bonus, kind: amount, basis: target_bonus, factors: [composite], places: 2}
    composite: composite
    payout: bonus
    """
)


def split(lines: pa.Table, people: pa.Table, sizes: Sequence[int], order: Sequence[int]) -> list[Batch]:
    """Batches of so many people, by turns, the people in this order."""
    people, batches, start = people.take(pa.array(order, pa.int64())), [], 0
    while start < people.num_rows:
        own = people.slice(start, sizes[len(batches) % len(sizes)])
        owned = pa.compute.is_in(lines["scorecard_id"], value_set=own["scorecard_id"].combine_chunks())
        batches.append((lines.filter(owned), own))
        start += own.num_rows
    return batches


def by_rows_of_json(batch: Batch) -> Batch:
    """The batch as somebody without Arrow sends it."""
    lines, people = (table.to_pylist() for table in batch)
    inputs = set(batch[1].column_names) - set(PEOPLE.names)
    rows = {
        "lines": [{name: value for name, value in row.items() if name in LINES.names and value is not None} for row in lines],
        "people": [
            {name: value for name, value in row.items() if name in PEOPLE.names and value is not None}
            | {"inputs": {name: row[name] for name in inputs}}
            for row in people
        ],
    }
    document = SnapshotDocument.model_validate_json(json.dumps(rows, default=lambda value: format(value, "f")))
    return tables(document.lines, document.people)


def by_stream(batch: Batch) -> Batch:
    """The batch as an Arrow stream, compact as a run hands it on."""
    received = []
    for table in batch:
        sink = pa.BufferOutputStream()
        with pa.ipc.new_stream(sink, table.schema) as writer:
            writer.write_table(table)
        received.append(compact(pa.ipc.open_stream(sink.getvalue()).read_all()))
    return received[0], received[1]


def digests(results: Iterable[Result]) -> tuple[str, str]:
    """Of all lines and all people, in the order of their scorecards."""
    found = list(results)
    lines = pa.concat_tables([published(result.lines) for result in found]).sort_by([("scorecard_id", "ascending"), ("line", "ascending")])
    people = pa.concat_tables([published(result.people) for result in found]).sort_by("scorecard_id")
    return digest(lines), digest(people)


@pytest.mark.parametrize("plan", [PLAN, TOTALS, SOLO], ids=["pool", "total and pool", "each alone"])
@settings(max_examples=8, deadline=None)
@given(
    scorecards.filter(bool),
    st.lists(decimals(0, 10**5, 2), min_size=1, max_size=5),
    decimals(0, 10**6, 2),
    st.lists(st.integers(1, 4), min_size=1, max_size=3),
    st.integers(0, 10**6),
)
def test_batches_order_and_transport_change_no_byte(
    plan: Any, cards: list[Any], bonuses: list[Decimal], pool: Decimal, sizes: list[int], seed: int
) -> None:
    """Given any snapshot, when it comes in any batches, in any order, as JSON or Arrow, then the bytes are those of one table at once."""
    lines, people = paid(cards, bonuses, pool)
    at_once = digests([score(plan, lines, people)])
    order = random.Random(seed).sample(range(people.num_rows), people.num_rows)  # noqa: S311 - no secret
    batches = split(lines, people, sizes, order)
    assert digests(score_batches(plan, batches)) == at_once
    assert digests(score_batches(plan, [by_rows_of_json(batch) for batch in batches])) == at_once
    assert digests(score_batches(plan, [by_stream(batch) for batch in batches])) == at_once


def test_batches_of_one_plan_are_taken_as_they_come() -> None:
    """Given a plan without steps over everybody, when batches come from an iterator, then each is answered before the next is asked for."""
    asked: list[int] = []

    def arriving() -> Iterator[Batch]:
        for number in range(3):
            asked.append(number)
            yield one_person(f"s{number}")

    results = score_batches(SOLO, arriving())
    assert next(results).people["amount"].to_pylist() == [Decimal("500.00")]
    assert asked == [0]


def test_steps_over_everybody_need_batches_that_can_be_read_twice() -> None:
    with pytest.raises(ValueError, match="cannot be an iterator"):
        next(score_batches(TOTALS, iter([one_person("s1")])))


def test_a_scorecard_of_two_batches_is_refused() -> None:
    """Given one scorecard in two batches, when both are scored, then it is refused by name at the latest when all are read."""
    with pytest.raises(SnapshotInvalid, match='"s1" stands in people more than once'):
        list(score_batches(SOLO, [one_person("s1"), one_person("s1")]))


def test_no_batches_give_no_results() -> None:
    assert list(score_batches(SOLO, [])) == list(score_batches(TOTALS, [])) == []


def one_person(scorecard: str) -> Batch:
    line = Line(scorecard_id=scorecard, line=1, kpi_id="k", direction="higher", target="2", actual="1", weight="100")
    return tables([line], [Person(scorecard_id=scorecard, person_id=scorecard, target_bonus_amount="1000")])
