"""Answers of bulk requests: one result per row, in the order sent, so that a bad row is named and stops only itself."""

from collections import Counter
from collections.abc import Iterable
from typing import Literal, Self
from uuid import UUID

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


def errors_of_row(error: ValidationError, row: int) -> list[FieldError]:
    """A row's validation errors; the offending values are left out, since they may be salaries or secrets."""
    return [field_error(item, row) for item in error.errors(include_url=False, include_input=False)]
