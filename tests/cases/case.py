"""Reading a case file and comparing what the engine answers with what the file expects.

A file has `case`, `title`, `source`, `plan`, and either `snapshots` or, for a plan that must be refused, `refused` (a code).
A snapshot is a list of scorecards, scored together; each has `lines` (their figures; `defaults.line` fills in), person figures
(`defaults.person` fills in), and `expect`: step names, `composite`, `amount` or `reason_code`, and `lines` for per-line steps. Expected
numbers are compared exactly. Every snapshot is scored three times: as it stands, backwards, and one scorecard at a time in slices of one
line (plans with steps over everybody only in the first two ways).
"""

import re
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from chassis.documents import load_document
from scoring.engine import Plan, PlanInvalid, Result, load_plan, score
from scoring.engine.numerals import read_numeral
from scoring.engine.rows import Line, Person, tables

FOLDER = Path(__file__).parent
Case = Mapping[str, Any]


def case_files() -> list[Path]:
    return sorted(FOLDER.glob("*/*.yaml"))


def differences(file: Path) -> list[str]:
    """Everything in which the engine's answer is not the expected one; empty where the case holds."""
    case = exact_case(load_document(file.read_text(encoding="utf-8")))
    if "refused" in case:
        return list(_refusal_differences(case))
    plan = load_plan(case["plan"])
    return [difference for snapshot in case["snapshots"] for difference in _snapshot_differences(plan, case, snapshot)]


def exact_case(case: Case) -> Case:
    """The case with percentages of inputs and expectations as numbers."""
    return {**case, **{name: _exact(case[name]) for name in ("defaults", "snapshots") if name in case}}


def snapshot_tables(case: Case, cards: list[Case]) -> Any:
    """The engine's two tables of a snapshot."""
    lines = [line for place, card in enumerate(cards) for line in _lines(case, place, card)]
    return tables(lines, [_person(case, place, card) for place, card in enumerate(cards)])


def _exact(value: Any) -> Any:
    """`85%` is 0.85 in inputs and expectations too."""
    if isinstance(value, Mapping):
        return {name: _exact(item) for name, item in value.items()}
    if isinstance(value, list):
        return [_exact(item) for item in value]
    return read_numeral(value) if isinstance(value, str) and re.fullmatch(r"-?[0-9.]+%", value) else value


def _refusal_differences(case: Case) -> Iterator[str]:
    try:
        load_plan(case["plan"])
        yield f"the plan was accepted; {case['refused']} was expected"
    except PlanInvalid as problem:
        codes = {error.code for error in problem.errors}
        if codes != {case["refused"]}:
            yield f"the plan was refused with {codes}; {case['refused']} was expected"


def _snapshot_differences(plan: Plan, case: Case, snapshot: list[Case]) -> Iterator[str]:
    cards = list(enumerate(snapshot))
    yield from _compare(plan, case, cards, "")
    yield from _compare(plan, case, cards[::-1], "backwards: ")
    if not any(step.kind in {"total", "pool", "rank"} for step in plan.steps):
        for card in cards:
            yield from _compare(plan, case, [card], "alone: ", slice_lines=1)


def _compare(plan: Plan, case: Case, cards: list[tuple[int, Case]], how: str, **options: Any) -> Iterator[str]:
    lines = [line for place, card in cards for line in _lines(case, place, card)]
    people = [_person(case, place, card) for place, card in cards]
    result = score(plan, *tables(lines, people), **options)
    for (_, card), person in zip(cards, people, strict=True):
        for difference in _card_differences(result, person.scorecard_id, card.get("expect", {})):
            yield f"{how}{person.scorecard_id}: {difference}"


def _lines(case: Case, place: int, card: Case) -> list[Line]:
    default = {"direction": "higher", "weight": 100} | case.get("defaults", {}).get("line", {})
    return [
        Line(scorecard_id=_id(place, card), line=number, **({"kpi_id": f"kpi {number}"} | default | line))
        for number, line in enumerate(card.get("lines", []), start=1)
    ]


def _person(case: Case, place: int, card: Case) -> Person:
    default = case.get("defaults", {}).get("person", {})
    given = {name: value for name, value in card.items() if name not in {"name", "lines", "expect"}}
    inputs = default.get("inputs", {}) | given.pop("inputs", {})
    return Person(scorecard_id=_id(place, card), person_id=_id(place, card), **(default | given | {"inputs": inputs}))


def _id(place: int, card: Case) -> str:
    return str(card.get("name", f"{place + 1:02}"))


def _card_differences(result: Result, scorecard: str, expected: Case) -> Iterator[str]:
    person = next(row for row in result.people.to_pylist() if row["scorecard_id"] == scorecard)
    found = (person["steps"] or {}) | {name: person[name] for name in ("composite", "amount", "reason_code", "failed")}
    for name, value in expected.items():
        if name != "lines":
            yield from _difference(name, found[name], value)
    lines = [row for row in result.lines.to_pylist() if row["scorecard_id"] == scorecard]
    for row, line in zip(lines, expected.get("lines", lines), strict=True):
        for name, value in line.items() if line is not row else ():
            yield from _difference(f"line {row['line']} {name}", (row | (row["steps"] or {}))[name], value)


def _difference(name: str, found: Any, expected: Any) -> Iterator[str]:
    if found != expected or isinstance(found, bool) != isinstance(expected, bool):
        yield f"{name} is {found}, expected {expected}"
