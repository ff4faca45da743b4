"""`sightline score --to`: files of any size in pieces, from CSV, JSON and Parquet, with the same results as at once."""

import json
from decimal import Decimal
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from typer.testing import CliRunner

from scoring.engine import new_plan
from sightline.cli import app
from sightline.problems import BadUsage
from sightline.scorecard_files import reading

HEADER = "scorecard_id,person_id,kpi_code,weight,direction,target,actual,currency,target_bonus_amount,starts_on,ends_on,fte"
ROWS = [
    "S1,Ada,win_rate,60,higher,28,26,EUR,5000,,,",
    "S1,Ada,bugs,40,lower,2,1.6,,,,,",
    "S2,Bo,win_rate,100,higher,28,,EUR,4000,2026-01-01,2026-12-31,0.5",
    "S3,Cy,win_rate,100,higher,28,28,EUR,1000,,,",
]
PAID = [("S1", Decimal("5285.71"), False), ("S2", None, True), ("S3", Decimal("1000.00"), False)]


@pytest.fixture(autouse=True)
def _small_pieces(monkeypatch: pytest.MonkeyPatch) -> None:
    """Two or three rows to a piece, so that a scorecard is cut unless it is held together."""
    monkeypatch.setattr(reading, "ROWS", 3)
    monkeypatch.setattr(reading, "CSV_BYTES", 150)


def written(folder: Path, suffix: str, rows: list[str] = ROWS) -> Path:
    """The rows as a file of this kind."""
    file = folder / f"scorecards{suffix}"
    names = HEADER.split(",")
    objects = [{name: cell or None for name, cell in zip(names, row.split(","), strict=True)} for row in rows]
    match suffix:
        case ".csv":
            file.write_text("\n".join([HEADER, *rows]) + "\n", encoding="utf-8")
        case ".json":
            file.write_text(json.dumps(objects), encoding="utf-8")
        case ".ndjson":
            file.write_text("\n".join(map(json.dumps, objects)), encoding="utf-8")
        case ".parquet":
            pq.write_table(pa.Table.from_pylist(objects), file)
    return file


def arguments(folder: Path, file: Path) -> list[str]:
    (folder / "plan.yaml").write_text(new_plan("linear_payout", most="150%"), encoding="utf-8")
    return ["score", str(folder / "plan.yaml"), str(file)]


@pytest.mark.parametrize("suffix", [".csv", ".json", ".ndjson", ".parquet"])
def test_every_kind_of_file_is_scored_in_pieces(tmp_path: Path, suffix: str) -> None:
    """Given three people, one without a value, when they are scored into a folder, then it has everybody, and the command ends with 1."""
    result = CliRunner().invoke(app, [*arguments(tmp_path, written(tmp_path, suffix)), "--to", str(tmp_path / "out"), "--json"])
    assert (result.exit_code, json.loads(result.stdout) | {"digest": ""}) == (
        1,
        {"plan": "linear_payout", "digest": "", "lines": 4, "people": 3, "failed": 1},
    )
    people = pq.read_table(tmp_path / "out" / "people.parquet").to_pylist()
    assert [(row["scorecard_id"], row["amount"], row["failed"]) for row in people] == PAID
    lines = pq.read_table(tmp_path / "out" / "lines.parquet").to_pylist()
    assert [(row["scorecard_id"], row["kpi_id"], row["reason_code"]) for row in lines][2] == ("S2", "win_rate", "actual_missing")


def test_a_parquet_file_is_shown_like_any_other(tmp_path: Path) -> None:
    result = CliRunner().invoke(app, [*arguments(tmp_path, written(tmp_path, ".parquet")), "--json"])
    assert [(row["scorecard_id"], row["amount"]) for row in json.loads(result.stdout)["people"]] == [
        ("S1", "5285.71"),
        ("S2", None),
        ("S3", "1000"),
    ]


@pytest.mark.parametrize(
    ("row", "words"),
    [
        ("S4,Di,win_rate,100,higher,28,2e1,EUR,1,,,", "Row 5, actual: Write digits"),
        ("S4,Di,win_rate,-5,higher,28,20,EUR,1,,,", "Row 5, weight: This must be 0 or more."),
        ("S4,Di,win_rate,100,upward,28,20,EUR,1,,,", '"upward" is no direction'),
        (",Di,win_rate,100,higher,28,20,EUR,1,,,", "Row 5, scorecard_id: This is needed."),
        ("S1,Ada,calls,10,higher,28,20,EUR,5000,,,", '"S1" stands in people more than once'),
        ("S3,Cy,calls,10,higher,28,20,EUR,6000,,,", "Scorecard S3, target_bonus_amount: one row says 1000"),
        ("S3,Cy,win_rate,10,higher,28,20,EUR,1000,,,", "win_rate stands twice on scorecard S3"),
        ("S4,Di,win_rate,100,higher,28,20,EUR,1,2026-01-01,,0.5", "Scorecard S4, ends_on: This is needed"),
        ("S4,Di,win_rate,100,higher,28,20,eur,1,,,", "Row 5, currency: A currency is three capital letters"),
    ],
)
def test_a_wrong_row_is_named_and_nothing_is_left(tmp_path: Path, row: str, words: str) -> None:
    file = written(tmp_path, ".csv", [*ROWS, row])
    result = CliRunner().invoke(app, [*arguments(tmp_path, file), "--to", str(tmp_path / "out")])
    assert isinstance(result.exception, BadUsage)
    assert words in str(result.exception)
    assert list((tmp_path / "out").iterdir()) == []


def test_binary_floats_are_refused(tmp_path: Path) -> None:
    file = tmp_path / "scorecards.parquet"
    pq.write_table(pa.table({"scorecard_id": ["S1"], "kpi_code": ["a"], "target": [1.5], "actual": ["1"]}), file)
    result = CliRunner().invoke(app, arguments(tmp_path, file))
    assert "target holds binary floats" in str(result.exception)


def test_people_come_out_in_the_order_of_the_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Given thousands of scorecards with two rows each, when they are read in other pieces, then the files are the same, row by row."""
    ids = [f"S{number * 7919 % 5000:04d}" for number in range(5000)]
    rows = [f"{id_},,k{kpi},50,higher,10,{kpi + 5},EUR,1000,,," for id_ in ids for kpi in range(2)]
    file, found = written(tmp_path, ".parquet", rows), []
    for size in (2_500, 100_000):
        monkeypatch.setattr(reading, "ROWS", size)
        assert CliRunner().invoke(app, [*arguments(tmp_path, file), "--to", str(tmp_path / "out")]).exit_code == 0
        found.append([pq.read_table(tmp_path / "out" / name) for name in ("lines.parquet", "people.parquet")])
    assert found[0] == found[1]
    assert found[0][1]["scorecard_id"].to_pylist() == ids
