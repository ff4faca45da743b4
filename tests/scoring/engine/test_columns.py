"""Decimals between Arrow and scaled integers: the same numbers on the way in and out, in 64 bits where they fit."""

from decimal import Decimal

import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from scoring.engine import compact, load_plan, score
from scoring.engine.columns import read_decimals, write_decimals
from scoring.engine.rows import Line, Person, tables

LARGEST = 10**18 - 1
"""The largest whole number a decimal64 holds."""

units = st.one_of(st.integers(-(10**24), 10**24), st.integers(-LARGEST, LARGEST), st.integers(-999, 999).map(lambda number: number * 10**9))
decimals = units.map(lambda number: Decimal(number).scaleb(-12))


@given(st.lists(st.one_of(st.none(), decimals)), st.integers(0, 3))
def test_what_is_read_and_written_is_the_same(numbers: list[Decimal | None], first: int) -> None:
    """Given any column, also a part of one, when it is read and written, then each number and each null is as before."""
    given = pa.array(numbers, pa.decimal128(38, 12)).slice(first)
    written = write_decimals(*read_decimals(given))
    written.validate(full=True)
    assert written.to_pylist() == numbers[first:]


@pytest.mark.parametrize(("number", "bits"), [(LARGEST, 64), (-LARGEST, 64), (LARGEST + 1, 128), (-LARGEST - 1, 128), (2**63, 128)])
def test_eighteen_digits_are_written_in_64_bits(number: int, bits: int) -> None:
    written = write_decimals(*read_decimals(pa.array([Decimal(number), None])))
    assert (written.type.bit_width, written.to_pylist()) == (bits, [Decimal(number), None])


def test_large_sums_at_twelve_places_are_read_in_64_bits() -> None:
    """Given a salary of five million, which at twelve places passes 64 bits, when it is compacted, then it takes 64 bits at its two."""
    found = compact(pa.table({"salary": pa.array([Decimal("5000000.25"), None], pa.decimal128(38, 12)), "name": ["Ana", "Ben"]}))
    assert found.schema == pa.schema([("salary", pa.decimal64(18, 2)), ("name", pa.string())])
    assert found["salary"].to_pylist() == [Decimal("5000000.25"), None]


PLAN = load_plan(
    """
    plan: weights
    steps:
      - {name: attainment, kind: attainment, missing: renormalise}
      - {name: composite, kind: weighted_mean, of: attainment}
    composite: composite
    """
)


@pytest.mark.parametrize("kind", [pa.decimal128(38, 12), pa.decimal128(5, 2), pa.int32()])
@pytest.mark.parametrize("last", [Decimal(50), None])
def test_weights_used_have_twelve_places_whatever_was_given(kind: pa.DataType, last: Decimal | None) -> None:
    """Given weights of any type, when all lines count or one is left out, then the weights used are told in the same form."""
    sent = [
        Line(scorecard_id="a", line=number, kpi_id="k", weight=Decimal(50), direction="higher", target=Decimal(50)) for number in (1, 2)
    ]
    lines, people = tables([sent[0].model_copy(update={"actual": Decimal(50)}), sent[1].model_copy(update={"actual": last})], [_ana()])
    lines = lines.set_column(lines.schema.get_field_index("weight"), "weight", lines["weight"].cast(kind))
    used = score(PLAN, lines, people).lines["weight_used"]
    assert used.type.scale == 12
    assert used.to_pylist() == ([50, 50] if last else [100, 0])


def test_people_without_lines_stand_between_others() -> None:
    """Given 128 people of whom every third has no line, and scorecards numbered in eight bits, then each line is scored for its own."""
    ids = [f"s{number:03d}" for number in range(128)]
    with_lines = [number for number in range(128) if number % 3]
    sent = [
        Line(
            scorecard_id=ids[number],
            line=1,
            kpi_id="k",
            weight=Decimal(100),
            direction="higher",
            target=Decimal(100),
            actual=Decimal(number),
        )
        for number in with_lines
    ]
    lines, people = tables(sent, [Person(scorecard_id=id_, person_id=id_) for id_ in ids])
    keys = pa.DictionaryArray.from_arrays(pa.array(with_lines, pa.int8()), pa.array(ids))
    lines = lines.set_column(lines.schema.get_field_index("scorecard_id"), "scorecard_id", keys)
    found = score(PLAN, lines, people).people["composite"].to_pylist()
    assert found == [Decimal(number) / 100 if number % 3 else None for number in range(128)]


def _ana() -> Person:
    return Person(scorecard_id="a", person_id="ana")
