"""What a person, or with `--json` a program, reads: results on standard output, everything else on standard error."""

import json
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Annotated, Any

import typer
from rich.console import Console
from rich.table import Table

from sightline.problems import OperatorProblem
from sightline.processes.supervisor import Report

AsJson = Annotated[bool, typer.Option("--json", help="Print JSON instead of words.")]

output = Console(highlight=False, soft_wrap=True)
messages = Console(stderr=True, highlight=False, soft_wrap=True)


def show_json(value: Any) -> None:
    output.out(json.dumps(value, indent=2, default=str), highlight=False)


def show_table(columns: list[str], rows: list[list[str]]) -> None:
    table = Table(box=None, pad_edge=False, header_style="bold")
    for column in columns:
        table.add_column(column, overflow="fold")
    for row in rows:
        table.add_row(*row)
    output.print(table)


def show_step(words: str) -> None:
    """Tell what happens, to the person watching."""
    messages.print(words, markup=False)


def show_problem(problem: OperatorProblem, *, as_json: bool) -> None:
    if as_json:
        show_json({"code": problem.code, "message": problem.message, "advice": problem.advice})
    else:
        messages.print(f"[red]{problem.code}[/red]", end=" ")
        messages.print(problem.message, markup=False)
        messages.print(problem.advice, markup=False)


@contextmanager
def progress(what: str) -> Iterator[Report]:
    """A spinner while something takes its time; each reported step stays on the screen."""
    with messages.status(what):
        yield show_step


@contextmanager
def counting(what: str) -> Iterator[Callable[[int, int], None]]:
    """A spinner that says how many of how many are done."""
    with messages.status(what) as status:
        yield lambda done, of: status.update(f"{what}: {done} of {of}")
