"""`sightline score`: a plan and a CSV, no server; wrong rows are named, and one person's failure does not hide the others."""

import json
from pathlib import Path

import pytest
from typer.testing import CliRunner

from scoring.engine import new_plan
from sightline.cli import app
from sightline.problems import BadUsage

HEADER = "scorecard_id,person_id,kpi_code,weight,direction,target,actual,currency,target_bonus_amount"
ROWS = ["S1,Ada,win_rate,60,higher,28,26,EUR,5000", "S1,Ada,bugs,40,lower,2,1.6,,", "S2,Bo,win_rate,100,higher,28,,EUR,4000"]


def files(folder: Path, rows: list[str]) -> list[str]:
    (folder / "plan.yaml").write_text(new_plan("linear_payout", most="150%"), encoding="utf-8")
    (folder / "scorecards.csv").write_text("\n".join([HEADER, *rows]) + "\n", encoding="utf-8")
    return ["score", str(folder / "plan.yaml"), str(folder / "scorecards.csv")]


def test_everybody_is_scored_but_who_cannot_be(tmp_path: Path) -> None:
    """Given two people, one without a measured value, then the other is paid, the failure is named, and it ends with 1."""
    result = CliRunner().invoke(app, [*files(tmp_path, ROWS), "--json"])
    answer = json.loads(result.stdout)
    assert result.exit_code == 1
    assert [(row["scorecard_id"], row["amount"], row["failed"]) for row in answer["people"]] == [
        ("S1", "5285.71", False),
        ("S2", None, True),
    ]
    assert [(row["scorecard_id"], row["code"]) for row in answer["errors"]] == [("S2", "actual_missing")]


def test_one_scorecard_in_sentences(tmp_path: Path) -> None:
    result = CliRunner().invoke(app, [*files(tmp_path, ROWS), "--explain", "S1"])
    assert result.exit_code == 0
    assert "Composite: (60 × 0.928571428571 + 40 × 1.25) ÷ 100 = 1.057142857143." in result.stdout


@pytest.mark.parametrize(
    ("row", "words"),
    [
        ("S3,Cy,win_rate,100,higher,28,2e1,EUR,1", "Row 4, actual"),
        ("S3,Cy,win_rate,100,upward,28,20,EUR,1", "Row 4, direction"),
        ("S1,Ada,calls,0,higher,28,20,EUR,6000", "Row 4, target_bonus_amount: 6000 differs from row 1"),
        ("S3,Cy,win_rate,100,higher,28", "Row 4 has 6 cells"),
        ("S3,Cy,win_rate,-5,higher,28,20,EUR,1", "Row 4, weight: This must be 0 or more."),
        ("S1,,win_rate,40,higher,28,20,,", "Row 4, kpi_code: win_rate stands on scorecard S1 already, in row 1."),
    ],
)
def test_a_wrong_row_is_named(tmp_path: Path, row: str, words: str) -> None:
    result = CliRunner().invoke(app, files(tmp_path, [*ROWS, row]))
    assert isinstance(result.exception, BadUsage)
    assert words in str(result.exception)
    assert not result.stdout


def test_figures_of_lines_are_columns_and_codes_that_nobody_has_are_named(tmp_path: Path) -> None:
    """Given a rate per line and a step for a code that no line has, then each line earns by its rate, and the slip is told beside it."""
    steps = [
        "{name: earned, kind: multiply, of: [actual, rate], places: 2}",
        "{name: doubled, kind: multiply, of: [earned, 2], only: {kpi: gadget}, places: 2}",
        "{name: paid, kind: over_lines, how: sum, of: doubled, places: 2}",
    ]
    inputs = "[{name: rate, per: line, unit: money, minimum: 0, maximum: 1000}]"
    (tmp_path / "plan.yaml").write_text(f"plan: p\ninputs: {inputs}\nsteps: [{', '.join(steps)}]\npayout: paid\n", encoding="utf-8")
    (tmp_path / "sales.csv").write_text(
        "scorecard_id,kpi_code,actual,rate,currency\nA,widgets,10,2.5,USD\nA,gadgets,4,3,\n", encoding="utf-8"
    )
    result = CliRunner().invoke(app, ["score", str(tmp_path / "plan.yaml"), str(tmp_path / "sales.csv"), "--json"])
    assert (result.exit_code, [row["amount"] for row in json.loads(result.stdout)["people"]]) == (0, ["37"])
    assert '/steps/1/only/kpi/0: No line has the KPI code "gadget".' in result.stderr
