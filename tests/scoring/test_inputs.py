"""The two ways in which a scorecard meets its pay bases give the same rows: by column for nearly everybody, one by one for the rest."""

from datetime import date
from decimal import Decimal
from uuid import UUID

import pyarrow as pa
from hypothesis import given, settings
from hypothesis import strategies as st

from scoring.plans.queries import NoPlan
from scoring.runs import inputs
from scoring.runs.inputs import FACTS, engine_inputs
from scoring.runs.storage import BASES
from scoring.snapshots.canonical import canonical, digest
from scoring.snapshots.schema import SCORECARDS

YEAR = (date(2026, 1, 1), date(2026, 12, 31))
PLAN = UUID(int=99)

segment = st.fixed_dictionaries(
    {
        "from": st.dates(date(2025, 11, 1), date(2026, 6, 30)),
        "to": st.dates(date(2026, 7, 1), date(2027, 1, 31)),
        "fte": st.sampled_from([None, Decimal("0.6"), Decimal(1)]),
        "counted": st.sampled_from([None, True, False]),
    }
)
basis = st.fixed_dictionaries(
    {
        "valid_from": st.sampled_from([date(2024, 1, 1), date(2026, 1, 1), date(2026, 3, 1)]),
        "valid_to": st.sampled_from([None, date(2027, 1, 1), date(2026, 10, 1)]),
        "salary": st.sampled_from([Decimal(60000), Decimal("48000.50")]),
        "target_bonus_share": st.just(Decimal("0.1")),
        "target_bonus_amount": st.none(),
        "fte": st.sampled_from([None, Decimal("0.8")]),
        "currency": st.sampled_from(["USD", "JPY"]),
        "pay_group": st.just("monthly"),
        "payroll_number": st.just("007"),
    }
)


def scorecards_of(people: list[tuple[list[dict[str, object]] | None, list[dict[str, object]]]]) -> tuple[pa.Table, pa.Table]:
    part = {"part": "main", "target": Decimal(100), "actual": Decimal(90)}
    line = {"line": 1, "kpi_id": str(UUID(int=5)), "weight": Decimal(100), "direction": "higher", "parts": [part]}
    cards, bases = [], []
    for number, (segments, own) in enumerate(people):
        ids = {"scorecard_id": str(UUID(int=1000 + number)), "person_id": str(UUID(int=number))}
        cards.append({**ids, "period_start": YEAR[0], "period_end": YEAR[1], "segments": segments, "lines": [line]})
        bases += [{"person_id": ids["person_id"], **row} for row in own]
    return pa.Table.from_pylist(cards, schema=SCORECARDS), pa.Table.from_pylist(bases, schema=BASES)


@settings(max_examples=60, deadline=None)
@given(people=st.lists(st.tuples(st.none() | st.lists(segment, max_size=1), st.lists(basis, max_size=1)), min_size=1, max_size=6))
def test_both_ways_agree(people: list[tuple[list[dict[str, object]] | None, list[dict[str, object]]]]) -> None:
    # Given people with and without segments and pay bases.
    cards, bases = scorecards_of(people)
    # When each row is made by whichever way is meant for it, and then all of them one by one.
    mixed = inputs._facts(cards, YEAR, bases).to_pylist()
    single = inputs._one_by_one(cards, bases, YEAR).to_pylist()
    # Then they mean the same: segments that lie beyond the year are cut by the engine, so they are compared cut.
    assert [_cut(row) for row in mixed] == [_cut(row) for row in single]


def _cut(row: dict[str, object]) -> dict[str, object]:
    segments = row["segments"]
    if row["error_code"] is None and segments is None:
        segments = [{"starts_on": YEAR[0], "ends_on": YEAR[1], "fte": None}]
    cut = [
        {"starts_on": max(part["starts_on"], YEAR[0]), "ends_on": min(part["ends_on"], YEAR[1]), "fte": part["fte"]}
        for part in segments or []  # type: ignore[attr-defined]
    ]
    return {**row, "segments": cut}


def test_rows_go_to_their_plan_and_the_rest_say_why() -> None:
    whole = [{"from": YEAR[0], "to": YEAR[1], "fte": Decimal(1), "counted": True}]
    paid = {"valid_from": date(2024, 1, 1), "valid_to": None, "salary": Decimal(1), "currency": "USD", "pay_group": "monthly"}
    cards, bases = scorecards_of([(whole, [paid]), (whole, [paid]), (whole, []), (whole, [paid])])
    groups, failed = engine_inputs(cards, YEAR, [PLAN, NoPlan("no_plan"), PLAN, PLAN], bases)
    assert [(group.plan_version_id, group.people["scorecard_id"].to_pylist()) for group in groups] == [
        (PLAN, [str(UUID(int=1000)), str(UUID(int=1003))])
    ]
    assert failed.select(["scorecard_id", "error_code"]).to_pylist() == [
        {"scorecard_id": str(UUID(int=1001)), "error_code": "no_plan"},
        {"scorecard_id": str(UUID(int=1002)), "error_code": "no_pay_basis"},
    ]
    assert set(groups[0].people.schema.names) < set(FACTS.names)


def test_equal_tables_have_equal_digests_whatever_their_chunks() -> None:
    cards, _ = scorecards_of([(None, []), ([{"from": YEAR[0], "to": YEAR[1], "fte": None, "counted": None}], []), (None, [])])
    pieces = pa.concat_tables([cards.slice(2), cards.slice(0, 1), cards.slice(1, 1)])
    assert digest(canonical(pieces)) == digest(canonical(cards))
    assert digest(canonical(cards.slice(1))) != digest(canonical(cards.slice(0, 2)))
