"""Scoring in bounded memory: batches of whole people in, their results out, one after the other.

    for result in score_batches(plan, batches): ...

Only one batch and its results are there at a time, and the ids of the scorecards so far, since none may come twice. Where a plan has steps
over everybody (a total, a pool), the batches are read twice: the first pass keeps of each person their figures and what the steps above
gave them, the steps over everybody work on those, and the second pass makes the results. Lines are never kept. The results are the same in
any number of batches, and wherever the batches are computed: `each` may be the map of a cluster.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping
from functools import partial
from itertools import repeat
from typing import Any, Protocol

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from scoring.engine.columns import Column
from scoring.engine.exact import is_wide, wide
from scoring.engine.meanings import Level
from scoring.engine.plan import Plan
from scoring.engine.reasons import spoken
from scoring.engine.result import Result
from scoring.engine.scoring import Scoring, sees_everyone
from scoring.engine.snapshot import DECIMAL, LINES, Snapshot, prepared, refuse_repeated_scorecards

Batch = tuple[pa.Table, pa.Table]
"""Lines and people, as `score` takes them; all lines of these people, and of nobody else."""

Values = Mapping[str, Column]
"""By step: what it gave each person of a batch, or everybody."""


class Each(Protocol):
    """Calls a pure function with each batch, and what comes with it, and gives the answers in their order."""

    def __call__(self, function: Callable[..., Any], /, *arguments: Iterable[Any]) -> Iterable[Any]:
        """The answers, each as soon as it is wanted."""


def here(function: Callable[..., Any], /, *arguments: Iterable[Any]) -> Iterable[Any]:
    """One call after the other in this process."""
    return map(function, *arguments)


def score_batches(plan: Plan, batches: Iterable[Batch], *, pay: bool = True, each: Each = here) -> Iterator[Result]:
    """A result per batch, in order. Raises SnapshotInvalid, for a scorecard of two batches at the end; what came before is void then.

    Batches of a plan with steps over everybody are iterated twice, so they must not be an iterator: ValueError.
    """
    everyone: Iterable[Values] = repeat({})
    if sees_everyone(plan):
        if iter(batches) is batches:
            raise ValueError("The plan has steps over everybody; its batches are read twice and cannot be an iterator.")
        everyone = _over_everyone(plan, list(each(partial(_figures, plan, pay), batches)), pay)
    ids: list[pa.Array] = []
    in_order = True  # ascending ids need no counting at the end
    for result in each(partial(_scored, plan, pay), batches, everyone):
        for own in result.people["scorecard_id"].cast(pa.string()).chunks:
            in_order = in_order and _ascends(pa.concat_arrays([*(before[-1:] for before in ids[-1:]), own]))
            ids += [own] if len(own) else []
        yield result
    if not in_order:
        refuse_repeated_scorecards(pa.concat_arrays(ids))


def _ascends(ids: pa.Array) -> bool:
    return bool(pc.all(pc.less(ids[:-1], ids[1:])).as_py())


def _scored(plan: Plan, pay: bool, batch: Batch, everyone: Values) -> Result:
    """The second pass, and without steps over everybody the only one."""
    scoring = Scoring(plan, prepared(*batch), pay)
    scoring.compute_slices()
    scoring.take_together(everyone)
    return scoring.result()


def _figures(plan: Plan, pay: bool, batch: Batch) -> tuple[pa.Table, Values]:
    """The first pass: the people of a batch, and what the steps before the first one over everybody gave them."""
    scoring = Scoring(plan, prepared(*batch), pay, of_lines=False)
    scoring.compute_slices()
    return scoring.snapshot.people, scoring.values()


def _over_everyone(plan: Plan, parts: list[tuple[pa.Table, Values]], pay: bool) -> Iterator[Values]:
    """What the steps over everybody gave the people of each batch."""
    if not parts:
        return
    people = _one_table([table for table, _ in parts])
    everybody = Snapshot(LINES.empty_table(), people, np.zeros(people.num_rows + 1, dtype=np.int64))
    values = {name: _one_column([own[name] for _, own in parts], plan.levels[name]) for name in parts[0][1]}
    found = Scoring(plan, everybody, pay, of_lines=False).compute_together(values)
    start = 0
    for table, _ in parts:
        rows = slice(start, start + table.num_rows)
        yield {name: _rows(column, rows, people.num_rows, plan.levels[name]) for name, column in found.items()}
        start = rows.stop


def _one_table(tables: list[pa.Table]) -> pa.Table:
    """Everybody, in the columns that any batch has; a column of several types becomes the published one."""
    kinds: dict[str, list[pa.DataType]] = {}
    for table in tables:
        for field in table.schema:
            kinds.setdefault(field.name, []).append(field.type)
    varying = {name for name, types in kinds.items() if len(set(types)) > 1}
    return pa.concat_tables([_cast(table, varying) for table in tables], promote_options="default").combine_chunks()


def _cast(table: pa.Table, names: set[str]) -> pa.Table:
    for name in names.intersection(table.column_names):
        kind = table.schema.field(name).type
        wanted = DECIMAL if pa.types.is_decimal(kind) or pa.types.is_integer(kind) else pa.string()
        if not pa.types.is_null(kind):
            table = table.set_column(table.column_names.index(name), name, pc.cast(table[name], wanted))
    return table


def _one_column(columns: list[Column], level: Level) -> Column:
    if level is Level.EVERYONE:
        return columns[0]
    any_wide, all_silent = any(is_wide(part.values) for part in columns), all(part.reasons is None for part in columns)
    values = np.concatenate([wide(part.values) if any_wide else part.values for part in columns])
    reasons = None if all_silent else np.concatenate([np.broadcast_to(spoken(part.reasons), part.values.shape) for part in columns])
    return Column(values, columns[0].places, reasons)


def _rows(column: Column, rows: slice, people: int, level: Level) -> Column:
    """The part of a column over all people that is of some; all of one value for everybody."""
    if level is Level.EVERYONE:
        return column
    reasons = None if column.reasons is None else np.broadcast_to(column.reasons, people)[rows]
    return Column(np.broadcast_to(column.values, people)[rows], column.places, reasons)
