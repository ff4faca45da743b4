"""Tables that people and systems send: CSV, NDJSON or a JSON list, read into rows of text.

A file that is not a table at all is refused whole, naming row and byte: wrong encoding, a header with unknown, missing or repeated columns,
rows longer than the header. What a cell means is the domain's business, row by row; numbers stay the text that was sent.
"""

import csv
import io
import json
from collections.abc import Collection, Iterator, Mapping, Sequence
from typing import Any

from chassis.limits.json_names import repeated_name
from chassis.problems import FieldError, Problem

Rows = list[tuple[int, dict[str, str]]]
Columns = Mapping[str, Sequence[str]]
"""The cells of each column; the first belongs to row 1."""

CSV, NDJSON, JSON = "text/csv", "application/x-ndjson", "application/json"
DELIMITERS = ",;\t"
MAX_ROWS = 200_000
MAX_NAMED = 20


class TableProblem(Problem):
    """The file is not a table that can be read; nothing of it was used. Its code says why."""

    status, code, title = 422, "unreadable_table", "The file cannot be read as a table"

    def __init__(self, code: str, detail: str, *, rows: Sequence[tuple[int, str]] = (), column: str = "") -> None:
        field = f"/{column}"
        errors = [FieldError(field=field, code=code, message=message, row=row) for row, message in rows[:MAX_NAMED]]
        super().__init__(detail, errors=errors or [FieldError(field=field, code=code, message=detail)])
        self.code = code  # type: ignore[misc]


def read_columns(
    body: bytes,
    content_type: str | None,
    *,
    columns: Collection[str],
    required: Collection[str] = (),
    mapping: Mapping[str, str] | None = None,
    ignored: Collection[str] = (),
    max_rows: int = MAX_ROWS,
) -> Columns:
    """The columns of a file by our names, of the same length, an empty cell being "".

    `columns` are the names known here; `mapping` says which column of the file is which of them (file column -> ours); `ignored` columns of
    the file are left out. Raises TableProblem: `wrong_encoding`, `unknown_columns`, `missing_columns`, `repeated_columns`, `ragged_rows`,
    `malformed_csv`, `malformed_json`, `repeated_name`, `empty_file`, `too_many_rows`, `unknown_format`.
    """
    text = _decode(body)
    kind = (content_type or CSV).split(";")[0].strip().lower()
    if kind == CSV:
        header, cells = _read_csv(text)
    elif kind in {JSON, NDJSON, "application/jsonl"}:
        header, cells = _read_objects(_json_list(text) if kind == JSON else _json_lines(text))
    else:
        raise TableProblem("unknown_format", f"Send {CSV}, {NDJSON} or {JSON}, not {kind}.")
    if not cells:
        raise TableProblem("empty_file", "The file has no rows.")
    if len(cells) > max_rows:
        raise TableProblem("too_many_rows", f"The file has {len(cells)} rows; at most {max_rows} fit in one. Send it in parts.")
    names = known_names(header, columns, required, mapping or {}, ignored)
    return {name: column for name, column in zip(names, zip(*cells, strict=True), strict=True) if name is not None}


def read_rows(body: bytes, content_type: str | None, **reading: Any) -> Rows:
    """The rows of a file with their numbers, the first below the header being 1; each row has the same columns. Read as `read_columns`
    reads, with the same arguments."""
    return list(enumerate(rows_of(read_columns(body, content_type, **reading)), start=1))


def rows_of(columns: Columns) -> Iterator[dict[str, str]]:
    """The rows of a table in columns."""
    return (dict(zip(columns, line, strict=True)) for line in zip(*columns.values(), strict=True))


def _decode(body: bytes) -> str:
    if body.startswith((b"\xff\xfe", b"\xfe\xff")):
        raise TableProblem("wrong_encoding", "The file is UTF-16. Save it as UTF-8 and send it again.")
    try:
        text = body.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        place = error.start + (3 if body.startswith(b"\xef\xbb\xbf") else 0)
        line = body[:place].count(b"\n") + 1
        message = f"Byte {place + 1} of the file, on line {line}, is 0x{body[place]:02x}, which is not UTF-8."
        raise TableProblem("wrong_encoding", f"{message} Save the file as UTF-8 and send it again.", rows=[(line - 1, message)]) from None
    if "\0" in text:
        line = text[: text.index("\0")].count("\n") + 1
        raise TableProblem("wrong_encoding", f"Line {line} holds a zero byte: this is not a text file.")
    return text


def _read_csv(text: str) -> tuple[list[str], list[list[str]]]:
    first_line = text.partition("\n")[0]
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=max(DELIMITERS, key=first_line.count), strict=True)
    try:
        lines = [line for line in reader if line]
    except csv.Error as error:
        raise TableProblem("malformed_csv", f"Line {reader.line_num}: {error}.") from None
    if not lines:
        raise TableProblem("empty_file", "The file is empty.")
    header, cells = [name.strip() for name in lines[0]], lines[1:]
    ragged = [
        (row, f"Row {row} has {len(line)} cells, the header has {len(header)}.")
        for row, line in enumerate(cells, start=1)
        if len(line) != len(header)
    ]
    if ragged:
        raise TableProblem("ragged_rows", f"{ragged[0][1]} ({len(ragged)} such rows.)", rows=ragged)
    return header, cells


def _json_list(text: str) -> list[Any]:
    found = _parse(text, 0)
    if not isinstance(found, list):
        raise TableProblem("malformed_json", "Send a JSON list of objects.")
    return found


def _json_lines(text: str) -> list[Any]:
    return [_parse(line, row) for row, line in enumerate((line for line in text.splitlines() if line.strip()), start=1)]


def _parse(text: str, row: int) -> Any:
    """JSON whose numbers stay the text that was sent, so that nothing passes through a binary float."""
    try:
        found = json.loads(text, parse_float=str, parse_int=str, parse_constant=str)
    except (json.JSONDecodeError, RecursionError) as error:
        reason = f"{error.msg} at character {error.pos + 1}" if isinstance(error, json.JSONDecodeError) else "nested too deeply"
        place = f"Row {row}" if row else "The body"
        raise TableProblem("malformed_json", f"{place} is not JSON: {reason}.", rows=[(row, reason)]) from None
    if repeated := repeated_name(text.encode(), found):
        message = f"{repeated} is given twice in one object. Say it once."
        raise TableProblem("repeated_name", f"Row {row}: {message}" if row else message, rows=[(row, message)])
    return found


def _read_objects(objects: list[Any]) -> tuple[list[str], list[list[str]]]:
    for row, item in enumerate(objects, start=1):
        if not isinstance(item, dict):
            raise TableProblem("malformed_json", f"Row {row} is not an object.", rows=[(row, "Not an object.")])
    header = list(dict.fromkeys(name for item in objects for name in item))
    return header, [[_cell(item.get(name), name, row) for name in header] for row, item in enumerate(objects, start=1)]


def _cell(value: Any, name: str, row: int) -> str:
    if value is None:
        return ""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, str):
        return value
    raise TableProblem("malformed_json", f"Row {row}, {name}: a list or an object does not fit in a cell.", rows=[(row, "Not one value.")])


def known_names(
    header: list[str], columns: Collection[str], required: Collection[str], mapping: Mapping[str, str], ignored: Collection[str]
) -> list[str | None]:
    """Our name of each column of the file, None for an ignored one."""
    names = [None if name in ignored else mapping.get(name, name) for name in header]
    known = f"Known are {', '.join(sorted(columns))}."
    for name in _absent(mapping, header):
        raise TableProblem("unknown_columns", f"The file has no column {name!r} to map. It has {', '.join(header)}.", column=name)
    if unknown := [name for name, ours in zip(header, names, strict=True) if ours is not None and ours not in columns]:
        advice = "Map them to known columns or leave them out by name."
        raise TableProblem("unknown_columns", f"Unknown columns: {', '.join(unknown)}. {known} {advice}", column=unknown[0])
    if repeated := sorted({name for name in names if name is not None and names.count(name) > 1}):
        raise TableProblem("repeated_columns", f"More than one column is called {', '.join(repeated)}.", column=repeated[0])
    if missing := sorted(set(required) - set(names)):
        detail = f"Missing columns: {', '.join(missing)}. The file has {', '.join(header)}."
        raise TableProblem("missing_columns", detail, column=missing[0])
    return names


def _absent(mapping: Mapping[str, str], header: list[str]) -> Iterator[str]:
    return (name for name in mapping if name not in header)
