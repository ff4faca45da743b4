"""`sightline score`: a plan and a file of scorecards, scored on this machine without a server."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict
from decimal import Decimal
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from sightline.cli.tables import Ignored, Maps, read_table
from sightline.cli.terminal import AsJson, output, show_json, show_step, show_table
from sightline.problems import BadUsage

if TYPE_CHECKING:
    from scoring.engine import Plan, Result
    from scoring.engine.rows import Line, Person
    from sightline.scorecard_files.reading import ScorecardFile

PERSON_FIELDS = (
    "person_id",
    "currency",
    "salary",
    "target_bonus_share",
    "target_bonus_amount",
    "rating",
    "period_starts_on",
    "period_ends_on",
)
SEGMENT_FIELDS = ("starts_on", "ends_on", "fte")


def score(
    plan: Annotated[Path, typer.Argument(exists=True, dir_okay=False, help="The plan, as YAML or JSON.")],
    scorecards: Annotated[
        Path, typer.Argument(exists=True, dir_okay=False, readable=True, help="A .csv, .ndjson or .json file in UTF-8, or .parquet.")
    ],
    explain: Annotated[str | None, typer.Option(help="Say in sentences how this scorecard came out.")] = None,
    pay: Annotated[bool, typer.Option(help="Compute what is paid; --no-pay stops at the score and needs no pay facts.")] = True,
    to: Annotated[Path | None, typer.Option(file_okay=False, help="Write lines.parquet and people.parquet there, of any number.")] = None,
    maps: Maps = None,
    ignored: Ignored = None,
    as_json: AsJson = False,
) -> None:
    """Score a file of scorecards by a plan, without a server: one row per KPI line, the person's figures repeated on each.

    Columns: scorecard_id, and for a KPI kpi_code, weight, target, actual, direction (else higher) and what else its attainment needs;
    for pay person_id, currency, salary, target_bonus_share or target_bonus_amount, rating, fte. An unknown column is answered by all names.

    Ends with 1 when somebody could not be scored; the others are shown all the same.

    With `--to` the file may be of any size: it is read, scored and written in pieces. The rows of a scorecard stand together then.

    Examples: `sightline score plan.yaml scorecards.csv`, `sightline score plan.yaml scorecards.csv --explain S-17`,
    `sightline score plan.yaml scorecards.parquet --to results`.
    """
    from scoring.engine import explain as explained
    from scoring.engine import score as scored
    from scoring.engine.checking import located
    from scoring.engine.checking.selections import selection_findings

    checked = read_plan(plan)
    if to is not None:
        _score_into(to, checked, _scorecard_file(checked, scorecards, maps, ignored), pay, as_json)
        return
    lines, people = read_scorecards(checked, scorecards, maps, ignored)
    with scorecard_problem():
        result = scored(checked, lines, people, pay=pay)
        if explain is not None:
            _show_explanation(explained(checked, lines, people, explain, pay=pay, result=result), as_json)
            return
    _show(checked, result, as_json)
    for finding in located(checked, list(selection_findings(checked, lines))):
        show_step(f"{finding.path}: {finding.message} {finding.reason} {finding.fix}")
    if result.errors.num_rows:
        raise typer.Exit(1)


def read_plan(file: Path) -> "Plan":
    """The checked plan of a file. Raises BadUsage with everything that is wrong."""
    from scoring.engine import load_plan

    with scorecard_problem():
        return load_plan(file.read_bytes())


def read_scorecards(plan: "Plan", file: Path, maps: list[str] | None, ignored: list[str] | None) -> tuple[Any, Any]:
    """The lines and the people of a file as the engine's tables. Raises BadUsage naming row and column."""
    from scoring.engine.rows import tables

    if file.suffix.lower() == ".parquet":
        from sightline.scorecard_files.columns import engine_tables

        with scorecard_problem():
            return engine_tables(_scorecard_file(plan, file, maps, ignored).whole(), plan)
    return tables(*_rows(plan, file, maps, ignored))


def _scorecard_file(plan: "Plan", file: Path, maps: list[str] | None, ignored: list[str] | None) -> "ScorecardFile":
    from kpi_api.people.mapping import read_mapping
    from sightline.scorecard_files.columns import known_columns
    from sightline.scorecard_files.reading import ScorecardFile

    with scorecard_problem():
        return ScorecardFile(file, known_columns(plan), read_mapping(maps or []), frozenset(ignored or []))


def _score_into(folder: Path, plan: "Plan", file: "ScorecardFile", pay: bool, as_json: bool) -> None:
    """Ends the command with 1 when somebody could not be scored."""
    from sightline.scorecard_files.scoring import score_into

    with scorecard_problem():
        counts = score_into(folder, plan, file, pay=pay)
    if as_json:
        show_json({"plan": plan.code, "digest": plan.digest, **asdict(counts)})
    else:
        show_step(f"{counts.people} people with {counts.lines} lines were read, {counts.failed} could not be scored: see {folder}.")
    if counts.failed:
        raise typer.Exit(1)


@contextmanager
def scorecard_problem() -> Iterator[None]:
    """What the engine refuses, as wrong usage of the command."""
    from chassis.problems import Problem

    try:
        yield
    except Problem as problem:
        raise BadUsage(_told(problem), f"Nothing was scored ({problem.code}).") from problem


def _told(problem: Any) -> str:
    return (
        "\n".join(f"{error.field}: {error.message} ({error.code})" if error.field else error.message for error in problem.errors)
        or problem.detail
    )


def _rows(plan: "Plan", file: Path, maps: list[str] | None, ignored: list[str] | None) -> "tuple[list[Line], list[Person]]":
    """The lines and the people of the file. Raises BadUsage naming row and column."""
    from scoring.engine.rows import Line

    of_people = [given.name for given in plan.document.inputs if given.per == "person"]
    of_lines = [given.name for given in plan.document.inputs if given.per == "line"]
    line_fields = [name for name in Line.model_fields if name not in {"parts", "line_of_sight", "combine", "inputs"}]
    columns = dict.fromkeys([*line_fields, *of_lines, *PERSON_FIELDS, *SEGMENT_FIELDS, *of_people])
    rows = read_table(file, columns, ["scorecard_id"], maps, ignored)
    return list(_lines(rows, line_fields, of_lines)), list(_people(rows, of_people))


def _lines(rows: list[tuple[int, dict[str, str]]], fields: list[str], inputs: list[str]) -> "Iterator[Line]":
    """A KPI line per row; a row that names no KPI is a person without one. Raises BadUsage for a KPI that stands twice on a scorecard."""
    from scoring.engine.rows import Line

    first: dict[tuple[str, str], int] = {}
    for row, cells in rows:
        own = {name: cells[name] for name in fields if name in cells}
        if set(own) == {"scorecard_id"}:
            continue
        own.setdefault("line", str(row))
        own.setdefault("kpi_id", own.get("kpi_code", f"line {own['line']}"))
        own.setdefault("direction", "higher")
        line = _validated(Line, row, own | {"inputs": {name: cells[name] for name in inputs if name in cells}})
        earlier = first.setdefault((line.scorecard_id, line.kpi_id), row)
        if earlier != row:
            field = "kpi_code" if "kpi_code" in cells else "kpi_id"
            raise BadUsage(
                f"Row {row}, {field}: {cells[field]} stands on scorecard {line.scorecard_id} already, in row {earlier}.",
                "Keep one of the rows; nothing was scored.",
            )
        yield line


def _people(rows: list[tuple[int, dict[str, str]]], inputs: list[str]) -> "Iterator[Person]":
    """One person per scorecard, from its first row; the others repeat the same figures or leave them out."""
    from scoring.engine.rows import Person

    first: dict[str, tuple[int, dict[str, str]]] = {}
    for row, cells in rows:
        own = {name: cell for name, cell in cells.items() if name in {*PERSON_FIELDS, *SEGMENT_FIELDS, *inputs}}
        number, known = first.setdefault(cells.get("scorecard_id", ""), (row, own))
        for name, cell in own.items():
            if known.get(name) != cell:
                there = known.get(name) or "empty"
                raise BadUsage(
                    f"Row {row}, {name}: {cell} differs from row {number} of the same scorecard, where it is {there}.",
                    "Repeat a person's figures on each of their rows, or leave them out after the first.",
                )
    for scorecard, (row, own) in first.items():
        yield _validated(Person, row, {"scorecard_id": scorecard} | _person(own, inputs, scorecard))


def _person(own: dict[str, str], inputs: list[str], scorecard: str) -> dict[str, Any]:
    fields: dict[str, Any] = {name: own[name] for name in PERSON_FIELDS if name in own}
    fields.setdefault("person_id", scorecard)
    fields["inputs"] = {name: own[name] for name in inputs if name in own}
    segment = {name: own[name] for name in SEGMENT_FIELDS if name in own}
    if segment:
        fields["segments"] = [segment]
    return fields


def _validated(kind: Any, row: int, fields: dict[str, Any]) -> Any:
    from pydantic import ValidationError

    from chassis.field_errors import plain_words

    try:
        return kind.model_validate(fields)
    except ValidationError as error:
        problem = error.errors(include_url=False)[0]
        column = next((part for part in reversed(problem["loc"]) if isinstance(part, str)), "")
        raise BadUsage(f"Row {row}, {column}: {plain_words(problem).rstrip('.')}.", "Mend the row; nothing was scored.") from None


def _show(plan: "Plan", result: "Result", as_json: bool) -> None:
    from scoring.engine.teller import digits

    if as_json:
        people = [_shortened(row) for row in result.people.to_pylist()]
        show_json({"plan": plan.code, "digest": plan.digest, "people": people, "errors": result.errors.to_pylist()})
        return
    rows = [
        [
            row["scorecard_id"],
            row["person_id"],
            digits(row["composite"]),
            digits(row["amount"]),
            row["currency"] or "",
            row["reason_code"] or "",
        ]
        for row in result.people.to_pylist()
    ]
    show_table(["scorecard", "person", "composite", "amount", "currency", "reason"], rows)
    if result.errors.num_rows:
        errors = [[row["scorecard_id"], str(row["line"] or ""), row["code"], row["message"]] for row in result.errors.to_pylist()]
        show_table(["scorecard", "line", "error", "what"], errors)


def _shortened(value: Any) -> Any:
    """Numbers as text without trailing zeros, also inside the steps."""
    from scoring.engine.teller import digits

    if isinstance(value, dict):
        return {name: _shortened(item) for name, item in value.items()}
    return digits(value) if isinstance(value, Decimal) else value


def _show_explanation(explanation: Any, as_json: bool) -> None:
    if as_json:
        show_json(explanation.model_dump(mode="json"))
        return
    for sentence in explanation.sentences():
        output.print(sentence, markup=False)
