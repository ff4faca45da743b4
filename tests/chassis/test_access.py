"""The matrix of access is what the code asks, no more and no less: a permit or kind of record that only one of both knows fails here."""

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

from chassis.access import Matrix
from kpi_api.access.matrix import MATRIX as KPI_API
from scoring.access.matrix import MATRIX as SCORING

SERVICES = Path(__file__).parents[2] / "services"
ASKS_PERMIT = frozenset({"require", "may"})
ASKS_SIGHT = frozenset({"sees", "sees_of_person", "sees_all", "require_sight"})


def asked(folder: Path, names: frozenset[str]) -> Iterator[str]:
    """The literal names given to calls such as `viewer.require("people.write")`."""
    for path in folder.rglob("*.py"):
        for call in ast.walk(ast.parse(path.read_text())):
            if isinstance(call, ast.Call) and getattr(call.func, "attr", getattr(call.func, "id", "")) in names:
                yield from (given.value for given in call.args if isinstance(given, ast.Constant) and isinstance(given.value, str))


@pytest.mark.parametrize(("name", "matrix"), [("kpi_api", KPI_API), ("scoring", SCORING)])
def test_every_permit_and_sight_is_asked_for_and_nothing_else_is(name: str, matrix: Matrix) -> None:
    listed = {ASKS_PERMIT: set(matrix.permits), ASKS_SIGHT: {rule.record for rule in matrix.sights}}
    for calls, names in listed.items():
        own, shared = set(asked(SERVICES / name, calls)), set(asked(SERVICES / "chassis", calls))
        assert own <= names, "the matrix does not list it"
        assert names <= own | shared, "nothing asks for it"


@pytest.mark.parametrize("matrix", [KPI_API, SCORING])
def test_no_rule_stands_twice_and_no_permit_is_nobodys(matrix: Matrix) -> None:
    places = [(rule.record, rule.relation) for rule in matrix.sights]
    assert len(places) == len(set(places))
    assert all(matrix.permits.values())
