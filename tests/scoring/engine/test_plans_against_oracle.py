"""Whole random plans against the second reading of the language: every value of every step, for every line and person."""

from collections import Counter
from decimal import Decimal
from fractions import Fraction
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from scoring.engine import PlanInvalid, load_plan, score
from scoring.engine.rows import Line, Person, tables
from tests.scoring.engine import plan_oracle
from tests.scoring.engine.oracle import Missing
from tests.scoring.engine.random_plans import DRAWN, INPUTS, LINE_FIGURES, people, plans

FORESEEN = {"plan_bounds", "level_mismatch", "division_by_zero", "too_many_places"}
"""Why a drawn plan may be refused: it could overflow, mixes lines and people, or pays units finer than its places."""
LARGEST = {"a": 1000, "b": 1000, "unit_number": 1000, "share": 1000, "huge": 10**13}


def exact(number: Decimal | None, largest: int = 10**12) -> Any:
    """A figure as the oracle reads it; beyond its bounds it is not there."""
    return Missing("absent") if number is None or abs(number) > largest else Fraction(number)


def read(person: dict[str, Any], place: int) -> dict[str, Any]:
    return {
        "id": f"{place:02}",
        "figures": {name: exact(person["inputs"][name], LARGEST[name]) for name in INPUTS},
        "lines": [
            {name: exact(line[name]) for name in LINE_FIGURES}
            | {"weight": Fraction(line["weight"]) / 100, "kpi": line["kpi_code"], "component": line["component"]}
            for line in person["lines"]
        ],
    }


def snapshot(given_people: list[dict[str, Any]]) -> tuple[Any, Any]:
    rows = [
        Line(scorecard_id=f"{place:02}", line=number, kpi_id=f"{number}", direction="higher", **line)
        for place, person in enumerate(given_people)
        for number, line in enumerate(person["lines"])
    ]
    return tables(
        rows, [Person(scorecard_id=f"{place:02}", person_id=f"{place:02}", inputs=p["inputs"]) for place, p in enumerate(given_people)]
    )


def check(document: dict[str, Any], given_people: list[dict[str, Any]], slice_lines: int) -> bool:
    """Whether the plan could be loaded; then every value agrees."""
    try:
        plan = load_plan(document)
    except PlanInvalid as problem:
        if {error.code for error in problem.errors} <= FORESEEN:
            return False
        raise
    result = score(plan, *snapshot(given_people), slice_lines=slice_lines)
    expected = plan_oracle.scored(document, [read(person, place) for place, person in enumerate(given_people)], LINE_FIGURES)
    of_lines = result.lines.to_pylist()
    for person, values in zip(result.people.to_pylist(), expected, strict=True):
        mine = [row["steps"] or {} for row in of_lines if row["scorecard_id"] == person["scorecard_id"]]
        for step in document["steps"]:
            value = values[step["name"]]
            found = [row[step["name"]] for row in mine] if isinstance(value, list) else [person["steps"][step["name"]]]
            for number, wanted in zip(found, value if isinstance(value, list) else [value], strict=True):
                agrees = number is None if isinstance(wanted, Missing) else number is not None and Fraction(number) == wanted
                assert agrees, (step, person["scorecard_id"], found, value)
    return True


@settings(max_examples=150, deadline=None, suppress_health_check=list(HealthCheck))
@given(plans(), people, st.sampled_from([1, 2, 1000]))
def test_every_step_of_any_plan(document: dict[str, Any], given_people: list[dict[str, Any]], slice_lines: int) -> None:
    """Given any plan and people, then each step gives each line and person what the fractions give, and null where they have none."""
    check(document, given_people, slice_lines)


@pytest.mark.deep
@settings(max_examples=1500, deadline=None, suppress_health_check=list(HealthCheck))
@given(plans(), people, st.sampled_from([1, 2, 1000]))
def test_every_step_of_many_plans(document: dict[str, Any], given_people: list[dict[str, Any]], slice_lines: int) -> None:
    check(document, given_people, slice_lines)


@pytest.mark.deep
def test_the_plans_are_of_every_kind_and_mostly_valid() -> None:
    """Given what is drawn, then no kind is rare and most plans can be loaded; else the test above would prove little."""
    kinds, loaded = Counter[str](), Counter[bool]()

    @settings(max_examples=600, deadline=None, database=None, derandomize=True, suppress_health_check=list(HealthCheck))
    @given(plans())
    def count(document: dict[str, Any]) -> None:
        try:
            load_plan(document)
        except PlanInvalid:
            loaded[False] += 1
            return
        loaded[True] += 1
        kinds.update(step["kind"] for step in document["steps"])

    count()
    assert loaded[True] > loaded[False]
    assert {kind for kind in DRAWN if kinds[kind] < 2} == set()
