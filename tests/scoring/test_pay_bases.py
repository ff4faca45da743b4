"""Importing pay bases: each row for itself, nothing overlaps, a repeat changes nothing."""

import pytest

from tests.scoring.company import Company, found, ok
from tests.world import Organization

HEADER = "external_id,valid_from,valid_to,salary,currency,target_bonus_share,target_bonus_amount,pay_group\n"


@pytest.fixture
async def company(organization: Organization) -> Company:
    company = await found(organization)
    await company.push(*(company.reference(name) for name in ("ana", "ben", "cyd")))
    return company


async def test_rows_are_created_then_unchanged_then_updated(company: Company) -> None:
    comp = company.clients["comp"]
    csv = {"Content-Type": "text/csv"}
    rows = HEADER + "ana,2025-01-01,,60000.00,USD,0.10,,monthly\nben,2025-01-01,,50000,EUR,,2500.50,monthly\n"
    first = ok(await comp.post("/v1/pay-bases/import", content=rows, headers=csv)).json()
    assert (first["created"], first["error"]) == (2, 0)
    again = ok(await comp.post("/v1/pay-bases/import", content=rows, headers=csv)).json()
    assert (again["unchanged"], again["created"]) == (2, 0)
    assert [row["id"] for row in again["results"]] == [row["id"] for row in first["results"]]
    raised = ok(await comp.post("/v1/pay-bases/import", content=rows.replace("60000.00", "61000"), headers=csv)).json()
    assert [row["status"] for row in raised["results"]] == ["updated", "unchanged"]
    items = ok(await comp.get("/v1/pay-bases", params={"person_id": str(company.people["ana"])})).json()["items"]
    assert [item["salary"] for item in items] == ["61000.0000"]


async def test_a_row_in_error_is_named_and_stops_only_itself(company: Company) -> None:
    rows = [
        "ana,2025-01-01,2026-01-01,60000,USD,0.10,,monthly",
        "nobody,2025-01-01,,60000,USD,0.10,,monthly",
        "ben,2025-01-01,2024-12-31,60000,USD,0.10,,monthly",
        "ben,2025-01-01,,6e4,USD,0.10,,monthly",
        "ben,2025-01-01,,60000,XXX,0.10,,monthly",
        "ben,2025-01-01,,60000,USD,0.10,500,monthly",
        "ben,2025-01-01,,,USD,0.10,,monthly",
        "ben,2025-01-01,,-1,USD,0.10,,monthly",
        "ben,2025-01-01,,60000.12345,USD,0.10,,monthly",
        "ana,2025-07-01,,70000,USD,0.10,,monthly",
        "ana,2025-01-01,,70000,USD,0.10,,monthly",
        "cyd,2025-01-01,,60000,USD,,,monthly",
    ]
    body = HEADER + "\n".join(rows) + "\n"
    result = ok(await company.clients["comp"].post("/v1/pay-bases/import", content=body, headers={"Content-Type": "text/csv"})).json()
    told = {row["row"]: row["errors"][0]["code"] if row["errors"] else row["status"] for row in result["results"]}
    assert told == {
        1: "created",
        2: "unknown_person",
        3: "end_before_start",
        4: "decimal_format",
        5: "unknown_currency",
        6: "two_target_bonuses",
        7: "salary_missing",
        8: "negative",
        9: "too_many_places",
        10: "overlap",
        11: "duplicate_row",
        12: "created",
    }
    assert len(ok(await company.clients["comp"].get("/v1/pay-bases")).json()["items"]) == 2


async def test_an_overlap_with_what_is_stored_is_refused_until_the_earlier_ends(company: Company) -> None:
    comp = company.clients["comp"]
    old = {"external_id": "ana", "valid_from": "2025-01-01", "salary": "60000", "currency": "USD", "pay_group": "monthly"}
    new = {**old, "valid_from": "2026-01-01", "salary": "65000"}
    ok(await comp.post("/v1/pay-bases/import", json=[old]))
    refused = ok(await comp.post("/v1/pay-bases/import", json=[new])).json()["results"][0]
    assert (refused["errors"][0]["code"], refused["errors"][0]["row"]) == ("overlap", 1)
    both = ok(await comp.post("/v1/pay-bases/import", json=[{**old, "valid_to": "2026-01-01"}, new])).json()
    assert [row["status"] for row in both["results"]] == ["updated", "created"]


@pytest.mark.parametrize(
    ("body", "code"),
    [(b"external_id,wage\nana,1\n", "unknown_columns"), (b"external_id,valid_from\nana,2025-01-01\n", "missing_columns"),
     (HEADER.encode() + "ana,2025-01-01,,1,USD,,,Zürich\n".encode("latin-1"), "wrong_encoding"), (b"", "empty_file")],
)  # fmt: skip
async def test_what_is_no_table_is_refused_whole(company: Company, body: bytes, code: str) -> None:
    refused = await company.clients["comp"].post("/v1/pay-bases/import", content=body, headers={"Content-Type": "text/csv"})
    assert (refused.status_code, refused.json()["code"]) == (422, code)


async def test_only_those_who_manage_pay_may_import(company: Company) -> None:
    for name in ("clerk",):
        refused = await company.clients[name].post("/v1/pay-bases/import", json=[{"external_id": "ana"}])
        assert refused.status_code == 403
