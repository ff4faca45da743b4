"""What became of many rows at once, in the graph: a bad row is named and stops only itself."""

from collections.abc import Sequence
from enum import Enum
from typing import Self
from uuid import UUID

import strawberry

from chassis import bulk
from kpi_api.graphql.problems import FieldError


@strawberry.enum(description="What became of a row.")
class RowStatus(Enum):
    CREATED = "created"
    UPDATED = "updated"
    UNCHANGED = "unchanged"
    ERROR = "error"


@strawberry.type(description="What became of one row, counted from 1; without an id where it is an error.")
class RowResult:
    row: int
    status: RowStatus
    uuid: UUID | None
    errors: list[FieldError]

    @classmethod
    def of(cls, result: bulk.RowResult) -> Self:
        errors = [FieldError(field=error.field, code=error.code, message=error.message) for error in result.errors]
        return cls(row=result.row, status=RowStatus(result.status), uuid=result.id, errors=errors)


@strawberry.type(description="What became of all rows.")
class RowsChanged:
    results: list[RowResult]
    created: int
    updated: int
    unchanged: int
    error: int

    @classmethod
    def of(cls, results: Sequence[bulk.RowResult]) -> Self:
        found = bulk.BulkResult.of(results)
        counts = {name: getattr(found, name) for name in ("created", "updated", "unchanged", "error")}
        return cls(results=[RowResult.of(result) for result in found.results], **counts)
