"""The dictionary as a document: read as a page, changed as a table, brought back as drafts."""

import csv
import io
import re
from typing import Any

from kpi_api.dictionary.document.table import BOM, COLUMNS
from tests.kpi_api.dictionary.test_definitions import WIN_RATE
from tests.kpi_api.given import a_definition, a_person, store
from tests.world import Organization

PATH = "/v1/definitions/document"
Rows = list[dict[str, str]]

TWO_PARTS = [{"code": "opens", "name": "Open rate", "unit": "percent", "direction": "higher"},
             {"code": "clicks", "name": "Click-through rate", "unit": "percent", "direction": "higher"}]  # fmt: skip
SINGLE = [{"code": "main", "name": "Win rate", "unit": "percent", "direction": "higher"}]


async def a_dictionary(organization: Organization) -> Any:
    await store(
        organization,
        *a_definition("win_rate", name="Win rate", unit="percent", parts=SINGLE, formulas={"main": "percent(won / decided)"},
                      measures={"won": "count", "decided": "count"}, note="First"),
        *a_definition("mails", name="E-mails", unit="percent", parts=TWO_PARTS, combine_parts="all"),
        *a_definition("odd", name='=HYPERLINK("http://x";"y")', description="-1\n'=2, \"three\"; <b>", exclusion_rules="@all", parts=[
            {"code": "main", "name": "+Odd", "unit": "count", "direction": "higher"}]),
    )  # fmt: skip
    return (await organization.admin()).kpi_api


async def exported(client: Any) -> Rows:
    answer = await client.get(PATH, headers={"Accept": "text/csv"})
    assert (answer.status_code, answer.headers["Content-Type"]) == (200, "text/csv; charset=utf-8")
    assert answer.text.startswith(BOM) or answer.content.startswith(BOM.encode())
    return list(csv.DictReader(io.StringIO(answer.content.decode("utf-8-sig"), newline="")))


def written(rows: Rows) -> bytes:
    file = io.StringIO(newline="")
    writer = csv.DictWriter(file, rows[0].keys())
    writer.writeheader()
    writer.writerows(rows)
    return file.getvalue().encode("utf-8-sig")


async def brought_back(client: Any, rows: Rows, *, preview: bool = False) -> Any:
    headers = {"Content-Type": "text/csv"}
    return await client.post(PATH, content=written(rows), headers=headers, params={"preview": "true"} if preview else {})


def changed(rows: Rows, code: str, **cells: str) -> Rows:
    return [row | cells if row["code"] == code else row for row in rows]


async def numbers(client: Any, code: str) -> list[int]:
    found = (await client.get("/v1/definitions", params={"code": code})).json()["items"]
    return [row["number"] for row in (await client.get(f"/v1/definitions/{found[0]['id']}/versions")).json()]


async def test_the_table_has_a_row_for_each_part_and_no_formula(organization: Organization) -> None:
    rows = await exported(await a_dictionary(organization))

    assert [(row["code"], row["part"]) for row in rows] == [("mails", "opens"), ("mails", "clicks"), ("odd", "main"), ("win_rate", "main")]
    assert tuple(rows[0]) == COLUMNS
    assert (rows[3]["formula"], rows[3]["measures"]) == ("percent(won / decided)", "won: count; decided: count")
    assert (rows[2]["name"][:3], rows[2]["exclusion_rules"], rows[2]["part_name"]) == ("'=H", "'@all", "'+Odd")
    assert not [cell for row in rows for cell in row.values() if cell[:1] in tuple("=+-@\t\r")]


async def test_an_unchanged_table_changes_nothing(organization: Organization) -> None:
    client = await a_dictionary(organization)
    for preview in (True, False):
        answer = await brought_back(client, await exported(client), preview=preview)
        assert answer.status_code == 200, answer.text
        assert {row["change"] for row in answer.json()["definitions"]} == {"unchanged"}, answer.json()
    assert await numbers(client, "odd") == [1]


async def test_a_preview_tells_what_would_change_and_writes_nothing(organization: Organization) -> None:
    client = await a_dictionary(organization)
    rows = changed(await exported(client), "win_rate", name="Deal win rate", exclusion_rules="Renewals do not count", leading="TRUE")

    answer = (await brought_back(client, rows, preview=True)).json()

    assert (answer["changed"], answer["unchanged"], answer["error"]) == (1, 2, 0)
    [row] = [row for row in answer["definitions"] if row["change"] == "changed"]
    assert row["row"] == 4
    assert row["sentences"][:3] == [
        "Name: “Win rate” became “Deal win rate”.",
        "Exclusion rules: added “Renewals do not count”.",
        "It became a leading KPI.",
    ]
    assert row["draft_number"] is None
    assert await numbers(client, "win_rate") == [1]


async def test_what_changed_becomes_drafts(organization: Organization) -> None:
    client = await a_dictionary(organization)
    rows = changed(await exported(client), "win_rate", name="Deal win rate", note="Clearer")
    rows.append(
        dict.fromkeys(COLUMNS, "") | {"code": "calls", "name": "通话", "unit": "count", "part": "main", "effective_from": "2026-01-01"}
    )

    answer = await brought_back(client, rows)

    assert answer.status_code == 200, answer.text
    assert (answer.json()["new"], answer.json()["changed"]) == (1, 1)
    [found] = (await client.get("/v1/definitions", params={"code": "win_rate"})).json()["items"]
    assert found["version"]["number"] == 1  # the draft is not in force
    draft = (await client.get(f"/v1/definitions/{found['id']}/versions/2")).json()
    assert (draft["status"], draft["name"], draft["note"], draft["parts"][0]["name"]) == (
        "draft",
        "Deal win rate",
        "Clearer",
        "Deal win rate",
    )
    assert draft["formulas"] == {"main": "percent(won / decided)"}
    assert await numbers(client, "calls") == [1]

    again = await brought_back(client, rows)
    assert (again.status_code, {error["code"] for error in again.json()["errors"]}) == (422, {"changed_meanwhile", "not_in_force"})


async def test_a_change_made_meanwhile_is_not_overwritten(organization: Organization) -> None:
    client = await a_dictionary(organization)
    rows = changed(await exported(client), "win_rate", name="Deal win rate")
    [found] = (await client.get("/v1/definitions", params={"code": "win_rate"})).json()["items"]
    assert (
        await client.post(f"/v1/definitions/{found['id']}/versions", json={**WIN_RATE, "effective_from": "2027-01-01"})
    ).status_code == 201

    preview = (await brought_back(client, rows, preview=True)).json()
    assert [row["errors"][0]["code"] for row in preview["definitions"] if row["errors"]] == ["changed_meanwhile"]
    refused = await brought_back(client, rows)
    assert refused.status_code == 422
    [error] = refused.json()["errors"]
    assert (error["row"], error["field"], error["code"]) == (4, "/state", "changed_meanwhile")
    assert await numbers(client, "win_rate") == [2, 1]


async def test_every_fault_is_named_by_row_and_column_and_nothing_is_written(organization: Organization) -> None:
    client = await a_dictionary(organization)
    rows = await exported(client)
    rows[0] = rows[0] | {"description": "Only here"}
    rows[2] = rows[2] | {"precision": "many", "outcome_code": "nowhere", "measures": "won"}
    rows[3] = rows[3] | {"formula": "won / wno"}
    rows.append(rows[3] | {"code": "fine", "state": "", "formula": "percent(won / decided)"})

    refused = await brought_back(client, rows)

    assert (refused.status_code, refused.json()["code"]) == (422, "document_refused")
    found = {(error["row"], error["field"], error["code"]) for error in refused.json()["errors"]}
    assert found == {(1, "/description", "rows_disagree"), (3, "/measures", "unreadable_cell"), (4, "/formula", "invalid_formula")}
    assert (await client.get("/v1/definitions", params={"code": "fine"})).json()["items"] == []

    unknown = await brought_back(client, [*rows[:4], rows[4] | {"competency_code": "unheard_of"}], preview=True)
    [fine] = [row for row in unknown.json()["definitions"] if row["code"] == "fine"]
    assert [(error["field"], error["code"]) for error in fine["errors"]] == [("/competency_code", "unknown_reference")]
    rows[2] = rows[2] | {"measures": ""}
    refused = await brought_back(client, rows)
    assert (3, "/precision", "not_a_number") in {(error["row"], error["field"], error["code"]) for error in refused.json()["errors"]}
    unreadable = await client.post(PATH, content=b"code,nonsense\r\nx,y\r\n", headers={"Content-Type": "text/csv"})
    assert (unreadable.status_code, unreadable.json()["code"]) == (422, "unknown_columns")


async def test_who_does_not_answer_for_a_definition_changes_nothing(organization: Organization) -> None:
    client = await a_dictionary(organization)
    await store(organization, reader := a_person("reader"))
    other = (await organization.as_person(reader.id)).kpi_api
    rows = changed(await exported(other), "win_rate", name="Mine now")
    refused = await brought_back(other, rows)
    assert (refused.status_code, [error["code"] for error in refused.json()["errors"]]) == (422, ["not_allowed"])
    assert (await brought_back(other, await exported(other))).status_code == 200  # unchanged is nobody's harm
    assert await numbers(client, "win_rate") == [1]


async def test_the_page_is_readable_and_runs_nothing(organization: Organization) -> None:
    client = await a_dictionary(organization)
    answer = await client.get(PATH, headers={"Accept": "text/html,application/xhtml+xml"})

    assert answer.headers["Content-Type"].startswith("text/html")
    assert "script" not in answer.text.lower()
    assert "style-src 'sha256-" in answer.headers["Content-Security-Policy"]
    assert '<h3 id="d-win_rate" dir="auto">Win rate</h3>' in answer.text
    assert "<code>percent(won / decided)</code>" in answer.text
    assert "Version 1, from 2020-01-01: First" in answer.text
    assert "&lt;b&gt;" in answer.text
    assert set(re.findall(r'href="#([^"]+)"', answer.text)) <= set(re.findall(r'id="([^"]+)"', answer.text))
    assert (await client.get(PATH, headers={"Accept": "application/pdf"})).status_code == 406
