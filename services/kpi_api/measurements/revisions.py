"""What is known about each part and period, and what a new value does to it: nothing, a first value, or a correction. Pure.

Domain rule, "Measurement": the same source, record id and value again changes nothing, another value is a correction; without a record id
the value is compared with the current one.
"""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import NamedTuple
from uuid import UUID

from kpi_api.measurements.readings import Amount


class Cell(NamedTuple):
    """What one value is about."""

    kpi_id: UUID
    part: str
    period_start: date


@dataclass(frozen=True, slots=True, kw_only=True)
class Recorded:
    """A value that is there."""

    id: UUID
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
        if source_record_id:
            return self.by_record.get((cell, source, source_record_id)) == amount
        return cell in self.current and self.current[cell].amount == amount

    def next_revision(self, cell: Cell) -> int:
        return self.current[cell].revision + 1 if cell in self.current else 1

    def moment(self, cell: Cell, now: datetime) -> datetime:
        """When a new value counts as recorded: never before the one that it follows."""
        return max(now, self.current[cell].recorded_at) if cell in self.current else now
