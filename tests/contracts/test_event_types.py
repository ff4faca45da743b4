"""The catalogue names every event that a service records, and nothing that none does."""

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

from chassis.webhooks.rest import CHASSIS_EVENT_TYPES
from kpi_api.event_types import EVENT_TYPES as KPI_API
from scoring.event_types import EVENT_TYPES as SCORING

SERVICES = Path(__file__).parents[2] / "services"


def type_names(tree: ast.AST) -> Iterator[str]:
    """Every text in a module that looks like an event type, such as "scorecard.agreed"; an f-string's holes become `*`."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Call) and ast.unparse(node.func) in {"events.record", "_tell"}:
            yield from (_text(argument) for argument in node.args if isinstance(argument, ast.Constant | ast.JoinedStr))


def _text(node: ast.expr) -> str:
    if isinstance(node, ast.JoinedStr):
        return "".join(str(part.value) if isinstance(part, ast.Constant) else "*" for part in node.values)
    assert isinstance(node, ast.Constant)
    return str(node.value)


@pytest.mark.parametrize(("service", "catalogue"), [("kpi_api", KPI_API), ("scoring", SCORING), ("chassis", CHASSIS_EVENT_TYPES)])
def test_what_is_recorded_is_in_the_catalogue(service: str, catalogue: dict[str, str]) -> None:
    recorded = {
        (name, str(path.relative_to(SERVICES)))
        for path in (SERVICES / service).rglob("*.py")
        for name in type_names(ast.parse(path.read_text()))
        if "." in name and "*" not in name
    }
    assert recorded, "the pattern finds nothing: has events.record been renamed?"
    assert {(name, path) for name, path in recorded if name not in catalogue} == set()


@pytest.mark.parametrize(("service", "catalogue"), [("kpi_api", KPI_API), ("scoring", SCORING)])
def test_what_is_in_the_catalogue_can_happen(service: str, catalogue: dict[str, str]) -> None:
    code = "\n".join(path.read_text() for path in (SERVICES / service).rglob("*.py") if path.name != "event_types.py")
    assert [name for name in catalogue if f'"{name}"' not in code and f'f"{name.partition(".")[0]}.{{' not in code] == []
