"""Every figure, and on which stage it is measured."""

import asyncio
from collections.abc import Callable, Collection, Coroutine, Iterator
from pathlib import Path
from typing import Any

from sightline.bench import (
    access,
    assigning,
    cascade,
    findings,
    line_of_sight,
    measurements,
    people_import,
    person,
    roll_up,
    search,
    year_close,
)
from sightline.bench.figures import Figure
from sightline.bench.scoring_engine import arrays, explaining, growth, http, memory, openfisca
from sightline.bench.stage import Stage
from sightline.processes import Report

Measure = Callable[[Stage, int], Coroutine[Any, Any, Figure]]

ENGINE_PEOPLE_PER_PERSON = 10
ENGINE: dict[str, Callable[[int], Figure]] = {
    "scoring.engine.numpy": arrays.of_numpy,
    "scoring.engine.pandas": arrays.of_pandas,
    "scoring.engine.memory": memory.of_memory,
    "scoring.growth": growth.of_growth,
    "scoring.openfisca": openfisca.of_openfisca,
    "scoring.explain": explaining.of_explaining,
}
"""Figures of the engine alone, which need no stage."""

# The figures of a stage share its company. Those that serve a service by another program go last.
STAGES: list[dict[str, Measure]] = [
    {
        "import.people": people_import.run,
        "measurements.bulk": measurements.run,
        "access.page.leaf": access.leaf,
        "access.page.manager": access.manager,
        "access.page.executive": access.executive,
        "auth.person": person.run,
        "cascade.rollup": roll_up.run,
        "cascade.line_of_sight": cascade.line_of_sight,
        "cascade.subtree": cascade.subtree,
        "findings.one": findings.one,
        "findings.cycle": findings.cycle,
        "scorecards.assign": assigning.run,
        "graphql.line_of_sight": line_of_sight.run,
        "scoring.http": http.run,
    },
    {"dictionary.search": search.run},
    {"year.close": year_close.run},
]
NAMES = [*(name for stage in STAGES for name in stage), *ENGINE]


def measure(home: Path, names: Collection[str], people: int, report: Report) -> Iterator[dict[str, Any]]:
    """The lines of the figures named, each as soon as it is known."""
    for name in (name for name in ENGINE if name in names):
        report(name)
        yield ENGINE[name](people * ENGINE_PEOPLE_PER_PERSON).as_line()
    for figures in STAGES:
        wanted = [name for name in figures if name in names]
        if wanted:
            with Stage(home, report) as stage:
                for name in wanted:
                    report(name)
                    yield asyncio.run(figures[name](stage, people)).as_line()
