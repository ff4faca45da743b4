"""Every read takes the viewer first, so that nothing can be read without saying for whom. Exceptions stand with a reason in
reads_without_viewer.yaml; one that is no longer needed must go."""

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest
import yaml

SERVICES = Path(__file__).parents[2] / "services"
EXCEPTIONS: dict[str, str] = yaml.safe_load(Path(__file__).with_name("reads_without_viewer.yaml").read_text())


def reads(source: str) -> Iterator[ast.AsyncFunctionDef]:
    """The public functions of a module that ask the database."""
    for node in ast.parse(source).body:
        if isinstance(node, ast.AsyncFunctionDef) and not node.name.startswith("_") and "session" in parameters(node):
            yield node


def parameters(function: ast.AsyncFunctionDef) -> list[str]:
    arguments = function.args
    return [argument.arg for argument in (*arguments.posonlyargs, *arguments.args, *arguments.kwonlyargs)]


def reads_without_viewer(source: str) -> list[str]:
    return [function.name for function in reads(source) if parameters(function)[0] != "viewer"]


def modules() -> dict[str, Path]:
    paths = sorted(path for service in ("kpi_api", "scoring") for path in (SERVICES / service).glob("*/queries.py"))
    return {".".join(path.relative_to(SERVICES).with_suffix("").parts): path for path in paths}


def test_a_read_that_asks_for_no_viewer_is_noticed() -> None:
    source = "async def person(session, id_): ...\nasync def people(viewer, session): ...\nasync def _row(session): ...\ndef pure(day): ..."
    assert reads_without_viewer(source) == ["person"]


def test_every_read_takes_the_viewer_first_or_has_a_reason() -> None:
    found = {f"{module}.{name}" for module, path in modules().items() for name in reads_without_viewer(path.read_text())}
    assert len(modules()) >= 12, "where have the queries gone?"
    assert sorted(found - EXCEPTIONS.keys()) == [], "take the viewer first, or list the read with its reason"
    assert sorted(EXCEPTIONS.keys() - found) == [], "no longer needed: take them off the list"


@pytest.mark.parametrize("name", sorted(EXCEPTIONS))
def test_an_exception_has_a_reason(name: str) -> None:
    assert len(EXCEPTIONS[name].split()) >= 4
