"""The command line: every command explains itself, and every failure has its words, its code and its exit code."""

import json
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
import typer
from typer.core import TyperCommand, TyperGroup
from typer.testing import CliRunner

from sightline import cli, problems
from sightline.cli.client import Refused
from sightline.cli.grant import _row
from sightline.cli.tables import each_row, in_columns, report
from sightline.home import make_home
from sightline.ports import named_port
from sightline.problems import BadUsage, FolderUnreachable, OperatorProblem, PortTaken


def commands(group: TyperGroup, prefix: str = "") -> Iterator[tuple[str, TyperCommand]]:
    for name, command in group.commands.items():
        if isinstance(command, TyperGroup):
            yield from commands(command, f"{prefix}{name} ")
        elif isinstance(command, TyperCommand):
            yield f"{prefix}{name}", command


def test_a_role_without_a_first_day_was_held_always() -> None:
    grant = {"person_id": "p", "role": "hr_admin", "valid_from": "0001-01-01", "valid_to": None, "approved_by": None, "alone": False}
    assert _row(grant, {"p": "ada"}) == ["ada", "hr_admin", "always", "", "waits"]
    assert _row({**grant, "valid_from": "2026-07-01"}, {"p": "ada"})[2] == "2026-07-01"


ALL = dict(commands(typer.main.get_group(cli.app)))


@pytest.mark.parametrize("name", ALL)
def test_each_command_explains_itself_with_an_example_of_its_own(name: str) -> None:
    text = ALL[name].help or ""
    assert f"sightline {name}" in text
    assert "Example" in text
    assert text.splitlines()[0].endswith((".", "?"))


@pytest.mark.parametrize("name", ALL)
def test_each_option_says_what_it_is_for(name: str) -> None:
    assert [parameter.name for parameter in ALL[name].params if not getattr(parameter, "help", None)] == []


def test_every_problem_has_a_code_of_its_own_and_a_documented_exit_code() -> None:
    kinds = OperatorProblem.__subclasses__()
    assert len({kind.code for kind in kinds}) == len(kinds)
    assert all(f"{kind.exit_code} " in cli.EXIT_CODES for kind in kinds)


@pytest.mark.parametrize("as_json", [False, True])
def test_a_problem_ends_the_command_with_words_and_its_exit_code(
    monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str], as_json: bool
) -> None:
    def fail() -> None:
        raise PortTaken("Port 1 is [taken].", "Take another.")

    monkeypatch.setattr(cli, "app", fail)
    monkeypatch.setattr("sys.argv", ["sightline", *(["--json"] if as_json else [])])
    with pytest.raises(SystemExit) as ended:
        cli.main()

    assert ended.value.code == problems.PortTaken.exit_code
    out, err = capfd.readouterr()
    if as_json:
        assert json.loads(out) == {"code": "port_taken", "message": "Port 1 is [taken].", "advice": "Take another."}
        assert err == ""
    else:
        assert out == ""
        assert err == "port_taken Port 1 is [taken].\nTake another.\n"


def test_ctrl_c_is_no_traceback(monkeypatch: pytest.MonkeyPatch) -> None:
    def interrupt() -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(cli, "app", interrupt)
    with pytest.raises(SystemExit) as ended:
        cli.main()
    assert ended.value.code == 130


TWICE = {"field": "/external_id", "code": "duplicate_ids", "message": "The id 'A2' stands in more than one row."}


def test_what_a_service_refuses_is_told_with_row_and_field() -> None:
    """Given errors in two rows, one of the whole row and one that the detail has said, then each of the rest stands on its own line."""
    errors = [TWICE | {"row": 2}, {"field": "/", "row": 3, "message": "Too many cells."}, {"field": "", "row": None, "message": "Said."}]
    refused = Refused(422, {"code": "duplicate_ids", "title": "T", "detail": "Said. Nothing was imported.", "errors": errors})
    assert refused.advice == "row 2, external_id: The id 'A2' stands in more than one row.\nrow 3: Too many cells."


def test_a_row_that_a_service_refuses_names_its_fields() -> None:
    def send(_: dict[str, str]) -> str:
        raise Refused(422, {"code": "invalid", "title": "T", "detail": "Some fields are wrong.", "errors": [TWICE | {"row": None}]})

    assert each_row([(7, {})], send)["results"] == [{"row": 7, "status": "error", "errors": [TWICE | {"row": 7}]}]


def test_what_is_worth_a_look_is_told_by_row_and_is_no_fault(capsys: pytest.CaptureFixture[str]) -> None:
    warning = {"row": 4, "field": "/definition_code", "message": "It is not for them."}
    report({"results": [{"row": 4, "status": "created", "errors": []}], "warnings": [warning]}, as_json=False)
    told = "".join(capsys.readouterr())
    assert "Worth a look (1):" in told
    assert "It is not for them." in told


INTERRUPTED_WHILE_LOADING = """
import os, runpy, signal, sys

class Interrupting:
    def find_spec(self, name, path=None, target=None):
        if name == "typer":
            os.kill(os.getpid(), signal.SIGINT)

signal.signal(signal.SIGINT, signal.default_int_handler)  # as in a terminal, also when the tests run in the background
sys.meta_path.insert(0, Interrupting())
runpy.run_module("sightline", run_name="__main__")
"""


def test_ctrl_c_while_the_command_loads_is_no_traceback() -> None:
    """Given a signal as soon as the first library is looked for, long before any command could begin."""
    done = subprocess.run([sys.executable, "-c", INTERRUPTED_WHILE_LOADING], capture_output=True, text=True, check=False, timeout=60)
    assert (done.returncode, done.stdout, done.stderr) == (130, "", "")


@pytest.mark.parametrize("written", ["2027-13-01", "29.01.2027", "tomorrow"])
def test_what_is_no_date_is_refused_in_words(written: str) -> None:
    result = CliRunner().invoke(cli.app, ["payroll", "pull", "--pay-group", "M", "--check-date", written])
    said = " ".join(result.output.replace("│", " ").split())
    assert result.exit_code == 2
    assert f"'{written}' is no date. Write it as YYYY-MM-DD, such as 2027-01-29." in said


def test_faults_are_told_under_the_headings_of_the_file() -> None:
    """A field of the request stands in a column of another name, and that column under another heading in this file."""
    errors = [{"field": field, "code": "c", "message": "m", "row": 1} for field in ("/targets/0/value", "/owner", "/code", "/surprise")]
    answer = {"results": [{"row": 1, "status": "error", "errors": errors}], "error": 1}
    renames = {"value": ("target",), "owner": ("owner_person", "owner_unit")}

    told = in_columns(answer, [(1, {"owner_unit": "sales"})], ["code", "target", "owner_person", "owner_unit"], renames, ["Goal=target"])

    assert [error["field"] for error in told["results"][0]["errors"]] == ["Goal", "owner_unit", "code", "/surprise"]
    assert told["error"] == 1


@pytest.mark.parametrize("named", ["abc", "0", "65536", "-1", "8000.5", "²"])
def test_what_is_no_port_is_refused_in_words(monkeypatch: pytest.MonkeyPatch, named: str) -> None:
    monkeypatch.setenv("KPI_API_PORT", named)
    with pytest.raises(BadUsage, match="which is no port"):
        named_port("KPI_API_PORT")


def test_a_home_that_cannot_be_a_folder_is_refused_in_words(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    for home in (tmp_path / "file", tmp_path / "file" / "below"):
        with pytest.raises(FolderUnreachable, match="SIGHTLINE_HOME"):
            make_home(home)


def test_payroll_is_not_locked_for_a_file_that_cannot_be_there(tmp_path: Path) -> None:
    """The folder is looked at before anything is asked of a service: none runs here."""
    result = CliRunner().invoke(cli.app, ["payroll", "pull", "--pay-group", "M", "--out", str(tmp_path / "nowhere" / "bonus.csv")])
    assert isinstance(result.exception, BadUsage)
    assert "There is no folder" in str(result.exception)
