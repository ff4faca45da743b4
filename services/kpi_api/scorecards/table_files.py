"""What the doors of tables share: a table given as CSV or XLSX, and taken as either, with faults named by the cells of a workbook."""

import asyncio
import csv
import io
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import Any

from fastapi import Request, Response

from chassis.app import NOT_ACCEPTABLE
from chassis.problems import Problem
from chassis.tabular import CSV, Rows, read_rows
from chassis.workbooks import XLSX, Cell, named_by_cell, read_workbook, write_workbook
from kpi_api.dictionary.document.table import BOM, guarded, unguarded


class NoSuchForm(Problem):
    status, code, title = 406, "no_such_form", "There is no table of this form"


def _forms(example: str) -> dict[str, Any]:
    return {CSV: {"schema": {"type": "string"}, "example": example}, XLSX: {"schema": {"type": "string", "format": "binary"}}}


def answers(example: str) -> dict[int | str, dict[str, Any]]:
    """What a door that gives a table says of itself."""
    return {200: {"description": "The table.", "content": _forms(example)}, **NOT_ACCEPTABLE}


def takes(example: str) -> dict[str, Any]:
    """What a door that takes a table says of its body."""
    return {"requestBody": {"required": True, "content": _forms(example)}}


async def table_file(accept: str, name: str, columns: Sequence[str], rows: Iterable[Mapping[str, Cell]]) -> Response:
    """The table in the form that is asked for. Raises NoSuchForm."""
    wanted = [kind.split(";")[0].strip().lower() for kind in accept.split(",")]
    if XLSX in wanted:
        return _file(await asyncio.to_thread(write_workbook, name.title(), columns, rows), XLSX, f"{name}.xlsx")
    if not {CSV, "text/*", "*/*"} & set(wanted):
        raise NoSuchForm(f"Accept {CSV} or {XLSX}.")
    file = io.StringIO(newline="")
    file.write(BOM)
    writer = csv.DictWriter(file, columns, lineterminator="\r\n")
    writer.writeheader()
    writer.writerows({column: _in_csv(cell) for column, cell in row.items()} for row in rows)
    return _file(file.getvalue().encode(), f"{CSV}; charset=utf-8", f"{name}.csv")


def _file(content: bytes, kind: str, name: str) -> Response:
    return Response(content, media_type=kind, headers={"Content-Disposition": f'attachment; filename="{name}"'})


def _in_csv(cell: Cell) -> str:
    return guarded(cell) if isinstance(cell, str) else "" if cell is None else format(cell, "f")


async def read_file(
    request: Request, *, columns: Collection[str], required: Collection[str], max_rows: int
) -> tuple[Rows, Mapping[str, str]]:
    """The rows, and for a workbook the letters of its columns. Raises TableProblem."""
    body, kind = await request.body(), request.headers.get("Content-Type")
    if (kind or "").split(";")[0].strip().lower() == XLSX:
        return await asyncio.to_thread(read_workbook, body, columns=columns, required=required, max_rows=max_rows)
    rows = read_rows(body, kind, columns=columns, required=required, max_rows=max_rows)
    return [(row, {column: unguarded(cell) for column, cell in cells.items()}) for row, cells in rows], {}


@contextmanager
def told_by_cell(letters: Mapping[str, str]) -> Iterator[None]:
    """Problems raised inside name what is wrong by its cell."""
    try:
        yield
    except Problem as problem:
        problem.errors = list(named_by_cell(problem.errors, letters))
        raise
