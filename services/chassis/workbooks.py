"""Tables as XLSX workbooks: one sheet with a header, written, and read back into rows of text as `chassis.tabular` reads CSV.

A workbook keeps numbers as binary floats of about 15 digits. A number of so many is read as the digits that it shows; one of more is
refused and wants to be text. A formula is refused, since what it comes to is whatever the program that saved it last made of it. What
cannot be read is named by its cell.
"""

import io
import zipfile
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from datetime import date, datetime
from decimal import Decimal
from typing import Any, Final

from chassis.problems import FieldError
from chassis.tabular import Rows, TableProblem

XLSX: Final = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
DIGITS: Final = 15
MAX_UNPACKED: Final = 64_000_000
MAX_FILES: Final = 1_000

Cell = str | Decimal | None


def write_workbook(title: str, columns: Sequence[str], rows: Iterable[Mapping[str, Cell]]) -> bytes:
    """A workbook with one sheet. Numbers are cells to count with, text stays text whatever it begins with."""
    from openpyxl import Workbook
    from openpyxl.cell import WriteOnlyCell

    workbook = Workbook(write_only=True)
    sheet = workbook.create_sheet(title)
    sheet.freeze_panes = "A2"
    sheet.append(columns)
    for row in rows:
        cells = []
        for column in columns:
            cell = WriteOnlyCell(sheet)
            cell.value = _storable(row[column])
            if isinstance(cell.value, str):
                cell.data_type = "s"
            cells.append(cell)
        sheet.append(cells)
    file = io.BytesIO()
    workbook.save(file)
    return file.getvalue()


def _storable(value: Cell) -> Cell:
    """A number that a cell can hold, else its digits as text."""
    return format(value, "f") if isinstance(value, Decimal) and len(value.as_tuple().digits) > DIGITS else value


def read_workbook(body: bytes, *, columns: Collection[str], required: Collection[str], max_rows: int) -> tuple[Rows, Mapping[str, str]]:
    """The rows of the first sheet, the first below the header being 1, and the letter of each column.

    Raises TableProblem: `unreadable_workbook`, `empty_file`, `too_many_rows`, `unknown_columns`, `repeated_columns`, `missing_columns`, and
    `unreadable_cell` naming each cell that holds a formula, an error or a number of too many digits.
    """
    _refuse_bombs(body)
    lines = _lines(body, len(columns), max_rows)
    if not lines or len(lines) == 1:
        raise TableProblem("empty_file", "The first sheet has no rows.")
    if len(lines) > max_rows + 1:
        raise TableProblem("too_many_rows", f"At most {max_rows} rows fit in one. Send it in parts.")
    letters = _header(lines[0], columns, required)
    wrong: list[tuple[int, str]] = []
    rows = [(n, {name: _text(line, place, n, wrong) for name, place in letters.items()}) for n, line in enumerate(lines[1:], start=1)]
    if wrong:
        more = f" ({len(wrong)} such cells.)" if len(wrong) > 1 else ""
        raise TableProblem("unreadable_cell", f"{wrong[0][1]}{more}", rows=wrong)
    return [(n, row) for n, row in rows if any(row.values())], {name: _letter(place) for name, place in letters.items()}


def _refuse_bombs(body: bytes) -> None:
    try:
        with zipfile.ZipFile(io.BytesIO(body)) as archive:
            files = archive.infolist()
    except zipfile.BadZipFile as error:
        raise TableProblem("unreadable_workbook", "The file is no XLSX workbook.") from error
    if len(files) > MAX_FILES or sum(file.file_size for file in files) > MAX_UNPACKED:
        raise TableProblem("unreadable_workbook", "The workbook is too large once unpacked. Send only the table.")


def _lines(body: bytes, columns: int, max_rows: int) -> list[tuple[Any, ...]]:
    from openpyxl import load_workbook

    try:
        workbook = load_workbook(io.BytesIO(body), read_only=True)
        return list(workbook.worksheets[0].iter_rows(max_row=max_rows + 2, max_col=columns + 1))
    except Exception as error:  # whatever is wrong inside a file from outside, it is not ours
        raise TableProblem("unreadable_workbook", "The file is no XLSX workbook that can be read. Save it again as .xlsx.") from error


def _header(line: tuple[Any, ...], columns: Collection[str], required: Collection[str]) -> dict[str, int]:
    """The place of each column."""
    names = [str(cell.value or "").strip() for cell in line]
    while names and not names[-1]:
        names.pop()
    if unknown := [name for name in names if name not in columns]:
        message = f"Unknown columns: {', '.join(unknown)}. Known are {', '.join(sorted(columns))}."
        raise TableProblem("unknown_columns", message, column=unknown[0])
    if repeated := sorted({name for name in names if names.count(name) > 1}):
        raise TableProblem("repeated_columns", f"More than one column is called {', '.join(repeated)}.", column=repeated[0])
    if missing := sorted(set(required) - set(names)):
        raise TableProblem("missing_columns", f"Missing columns: {', '.join(missing)}.", column=missing[0])
    return {name: place for place, name in enumerate(names)}


def _text(line: tuple[Any, ...], place: int, row: int, wrong: list[tuple[int, str]]) -> str:
    """A cell's text; what cannot be read is added to `wrong`."""
    cell = line[place] if place < len(line) else None
    if cell is None or cell.value is None:
        return ""
    reason = _unreadable(cell.data_type, cell.value)
    if reason:
        wrong.append((row, f"{_letter(place)}{row + 1} {reason}"))
        return ""
    value = cell.value
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, datetime):
        return value.date().isoformat()
    if isinstance(value, float):
        return format(Decimal(repr(value)), "f").removesuffix(".0")
    return value.isoformat() if isinstance(value, date) else str(value)


def _unreadable(kind: str, value: Any) -> str | None:
    if kind == "f":
        return "holds a formula. Put what it comes to in its place, as a value."
    if kind == "e":
        return f"holds the error {value}."
    if isinstance(value, datetime) and (value.hour, value.minute, value.second) != (0, 0, 0):
        return "holds a time of day; write a day alone."
    if isinstance(value, float | int) and not isinstance(value, bool) and len(Decimal(repr(value)).normalize().as_tuple().digits) > DIGITS:
        return f"holds a number of more than {DIGITS} digits, which a spreadsheet does not keep exactly. Write it as text."
    return None


def _letter(place: int) -> str:
    """A, B … Z, AA."""
    return (_letter(place // 26 - 1) if place >= 26 else "") + chr(ord("A") + place % 26)


def named_by_cell(errors: Iterable[FieldError], letters: Mapping[str, str]) -> Iterator[FieldError]:
    """Errors of rows with the cell before their message, where the column is known."""
    for error in errors:
        letter = letters.get(error.field.removeprefix("/"))
        yield error.model_copy(update={"message": f"{letter}{error.row + 1}: {error.message}"}) if letter and error.row else error
