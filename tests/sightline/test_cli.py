"""The command line: every command explains itself, and every failure has its words, its code and its exit code."""

import json
from collections.abc import Iterator

import pytest
import typer
from typer.core import TyperCommand, TyperGroup

from sightline import cli, problems
from sightline.problems import OperatorProblem, PortTaken


def commands(group: TyperGroup, prefix: str = "") -> Iterator[tuple[str, TyperCommand]]:
    for name, command in group.commands.items():
        if isinstance(command, TyperGroup):
            yield from commands(command, f"{prefix}{name} ")
        elif isinstance(command, TyperCommand):
            yield f"{prefix}{name}", command


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
