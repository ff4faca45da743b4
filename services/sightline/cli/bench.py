"""`sightline bench`: how fast this machine does the heavy work, each figure beside a hand-written baseline."""

import json
from typing import Annotated

import typer

from sightline.cli.terminal import AsJson, output, progress
from sightline.home import home_folder
from sightline.problems import BadUsage

Names = Annotated[list[str] | None, typer.Argument(help="Figures to measure; all when none is named.")]
People = Annotated[int, typer.Option("--size", min=100, help="How many people; KPIs, values and rows grow with them.")]


def bench(names: Names = None, size: People = 100_000, as_json: AsJson = False) -> None:
    """Measure speed on a database and services of its own, removed afterwards. One JSON line a figure, progress beside it.

    `ratio` is value / baseline. With `--json`, what goes wrong is told in JSON too.

    Examples: `sightline bench`, `sightline bench year.close --size 10000`.
    """
    from sightline.bench.program import NAMES, measure

    if unknown := sorted(set(names or ()) - set(NAMES)):
        raise BadUsage(f"There is no figure {', '.join(unknown)}.", f"Known are {', '.join(NAMES)}.")
    with progress("Measuring") as report:
        for line in measure(home_folder() / "bench", names or NAMES, size, report):
            output.out(json.dumps(line), highlight=False)
