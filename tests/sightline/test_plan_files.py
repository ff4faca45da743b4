"""`sightline plan new`, `plan check` and `sightline explain`: from nothing to an explained payout, with files alone."""

import json
from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from scoring.engine import load_plan
from scoring.engine.templates import STRUCTURES
from sightline.cli import app
from sightline.problems import BadUsage

SCORECARDS = """scorecard_id,person_id,kpi_code,weight,direction,target,actual,currency,target_bonus_amount
S1,Ada,win_rate,60,higher,28,26,EUR,5000
S1,Ada,bugs,40,lower,2,1.6,,
"""


def run(*arguments: str | Path) -> Result:
    return CliRunner().invoke(app, [str(argument) for argument in arguments])


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "scorecards.csv").write_text(SCORECARDS, encoding="utf-8")
    return tmp_path


@pytest.mark.parametrize("structure", STRUCTURES)
def test_a_plan_is_written_checked_and_says_what_to_do_next(folder: Path, structure: str) -> None:
    """Given a structure, when its plan is written, then it says where and which command is next, and that command finds no warning."""
    written = run("plan", "new", structure.replace("_", "-"), "--code", "bonus", "--json")
    answer = json.loads(written.stdout)
    assert (written.exit_code, answer["file"], answer["next"]) == (0, "bonus.yaml", "sightline plan check bonus.yaml")
    assert load_plan((folder / "bonus.yaml").read_text(encoding="utf-8")).code == "bonus"
    assert run(*answer["next"].split()[1:]).exit_code == 0


def test_parameters_are_options(folder: Path) -> None:
    assert run("plan", "new", "accelerator", "--rate", "1.5", "--out", "-").stdout.count('{slope: "1.5"}') == 1
    assert not list(folder.glob("*.yaml"))


def test_a_file_that_is_there_stays(folder: Path) -> None:
    (folder / "bonus.yaml").write_text("mine", encoding="utf-8")
    refused = run("plan", "new", "accelerator", "--code", "bonus")
    assert isinstance(refused.exception, BadUsage)
    assert (folder / "bonus.yaml").read_text(encoding="utf-8") == "mine"
    assert run("plan", "new", "accelerator", "--code", "bonus", "--overwrite").exit_code == 0


def test_the_check_ends_by_how_severe_it_is(folder: Path) -> None:
    """Given an accelerator without its cap, then the check warns with place and fix and ends with 1, or 0 where warnings may stand."""
    text = run("plan", "new", "accelerator", "--out", "-").stdout.replace('    cap: "200%"\n', "")
    (folder / "plan.yaml").write_text(text, encoding="utf-8")
    warned = run("plan", "check", "plan.yaml", "--json")
    found = json.loads(warned.stdout)["findings"]
    assert warned.exit_code == 1
    assert [(one["code"], one["path"]) for one in found if one["severity"] == "warning"] == [
        ("unbounded_cost", "/steps/2"),
        ("unbounded_cost", "/steps/5"),
    ]
    assert "Fix: Give the step named a `cap`" in run("plan", "check", "plan.yaml", "--fail-on", "never").stdout
    assert run("plan", "check", "plan.yaml", "--fail-on", "never").exit_code == 0


def test_a_plan_that_cannot_be_used_is_wrong_usage(folder: Path) -> None:
    (folder / "plan.yaml").write_text("plan: p\nsteps: [{name: a, kind: guess}]\n", encoding="utf-8")
    refused = run("plan", "check", "plan.yaml")
    assert isinstance(refused.exception, BadUsage)
    assert "unknown_step_kind" in str(refused.exception)


def test_scorecards_are_checked_before_anything_is_measured(folder: Path) -> None:
    run("plan", "new", "linear-payout", "--code", "plan")
    (folder / "scorecards.csv").write_text(SCORECARDS.replace("28,26", "0,"), encoding="utf-8")
    told = run("plan", "check", "plan.yaml", "--scorecards", "scorecards.csv")
    assert told.exit_code == 1
    assert "A ratio needs a target above zero" in told.stdout


def test_one_scorecard_is_explained_to_what_one_more_point_pays(folder: Path) -> None:
    run("plan", "new", "linear-payout", "--code", "plan")
    told = run("explain", "plan.yaml", "scorecards.csv", "S1")
    assert told.exit_code == 0
    assert told.stdout.splitlines()[-8:] == [
        "The payout is 4785.71; with every KPI at its target it would be 5000.",
        "For the full target bonus, 5000, each KPI below 100 % would have needed that.",
        "win_rate: 100 % needed 28; it was 26, 92.86 %.",
        "win_rate: one more point (26.28 instead of 26) would pay 30 more.",
        "win_rate: alone it would have needed 28 (100 %) for the full target bonus, 5000.",
        "bugs: 100 % needed 2; it was 1.6, 125 %.",
        "bugs: one more point (1.587302 instead of 1.6) would pay nothing more.",
        "bugs: no value of it alone would have reached the full target bonus, 5000.",
    ]
    assert isinstance(run("explain", "plan.yaml", "scorecards.csv", "S9").exception, BadUsage)


def test_two_plans_are_compared_in_words_and_in_money(folder: Path) -> None:
    """Given a rate that falls from 2 to 1.5, then the step is named, and the one person loses what the half point was worth."""
    run("plan", "new", "accelerator", "--out", "old.yaml")
    run("plan", "new", "accelerator", "--rate", "1.5", "--out", "new.yaml")
    told = run("plan", "diff", "old.yaml", "new.yaml", "--scorecards", "scorecards.csv")
    assert told.stdout.splitlines()[0] == "Step line_score: above was {slope: 2} and is {slope: 1.5}."
    assert told.stdout.splitlines()[-1] == "0 gain, 1 lose, 0 stay: 5785.71 becomes 5535.71 EUR, -250."
    assert run("plan", "diff", "old.yaml", "old.yaml").stdout == "The plans mean the same.\n"


@pytest.mark.parametrize(("name", "begins"), [("plan.svg", b"<svg"), ("plan.json", b"{")])
def test_a_plan_is_drawn(folder: Path, name: str, begins: bytes) -> None:
    run("plan", "new", "accelerator", "--out", "plan.yaml")
    assert run("plan", "picture", "plan.yaml", "--out", name).exit_code == 0
    assert (folder / name).read_bytes().startswith(begins)
    assert isinstance(run("plan", "picture", "plan.yaml", "--out", "plan.gif").exception, BadUsage)
