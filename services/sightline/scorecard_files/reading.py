"""A file of scorecards in pieces of whole scorecards, each a table under our column names with the number of its first row."""

import csv
import json
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.csv
import pyarrow.parquet

from chassis.tabular import DELIMITERS, known_names
from sightline.problems import BadUsage

ROWS = 300_000
"""Rows of a piece, about."""
CSV_BYTES = 16 * 1024 * 1024
FORMATS = (".csv", ".ndjson", ".jsonl", ".json", ".parquet")


@dataclass(frozen=True)
class Piece:
    """Rows of whole scorecards; `first` is the number of the first one, counted from 1 below the header."""

    table: pa.Table
    first: int


@dataclass(frozen=True)
class ScorecardFile:
    """A file that may be read again and again. `columns` are the names known, `mapping` goes from the file's to ours."""

    path: Path
    columns: frozenset[str]
    mapping: Mapping[str, str]
    ignored: frozenset[str]

    def __iter__(self) -> Iterator[Piece]:
        """Raises BadUsage naming the row, TableProblem naming the column."""
        held, first = None, 1
        for table in self._tables():
            named = self._named(table)
            rows = named if held is None else pa.concat_tables([held, named], promote_options="permissive")
            cut = _last_scorecard(rows)
            if cut:
                yield Piece(rows.slice(0, cut), first)
                first += cut
            held = rows.slice(cut)
        if held is not None and held.num_rows:
            yield Piece(held, first)

    def whole(self) -> Piece:
        """The file as one piece. Raises BadUsage, TableProblem."""
        tables = [piece.table for piece in self]
        if not tables:
            raise BadUsage(f"{self.path.name} has no rows.", "Nothing was scored.")
        return Piece(pa.concat_tables(tables, promote_options="permissive"), 1)

    def _named(self, table: pa.Table) -> pa.Table:
        names = known_names(table.column_names, self.columns, ["scorecard_id"], self.mapping, self.ignored)
        kept = [place for place, name in enumerate(names) if name is not None]
        return table.select(kept).rename_columns([names[place] for place in kept])

    def _tables(self) -> Iterator[pa.Table]:
        kind = self.path.suffix.lower()
        if kind not in FORMATS:
            raise BadUsage(f"{self.path.name} is of an unknown kind.", f"Give one of {', '.join(FORMATS)}.")
        try:
            if kind == ".csv":
                yield from _of_csv(self.path)
            elif kind == ".parquet":
                with pa.parquet.ParquetFile(self.path) as file:
                    yield from (pa.Table.from_batches([batch]) for batch in file.iter_batches(ROWS))
            else:
                yield from _of_json(self.path, a_list=kind == ".json")
        except (pa.ArrowException, ValueError) as error:
            raise BadUsage(f"{self.path.name} cannot be read: {error}", "Mend the file; nothing was scored.") from error


def _last_scorecard(rows: pa.Table) -> int:
    """Where the rows of the last scorecard begin, since more of them may follow."""
    if not rows.num_rows:
        return 0
    ids = rows["scorecard_id"]
    last = ids[-1]
    place: int = rows.num_rows - 1
    while place and ids[place - 1].equals(last):
        place -= 1
    return place


def _of_csv(path: Path) -> Iterator[pa.Table]:
    """Every cell as text, an empty one null."""
    with path.open(encoding="utf-8-sig", newline="") as file:
        first_line = file.readline()
    delimiter = max(DELIMITERS, key=first_line.count)
    header = [name.strip() for name in next(csv.reader([first_line], delimiter=delimiter), [])]
    reader = pa.csv.open_csv(
        path,
        read_options=pa.csv.ReadOptions(use_threads=False, block_size=CSV_BYTES, column_names=header, skip_rows=1),
        parse_options=pa.csv.ParseOptions(delimiter=delimiter),
        convert_options=pa.csv.ConvertOptions(
            column_types=dict.fromkeys(header, pa.string()), null_values=[""], strings_can_be_null=True, quoted_strings_can_be_null=True
        ),
    )
    for batch in reader:
        yield pa.Table.from_batches([batch])


def _of_json(path: Path, *, a_list: bool) -> Iterator[pa.Table]:
    """Every value as text, numbers with the digits that were written."""
    with path.open(encoding="utf-8-sig") as file:
        objects: Iterable[Any] = _parsed(file.read()) if a_list else (_parsed(line) for line in file if line.strip())
        rows = iter(objects)
        while piece := list(islice(rows, ROWS)):
            yield pa.Table.from_pylist([_texts(row) for row in piece])


def _parsed(text: str) -> Any:
    return json.loads(text, parse_float=str, parse_int=str, parse_constant=str)


def _texts(row: Any) -> dict[str, str | None]:
    if not isinstance(row, dict) or any(isinstance(value, bool | list | dict) for value in row.values()):
        raise BadUsage(f"{str(row)[:100]} is no flat object.", "Write one object per KPI line, its values texts and numbers.")
    return row
