"""Templates in a spreadsheet: exported, changed, previewed, brought back, as CSV and XLSX; what is stale or wrong is named by its cell."""

import csv
import io
from typing import Any

import httpx
import openpyxl
import pytest

from tests.kpi_api.cascade.company import Company, found_company
from tests.kpi_api.scorecards.test_opening import LINES
from tests.world import Organization

TABLE = "/v1/templates/table"
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


@pytest.fixture
async def company(organization: Organization) -> Company:
    company = await found_company(organization)
    rules = {"employed_days": 90}
    body = {"code": "rep", "name": "=Representative", "lines": LINES, "eligibility": rules}
    answer = await (await company.admin()).post("/v1/templates", json=body)
    assert answer.status_code == 201, answer.text
    return company


async def exported(company: Company) -> openpyxl.Workbook:
    answer = await (await company.admin()).get(TABLE, headers={"Accept": XLSX})
    assert (answer.status_code, answer.headers["Content-Type"]) == (200, XLSX)
    return openpyxl.load_workbook(io.BytesIO(answer.content))


def columns(book: openpyxl.Workbook) -> dict[str, int]:
    return {str(cell.value): cell.column for cell in book.worksheets[0][1]}


def put(book: openpyxl.Workbook, row: int, column: str, value: Any) -> None:
    book.worksheets[0].cell(row=row, column=columns(book)[column]).value = value


async def bring_back(company: Company, book: openpyxl.Workbook, *, preview: bool = False, by: str | None = None) -> httpx.Response:
    file = io.BytesIO()
    book.save(file)
    client = await company.client(by) if by else await company.admin()
    return await client.post(TABLE, content=file.getvalue(), headers={"Content-Type": XLSX}, params={"preview": str(preview).lower()})


async def template(company: Company) -> dict[str, Any]:
    return dict((await (await company.admin()).get("/v1/templates")).json()["items"][0])


async def test_unchanged_it_changes_nothing_in_either_form(company: Company) -> None:
    before = await template(company)
    book = await exported(company)
    assert book.worksheets[0].cell(row=2, column=columns(book)["template_name"]).value == "=Representative"
    assert book.worksheets[0].cell(row=2, column=columns(book)["weight"]).value == 69.5
    answers = [await bring_back(company, book)]
    admin = await company.admin()
    table = await admin.get(TABLE, headers={"Accept": "text/csv"})
    assert "'=Representative" in table.text
    answers.append(await admin.post(TABLE, content=table.content, headers={"Content-Type": "text/csv"}))
    assert [(answer.status_code, answer.json()["unchanged"], answer.json()["changed"]) for answer in answers] == [(200, 1, 0)] * 2
    assert await template(company) == before


async def test_a_preview_tells_what_would_change_and_the_import_writes_the_next_version(company: Company) -> None:
    book = await exported(company)
    put(book, 2, "weight", 60)
    for row in (3, 4):
        put(book, row, "weight", "40.00")
    put(book, 2, "value", 500000.5)

    preview = (await bring_back(company, book, preview=True)).json()

    (told,) = preview["templates"]
    assert (told["change"], told["number"], preview["changed"]) == ("changed", None, 1)
    assert told["sentences"] == [
        "Weight of “revenue”: 69.50, now 60.00.", "Target of “revenue”: 450000, now 500000.5.", "Weight of “email”: 30.50, now 40.00.",
    ]  # fmt: skip
    assert (await template(company))["number"] == 1
    done = (await bring_back(company, book)).json()
    assert (done["templates"][0]["number"], done["preview"]) == (2, False)
    now = await template(company)
    assert [line["weight"] for line in now["lines"]] == ["60.00", "40.00"]
    assert (now["lines"][0]["targets"][0]["value"], now["eligibility"]["employed_days"]) == ("500000.5", 90)
    stale = await bring_back(company, book)
    assert (stale.status_code, stale.json()["errors"][0]["code"]) == (422, "changed_meanwhile")
    assert stale.json()["errors"][0]["message"].startswith("B2: `rep` was changed since")
    assert (await template(company))["number"] == 2


async def test_formulas_and_inexact_numbers_are_named_by_their_cells(company: Company) -> None:
    book = await exported(company)
    letter = openpyxl.utils.get_column_letter
    weight, value = (letter(columns(book)[name]) for name in ("weight", "value"))
    put(book, 2, "weight", "=100-30.5")
    put(book, 3, "value", 12345678901234567)
    refused = (await bring_back(company, book)).json()
    assert [(error["row"], error["message"].split()[0]) for error in refused["errors"]] == [(1, f"{weight}2"), (2, f"{value}3")]
    assert "formula" in refused["errors"][0]["message"]
    assert "15 digits" in refused["errors"][1]["message"]

    words = await exported(company)
    put(words, 2, "weight", "69,50")
    put(words, 3, "value", "better")
    told = (await bring_back(company, words, preview=True)).json()["templates"][0]
    assert [(error["row"], error["code"], error["message"][:3]) for error in told["errors"]] == [
        (1, "decimal_format", f"{weight}2:"), (2, "target_not_a_number", f"{value}3:"),
    ]  # fmt: skip
    assert (told["change"], (await template(company))["number"]) == ("error", 1)


async def test_new_templates_come_in_and_one_wrong_row_leaves_everything_as_it_was(company: Company) -> None:
    admin = await company.admin()
    rows = list(csv.DictReader(io.StringIO((await admin.get(TABLE)).text.lstrip("\ufeff"))))
    new = [{**row, "template_code": "junior", "state": "", "template_name": "Junior"} for row in rows]

    async def send(*sent: dict[str, str]) -> httpx.Response:
        file = io.StringIO()
        writer = csv.DictWriter(file, rows[0])
        writer.writeheader()
        writer.writerows(sent)
        return await admin.post(TABLE, content=file.getvalue().encode(), headers={"Content-Type": "text/csv"})

    wrong = await send(*rows, *new, {**new[0], "template_code": "odd", "definition_code": "unknown"})
    assert (wrong.status_code, wrong.json()["code"]) == (422, "table_refused")
    assert [(error["row"], error["field"], error["code"]) for error in wrong.json()["errors"]] == [(7, "/weight", "weights_total")]
    assert len((await admin.get("/v1/templates")).json()["items"]) == 1
    done = await send(*rows, *new)
    assert (done.status_code, done.json()["new"], done.json()["unchanged"]) == (200, 1, 1), done.text
    stateless = await send(*({**row, "state": ""} for row in rows))
    assert stateless.json()["errors"][0]["code"] == "state_missing"
    gone = await send(*({**row, "template_code": "never", "state": "3"} for row in rows))
    assert gone.json()["errors"][0]["code"] == "unknown_template"


async def test_what_is_no_workbook_and_who_may_not_write_are_refused(company: Company) -> None:
    admin = await company.admin()
    broken = await admin.post(TABLE, content=b"PK no zip", headers={"Content-Type": XLSX})
    assert (broken.status_code, broken.json()["code"]) == (422, "unreadable_workbook")
    assert (await bring_back(company, await exported(company), by="eli")).status_code == 403
    assert (await admin.get(TABLE, headers={"Accept": "image/png"})).status_code == 406
    assert (await (await company.client("eli")).get(TABLE)).status_code == 200
