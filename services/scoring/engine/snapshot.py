"""The snapshot the engine reads: two Arrow tables, one row per KPI line and one per scorecard, brought into one order.

`LINES` and `PEOPLE` are the published shapes. A nullable column may be absent; decimals may be any narrower decimal or whole number, words
may be dictionary-encoded (which is faster); `compact` brings numbers into their fastest form. Further columns ride along unread, except
decimal columns of people that a plan names in its `inputs`.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any, Final

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from chassis.problems import FieldError
from scoring.engine.columns import read_decimals, read_in_place, write_decimals
from scoring.engine.exact import Integers, rescaled
from scoring.engine.problems import SnapshotInvalid

DECIMAL: Final = pa.decimal128(38, 12)
DIRECTIONS: Final = ("higher", "lower", "band", "milestone", "rating", "zero_tolerance")
COMPARISONS: Final = ("at_least", "at_most", "above", "below", "within")
METHODS: Final = ("ratio", "span")
COMBINES: Final = ("all", "mean", "count")
VOCABULARIES: Final[Mapping[str, tuple[str, ...]]] = {
    "direction": DIRECTIONS,
    "comparison": COMPARISONS,
    "method": METHODS,
    "combine": COMBINES,
}

_ATTAINMENT_FIELDS: Final = [
    pa.field("direction", pa.string(), nullable=False),
    pa.field("comparison", pa.string()),
    pa.field("method", pa.string()),
    *(pa.field(name, DECIMAL) for name in ("target", "target_high", "baseline", "actual", "last_actual", "slope")),
    *(pa.field(name, DECIMAL) for name in ("scale_minimum", "scale_maximum", "days_late", "deduction_per_day")),
]
LINES: Final = pa.schema(
    [
        pa.field("scorecard_id", pa.string(), nullable=False),
        pa.field("line", pa.int32(), nullable=False),
        pa.field("kpi_id", pa.string(), nullable=False),
        pa.field("kpi_code", pa.string()),
        pa.field("title", pa.string()),
        pa.field("component", pa.string()),
        pa.field("group", pa.string()),
        pa.field("weight", DECIMAL),
        pa.field("credit_share", DECIMAL),
        *_ATTAINMENT_FIELDS,
        pa.field("threshold", DECIMAL),
        pa.field("stretch", DECIMAL),
        pa.field("combine", pa.string()),
        pa.field("parts", pa.list_(pa.struct(_ATTAINMENT_FIELDS))),
    ]
)
SEGMENT: Final = pa.struct(
    [
        pa.field("starts_on", pa.date32(), nullable=False),
        pa.field("ends_on", pa.date32(), nullable=False),
        *(pa.field(name, DECIMAL) for name in ("fte", "salary", "target_bonus_share", "target_bonus_amount")),
    ]
)
PEOPLE: Final = pa.schema(
    [
        pa.field("scorecard_id", pa.string(), nullable=False),
        pa.field("person_id", pa.string(), nullable=False),
        pa.field("currency", pa.string()),
        *(pa.field(name, DECIMAL) for name in ("salary", "target_bonus_share", "target_bonus_amount", "rating")),
        pa.field("period_starts_on", pa.date32()),
        pa.field("period_ends_on", pa.date32()),
        pa.field("segments", pa.list_(SEGMENT)),
    ]
)


@dataclass(frozen=True)
class Snapshot:
    """Lines in the order of their people and, within a scorecard, of `line`; the lines of person i are starts[i] to starts[i + 1]."""

    lines: pa.Table
    people: pa.Table
    starts: NDArray[np.int64]

    @cached_property
    def line_columns(self) -> dict[str, pa.Array]:
        return {name: _whole(self.lines[name]) for name in self.lines.column_names}

    @cached_property
    def people_columns(self) -> dict[str, pa.Array]:
        return {name: _whole(self.people[name]) for name in self.people.column_names}


def prepared(lines: pa.Table, people: pa.Table) -> Snapshot:
    """The tables as one snapshot. Raises SnapshotInvalid for what no single row can answer for: missing columns, wrong types, repeated
    scorecards or lines, lines of unknown scorecards, unknown words."""
    _check_columns(lines, LINES, "lines")
    _check_columns(people, PEOPLE, "people")
    for name, words in VOCABULARIES.items():
        if name in lines.column_names:
            _check_words(lines[name], name, words)
    owner = _owners(_whole(lines["scorecard_id"]), _whole(people["scorecard_id"]))
    number = np.asarray(_whole(lines["line"]))
    if not _ascends(owner, number):
        order = np.lexsort((number, owner))
        lines, owner, number = lines.take(pa.array(order)), owner[order], number[order]
        _refuse_repeated_lines(lines, owner, number)
    return Snapshot(lines, people, _starts(owner, people.num_rows))


def compact(table: pa.Table) -> pa.Table:
    """The same table with its numbers in 64 bits where all of a column fit, at the fewest places that hold them: half to a quarter of the
    memory, and what is computed with fastest. Weights keep their places, since a result repeats them."""
    columns = {name: table[name] for name in table.column_names}
    for name, column in columns.items():
        if pa.types.is_decimal(column.type):
            columns[name] = _compacted(_whole(column), read_in_place if name == "weight" else read_decimals)
    return pa.table(columns)


def _compacted(array: pa.Array, read: Callable[[pa.Array], tuple[Integers, int, Any]]) -> pa.Array:
    parts = [read(array.slice(start, _STRETCH)) for start in range(0, max(1, len(array)), _STRETCH)]
    places = max(own for _, own, _ in parts)
    values = np.concatenate([rescaled(part, own, places, "half_up") for part, own, _ in parts])
    return write_decimals(values, places, np.asarray(array.is_null()) if array.null_count else None)


def _ascends(owner: NDArray[Any], number: NDArray[Any]) -> bool:
    """Whether each line comes after the one before it, by person and line; then none is there twice."""
    for start in range(0, len(owner) - 1, _STRETCH):
        people, numbers = owner[start : start + _STRETCH + 1], number[start : start + _STRETCH + 1]
        later = numbers[1:] > numbers[:-1]
        later &= people[1:] == people[:-1]
        later |= people[1:] > people[:-1]
        if not later.all():
            return False
    return True


def _starts(owner: NDArray[Any], people: int) -> NDArray[np.int64]:
    """Where each person's lines begin, and where the last one's end; owners ascend."""
    stretches = [(start, owner[start : start + _STRETCH + 1]) for start in range(0, len(owner) - 1, _STRETCH)]
    starts = np.concatenate([[0], *(start + 1 + np.flatnonzero(own[1:] != own[:-1]) for start, own in stretches), [len(owner)]])
    if len(starts) == people + 1:  # everybody has a line
        return starts
    return np.searchsorted(owner.astype(np.int64), np.arange(people + 1))


_STRETCH: Final = 50_000
"""Rows looked at together, few enough to stay in the processor's cache."""


def _whole(column: pa.ChunkedArray) -> pa.Array:
    """The column in one piece, each repeated word held once."""
    if column.num_chunks == 1:
        array = column.chunk(0)
    else:
        array = column.unify_dictionaries().combine_chunks() if column.num_chunks else pa.array([], column.type)
    return array.chunk(0) if isinstance(array, pa.ChunkedArray) else array


def _check_columns(table: pa.Table, shape: pa.Schema, title: str) -> None:
    problems = []
    for field in shape:
        if field.name not in table.column_names:
            if not field.nullable:
                problems.append((field.name, "column_missing", f"The {title} need a column {field.name}."))
            continue
        column = table[field.name]
        if not _fits(column.type, field.type):
            problems.append((field.name, "column_type", f"Column {field.name} of the {title} is {column.type}; {field.type} is needed."))
        elif not field.nullable and column.null_count:
            problems.append((field.name, "value_missing", f"Column {field.name} of the {title} has empty values."))
    if problems:
        raise SnapshotInvalid(problems[0][2], errors=[FieldError(field=name, code=code, message=text) for name, code, text in problems])


def _fits(given: pa.DataType, wanted: pa.DataType) -> bool:
    """Whether a column of this type can be read as the published one."""
    if pa.types.is_dictionary(given):
        given = given.value_type
    if pa.types.is_null(given) or given == wanted:
        return True
    if pa.types.is_decimal(wanted):
        return bool(pa.types.is_integer(given) or (pa.types.is_decimal(given) and 0 <= given.scale <= 12 and given.bit_width <= 128))
    alike: list[Any] = [pa.types.is_string, pa.types.is_large_string, pa.types.is_integer, pa.types.is_list]
    return any(check(wanted) and check(given) for check in alike) or bool(pa.types.is_string(wanted) and pa.types.is_large_string(given))


def _check_words(column: pa.ChunkedArray, name: str, words: Sequence[str]) -> None:
    present = pc.unique(_whole(column).dictionary if pa.types.is_dictionary(column.type) else column).to_pylist()
    unknown = sorted(word for word in present if word is not None and word not in words)
    if unknown:
        message = f'"{unknown[0]}" is no {name}; known are {", ".join(words)}.'
        raise SnapshotInvalid(message, errors=[FieldError(field=name, code="unknown_word", message=message)])


def _owners(of_lines: pa.Array, of_people: pa.Array) -> NDArray[np.int64]:
    """The row of people each line belongs to."""
    if pa.types.is_dictionary(of_people.type):
        of_people = of_people.cast(of_people.type.value_type)
    refuse_repeated_scorecards(of_people)
    encoded = of_lines if pa.types.is_dictionary(of_lines.type) else of_lines.dictionary_encode()
    positions = np.asarray(encoded.indices)
    if encoded.dictionary.equals(of_people):
        return positions
    rows = np.asarray(pc.index_in(encoded.dictionary, value_set=of_people.cast(encoded.dictionary.type)).fill_null(-1))
    owner: NDArray[np.int64] = rows[positions]
    if owner.size and owner.min() < 0:
        raise _unknown_scorecard(encoded.dictionary[int(positions[int(owner.argmin())])].as_py())
    return owner


def _unknown_scorecard(scorecard: str) -> SnapshotInvalid:
    message = f'There are lines of scorecard "{scorecard}", and nobody in people has it.'
    return SnapshotInvalid(message, errors=[FieldError(field="scorecard_id", code="unknown_scorecard", message=message)])


def refuse_repeated_scorecards(of_people: pa.Array) -> None:
    if pc.all(pc.less(of_people[:-1], of_people[1:])).as_py() or pc.count_distinct(of_people).as_py() == len(of_people):
        return  # ascending ids need no counting
    counts = of_people.value_counts()
    repeated = counts.filter(pc.greater(counts.field("counts"), 1)).field("values")[0].as_py()
    message = f'Scorecard "{repeated}" stands in people more than once.'
    raise SnapshotInvalid(message, errors=[FieldError(field="scorecard_id", code="repeated_scorecard", message=message)])


def _refuse_repeated_lines(lines: pa.Table, owner: NDArray[Any], number: NDArray[Any]) -> None:
    repeated = np.flatnonzero((owner[1:] == owner[:-1]) & (number[1:] == number[:-1]))
    if repeated.size:
        row = int(repeated[0])
        message = f'Scorecard "{lines["scorecard_id"][row].as_py()}" has line {int(number[row])} more than once.'
        raise SnapshotInvalid(message, errors=[FieldError(field="line", code="repeated_line", message=message)])
