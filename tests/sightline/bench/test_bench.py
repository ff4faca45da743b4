"""The benchmarks at their smallest size: each does the work on both sides, finds both sides' work the same, and prints its line."""

import asyncio
import json
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from sightline.bench import (
    access,
    assigning,
    cascade,
    findings,
    line_of_sight,
    measurements,
    people_import,
    person,
    program,
    search,
    year_close,
)
from sightline.bench.figures import Figure
from sightline.bench.people_import import people_file
from sightline.bench.scoring_engine import http
from sightline.bench.stage import BenchFailed, Stage

PEOPLE = 300

AIMS = {
    "import.people": ("rows/s", "higher", 0.5),
    "measurements.bulk": ("rows/s", "higher", 0.5),
    "findings.one": ("ms", "lower", 2.0),
    "findings.cycle": ("s", "lower", 3.0),
    "graphql.line_of_sight": ("requests/s", "higher", 0.3),
    "scoring.engine.numpy": ("s", "lower", 1.5),
    "scoring.engine.pandas": ("s", "lower", 1.0),
    "scoring.engine.memory": ("MB", "lower", 4.0),
    "scoring.growth": ("µs/person", "lower", 1.2),
    "scoring.openfisca": ("s", "lower", 2.0),
    "scoring.http": ("s", "lower", 1.5),
    "scoring.explain": ("ms", "lower", 2.0),
    "year.close": ("s", "lower", 5),
    "access.page.leaf": ("ms", "lower", 2.0),
    "access.page.manager": ("ms", "lower", 2.0),
    "access.page.executive": ("ms", "lower", 2.0),
    "auth.person": ("requests/s", "higher", 0.7),
    "cascade.rollup": ("s", "lower", 2.0),
    "cascade.line_of_sight": ("ms", "lower", 1.3),
    "cascade.subtree": ("ms", "lower", 2.0),
    "dictionary.search": ("ms", "lower", 2.0),
    "scorecards.assign": ("s", "lower", 5.0),
}


@pytest.fixture(scope="module")
def stage(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stage]:
    """One stage for all. The year is closed first, of a company of its own size: the other figures send the workers to rest."""
    home = tmp_path_factory.mktemp("bench") / "home"
    with Stage(home, lambda _: None) as stage:
        yield stage
    assert not home.exists(), "the stage removes its home"


# The last three serve a service by another program.
FIGURES = [
    (year_close.run, 200),
    *((measure, PEOPLE) for measure in (people_import.run, measurements.run, access.leaf, access.manager, access.executive)),
    *((measure, PEOPLE) for measure in (search.run, cascade.subtree, findings.one, findings.cycle, assigning.run)),
    *((measure, PEOPLE) for measure in (person.run, line_of_sight.run, http.run)),
]


@pytest.fixture(autouse=True)
def _few(monkeypatch: pytest.MonkeyPatch) -> None:
    """A small dictionary, few readings and few requests: what is compared stays the same."""
    monkeypatch.setattr(search, "DEFINITIONS", 300)
    monkeypatch.setattr(cascade, "SUBTREES", 2)
    monkeypatch.setattr(findings, "CARDS", 20)
    monkeypatch.setattr(person, "VIEWERS", 10)
    monkeypatch.setattr(person, "REQUESTS", 80)
    monkeypatch.setattr(person, "ROUNDS", 1)  # each starts the service twice
    monkeypatch.setattr(line_of_sight, "REQUESTS", 80)


@pytest.mark.parametrize(("measure", "people"), FIGURES)
def test_a_figure_compares_the_same_work(stage: Stage, measure: program.Measure, people: int) -> None:
    # When a figure is measured for a small company; it raises BenchFailed where the two sides' results differ
    line = asyncio.run(measure(stage, people)).as_line()

    # Then its line says what was measured, in which unit, and what is aimed at
    require_line(line)


@pytest.mark.parametrize("name", program.ENGINE)
def test_the_engine_has_its_lines(name: str) -> None:
    require_line(program.ENGINE[name](PEOPLE).as_line())


def require_line(line: dict[str, object]) -> None:
    assert list(line) == ["name", "value", "unit", "baseline", "ratio", "better", "aim"]
    assert (line["unit"], line["better"], line["aim"]) == AIMS[str(line["name"])]
    assert float(str(line["value"])) > 0
    assert float(str(line["baseline"])) > 0


def test_every_figure_can_be_named() -> None:
    assert set(program.NAMES) == set(AIMS)


def test_the_ratio_is_value_by_baseline() -> None:
    line = Figure("import.people", 1234.56789, "rows/s", 4000, "higher", 0.5).as_line()
    assert (line["value"], line["ratio"]) == (1234.6, 0.309)


def test_a_different_result_is_no_figure(stage: Stage, monkeypatch: pytest.MonkeyPatch) -> None:
    # Given a hand-written side that leaves out the reporting lines
    monkeypatch.setattr(people_import, "INSERTS", people_import.INSERTS[:-1])

    # Then nothing is printed; the difference is
    with pytest.raises(BenchFailed, match="hand-written"):
        asyncio.run(people_import.run(stage, 20))


def test_the_generated_file_is_the_same_each_time_and_names_managers_before_they_come() -> None:
    first, second = people_file(20), people_file(20)
    assert first == second
    assert first.splitlines()[1].startswith("E10,")
    assert ",E1," in first.splitlines()[1]


def test_an_unknown_figure_is_refused() -> None:
    answer = subprocess.run(
        [sys.executable, "-m", "sightline", "bench", "year.open", "--json"], capture_output=True, text=True, check=False, cwd=Path.cwd()
    )
    assert answer.returncode == 2
    assert json.loads(answer.stdout)["code"] == "bad_usage"
    assert "year.close" in answer.stdout
