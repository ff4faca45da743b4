"""Laws that hold for every plan: the order of rows, the size of slices and the company a person is in never change a result."""

import random
from decimal import Decimal
from typing import Any

import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from scoring.engine import ENGINE_SEMANTICS_VERSION, load_plan, score
from scoring.engine.rows import Line, Person, tables
from tests.scoring.engine.test_against_oracle import decimals, scorecards, snapshot

PLAN = load_plan(
    """
    plan: laws
    inputs: [{name: pool_size, unit: money, minimum: 0}]
    steps:
      - {name: attainment, kind: attainment, cap: 150%, floor: 0, missing: renormalise}
      - {name: line_score, kind: curve, of: attainment, points: [[80%, 50%], [100%, 100%], [150%, 200%]]}
      - {name: composite, kind: weighted_mean, of: line_score, empty: zero}
      - {name: bonus, kind: amount, basis: target_bonus, factors: [composite]}
      - {name: share, kind: pool, of: bonus, size: pool_size, places: 2}
    composite: composite
    payout: share
    """
)


def paid(cards: list[Any], bonuses: list[Decimal], pool: Decimal) -> tuple[pa.Table, pa.Table]:
    lines, people = snapshot(cards)
    people = people.drop_columns(["target_bonus_amount"])
    amounts = [bonuses[place % len(bonuses)] for place in range(len(cards))]
    people = people.append_column("target_bonus_amount", pa.array(amounts, pa.decimal128(38, 12)))
    return lines, people.append_column("pool_size", pa.array([pool] * len(cards), pa.decimal128(38, 12)))


def by_card(table: pa.Table) -> dict[Any, Any]:
    return {(row["scorecard_id"], row.get("line")): row for row in table.to_pylist()}


@settings(max_examples=60, deadline=None)
@given(scorecards, st.lists(decimals(0, 10**5, 2), min_size=1, max_size=5), decimals(0, 10**6, 2), st.integers(0, 10**6))
def test_order_and_slices_change_nothing(cards: list[Any], bonuses: list[Decimal], pool: Decimal, seed: int) -> None:
    """Given any snapshot, when its rows are shuffled and it is computed in slices of any size, then each row's result is the same."""
    lines, people = paid(cards, bonuses, pool)
    plain = score(PLAN, lines, people)
    shuffle = random.Random(seed)  # noqa: S311 - no secret
    mixed_lines = lines.take(pa.array(shuffle.sample(range(lines.num_rows), lines.num_rows), pa.int64()))
    mixed_people = people.take(pa.array(shuffle.sample(range(people.num_rows), people.num_rows), pa.int64()))
    mixed = score(PLAN, mixed_lines, mixed_people, slice_lines=1 + seed % 5)
    assert by_card(mixed.lines) == by_card(plain.lines)
    assert by_card(mixed.people) == by_card(plain.people)
    assert sorted(map(str, mixed.errors.to_pylist())) == sorted(map(str, plain.errors.to_pylist()))


@settings(max_examples=60, deadline=None)
@given(scorecards, st.lists(decimals(0, 10**5, 2), min_size=1, max_size=5), decimals(0, 10**6, 2))
def test_a_pool_is_spent_to_the_last_cent(cards: list[Any], bonuses: list[Decimal], pool: Decimal) -> None:
    """Given claims on a pool, when any is above zero, then the shares add up to the pool exactly, and no share is negative."""
    result = score(PLAN, *paid(cards, bonuses, pool)).people.to_pylist()
    shares = [row["amount"] for row in result if row["amount"] is not None]
    claimed = any(row["steps"]["bonus"] for row in result)
    assert sum(shares) == (pool if claimed else 0)
    assert all(share >= 0 for share in shares)
    assert all(row["reason_code"] for row in result if not row["amount"])


@settings(max_examples=40, deadline=None)
@given(scorecards)
def test_scores_need_no_pay(cards: list[Any]) -> None:
    """Given people without a single pay fact, when only scores are wanted, then nobody fails for the lack of pay."""
    lines, people = snapshot(cards)
    result = score(PLAN, lines, people, pay=False).people.to_pylist()
    for row in result:
        assert row["amount"] is None
        assert row["failed"] == (row["composite"] is None)
        assert row["failed"] or row["reason_code"] == "no_pay_basis"


def test_without_pay_facts_a_payout_fails_by_code() -> None:
    """Given the same people, when pay is wanted, then each fails with the reason, and the composite is still there."""
    lines, people = tables(
        [Line(scorecard_id="a", line=1, kpi_id="k", direction="higher", target=Decimal(10), actual=Decimal(10), weight=Decimal(100))],
        [Person(scorecard_id="a", person_id="p", inputs={"pool_size": Decimal(100)})],
    )
    result = score(PLAN, lines, people)
    row = result.people.to_pylist()[0]
    assert (row["composite"], row["amount"], row["failed"], row["reason_code"]) == (1, None, True, "no_pay_basis")
    assert [error["code"] for error in result.errors.to_pylist()] == ["no_pay_basis"]
    assert result.semantics_version == ENGINE_SEMANTICS_VERSION == 1


def test_one_wrong_row_stops_nobody_else() -> None:
    """Given a target of zero among good rows, then that person fails by code and line, and the others are scored as without it."""
    good = {"direction": "higher", "target": Decimal(10), "actual": Decimal(9), "weight": Decimal(50)}
    rows = [Line(scorecard_id=card, line=number, kpi_id=f"k{number}", **good) for card in "abc" for number in (1, 2)]
    rows[3] = rows[3].model_copy(update={"target": Decimal(0)})
    people = [Person(scorecard_id=card, person_id=card) for card in "abc"]
    result = score(PLAN, *tables(rows, people), pay=False)
    assert [row["failed"] for row in result.people.to_pylist()] == [False, True, False]
    errors = [(row["scorecard_id"], row["line"], row["kpi_id"], row["code"]) for row in result.errors.to_pylist()]
    assert errors == [("b", 2, "k2", "target_not_positive")]
    alone = score(PLAN, *tables(rows[:2], people[:1]), pay=False)
    assert alone.people.to_pylist()[0] == result.people.to_pylist()[0]


@pytest.mark.parametrize("count", [0, 1])
def test_nobody_and_nothing(count: int) -> None:
    """Given no people, or somebody without a line, then the tables have the same columns as ever."""
    lines, people = tables([], [Person(scorecard_id="a", person_id="p")] * count)
    result = score(
        load_plan({"plan": "p", "steps": [{"name": "mean", "kind": "weighted_mean", "of": "actual"}], "composite": "mean"}), lines, people
    )
    assert result.lines.num_rows == 0
    assert [row["reason_code"] for row in result.people.to_pylist()] == ["no_lines"] * count
    assert result.errors.num_rows == count
