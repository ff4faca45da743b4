"""`sightline formula check` says what the door says, without a server."""

from typer.testing import CliRunner

from sightline.cli import app


def test_a_formula_is_checked_and_computed() -> None:
    given = ["formula", "check", "a / b", "--measure", "a=USD", "--measure", "b=USD", "--sample", "a=1,b=2", "--sample", "a=1,b=0"]

    answer = CliRunner().invoke(app, given)

    assert answer.exit_code == 0
    assert answer.stdout.splitlines()[:3] == ["unit: ratio", "0.5", "no value: division_by_zero"]
    assert "b can be zero" in answer.stdout
