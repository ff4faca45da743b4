"""Import of OKRs: objectives become outcomes, key results definitions and KPIs; a preview; the same file again; rows that are wrong."""

import asyncio
from typing import Any
from uuid import UUID

from sqlalchemy import func, select

from kpi_api.cascade.models import Kpi
from kpi_api.dictionary.models import KpiDefinition, Outcome
from tests.kpi_api.cascade.company import Company, kpi
from tests.kpi_api.given import a_definition, a_grant, count, store

STAY = {"objective_code": "stay", "objective": "Customers stay with us", "area": "retention", "cycle_code": "2026"}
CHURN = STAY | {"code": "churn-q3", "key_result": "Churn falls to 3 %", "owner_unit": "support", "quarter": "3", "start": "5",
                "target": "3", "unit": "%"}  # fmt: skip
CALLS = STAY | {"code": "calls-hal", "key_result": "Hal calls 40 who left", "owner_person": "x-hal", "target": "40",
                "contributes_to": "churn-q3"}  # fmt: skip
KPIS, OUTCOMES, DEFINITIONS = (select(func.count()).select_from(table) for table in (Kpi, Outcome, KpiDefinition))


def filled(rows: tuple[dict[str, Any], ...]) -> list[dict[str, Any]]:
    names = {name: "" for row in rows for name in row}
    return [names | row for row in rows]


async def send(company: Company, *rows: dict[str, Any], who: str = "", preview: bool = False) -> dict[str, Any]:
    client = await (company.client(who) if who else company.admin())
    answer = await client.post("/v1/okrs/import", json=filled(rows), params={"preview": preview})
    assert answer.status_code == 200, answer.text
    body: dict[str, Any] = answer.json()
    return body


async def approve(company: Company, *codes: str) -> None:
    """By HR who is a person and did not write them."""
    client = await company.admin()
    for code in codes:
        found = (await client.get("/v1/definitions", params={"code": code})).json()["items"][0]
        answer = await client.post(f"/v1/definitions/{found['id']}/versions/1/approve")
        assert answer.status_code == 200, answer.text


def faults(body: dict[str, Any]) -> list[tuple[int, str, str]]:
    return [(result["row"], error["field"], error["code"]) for result in body["results"] for error in result["errors"]]


async def facts(company: Company) -> tuple[int, int, int]:
    return (
        await count(company.organization, KPIS),
        await count(company.organization, OUTCOMES),
        await count(company.organization, DEFINITIONS),
    )


async def executive(company: Company) -> str:
    """Ben, who leads Field, writes the dictionary; the administrator approves."""
    grant = a_grant(company.people["ben"], "executive")
    grant.unit_id = company.units["field"].id
    await store(company.organization, grant)
    return "ben"


async def test_key_results_wait_for_their_definitions_and_then_become_kpis(company: Company) -> None:
    ben = await executive(company)

    first = await send(company, CHURN, CALLS, who=ben)
    assert (first["created"], first["waiting"], first["error"]) == (2, 2, 0), first
    assert (first["outcomes"], first["definitions"]) == (["stay"], ["calls-hal", "churn-q3"])
    assert [result["id"] for result in first["results"]] == [None, None]
    again = await send(company, CHURN, CALLS, who=ben)
    assert (again["created"], again["unchanged"], again["waiting"]) == (0, 2, 2)
    assert await facts(company) == (0, 1, 4)

    await approve(company, "calls-hal")
    half = await send(company, CHURN, CALLS, who=ben)
    assert [result["waits_for_definition"] for result in half["results"]] == ["churn-q3", "churn-q3"]
    await approve(company, "churn-q3")
    made = await send(company, CHURN, CALLS, who=ben)

    assert (made["created"], made["waiting"], made["outcomes"], made["definitions"]) == (2, 0, [], [])
    churn, calls = [(await (await company.admin()).get(f"/v1/kpis/{result['id']}")).json() for result in made["results"]]
    assert (churn["level"], churn["window_start"], churn["window_end"]) == ("functional", "2026-07-01", "2026-09-30")
    assert (churn["targets"][0]["sentence"], churn["targets"][0]["baseline"], churn["why"]) == (
        "at most 3%", "5", "Customers stay with us"
    )  # fmt: skip
    assert (calls["level"], calls["contributes_to"]) == ("individual", [churn["id"]])
    last = await send(company, CHURN, CALLS, who=ben)
    assert (last["unchanged"], [result["id"] for result in last["results"]]) == (2, [churn["id"], calls["id"]])
    assert await facts(company) == (2, 1, 4)


async def test_a_preview_says_the_same_and_writes_nothing(company: Company) -> None:
    wrong = CALLS | {"owner_person": "x-nobody"}

    shown = await send(company, CHURN, wrong, preview=True)

    assert (shown["preview"], shown["created"], shown["error"], shown["definitions"]) == (True, 1, 1, ["churn-q3"])
    assert await facts(company) == (0, 0, 2)
    written = await send(company, CHURN, wrong)
    assert written | {"preview": True} == shown
    assert await facts(company) == (0, 1, 3)


async def test_wrong_rows_are_named_with_their_columns_and_leave_nothing(company: Company) -> None:
    rows = [
        CHURN | {"owner_unit": "nowhere"},
        CHURN | {"code": "a", "target": "better"},
        CHURN | {"code": "b", "start": "3"},
        CHURN | {"code": "c", "cycle_code": "1999"},
        CHURN | {"code": "d", "owner_person": "x-hal"},
        CHURN | {"code": "e", "quarter": "5"},
        CHURN | {"code": "f", "contributes_to": "nothing"},
        CHURN | {"code": "g", "objective": "Customers come back"},
        CHURN | {"code": "h", "contributes_to": "churn-q3", "owner_unit": "", "owner_person": "x-hal"},
    ]

    found = faults(await send(company, *rows))

    assert found == [
        (1, "/owner_unit", "unknown_owner"),
        (2, "/target", "decimal_format"),
        (3, "/target", "target_equals_baseline"),
        (4, "/cycle_code", "unknown_cycle"),
        (5, "/", "one_owner"),
        (6, "/quarter", "out_of_range"),
        (7, "/contributes_to", "unknown_parent"),
        (8, "/objective", "other_objective"),
        (9, "/contributes_to", "parent_refused"),
    ]
    assert await facts(company) == (0, 0, 2)


async def test_what_is_there_is_used_where_it_says_the_same(company: Company) -> None:
    client = await company.admin()
    await client.post("/v1/outcomes", json={"code": "stay", "name": "Customers stay with us", "area": "retention"})
    stays = (await client.get("/v1/outcomes")).json()["items"][0]["id"]
    part = {"code": "main", "name": "Churn", "unit": "percent", "direction": "lower"}
    await store(company.organization, *a_definition("churn", unit="percent", direction="lower", outcome_id=UUID(stays), parts=[part]))

    by_head = await send(company, CHURN | {"definition_code": "churn"}, who="gus")
    others = await send(
        company,
        CHURN | {"code": "x", "definition_code": "revenue"},
        CHURN | {"code": "y", "definition_code": "churn", "unit": "USD"},
        CHURN | {"code": "z", "definition_code": "churn", "area": "quality"},
        CHURN | {"code": "churn-q3", "definition_code": "churn", "target": "2"},
    )

    assert (by_head["created"], by_head["waiting"], by_head["definitions"]) == (1, 0, [])
    assert [(row, field, code) for row, field, code in faults(others) if row != 4 or code == "code_taken"] == [
        (1, "/unit", "wrong_unit"),
        (1, "/definition_code", "serves_another_outcome"),
        (2, "/unit", "wrong_unit"),
        (3, "/objective_code", "other_objective"),
        (4, "/code", "code_taken"),
    ]
    assert await facts(company) == (1, 1, 3)


async def test_an_objective_in_an_area_that_is_not_there_is_refused_with_those_that_are(company: Company) -> None:
    answer = await send(company, CHURN | {"area": "retenton"})

    assert faults(answer) == [(1, "/area", "unknown_area")]
    message = answer["results"][0]["errors"][0]["message"]
    assert message.startswith("There is no outcome area `retenton`. There are: `engagement`, ")
    assert "`retention`" in message
    assert await facts(company) == (0, 0, 2)  # the two definitions that were there


async def test_who_may_not_write_the_dictionary_or_does_not_lead_the_owner_makes_nothing(company: Company) -> None:
    assert faults(await send(company, CHURN, who="gus")) == [(1, "/definition_code", "not_allowed")]
    await company.create(kpi("eli", "individual", person="eli"))
    theirs = CALLS | {"contributes_to": "", "definition_code": "revenue", "unit": "USD"}
    found = faults(await send(company, theirs | {"code": "eli", "owner_person": "x-eli"}, who="hal"))
    assert ("/owner_person", "unknown_owner") in [(field, code) for _, field, code in found]
    assert "code_taken" not in {code for _, _, code in found}
    assert await facts(company) == (1, 0, 2)


async def test_the_same_file_twice_at_once_is_imported_once(company: Company) -> None:
    both = await asyncio.gather(send(company, CHURN, CALLS), send(company, CHURN, CALLS))

    assert sorted(body["created"] for body in both) == [0, 2]
    assert await facts(company) == (0, 1, 4)


async def test_a_csv_file_with_headings_of_its_own_is_read(company: Company) -> None:
    rows = "objective_code;objective;area;code;KR;owner_unit;cycle_code;target;X\nstay;Stay;retention;kr-1;Calls;support;2026;40;-\n"
    client = await company.admin()

    answer = await client.post("/v1/okrs/import", content=rows.encode(), headers={"Content-Type": "text/csv"},
                               params={"map": "KR=key_result", "ignore": "X"})  # fmt: skip

    assert (answer.json()["created"], answer.json()["waiting"]) == (1, 1), answer.text
    broken = await client.post("/v1/okrs/import", content=b"objective_code\nstay\n", headers={"Content-Type": "text/csv"})
    assert (broken.status_code, broken.json()["code"]) == (422, "missing_columns")
