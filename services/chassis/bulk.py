"""Answers of bulk requests: one result per row, in the order sent, so that a bad row is named and stops only itself."""

from collections import Counter
from collections.abc import Iterable, Sequence
from typing import Literal, Self, get_args
from uuid import UUID

import orjson
from pydantic import BaseModel, ValidationError

from chassis.field_errors import field_error
from chassis.problems import FieldError

RowStatus = Literal["created", "updated", "unchanged", "error"]


class RowResult(BaseModel):
    """What became of one row. `row` counts from 1; `id` is the record's, null for an error."""

    row: int
    status: RowStatus
    id: UUID | None = None
    errors: list[FieldError] = []


class BulkResult(BaseModel):
    """What became of all rows."""

    results: list[RowResult]
    created: int
    updated: int
    unchanged: int
    error: int

    @classmethod
    def of(cls, results: Iterable[RowResult]) -> Self:
        results = sorted(results, key=lambda result: result.row)
        counts = Counter(result.status for result in results)
        return cls(
            results=results,
            created=counts["created"],
            updated=counts["updated"],
            unchanged=counts["unchanged"],
            error=counts["error"],
        )


class RowOutcomes:
    """What became of very many rows: a BulkResult kept in columns, `statuses` and `ids` in the order of the rows, `errors` by row."""

    def __init__(self, rows: int) -> None:
        self.statuses: list[RowStatus] = ["error"] * rows
        self.ids: list[str | None] = [None] * rows
        self.errors: dict[int, Sequence[FieldError]] = {}

    def accept(self, row: int, status: RowStatus, id_: str) -> None:
        self.statuses[row - 1] = status
        self.ids[row - 1] = id_

    def refuse(self, row: int, errors: Sequence[FieldError]) -> None:
        self.errors[row] = errors

    def as_json(self) -> bytes:
        """The JSON of the BulkResult."""
        errors = {row: [error.model_dump(mode="json") for error in found] for row, found in self.errors.items()}
        results = [
            {"row": row, "status": status, "id": id_, "errors": errors.get(row, ())}
            for row, (status, id_) in enumerate(zip(self.statuses, self.ids, strict=True), start=1)
        ]
        counts = Counter(self.statuses)
        return orjson.dumps({"results": results, **{status: counts[status] for status in get_args(RowStatus)}})


def errors_of_row(error: ValidationError, row: int) -> list[FieldError]:
    """A row's validation errors; the offending values are left out, since they may be salaries or secrets."""
    return [field_error(item, row) for item in error.errors(include_url=False, include_input=False)]
