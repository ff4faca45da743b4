"""Importing people from files as companies really have them."""

from typing import Any

import httpx
import pytest

from tests.world import Organization

COMPANY = """external_id,user_name,given_name,family_name,hire_date,manager,unit,role,fte
E1,ida,Ida,Moss,2020-01-01,,Board,Chief Executive,1
E2,ben,Ben,Reed,2020-02-01,E1,Sales,Head of Sales,1
E3,cleo,Cleo,Hart,2020-03-01,E2,Sales,Account Executive,0.6
"""


async def send(organization: Organization, body: str | bytes, query: str = "create_missing=true", kind: str = "text/csv") -> httpx.Response:
    admin = await organization.admin()
    content = body.encode() if isinstance(body, str) else body
    return await admin.kpi_api.post(f"/v1/people/import?{query}", content=content, headers={"Content-Type": kind})


async def people(organization: Organization) -> dict[str, dict[str, Any]]:
    """Everybody with their lines, by external id, but for the administrator."""
    client = (await organization.admin()).kpi_api
    listed = (await client.get("/v1/people?limit=200")).json()["items"]
    details = [(await client.get(f"/v1/people/{person['id']}")).json() for person in listed if "@" not in person["external_id"]]
    return {person["external_id"]: person for person in details}


async def names_seen_by(organization: Organization, person_id: str) -> list[str]:
    client = (await organization.as_person(person_id)).kpi_api
    return [person["display_name"] for person in (await client.get("/v1/people")).json()["items"]]


async def test_a_company_comes_in_and_managers_see_whom_they_lead(organization: Organization) -> None:
    answer = await send(organization, COMPANY)

    assert answer.status_code == 200, answer.text
    assert [row["status"] for row in answer.json()["results"]] == ["created"] * 3
    found = await people(organization)
    assert found["E3"]["employments"][0]["fte"] == "0.6"
    assert found["E3"]["employments"][0]["manager_id"] == found["E2"]["id"]
    assert await names_seen_by(organization, found["E1"]["id"]) == ["Ben Reed", "Cleo Hart", "Ida Moss"]
    assert await names_seen_by(organization, found["E2"]["id"]) == ["Ben Reed", "Cleo Hart"]
    assert await names_seen_by(organization, found["E3"]["id"]) == ["Cleo Hart"]


async def test_the_same_file_again_changes_nothing(organization: Organization) -> None:
    first = (await send(organization, COMPANY)).json()
    before = await people(organization)

    again = (await send(organization, COMPANY)).json()

    assert (again["created"], again["updated"], again["unchanged"], again["error"]) == (0, 0, 3, 0)
    assert [row["id"] for row in again["results"]] == [row["id"] for row in first["results"]]
    assert await people(organization) == before


async def test_a_later_file_with_another_manager_is_a_move_from_today_and_the_past_stays(organization: Organization) -> None:
    await organization.set_clock("2026-01-05T08:00:00Z")
    await send(organization, COMPANY)
    await organization.set_clock("2026-09-01T08:00:00Z")

    moved = await send(organization, "external_id,manager\nE3,E1\n")

    assert moved.json()["updated"] == 1, moved.text
    found = await people(organization)
    lines = [(line["valid_from"], line["valid_to"], line["manager_id"], line["fte"]) for line in found["E3"]["employments"]]
    assert lines == [("2020-03-01", "2026-09-01", found["E2"]["id"], "0.6"), ("2026-09-01", None, found["E1"]["id"], "0.6")]
    assert await names_seen_by(organization, found["E2"]["id"]) == ["Ben Reed"]


async def test_a_bad_row_is_named_and_stops_only_itself(organization: Organization) -> None:
    file = """external_id,given_name,family_name,hire_date,termination_date,fte,manager
E1,Ida,Moss,2020-01-01,,1,
E2,Ben,Reed,2020-13-01,,1,E1
E3,Cleo,Hart,2020-03-01,2020-02-01,1,E1
E4,Dan,Low,2020-03-01,,3,E1
E5,Eve,Sol,2020-03-01,,1,E1
"""
    answer = (await send(organization, file)).json()

    assert [row["status"] for row in answer["results"]] == ["created", "error", "error", "error", "created"]
    assert answer["results"][1]["errors"][0] == {
        "field": "/hire_date",
        "code": "not_a_date",
        "message": "Write a date as YYYY-MM-DD, such as 2026-03-31.",
        "row": 2,
    }
    error = answer["results"][2]["errors"][0]
    assert (error["field"], error["code"]) == ("/termination_date", "end_before_start")
    assert answer["results"][3]["errors"][0]["field"] == "/fte"
    assert sorted(await people(organization)) == ["E1", "E5"]


@pytest.mark.parametrize(
    ("column", "cell", "words"),
    [
        ("birth_date", "1026-03-01", "1026-03-01 lies outside the years 1900 to 2200."),
        ("termination_date", "9999-12-31", "leave out a date that is not known."),
        ("email", "ada.quill", "This is no e-mail address such as ada.quill@example.com."),
        ("email", "Ada Quill <ada@example.com>", "This is no e-mail address"),
    ],
)
async def test_what_cannot_be_meant_is_refused(organization: Organization, column: str, cell: str, words: str) -> None:
    answer = (await send(organization, f"external_id,{column}\nE1,{cell}\n")).json()

    (error,) = answer["results"][0]["errors"]
    assert (error["field"], error["row"]) == (f"/{column}", 1)
    assert words in error["message"]
    assert await people(organization) == {}


async def test_addresses_and_dates_that_can_be_are_taken(organization: Organization) -> None:
    file = "external_id,email,birth_date,hire_date\n1,o'neil+x@mail.example.co.uk,1900-01-01,2200-12-31\n2,ж@пример.example,,2026-01-01\n"

    answer = (await send(organization, file)).json()

    assert answer["created"] == 2, answer


async def test_a_circle_is_refused_with_its_rows_and_the_others_go_in(organization: Organization) -> None:
    file = """external_id,given_name,family_name,hire_date,manager
A,A,A,2020-01-01,C
B,B,B,2020-01-01,A
C,C,C,2020-01-01,B
D,D,D,2020-01-01,A
E,E,E,2020-01-01,E
F,F,F,2020-01-01,
"""
    answer = (await send(organization, file)).json()

    assert [row["status"] for row in answer["results"]] == ["error", "error", "error", "created", "error", "created"]
    codes = {error["code"] for row in answer["results"] for error in row["errors"]}
    assert codes == {"circular_reporting_line"}
    assert "A, B, C" in answer["results"][0]["errors"][0]["message"]
    assert answer["pending_managers"] == 1
    assert [(note["row"], note["field"], note["code"]) for note in answer["notes"]] == [(4, "/manager", "manager_not_there")]
    found = await people(organization)
    assert sorted(found) == ["D", "F"]
    assert found["D"]["employments"][0]["manager_state"] == "unknown"


async def test_a_manager_who_comes_later_is_kept_flagged_and_linked_when_there(organization: Organization) -> None:
    await organization.set_clock("2026-01-05T08:00:00Z")
    await send(organization, "external_id,display_name,hire_date,manager\nE7,Early Bird,2020-01-01,E8\n")
    waiting = (await people(organization))["E7"]["employments"][0]
    assert (waiting["manager_external_id"], waiting["manager_id"], waiting["manager_state"]) == ("E8", None, "unknown")

    await send(organization, "external_id,display_name,hire_date\nE8,Later Boss,2026-03-01\n")

    found = await people(organization)
    line = found["E7"]["employments"][0]
    assert (line["manager_id"], line["manager_state"]) == (found["E8"]["id"], "starts_later")
    assert await names_seen_by(organization, found["E8"]["id"]) == ["Later Boss"], "before both are there the line has not begun"
    await organization.set_clock("2026-03-01T08:00:00Z")
    assert await names_seen_by(organization, found["E8"]["id"]) == ["Early Bird", "Later Boss"]


async def test_a_dry_run_answers_the_same_and_writes_nothing(organization: Organization) -> None:
    answer = (await send(organization, COMPANY, "create_missing=true&dry_run=true")).json()

    assert (answer["created"], answer["dry_run"]) == (3, True)
    assert await people(organization) == {}
    assert (await (await organization.admin()).kpi_api.get("/v1/units")).json()["items"] == []


async def test_columns_of_another_name_are_mapped_and_unwanted_ones_left_out(organization: Organization) -> None:
    file = "Employee No;Boss;Shoe size;Hired\n1;;38;2020-01-01\n2;1;44;2021-01-01\n"
    query = "map=Employee No=external_id&map=Boss=manager&map=Hired=hire_date&ignore=Shoe size"

    answer = await send(organization, file, query)

    assert answer.json()["created"] == 2, answer.text
    assert (await people(organization))["2"]["hire_date"] == "2021-01-01"


async def test_each_circle_of_a_file_is_named_by_itself(organization: Organization) -> None:
    """Given two circles, one below the other's reach, and somebody below both, then each row names its own circle only."""
    body = "external_id,manager\nA1,A2\nA2,A1\nB1,B3\nB2,B1\nB3,B2\nC1,A1\nD1,\n"

    answer = (await send(organization, body)).json()

    refused = {result["row"]: result["errors"][0]["message"] for result in answer["results"] if result["errors"]}
    told = {row: message.partition("In the circle: ")[2] for row, message in refused.items()}
    assert told == {1: "A1, A2.", 2: "A1, A2.", 3: "B1, B2, B3.", 4: "B1, B2, B3.", 5: "B1, B2, B3."}
    assert sorted(await people(organization)) == ["C1", "D1"]


async def test_unknown_units_and_roles_are_named_unless_they_are_to_be_made(organization: Organization) -> None:
    answer = (await send(organization, COMPANY, "")).json()

    assert [error["code"] for error in answer["results"][0]["errors"]] == ["unknown_unit", "unknown_role"]
    assert answer["error"] == 3
    assert await people(organization) == {}


async def test_leaving_ends_the_line_and_the_door(organization: Organization) -> None:
    await organization.set_clock("2026-06-01T08:00:00Z")
    await send(organization, COMPANY)
    cleo = (await people(organization))["E3"]["id"]

    await send(organization, "external_id,termination_date\nE3,2026-05-31\n")

    found = await people(organization)
    assert (found["E3"]["active"], found["E3"]["employments"][0]["valid_to"]) == (False, "2026-06-01")
    assert await names_seen_by(organization, found["E2"]["id"]) == ["Ben Reed"]
    assert (await (await organization.as_person(cleo)).kpi_api.get("/v1/people")).status_code == 401


@pytest.mark.parametrize(
    ("body", "code", "words"),
    [
        ("external_id,height\nE1,2\n", "unknown_columns", "height"),
        ("given_name\nAda\n", "missing_columns", "external_id"),
        ("external_id,email,email\nE1,a,b\n", "repeated_columns", "email"),
        ("external_id,email\nE1,a\nE2\n", "ragged_rows", "Row 2 has 1 cells, the header has 2"),
        ('external_id,email\nE1,"a\n', "malformed_csv", "Line"),
        ("external_id\nE1\nE2\nE1\n", "duplicate_ids", "'E1'"),
        ("external_id\n", "empty_file", "no rows"),
        (b"external_id,given_name\nE1,Andr\xe9\n", "wrong_encoding", "Byte 31 of the file, on line 2"),
        ("external_id\nE1\n".encode("utf-16"), "wrong_encoding", "UTF-16"),
    ],
)
async def test_a_file_that_is_no_table_is_refused_whole(organization: Organization, body: str | bytes, code: str, words: str) -> None:
    answer = await send(organization, body)

    assert (answer.status_code, answer.json()["code"]) == (422, code), answer.text
    assert words in answer.json()["detail"]
    assert await people(organization) == {}


@pytest.mark.parametrize(
    ("kind", "body", "row", "field"),
    [
        ("application/json", b'[{"external_id": "E1"}, {"external_id": "E2", "fte": "1", "fte": "0.5"}]', 0, "/1/fte"),
        ("application/x-ndjson", b'{"external_id": "E1"}\n{"external_id": "E2", "fte": "1", "fte": "0.5"}\n', 2, "/fte"),
    ],
)
async def test_a_row_that_says_a_thing_twice_is_refused(organization: Organization, kind: str, body: bytes, row: int, field: str) -> None:
    client = (await organization.admin()).kpi_api

    answer = await client.post("/v1/people/import", content=body, headers={"Content-Type": kind})

    assert (answer.status_code, answer.json()["code"]) == (422, "repeated_name"), answer.text
    assert [(error["row"], field in error["message"]) for error in answer.json()["errors"]] == [(row, True)]
    assert await people(organization) == {}


async def test_only_hr_and_integrations_import(organization: Organization) -> None:
    await send(organization, COMPANY)
    ben = (await people(organization))["E2"]["id"]

    answer = await (await organization.as_person(ben)).kpi_api.post("/v1/people/import", content=b"external_id\nE9\n")

    assert (answer.status_code, answer.json()["code"]) == (403, "not_allowed")
    assert sorted(await people(organization)) == ["E1", "E2", "E3"]
