"""Any number of scorecards as Arrow, scored on their way through: nothing is stored, and of a million only a batch is in memory at a time.

What comes is a sequence of Arrow IPC streams: of each batch its lines, then its people, in the shapes of `scoring.engine.snapshot`. The
plan is the text under `plan` in the first stream's metadata. What goes is the same sequence with the results. Both lie in temporary files
meanwhile, so that everything is checked before the first byte of an answer, and a plan with a pool can read the batches twice.
"""

import hashlib
from collections.abc import AsyncIterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import pyarrow as pa

from scoring.engine import ENGINE_SEMANTICS_VERSION, Plan, Result
from scoring.engine.batches import Batch, score_batches
from scoring.plans.documents import plan_of
from scoring.snapshots.arrow import END, refuse_cut_off
from scoring.snapshots.problems import snapshot_problem

PLAN: Final = b"plan"


@dataclass(frozen=True)
class Answered:
    """What was scored by which plan."""

    plan: Plan
    people: int
    failed: int
    engine_version: int = ENGINE_SEMANTICS_VERSION


async def received(body: AsyncIterable[bytes], into: Path) -> str:
    """The SHA-256 of a body that is written down as it comes."""
    digest = hashlib.sha256()
    with into.open("wb") as file:
        async for piece in body:
            digest.update(piece)
            file.write(piece)
    return f"sha256:{digest.hexdigest()}"


def score_file(asked: Path, answer: Path, *, steps: bool) -> Answered:
    """Score every batch of one file into the other; `steps` adds each step's value. Raises PlanInvalid, SnapshotInvalid."""
    batches = Batches(asked)
    plan, people, failed = batches.plan(), 0, 0
    with pa.OSFile(str(answer), "wb") as file:
        for result in score_batches(plan, batches):
            for table in _tables(result, steps):
                with pa.ipc.new_stream(file, table.schema) as writer:
                    writer.write_table(table)
            people += result.people.num_rows
            failed += result.people["failed"].combine_chunks().true_count
    return Answered(plan, people, failed)


def _tables(result: Result, steps: bool) -> Iterator[pa.Table]:
    for table in (result.lines, result.people):
        yield table if steps else table.drop_columns(["steps"])


@dataclass(frozen=True)
class Batches:
    """The batches of a file, which may be read again."""

    path: Path

    def __iter__(self) -> Iterator[Batch]:
        with _mapped(self.path) as file:
            number = 0
            while file.tell() < file.size():
                yield self._table(file, number, "lines"), self._table(file, number, "people")
                number += 1

    def _table(self, file: Any, number: int, title: str) -> pa.Table:
        try:
            with pa.ipc.open_stream(file) as reader:
                table = reader.read_all()
            table.validate(full=True)
        except (pa.ArrowException, OSError, EOFError) as error:
            words = f"The {title} of batch {number + 1} are no Arrow IPC stream: {error}."
            raise snapshot_problem("unreadable_stream", f"/{number}/{title}", words) from None
        file.seek(file.tell() - len(END))
        refuse_cut_off(file.read(len(END)), f"/{number}/{title}")
        return table

    def plan(self) -> Plan:
        """The plan of the first stream's metadata. Raises PlanInvalid, SnapshotInvalid `plan_missing`."""
        first = next(iter(self), None)
        if first is None:
            raise snapshot_problem("empty_stream", "", "There is no batch: send the lines and the people of at least one.")
        source = (first[0].schema.metadata or {}).get(PLAN)
        if source is None:
            raise snapshot_problem("plan_missing", "/0/lines", "The first stream has no `plan` in its metadata.")
        return plan_of(source.decode("utf-8", errors="replace"))


def _mapped(path: Path) -> Any:
    try:
        return pa.memory_map(str(path))
    except OSError as error:  # an empty file cannot be mapped
        raise snapshot_problem("empty_stream", "", "The body is empty.") from error
