"""What a step sees while it computes: the figures of one slice of people, and the results of the steps above it.

Line-level columns have one element per KPI line, person-level columns one per person, everyone-level columns one; a column of length 1
broadcasts. A slice always holds whole people, so slicing never changes a result.
"""

from collections.abc import Mapping, Sequence
from decimal import Decimal
from functools import cached_property
from typing import Any

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from scoring.engine.columns import PLACES, Column, literal, read_decimals
from scoring.engine.exact import Flags, magnitude, product
from scoring.engine.meanings import LARGEST_FACT, Level, Meaning
from scoring.engine.reasons import Reason, first_of, is_null, marked, spoken
from scoring.engine.snapshot import Snapshot


class Figures:
    """Named columns of one slice as exact numbers and words, each read at most once."""

    def __init__(self, columns: Mapping[str, pa.Array], start: int, length: int) -> None:
        self.columns, self.start, self.length = columns, start, length
        self._numbers: dict[str, Column] = {}

    def array(self, name: str) -> pa.Array | None:
        """The Arrow column; None where the snapshot has none."""
        column = self.columns.get(name)
        return None if column is None else column.slice(self.start, self.length)

    def number(self, name: str, missing: int = 0) -> Column:
        """The exact numbers, `missing` being the reason of a null. A number beyond the accepted size is null by `value_out_of_bounds`."""
        if name not in self._numbers:
            self._numbers[name] = _read(self.array(name), self.length)
        column = self._numbers[name]
        if column.reasons is None:
            return column
        reasons = np.where(column.reasons == _NULL, missing, column.reasons).astype(np.int8)
        return Column(column.values, column.places, reasons)

    def null(self, name: str) -> Flags:
        """Where there is no number."""
        reasons = self.number(name, _NULL).reasons
        return np.zeros(self.length, dtype=bool) if reasons is None else reasons == _NULL

    def words(self, name: str) -> tuple[NDArray[Any], list[str | None]]:
        """A column of words as positions in a short list; absent, one position of None."""
        array = self.array(name)
        if array is None or pa.types.is_null(array.type):
            return np.zeros(self.length, dtype=np.int8), [None]
        encoded = array if pa.types.is_dictionary(array.type) else array.dictionary_encode()
        words = encoded.dictionary.to_pylist()
        if not encoded.indices.null_count:
            return np.asarray(encoded.indices), words
        return np.asarray(encoded.indices.fill_null(len(words))), [*words, None]

    def where_word(self, name: str, wanted: set[str | None]) -> Flags | None:
        """Where the word is one of `wanted`; None for everywhere."""
        positions, words = self.words(name)
        hits = [place for place, word in enumerate(words) if word in wanted]
        if len(hits) == len(words):
            return None
        found = np.zeros(self.length, dtype=bool)
        for place in hits:
            found |= positions == place
        return None if found.all() else found


_NULL = -1


def _read(array: pa.Array | None, length: int) -> Column:
    if array is None:
        return Column(np.zeros(length, dtype=np.int64), 0, np.full(length, _NULL, dtype=np.int8))
    values, places, null = read_decimals(array)
    reasons = None if null is None else np.where(null, _NULL, 0).astype(np.int8)
    if magnitude(values) > LARGEST_FACT * 10**places:
        beyond = (values > LARGEST_FACT * 10**places) | (values < -LARGEST_FACT * 10**places)
        reasons = marked(reasons, beyond, Reason.value_out_of_bounds)
        values = np.where(beyond, 0, values)
    return Column(values, places, reasons)


class Frame:
    """One slice of people: `lines` and `people` are its figures, `values` the results of the steps so far."""

    def __init__(
        self,
        snapshot: Snapshot,
        start: int,
        stop: int,
        meanings: Mapping[str, Meaning],
        currency: str | None = None,
        rates: Sequence[Any] = (),
    ) -> None:
        self.start, self.stop, self.meanings, self.currency, self.rates = start, stop, meanings, currency, rates
        first, last = int(snapshot.starts[start]), int(snapshot.starts[stop])
        self.first_line, self.line_count, self.person_count = first, last - first, stop - start
        self.lines = Figures(snapshot.line_columns, first, last - first)
        self.people = Figures(snapshot.people_columns, start, stop - start)
        self.line_starts = snapshot.starts[start:stop] - first
        self.values: dict[str, Column] = {}
        self.unlimited: dict[str, Column] = {}  # before cap and floor
        self.raw_attainment: Column | None = None
        self.weight_used: Column | None = None
        self.weight_is_own = False

    @cached_property
    def counts(self) -> NDArray[np.int64]:
        """Lines per person."""
        return np.diff(self.line_starts, append=self.line_count)

    def column(self, operand: str | Decimal) -> Column:
        """A step's result, a figure of the snapshot, or a number of the plan as a column."""
        if isinstance(operand, Decimal):
            return literal(operand)
        if operand not in self.values:
            self.values[operand] = self._figure(operand)
        return self.values[operand]

    def _figure(self, name: str) -> Column:
        """A figure of the snapshot; one outside the bounds the plan was proven for is null by `value_out_of_bounds`."""
        meaning = self.meanings[name]
        if name == "target_bonus":
            return _bounded(self._target_bonus(), meaning)
        figures = self.lines if meaning.level is Level.LINE else self.people
        column = figures.number(name, _MISSING.get(name, Reason.input_missing))
        if name in _PERCENTS:
            column = Column(column.values, column.places + 2, column.reasons)
        if name == "credit_share":
            column = _whole_where_undivided(column)
        return _bounded(column, meaning)

    def _target_bonus(self) -> Column:
        """The given amount; where there is none, salary × share, exactly."""
        amount = self.people.number("target_bonus_amount", Reason.no_pay_basis)
        if amount.reasons is None:
            return amount
        salary, share = self.column("salary"), self.column("target_bonus_share")
        reckoned = Column(product(salary.values, share.values), salary.places + share.places, first_of(salary.reasons, share.reasons))
        if self.people.array("target_bonus_amount") is None:
            return reckoned
        return chosen(~self.people.null("target_bonus_amount"), amount, reckoned)

    def at(self, level: Level, operand: str | Decimal) -> Column:
        """The operand for a step at `level`: a person's value is given to each of the person's lines."""
        column = self.column(operand)
        if level is not Level.LINE or isinstance(operand, Decimal) or self.meanings[operand].level is not Level.PERSON:
            return column
        reasons = None if column.reasons is None else np.repeat(np.broadcast_to(column.reasons, self.person_count), self.counts)
        values = np.repeat(np.broadcast_to(column.values, self.person_count), self.counts)
        return Column(values, column.places, reasons)

    def use_weight(self, percent: Column | None) -> None:
        """Remember the percent of its mean that each line carried, None being its own weight; of several means a line keeps the largest."""
        if percent is None and self.weight_used is None:
            self.weight_is_own = True
            return
        own = self.lines.number("weight", Reason.weight_missing).at(PLACES)
        percent, earlier = percent or own, own if self.weight_is_own else self.weight_used
        self.weight_used = percent if earlier is None else Column(np.maximum(earlier.values, percent.values), PLACES)

    def size(self, level: Level) -> int:
        """How many elements a column of this level has here."""
        return {Level.LINE: self.line_count, Level.PERSON: self.person_count, Level.EVERYONE: 1}[level]


_PERCENTS = ("weight", "credit_share")

_MISSING = {
    "actual": Reason.actual_missing,
    "weight": Reason.weight_missing,
    "salary": Reason.no_pay_basis,
    "target_bonus_share": Reason.no_pay_basis,
}


def _whole_where_undivided(share: Column) -> Column:
    """S1: everybody carries the whole result, unless somebody divided it."""
    if share.reasons is None:
        return share
    undivided = share.reasons == Reason.input_missing
    if not undivided.any():
        return share
    return Column(np.where(undivided, 10**share.places, share.values), share.places, np.where(undivided, 0, share.reasons).astype(np.int8))


def _bounded(column: Column, meaning: Meaning) -> Column:
    low, high = meaning.scaled(column.places)
    if not column.values.size or (column.values.min() >= low and column.values.max() <= high):
        return column.without_nulls()
    outside = (column.values < low) | (column.values > high)
    null = is_null(column.reasons)
    return Column(
        column.values, column.places, marked(column.reasons, outside if null is None else outside & ~null, Reason.value_out_of_bounds)
    ).without_nulls()


def chosen(where: Flags, column: Column, other: Column) -> Column:
    """`column` where the flag is set, `other` elsewhere."""
    places = max(column.places, other.places)
    column, other = column.at(places), other.at(places)
    reasons = None
    if column.reasons is not None or other.reasons is not None:
        reasons = np.where(where, spoken(column.reasons), spoken(other.reasons))
    return Column(np.where(where, column.values, other.values), places, reasons)
