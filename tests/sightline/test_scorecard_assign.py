"""`sightline scorecard assign`, `copy` and `undo`: what they ask for, what they tell, and what ends them with 1."""

import json
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner

from sightline.cli import app, scorecard_assign
from sightline.problems import BadUsage

ONE = {"person_id": "p1", "message": None, "left_out": []}
DONE = {"id": "a1", "status": "finished", "people": 2, "waiting": 0, "opened": 1, "skipped": 1, "refused": 0, "removed": 0, "kept": 0,
        "preview": False}  # fmt: skip


class Server:
    """Begins what is asked for and is done at the second look."""

    def __init__(self, **done: Any) -> None:
        self.asked: list[tuple[str, str, Any]] = []
        self.seen = [DONE | {"status": "running", "waiting": 2, "opened": 0}, DONE | done]

    def call(self, service: str, method: str, path: str, json: Any = None) -> "Server":
        self.asked.append((method, path, json))
        return self

    def json(self) -> Any:
        return self.seen[0]

    def get(self, service: str, path: str) -> Any:
        return self.seen.pop(0)

    def names(self, people: Any) -> dict[str, str]:
        return {id_: f"Person {id_}" for id_ in people}

    def pages(self, service: str, path: str) -> list[dict[str, Any]]:
        assert path == "/v1/template-assignments/a1/results"
        skipped = {"person_id": "p2", "status": "skipped", "message": "In probation.", "left_out": []}
        return [ONE | {"status": "opened", "left_out": [{"name": "Calls", "message": "It was withdrawn."}]}, skipped]


@pytest.fixture
def asked_of(monkeypatch: pytest.MonkeyPatch) -> Any:
    def answering(server: Server) -> Server:
        @contextmanager
        def open_client(*_: object) -> Any:
            yield server

        monkeypatch.setattr(scorecard_assign, "open_client", open_client)
        monkeypatch.setattr(scorecard_assign, "SECONDS_BETWEEN", 0)
        return server

    return answering


def run(*arguments: str) -> Any:
    return CliRunner().invoke(app, ["scorecard", *arguments])


def test_an_assignment_is_watched_and_everybody_without_a_scorecard_told(asked_of: Any, tmp_path: Path) -> None:
    names = tmp_path / "people"
    names.write_text("x-2\n\n x-3 \n")
    server = asked_of(Server())

    done = run("assign", "rep", "2026", "--person", "x-1", "--people", str(names))

    assert done.exit_code == 0, done.output
    body = {"template_code": "rep", "cycle_code": "2026", "preview": False}
    whom = {"people": [{"person_external_id": id_} for id_ in ("x-1", "x-2", "x-3")]}
    assert server.asked == [("POST", "/v1/template-assignments", body | whom)]
    assert "1 opened, 1 skipped." in done.output
    assert "In probation." in done.output
    assert "“Calls”: It was withdrawn." in done.output


def test_refusals_end_it_with_1_and_json_holds_every_result(asked_of: Any) -> None:
    asked_of(Server(refused=1))
    done = run("assign", "rep", "2026", "--unit", "north", "--role", "seller", "--json")
    assert done.exit_code == 1
    assert [one["status"] for one in json.loads(done.stdout)["results"]] == ["opened", "skipped"]


def test_copies_and_undos_are_asked_for_where_they_belong(asked_of: Any) -> None:
    server = asked_of(Server(preview=True))
    told = run("copy", "2025", "2026", "--unit", "north", "--target-change", "5", "--preview")
    body = {"from_cycle": "2025", "to_cycle": "2026", "target_change_percent": "5", "preview": True, "unit_code": "north"}
    assert server.asked == [("POST", "/v1/scorecards/copies", body)]
    assert "A preview, nothing is written." in told.output
    server = asked_of(Server(status="undone", removed=1))
    assert run("undo", "a1").exit_code == 0
    assert server.asked == [("POST", "/v1/template-assignments/a1/undo", None)]
    server = asked_of(Server())
    assert run("copy", "2025", "2026", "--unit", "north", "--no-wait").stdout.strip() == "a1"


@pytest.mark.parametrize("whom", [[], ["--person", "x-1", "--unit", "north"]])
def test_for_whom_is_said_once(asked_of: Any, whom: list[str]) -> None:
    server = asked_of(Server())
    assert isinstance(run("assign", "rep", "2026", *whom).exception, BadUsage)
    assert server.asked == []
