"""What scoring gives back: two Arrow tables in step with the snapshot, and the list of everything that could not be computed."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from scoring.engine.columns import Column, decimals_over, fill_decimals, validity
from scoring.engine.reasons import CODES, Reason, Reasons, failed, is_null


@dataclass(frozen=True)
class Result:
    """`lines`: scorecard_id, line, kpi_id, attainment_raw, attainment_capped, score, weight_used, reason_code, steps (a struct with every
    per-line step). `people`: scorecard_id, person_id, composite, amount, currency, failed, reason_code, steps.

    Numbers are decimal128 at the places of their step; null where there is none. `reason_code` says why a value is null or zero. Lines
    stand in the order of people and, within a scorecard, of `line`.
    """

    lines: pa.Table
    people: pa.Table
    semantics_version: int

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


_ERROR_CODES = [code for number, code in enumerate(CODES, start=1) if failed(np.array([number], dtype=np.int16)) is not None]


def _errors(scorecards: Any, lines: Any, kpis: Any, codes: Any) -> pa.Table:
    texts = codes.cast(pa.string())
    messages = pa.array([Reason[code].sentence for code in texts.to_pylist()], pa.string())
    columns = [scorecards.cast(pa.string()), lines.cast(pa.int32()), kpis.cast(pa.string()), texts, messages]
    return pa.table(columns, names=["scorecard_id", "line", "kpi_id", "code", "message"])


@dataclass
class DecimalOutput:
    """A decimal column of the result, filled slice by slice."""

    length: int
    places: int
    _halves: NDArray[np.int64] = field(init=False)
    _null: NDArray[np.bool_] | None = field(init=False, default=None)

    def __post_init__(self) -> None:
        self._halves = np.empty((self.length, 2), dtype=np.int64)

    def fill(self, start: int, stop: int, column: Column) -> None:
        fill_decimals(self._halves[start:stop], np.broadcast_to(column.values, stop - start))
        null = is_null(column.reasons)
        if null is not None:
            if self._null is None:
                self._null = np.zeros(self.length, dtype=bool)
            self._null[start:stop] = null

    def array(self) -> pa.Array:
        return decimals_over(self._halves, self.places, self._null)


@dataclass
class ReasonOutput:
    """A column of reason codes, filled slice by slice."""

    length: int
    _codes: NDArray[np.int16] = field(init=False)

    def __post_init__(self) -> None:
        self._codes = np.zeros(self.length, dtype=np.int16)

    def fill(self, start: int, stop: int, reasons: Reasons) -> None:
        if reasons is not None:
            self._codes[start:stop] = reasons

    def array(self) -> pa.Array:
        return reason_codes(self._codes)


def reason_codes(reasons: Reasons, length: int = 0) -> pa.Array:
    """Reasons as words; null where there is nothing to say."""
    codes = np.zeros(length, dtype=np.int16) if reasons is None else reasons
    silent = codes == 0
    indices = np.where(silent, 0, codes - 1).astype(np.int8)
    data = pa.Array.from_buffers(pa.int8(), len(codes), [validity(silent if silent.any() else None), pa.py_buffer(indices)])
    return pa.DictionaryArray.from_arrays(data, pa.array(CODES))


def struct_of(columns: Sequence[tuple[str, pa.Array]], length: int) -> pa.Array:
    """One struct column of all of them."""
    if not columns:
        return pa.nulls(length, pa.struct([]))
    return pa.StructArray.from_arrays([array for _, array in columns], names=[name for name, _ in columns])
