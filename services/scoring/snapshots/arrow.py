"""Scorecards as an Arrow IPC stream, brought column by column into the canonical types. What does not fit is refused whole, naming the
column and the first scorecard that has it; nothing is rounded, cut or guessed."""

from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from chassis.numbers import PATTERN
from scoring.snapshots.canonical import one
from scoring.snapshots.problems import snapshot_problem
from scoring.snapshots.schema import SCORECARDS, UUIDS, WORDS

END = b"\xff\xff\xff\xff\x00\x00\x00\x00"
"""What the writer of a stream puts behind its last batch when it is closed."""
UUID_PATTERN = "^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$"


def read_stream(body: bytes) -> pa.Table:
    """The table of an Arrow IPC stream in the canonical schema. Raises SnapshotInvalid."""
    table = _read(body)
    refuse_cut_off(body[-len(END) :], "body")
    return conformed(table)


def refuse_cut_off(end: bytes, place: str) -> None:
    """Raises SnapshotInvalid `stream_cut_off` where a stream lacks its end mark: cut between two batches it reads like a whole one."""
    if end != END:
        words = "The Arrow IPC stream has no end mark: it was cut off, or its writer was not closed. Nothing was taken."
        raise snapshot_problem("stream_cut_off", place, words)


def _read(body: bytes) -> pa.Table:
    try:
        with pa.ipc.open_stream(pa.BufferReader(body)) as reader:
            table = reader.read_all()
        table.validate(full=True)
    except (pa.ArrowInvalid, pa.ArrowException, OSError, EOFError) as error:
        raise snapshot_problem("unreadable_stream", "body", f"This is not an Arrow IPC stream: {error}.") from None
    return table


def conformed(table: pa.Table) -> pa.Table:
    """The same scorecards in the canonical schema; an absent nullable column is null. Raises SnapshotInvalid."""
    _check_names({field.name for field in table.schema}, SCORECARDS, "")
    rows = pa.array(np.arange(table.num_rows, dtype=np.int64))
    columns = []
    for field in SCORECARDS:
        array = one(table[field.name]) if field.name in table.column_names else pa.nulls(table.num_rows)
        columns.append(_Conforming(table).field(array, field, field.name, rows))
    result = pa.Table.from_arrays(columns, schema=SCORECARDS)
    _check_scorecards(result)
    return result


def _check_names(given: set[str], wanted: Any, place: str) -> None:
    known = {field.name for field in wanted}
    if unknown := sorted(given - known):
        raise snapshot_problem("unknown_column", f"{place}{unknown[0]}", f"Unknown column. Known are {', '.join(sorted(known))}.")
    if missing := sorted(field.name for field in wanted if not field.nullable and field.name not in given):
        raise snapshot_problem("column_missing", f"{place}{missing[0]}", "This column is needed.")


class _Conforming:
    """Brings arrays into the canonical types; `rows` names the scorecard that each element belongs to, for error messages."""

    def __init__(self, table: pa.Table) -> None:
        self._table = table

    def field(self, array: pa.Array, field: pa.Field, place: str, rows: pa.Array) -> pa.Array:
        """The array as `field` wants it."""
        if not field.nullable and array.null_count:
            raise self._problem("value_missing", place, "is empty", array.is_null(), rows)
        result = self._typed(array, field.type, place, rows)
        words = WORDS.get(field.name)
        if words:
            self._check(pc.is_in(result, value_set=pa.array([*words, None])), "unknown_word", place, f"is none of {', '.join(words)}", rows)
        if field.name in UUIDS:
            self._check(pc.match_substring_regex(result, UUID_PATTERN), "not_a_uuid", place, "is not a UUID in lower case", rows)
        return result

    def _typed(self, array: pa.Array, wanted: pa.DataType, place: str, rows: pa.Array) -> pa.Array:
        if pa.types.is_null(array.type):
            return pa.nulls(len(array), wanted)
        if pa.types.is_dictionary(array.type):
            array = array.dictionary_decode()
        if pa.types.is_list(wanted):
            return self._list(array, wanted, place, rows)
        if pa.types.is_struct(wanted):
            return self._struct(array, wanted, place, rows)
        if pa.types.is_decimal(wanted) and _is_text(array.type):
            self._check(pc.match_substring_regex(array, PATTERN), "decimal_format", place, "is not a decimal of at most 12 places", rows)
        elif not _may_become(array.type, wanted):
            raise snapshot_problem("column_type", place, f"The column is {array.type}; {wanted} or text is needed.")
        try:
            return pc.cast(array, wanted)
        except pa.ArrowInvalid as error:
            raise snapshot_problem("value_out_of_bounds", place, f"A value does not fit: {error}.") from None

    def _list(self, array: pa.Array, wanted: pa.DataType, place: str, rows: pa.Array) -> pa.Array:
        if not (pa.types.is_list(array.type) or pa.types.is_large_list(array.type)):
            raise snapshot_problem("column_type", place, f"The column is {array.type}; a list is needed.")
        lengths = pc.fill_null(pc.list_value_length(array), 0)
        offsets = np.concatenate([[0], np.cumsum(np.asarray(lengths))]).astype(np.int32)
        inner = rows.take(pc.list_parent_indices(array))
        values = self.field(pc.list_flatten(array), wanted.value_field, place, inner)
        return pa.ListArray.from_arrays(pa.array(offsets), values, type=wanted, mask=array.is_null())

    def _struct(self, array: pa.Array, wanted: pa.DataType, place: str, rows: pa.Array) -> pa.Array:
        if not pa.types.is_struct(array.type):
            raise snapshot_problem("column_type", place, f"The column is {array.type}; a structure is needed.")
        if array.null_count:
            raise self._problem("value_missing", place, "is empty", array.is_null(), rows)
        given = {field.name: part for field, part in zip(array.type, array.flatten(), strict=True)}
        _check_names(set(given), wanted, f"{place}.")
        arrays = [self.field(given.get(field.name, pa.nulls(len(array))), field, f"{place}.{field.name}", rows) for field in wanted]
        return pa.StructArray.from_arrays(arrays, fields=list(wanted))

    def _check(self, good: pa.Array, code: str, place: str, what: str, rows: pa.Array) -> None:
        bad = pc.invert(pc.fill_null(good, fill_value=True))
        if bad.true_count:
            raise self._problem(code, place, what, bad, rows)

    def _problem(self, code: str, place: str, what: str, bad: pa.Array, rows: pa.Array) -> Exception:
        row = rows.filter(bad)[0].as_py()
        ids = self._table["scorecard_id"][row].as_py() if "scorecard_id" in self._table.column_names else f"number {row + 1}"
        return snapshot_problem(code, place, f"{bad.true_count} values: each {what}. The first is on scorecard {ids}.")


def _is_text(kind: pa.DataType) -> bool:
    return bool(pa.types.is_string(kind) or pa.types.is_large_string(kind))


def _may_become(given: pa.DataType, wanted: pa.DataType) -> bool:
    """Whether a cast between the types loses nothing, or says so."""
    if pa.types.is_decimal(wanted):
        return bool(pa.types.is_decimal(given) or pa.types.is_integer(given))
    if pa.types.is_string(wanted):
        return _is_text(given)
    if pa.types.is_date(wanted):
        return bool(pa.types.is_date32(given)) or _is_text(given)
    return bool(given == wanted or (pa.types.is_integer(wanted) and pa.types.is_integer(given)))


def _check_scorecards(table: pa.Table) -> None:
    """What a single column cannot show: ends before starts, lines without parts, line numbers that stand twice."""
    ids = one(table["scorecard_id"])
    backwards = pc.less(one(table["period_end"]), one(table["period_start"]))
    _refuse(backwards, ids, "end_before_start", "period_end", "lies before period_start")
    segments = one(table["segments"])
    flat = pc.list_flatten(segments)
    owners = ids.take(pc.list_parent_indices(segments))
    _refuse(pc.less(flat.field("to"), flat.field("from")), owners, "end_before_start", "segments.to", "lies before from")
    lines = one(table["lines"])
    flat, owner = pc.list_flatten(lines), pc.list_parent_indices(lines)
    _refuse(pc.equal(pc.list_value_length(flat.field("parts")), 0), ids.take(owner), "parts_missing", "lines.parts", "is empty")
    order = np.lexsort((np.asarray(flat.field("line")), np.asarray(owner)))
    owners, numbers = np.asarray(owner)[order], np.asarray(flat.field("line"))[order]
    twice = pa.array((owners[1:] == owners[:-1]) & (numbers[1:] == numbers[:-1]), pa.bool_())
    _refuse(twice, ids.take(pa.array(owners[1:])), "repeated_line", "lines.line", "stands twice")


def _refuse(bad: pa.Array, ids: pa.Array, code: str, place: str, what: str) -> None:
    if bad.true_count:
        raise snapshot_problem(code, place, f"On scorecard {ids.filter(bad)[0].as_py()} it {what}.")
