"""Every piece of a file scored, and its results written to `lines.parquet` and `people.parquet` of a folder."""

from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet

from scoring.engine import Plan
from scoring.engine.batches import Batch, score_batches
from scoring.engine.result import published
from sightline.scorecard_files.columns import engine_tables
from sightline.scorecard_files.reading import ScorecardFile

FILES = ("lines.parquet", "people.parquet")


@dataclass
class Counts:
    """What was written, and how many could not be scored."""

    lines: int = 0
    people: int = 0
    failed: int = 0


@dataclass(frozen=True)
class Batches:
    """The batches of a file, which may be read again."""

    file: ScorecardFile
    plan: Plan

    def __iter__(self) -> Iterator[Batch]:
        for piece in self.file:
            yield engine_tables(piece, self.plan)


def score_into(folder: Path, plan: Plan, file: ScorecardFile, *, pay: bool = True) -> Counts:
    """Write the results; both files appear when all is well. Raises BadUsage, TableProblem, SnapshotInvalid."""
    folder.mkdir(parents=True, exist_ok=True)
    unfinished = [folder / f"{name}.unfinished" for name in FILES]
    try:
        counts = _written(unfinished, plan, file, pay)
        for path, name in zip(unfinished, FILES, strict=True):
            path.replace(folder / name)
    finally:
        for path in unfinished:
            path.unlink(missing_ok=True)
    return counts


def _written(paths: list[Path], plan: Plan, file: ScorecardFile, pay: bool) -> Counts:
    counts, writers = Counts(), list[Any]()
    with ExitStack() as stack:
        for result in score_batches(plan, Batches(file, plan), pay=pay):
            tables = [_with_columns(published(result.lines)), _with_columns(published(result.people))]
            if not writers:
                writers = [
                    stack.enter_context(pa.parquet.ParquetWriter(path, table.schema)) for path, table in zip(paths, tables, strict=True)
                ]
            for writer, table in zip(writers, tables, strict=True):
                writer.write_table(table)
            counts.lines += tables[0].num_rows
            counts.people += tables[1].num_rows
            counts.failed += tables[1]["failed"].combine_chunks().true_count
    return counts


def _with_columns(table: pa.Table) -> pa.Table:
    """Without `steps` where the plan has none of this kind, since Parquet has no empty structures."""
    return table if table.schema.field("steps").type.num_fields else table.drop_columns(["steps"])
