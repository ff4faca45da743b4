"""What is known about each part and period, and what a new value does to it: nothing, a first value, or a correction. Pure.

Domain rule, "Measurement": the same source, record id and value again changes nothing, another value is a correction; without a record id
the value is compared with the current one.
"""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import NamedTuple

from kpi_api.measurements.readings import Amount


class Cell(NamedTuple):
    """What one value is about. Ids are text here: a UUID takes long to make, to compare and to write down."""

    kpi_id: str
    part: str
    period_start: date


class Recorded(NamedTuple):
    """A value that is there."""

    id: str
    cell: Cell
    revision: int
    amount: Amount
    source: str
    source_record_id: str | None
    recorded_at: datetime


@dataclass
class Knowledge:
    """The values of some cells, and how new ones change them. Rows of one request build on each other in their order."""

    current: dict[Cell, Recorded] = field(default_factory=dict)
    by_record: dict[tuple[Cell, str, str], Amount] = field(default_factory=dict)

    def learn(self, values: Iterable[Recorded]) -> None:
        """Take in values, each cell's in the order of their revisions."""
        for value in values:
            self.current[value.cell] = value
            if value.source_record_id:
                self.by_record[value.cell, value.source, value.source_record_id] = value.amount

    def knows(self, cell: Cell, amount: Amount, source: str, source_record_id: str | None) -> bool:
        """Whether this says nothing new."""
        current = self.current.get(cell)
        if current is None:
            return False
        if source_record_id:
            return self.by_record.get((cell, source, source_record_id)) == amount
        return current.amount == amount

    def append(self, id_: str, cell: Cell, amount: Amount, source: str, source_record_id: str | None, now: datetime) -> Recorded:
        """The next value of a cell. It counts as recorded `now`, but never before the value that it follows."""
        current = self.current.get(cell)
        revision, moment = (current.revision + 1, max(now, current.recorded_at)) if current else (1, now)
        value = Recorded(id_, cell, revision, amount, source, source_record_id, moment)
        self.learn((value,))
        return value
