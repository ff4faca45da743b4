"""Tables that commands read and send, and what became of their rows."""

import mimetypes
from collections import Counter
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from pathlib import Path
from typing import Annotated, Any

import typer

from sightline.cli.client import Refused
from sightline.cli.terminal import show_json, show_step, show_table
from sightline.problems import BadUsage, OperatorProblem

File = Annotated[Path, typer.Argument(exists=True, dir_okay=False, readable=True, help="A .csv, .ndjson or .json file in UTF-8.")]
Maps = Annotated[list[str] | None, typer.Option("--map", help="column=field for a column of another name; repeat for more.")]
Ignored = Annotated[list[str] | None, typer.Option("--ignore", help="A column to leave out; repeat for more.")]

FORMATS = {".csv": "text/csv", ".ndjson": "application/x-ndjson", ".jsonl": "application/x-ndjson", ".json": "application/json"}
STATUSES = ("created", "updated", "unchanged", "error")
SHOWN = 20

Cells = dict[str, str]


def format_of(file: Path) -> str:
    """The media type of a table, by its suffix. Raises BadUsage."""
    found = FORMATS.get(file.suffix.lower())
    if found is None:
        raise BadUsage(f"{file.name} is {mimetypes.guess_type(file.name)[0] or 'of an unknown kind'}.", "Send .csv, .ndjson or .json.")
    return found


def read_table(
    file: Path, columns: Collection[str], required: Collection[str], maps: Sequence[str] | None, ignored: Sequence[str] | None
) -> list[tuple[int, Cells]]:
    """The rows of a table by number, empty cells left out. Raises BadUsage naming what is wrong with the file."""
    from chassis.problems import Problem
    from chassis.tabular import read_rows
    from kpi_api.people.mapping import read_mapping

    try:
        mapping = read_mapping(maps or [])
        rows = read_rows(file.read_bytes(), format_of(file), columns=columns, required=required, mapping=mapping, ignored=ignored or [])
    except Problem as problem:
        raise BadUsage(f"{file.name}: {problem.detail}", f"Nothing was read ({problem.code}).") from problem
    return [(row, {name: cell.strip() for name, cell in cells.items() if cell.strip()}) for row, cells in rows]


def each_row(rows: Iterable[tuple[int, Cells]], send: Callable[[Cells], str]) -> dict[str, Any]:
    """Send row after row; a wrong one is named and stops only itself. `send` answers created, updated or unchanged."""
    return {"results": [_result(row, cells, send) for row, cells in rows]}


def _result(row: int, cells: Cells, send: Callable[[Cells], str]) -> dict[str, Any]:
    try:
        return {"row": row, "status": send(cells), "errors": []}
    except (Refused, BadUsage) as problem:
        return {"row": row, "status": "error", "errors": _faults(row, problem)}


def _faults(row: int, problem: OperatorProblem) -> list[dict[str, Any]]:
    """What is wrong with a row: by field where a service named some."""
    if isinstance(problem, Refused) and problem.errors:
        return [error | {"row": row} for error in problem.errors]
    return [{"row": row, "field": "", "code": problem.code, "message": str(problem).strip()}]


def in_columns(
    answer: Mapping[str, Any],
    rows: Iterable[tuple[int, Cells]],
    columns: Collection[str],
    renames: Mapping[str, Sequence[str]],
    maps: Sequence[str] | None,
) -> dict[str, Any]:
    """The answer with each fault at the column of the file, under its heading there, instead of at a field of the request.

    `renames` says which columns a field is written in, where it is not called like its column; the one that the row has counts.
    """
    from kpi_api.people.mapping import read_mapping

    headings = {ours: heading for heading, ours in read_mapping(maps or []).items()}
    cells = dict(rows)

    def named(row: int, error: Mapping[str, Any]) -> dict[str, Any]:
        column = _column(error["field"], cells.get(row, {}), columns, renames)
        return {**error, "field": headings.get(column, column)}

    results = [result | {"errors": [named(result["row"], error) for error in result["errors"]]} for result in answer["results"]]
    return {**answer, "results": results}


def _column(field: str, cells: Cells, columns: Collection[str], renames: Mapping[str, Sequence[str]]) -> str:
    """The column in which a field stands: the innermost part of its JSON pointer that is one."""
    for part in reversed(field.strip("/").split("/")):
        candidates = renames.get(part, (part,))
        if found := [name for name in candidates if name in cells] or [name for name in candidates if name in columns]:
            return found[0]
    return field


def report(answer: Mapping[str, Any], *, as_json: bool) -> None:
    """Count what became of the rows and name those that were refused; ends the command with 1 if there are any."""
    wrong = [(result["row"], error) for result in answer["results"] for error in result["errors"]]
    if as_json:
        show_json(answer)
    else:
        found = Counter(result["status"] for result in answer["results"])
        counts = ", ".join(f"{found[status]} {status}" for status in STATUSES)
        show_step(counts + (" (dry run)" if answer.get("dry_run") else ""))
        if pending := answer.get("pending_managers"):
            show_step(f"{pending} wait for a manager who is not there yet:")
            show_table(["row", "field", "what"], [[str(note["row"]), note["field"], note["message"]] for note in answer["notes"][:SHOWN]])
        if warnings := answer.get("warnings"):
            show_step(f"Worth a look ({len(warnings)}):")
            show_table(["row", "field", "what"], [[str(one["row"]), one["field"], one["message"]] for one in warnings[:SHOWN]])
        if wrong:
            show_table(["row", "field", "what"], [[str(row), error["field"], error["message"]] for row, error in wrong[:SHOWN]])
        if len(wrong) > SHOWN:
            show_step(f"{len(wrong)} faults; `--json` lists them all.")
    if wrong:
        raise typer.Exit(1)
