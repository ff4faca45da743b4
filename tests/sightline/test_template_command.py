"""`sightline template`: which form goes where, and what is told of a file brought back."""

from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner

from sightline.cli import app, template
from sightline.problems import BadUsage

ANSWER = {"preview": True, "new": 0, "changed": 1, "unchanged": 0, "error": 1, "templates": [
    {"row": 1, "template_code": "rep", "sentences": ["Weight of “calls”: 60.00, now 50.00."], "errors": []},
    {"row": 3, "template_code": "odd", "sentences": [], "errors": [{"message": "F4: Write a number, such as 12.5."}]}]}  # fmt: skip


class Server:
    def __init__(self) -> None:
        self.asked: list[Any] = []
        self.content = b"the file"

    def call(self, service: str, method: str, path: str, **content: Any) -> "Server":
        self.asked.append((method, path, content))
        return self

    def json(self) -> Any:
        return ANSWER


@pytest.fixture
def server(monkeypatch: pytest.MonkeyPatch) -> Server:
    server = Server()

    @contextmanager
    def open_client(*_: object) -> Any:
        yield server

    monkeypatch.setattr(template, "open_client", open_client)
    return server


def test_a_file_is_written_in_the_form_of_its_name_and_brought_back(server: Server, tmp_path: Path) -> None:
    file = tmp_path / "templates.xlsx"
    assert CliRunner().invoke(app, ["template", "export", str(file)]).exit_code == 0
    assert file.read_bytes() == b"the file"

    told = CliRunner().invoke(app, ["template", "import", str(file), "--preview"])

    form = template.FORMS[".xlsx"]
    assert server.asked == [
        ("GET", "/v1/templates/table", {"headers": {"Accept": form}}),
        ("POST", "/v1/templates/table", {"content": b"the file", "headers": {"Content-Type": form}, "params": {"preview": "true"}}),
    ]
    assert told.stdout.splitlines() == [
        "row 1  rep: Weight of “calls”: 60.00, now 50.00.",
        "row 3  odd: F4: Write a number, such as 12.5.",
        "0 new, 1 changed, 0 unchanged, 1 error. Nothing was written.",
    ]


def test_another_form_is_refused_before_anything_is_asked(server: Server, tmp_path: Path) -> None:
    assert isinstance(CliRunner().invoke(app, ["template", "export", str(tmp_path / "t.ods")]).exception, BadUsage)
    assert server.asked == []
