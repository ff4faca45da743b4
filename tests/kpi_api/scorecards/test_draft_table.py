"""Drafts in a spreadsheet: weights, lines and targets changed there come back with a preview; stale, foreign and odd rows write nothing."""

import csv
import io
from typing import Any

import httpx
import openpyxl
import pytest

from tests.kpi_api.scorecards.scene import Scene

TABLE = "/v1/scorecards/table"
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


async def exported(scene: Scene, by: str = "hr") -> list[dict[str, str]]:
    answer = await (await scene.client(by)).get(TABLE, params={"cycle_code": "2026"})
    assert answer.status_code == 200, answer.text
    return list(csv.DictReader(io.StringIO(answer.text.lstrip("\ufeff"))))


async def bring_back(scene: Scene, rows: list[dict[str, str]], *, by: str = "hr", preview: bool = False) -> httpx.Response:
    file = io.StringIO()
    writer = csv.DictWriter(file, rows[0])
    writer.writeheader()
    writer.writerows(rows)
    query, headers = {"preview": str(preview).lower()}, {"Content-Type": "text/csv"}
    return await (await scene.client(by)).post(TABLE, content=file.getvalue().encode(), headers=headers, params=query)


async def test_weights_lines_and_targets_are_changed_after_a_preview(scene: Scene) -> None:
    card = await scene.opened()
    rows = await exported(scene)
    assert [(row["kpi_name"], row["weight"], row["value"]) for row in rows] == [
        ("Calls 0", "50.00", "100"), ("Calls 1", "30.00", "100"), ("Calls 2", "20.00", "100"),
    ]  # fmt: skip
    changed = [rows[1] | {"weight": "55.00", "value": "120"}, rows[0] | {"weight": "45.00"}]

    preview = (await bring_back(scene, changed, preview=True)).json()

    told = preview["scorecards"][0]
    assert (told["change"], told["errors"]) == ("changed", [])
    expected = {"“Calls 2” was removed.", "Weight of “Calls 0”: 50.00, now 45.00.", "Target of “Calls 1”: 100, now 120."}
    assert expected <= set(told["sentences"])
    assert [line["weight"] for line in (await scene.read(card))["lines"]] == ["50.00", "30.00", "20.00"]
    done = await bring_back(scene, changed)
    assert (done.status_code, done.json()["changed"]) == (200, 1), done.text
    now = (await scene.read(card))["lines"]
    assert [(line["name"], line["weight"], line["targets"][0]["value"]) for line in now] == [
        ("Calls 1", "55.00", "120"), ("Calls 0", "45.00", "100"),
    ]  # fmt: skip
    stale = await bring_back(scene, changed)
    assert (stale.status_code, stale.json()["errors"][0]["code"]) == (422, "changed_meanwhile")


async def test_as_a_workbook_it_comes_back_unchanged_and_a_formula_is_named(scene: Scene) -> None:
    card = await scene.opened()
    before = (await scene.read(card))["version"]
    client = await scene.client("max")
    file = (await client.get(TABLE, params={"cycle_code": "2026"}, headers={"Accept": XLSX})).content
    same = await client.post(TABLE, content=file, headers={"Content-Type": XLSX})
    assert (same.status_code, same.json()["unchanged"]) == (200, 1), same.text
    book = openpyxl.load_workbook(io.BytesIO(file))
    book.worksheets[0]["H2"] = "=100/2"
    changed = io.BytesIO()
    book.save(changed)
    refused = await client.post(TABLE, content=changed.getvalue(), headers={"Content-Type": XLSX})
    assert (refused.status_code, refused.json()["errors"][0]["message"].split()[0]) == (422, "H2")
    assert (await scene.read(card))["version"] == before


@pytest.mark.parametrize(
    ("change", "column", "code"),
    [
        ({"weight": "101"}, "/weight", "out_of_range"),
        ({"value": "many"}, "/value", "target_not_a_number"),
        ({"kpi_name": "Other"}, "/kpi_name", "only_to_read"),
        ({"kpi_id": "no id"}, "/kpi_id", "not_an_id"),
    ],
)
async def test_what_is_wrong_is_named_and_nothing_is_written(scene: Scene, change: dict[str, str], column: str, code: str) -> None:
    card = await scene.opened()
    rows = await exported(scene)
    refused = await bring_back(scene, [rows[0] | {"weight": "40.00"}, rows[1] | change, rows[2]])
    errors: list[Any] = refused.json()["errors"]
    assert (refused.status_code, [(error["row"], error["field"], error["code"]) for error in errors]) == (422, [(2, column, code)])
    assert [line["weight"] for line in (await scene.read(card))["lines"]] == ["50.00", "30.00", "20.00"]


async def test_others_drafts_are_neither_shown_nor_changed(scene: Scene) -> None:
    await scene.opened()
    rows = await exported(scene)
    assert await exported(scene, "eve") == []
    assert len(await exported(scene, "ann")) == 3
    refused = await bring_back(scene, rows, by="eve")
    assert (refused.status_code, refused.json()["errors"][0]["code"]) == (422, "unknown_scorecard")
    above = await bring_back(scene, [rows[0] | {"weight": "40.00"}, *rows[1:]], by="lou")
    assert (above.status_code, above.json()["errors"][0]["code"]) == (422, "not_allowed")
