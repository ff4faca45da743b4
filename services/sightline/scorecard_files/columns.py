"""A piece of a file, column by column, as the lines and the people of the engine. Nothing is rounded, cut or guessed."""

from collections.abc import Collection
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc

from chassis.numbers import PATTERN
from scoring.engine import Plan, compact
from scoring.engine.batches import Batch
from scoring.engine.snapshot import DECIMAL, LINES, PEOPLE, SEGMENT
from sightline.problems import BadUsage
from sightline.scorecard_files.reading import Piece

LINE_FIELDS = tuple(field for field in LINES if not pa.types.is_list(field.type) and field.name not in {"scorecard_id", "combine"})
PERSON_FIELDS = tuple(field for field in PEOPLE if not pa.types.is_list(field.type) and field.name != "scorecard_id")
_ROW = "row of the file"
SEGMENT_FIELDS = tuple(field for field in SEGMENT if field.name in {"starts_on", "ends_on", "fte"})


def known_columns(plan: Plan) -> frozenset[str]:
    """Every column that a file for this plan may have."""
    fields = {field.name for field in (*LINE_FIELDS, *PERSON_FIELDS, *SEGMENT_FIELDS)}
    return frozenset({"scorecard_id"} | fields | {given.name for given in plan.document.inputs})


def engine_tables(piece: Piece, plan: Plan) -> Batch:
    """Lines and people. Raises BadUsage naming row and column."""
    typed = _Typed(piece)
    inputs = {per: [pa.field(given.name, DECIMAL) for given in plan.document.inputs if given.per == per] for per in ("line", "person")}
    ids = typed.column(pa.field("scorecard_id", pa.string(), nullable=False))
    return compact(_lines(typed, ids, inputs["line"])), compact(_people(typed, ids, inputs["person"]))


def _lines(typed: "_Typed", ids: pa.Array, inputs: Collection[pa.Field]) -> pa.Table:
    """A row that names nothing of a KPI is of a person without one."""
    columns = typed.columns([*LINE_FIELDS, *inputs])
    named = _any_valid([*columns.values(), pa.nulls(len(ids))])
    numbers = typed.numbers.cast(pa.int32())
    line = pc.coalesce(columns["line"], numbers) if "line" in columns else numbers
    kpi = pc.binary_join_element_wise("line", line.cast(pa.string()), " ")
    for name in ("kpi_code", "kpi_id"):
        kpi = pc.coalesce(columns[name], kpi) if name in columns else kpi
    direction = pc.fill_null(columns["direction"], "higher") if "direction" in columns else pa.repeat("higher", len(ids))
    lines = pa.table({**columns, "scorecard_id": ids, "line": line, "kpi_id": kpi, "direction": direction}).filter(named)
    _refuse_repeated_kpis(lines)
    return lines


def _refuse_repeated_kpis(lines: pa.Table) -> None:
    counts = lines.group_by(["scorecard_id", "kpi_id"]).aggregate([([], "count_all")])
    twice = counts.filter(pc.greater(counts["count_all"], 1))
    if twice.num_rows:
        row = twice.slice(0, 1).to_pylist()[0]
        raise BadUsage(f"{row['kpi_id']} stands twice on scorecard {row['scorecard_id']}.", "Keep one of the rows; nothing was scored.")


def _people(typed: "_Typed", ids: pa.Array, inputs: Collection[pa.Field]) -> pa.Table:
    """One person per scorecard; a figure stands in any of its rows, the same in each that has one."""
    columns = typed.columns([*PERSON_FIELDS, *SEGMENT_FIELDS, *inputs])
    table = pa.table({"scorecard_id": ids, _ROW: typed.numbers, **columns}).combine_chunks()
    ends = [(_ROW, "min"), *((name, how) for name in columns for how in ("min", "max"))]
    found = table.group_by("scorecard_id", use_threads=False).aggregate(ends).sort_by(f"{_ROW}_min")  # groups come in any order
    for name in columns:
        differing = pc.fill_null(pc.not_equal(found[f"{name}_min"], found[f"{name}_max"]), fill_value=False)
        if pc.any(differing).as_py():
            row = found.filter(differing).slice(0, 1).to_pylist()[0]
            words = f"Scorecard {row['scorecard_id']}, {name}: one row says {row[f'{name}_min']}, another {row[f'{name}_max']}."
            raise BadUsage(words, "Repeat a person's figures on each of their rows, or leave them out after the first.")
    people = {"scorecard_id": found["scorecard_id"], **{name: found[f"{name}_min"] for name in columns}}
    people["person_id"] = pc.coalesce(people["person_id"], people["scorecard_id"]) if "person_id" in people else people["scorecard_id"]
    return _with_segments(pa.table(people).combine_chunks())


def _with_segments(people: pa.Table) -> pa.Table:
    """Days and full-time equivalent of a row are the one segment of its person. Raises BadUsage where the days are missing."""
    names = [field.name for field in SEGMENT_FIELDS if field.name in people.column_names]
    if not names:
        return people
    given = {name: people[name].combine_chunks() for name in names}
    there = _any_valid(list(given.values()))
    for name in ("starts_on", "ends_on"):
        lacking = pc.and_(there, given[name].is_null() if name in given else pa.repeat(pa.scalar(True), len(there)))
        if lacking.true_count:
            scorecard = people["scorecard_id"].combine_chunks().filter(lacking)[0]
            raise BadUsage(f"Scorecard {scorecard}, {name}: This is needed beside {', '.join(names)}.", "Give the days the segment covers.")
    values = [given[field.name].filter(there) if field.name in given else pa.nulls(there.true_count, field.type) for field in SEGMENT]
    offsets = pc.cumulative_sum(pa.concat_arrays([pa.array([0], pa.int32()), there.cast(pa.int8()).cast(pa.int32())]))
    structs = pa.StructArray.from_arrays(values, fields=list(SEGMENT))
    segments = pa.ListArray.from_arrays(offsets, structs, type=PEOPLE.field("segments").type, mask=pc.invert(there))
    return people.drop_columns(names).append_column("segments", segments)


def _any_valid(arrays: Collection[pa.Array]) -> pa.Array:
    """Where any of the arrays has a value."""
    found, *others = [array.is_valid() for array in arrays]
    for valid in others:
        found = pc.or_(found, valid)
    return found


class _Typed:
    """The columns of a piece in the engine's types."""

    def __init__(self, piece: Piece) -> None:
        self._table = piece.table
        self.numbers = pa.array(range(piece.first, piece.first + piece.table.num_rows), pa.int64())

    def columns(self, fields: Collection[pa.Field]) -> dict[str, pa.Array]:
        return {field.name: self.column(field) for field in fields if field.name in self._table.column_names}

    def column(self, field: pa.Field) -> pa.Array:
        array = self._table[field.name].combine_chunks()
        array = pa.concat_arrays(array.chunks) if isinstance(array, pa.ChunkedArray) else array
        if pa.types.is_dictionary(array.type):
            array = array.dictionary_decode()
        if pa.types.is_string(array.type) or pa.types.is_large_string(array.type):
            trimmed = pc.utf8_trim_whitespace(array).cast(pa.string())
            array = pc.if_else(pc.equal(trimmed, ""), pa.scalar(None, pa.string()), trimmed)
            self._check_text(array, field)
        elif pa.types.is_floating(array.type):
            raise BadUsage(f"Column {field.name} holds binary floats.", "Write it as decimals, whole numbers or text.")
        try:
            typed = array.cast(field.type)
        except (pa.ArrowInvalid, pa.ArrowNotImplementedError) as error:
            raise BadUsage(f"Column {field.name}: {error}.", "Mend the column; nothing was scored.") from error
        if not field.nullable and typed.null_count and field.name == "scorecard_id":
            raise self._problem(typed.is_null(), field.name, "This is needed.")
        if field.name == "weight":
            self._refuse(pc.less(typed, pa.scalar(0, DECIMAL)), field.name, "This must be 0 or more.")
        return typed

    def _check_text(self, array: pa.Array, field: pa.Field) -> None:
        pattern, words = _TEXTS.get(field.type, (None, ""))
        if field.name == "currency":
            pattern, words = "^[A-Z]{3}$", "A currency is three capital letters, such as EUR."
        if pattern:
            self._refuse(pc.invert(pc.match_substring_regex(array, pattern)), field.name, words)

    def _refuse(self, bad: Any, name: str, words: str) -> None:
        if pc.any(bad).as_py():
            raise self._problem(pc.fill_null(bad, fill_value=False), name, words)

    def _problem(self, bad: pa.Array, name: str, words: str) -> BadUsage:
        row = self.numbers.filter(bad)[0].as_py()
        return BadUsage(f"Row {row}, {name}: {words}", "Mend the row; nothing was scored.")


_TEXTS = {
    DECIMAL: (PATTERN, "Write digits with at most one point, such as -12.5."),
    pa.int32(): ("^[0-9]{1,9}$", "Write a whole number."),
    pa.date32(): ("^[0-9]{4}-[0-9]{2}-[0-9]{2}$", "Write a day as 2026-01-31."),
}
