"""What scoring gives back: two Arrow tables in step with the snapshot, and the list of everything that could not be computed."""

from collections.abc import Callable
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from scoring.engine.reasons import CODES, Reason, failed


@dataclass(frozen=True)
class Result:
    """`lines`: scorecard_id, line, kpi_id, attainment_raw, attainment_capped, score, weight_used (percent), reason_code, steps (a struct of
    every per-line step). `people`: scorecard_id, person_id, composite, amount, currency, failed, reason_code, steps.

    Numbers are decimals at the places of their step, decimal64 where all of a column fit, else decimal128; null where there is none.
    `reason_code` says why a value is null or zero. Lines stand in the order of people and, within a scorecard, of `line`. Everything is
    computed and exact when the Result is there; the two tables are put together from its columns when they are first read.
    """

    semantics_version: int
    line_columns: Callable[[], dict[str, Any]] = field(repr=False)
    people_columns: Callable[[], dict[str, Any]] = field(repr=False)

    @cached_property
    def lines(self) -> pa.Table:
        """One row per KPI line."""
        return pa.table(self.line_columns())

    @cached_property
    def people(self) -> pa.Table:
        """One row per scorecard."""
        return pa.table(self.people_columns())

    @cached_property
    def errors(self) -> pa.Table:
        """scorecard_id, line, kpi_id, code, message: one row per line that could not be computed and per person who failed for another
        reason (line and kpi_id are null there)."""
        return pa.concat_tables([self._line_errors(), self._person_errors()])

    def _line_errors(self) -> pa.Table:
        is_error = pc.is_in(self.lines["reason_code"].cast(pa.string()), value_set=pa.array(_ERROR_CODES))
        found = self.lines.filter(is_error)
        return _errors(found["scorecard_id"], found["line"], found["kpi_id"], found["reason_code"])

    def _person_errors(self) -> pa.Table:
        told = self._line_errors()["scorecard_id"].combine_chunks()
        found = self.people.filter(self.people["failed"])
        ids = found["scorecard_id"].cast(pa.string())
        found = found.filter(pc.invert(pc.is_in(ids, value_set=told.cast(pa.string()))))
        nothing = pa.nulls(found.num_rows)
        return _errors(found["scorecard_id"], nothing.cast(pa.int32()), nothing.cast(pa.string()), found["reason_code"])


def result_of(lines: pa.Table, people: pa.Table, semantics_version: int) -> Result:
    """Tables of a result, as a result."""
    return Result(
        semantics_version,
        lambda: {name: lines[name] for name in lines.column_names},
        lambda: {name: people[name] for name in people.column_names},
    )


def published(table: pa.Table) -> pa.Table:
    """The same rows of a result in types that depend on the plan alone: decimal128(38, places), text, int32 line numbers. Batches of a
    stream have one schema so, and the same results the same bytes, however they were read and computed."""
    schema = pa.schema([pa.field(field.name, _published(field.type)) for field in table.schema])
    return table.unify_dictionaries().combine_chunks().cast(schema)


def _published(kind: pa.DataType) -> pa.DataType:
    if pa.types.is_struct(kind):
        return pa.struct([pa.field(field.name, _published(field.type)) for field in kind])
    if pa.types.is_decimal(kind):
        return pa.decimal128(38, kind.scale)
    if pa.types.is_dictionary(kind) or pa.types.is_large_string(kind):
        return pa.string()
    return pa.int32() if pa.types.is_integer(kind) else kind


_ERROR_CODES = [code for number, code in enumerate(CODES, start=1) if failed(np.array([number], dtype=np.int8)) is not None]


def _errors(scorecards: Any, lines: Any, kpis: Any, codes: Any) -> pa.Table:
    texts = codes.cast(pa.string())
    messages = pa.array([Reason[code].sentence for code in texts.to_pylist()], pa.string())
    columns = [scorecards.cast(pa.string()), lines.cast(pa.int32()), kpis.cast(pa.string()), texts, messages]
    return pa.table(columns, names=["scorecard_id", "line", "kpi_id", "code", "message"])
