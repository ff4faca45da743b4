"""Definitions are found by words of any script, their beginnings, and with typing errors."""

from typing import Any

import pytest
from sqlalchemy import delete

from chassis.jobs import Job
from kpi_api.dictionary.search.indexing import index_versions, index_words
from kpi_api.dictionary.search.models import DefinitionWord
from kpi_api.dictionary.search.words import errors_between, fold, has_errors, trigrams, wanted, words
from tests.kpi_api.given import a_definition, store
from tests.world import Organization

NAMES = {
    "win_rate": {"name": "Win rate", "description": "Deals won of deals decided", "formulas": {"main": "percent(won / decided)"},
                 "measures": {"won": "count", "decided": "count"}},
    "churn": {"name": "Customer churn", "description": "Customers who leave; falls when the win rate rises"},
    "conversion": {"name": "客户转化率", "description": "每月成交的客户"},
    "retention_gr": {"name": "Ποσοστό διατήρησης πελατών"},
    "turnover_ar": {"name": "معدل دوران الموظفين"},
    "size": {"name": "Größe der Crème-Brûlée-Bestellungen"},
    "quality": {"name": "गुणवत्ता सूचकांक"},
}  # fmt: skip


async def a_dictionary(organization: Organization, definitions: dict[str, dict[str, Any]]) -> None:
    """Approved definitions by code, indexed as the dictionary's actions do."""
    made = [a_definition(code, **version) for code, version in definitions.items()]
    await store(organization, *(row for rows in made for row in rows))
    async with organization.world.kpi_api.database.write(organization.id) as session:
        await index_versions(session, [version.id for _, version in made])


async def found(organization: Organization, search: str, **params: Any) -> list[str]:
    answer = await (await organization.admin()).kpi_api.get("/v1/definitions", params={"search": search, **params})
    assert answer.status_code == 200, answer.text
    return [row["code"] for row in answer.json()["items"]]


@pytest.mark.parametrize(
    ("search", "codes"),
    [
        ("win rate", ["win_rate", "churn"]),  # the name before what a description mentions
        ("WIN RATE", ["win_rate", "churn"]),
        ("win rte", ["win_rate", "churn"]),
        ("wni rate", ["win_rate", "churn"]),
        ("decided", ["win_rate"]),
        ("cust", ["churn"]),
        ("custmoer chrun", ["churn"]),
        ("转化", ["conversion"]),
        ("率", ["conversion"]),
        ("客户转化率", ["conversion"]),
        ("转化 成交", ["conversion"]),
        ("ΠΟΣΟΣΤΟ", ["retention_gr"]),
        ("ποσοστο διατηρισης", ["retention_gr"]),
        ("معدّل", ["turnover_ar"]),
        ("الموظفن", ["turnover_ar"]),
        ("creme brulee", ["size"]),
        ("GROSSE", ["size"]),
        ("गुणवत्ता", ["quality"]),
        ("win_rate", ["win_rate", "churn"]),
        ("nothing like it", []),
        ("win churn rate", ["churn"]),
    ],
)
async def test_words_of_any_script_find_what_holds_them(organization: Organization, search: str, codes: list[str]) -> None:
    await a_dictionary(organization, NAMES)
    assert await found(organization, search) == codes


@pytest.mark.parametrize("search", ["%", "'", "''; --", "\\", "&|!():*", "a & !b", "<->", "💥", "%_%"])
async def test_whatever_is_typed_is_no_error(organization: Organization, search: str) -> None:
    await a_dictionary(organization, NAMES)
    assert isinstance(await found(organization, search), list)


async def test_signs_alone_find_nothing_and_nothing_finds_everything(organization: Organization) -> None:
    await a_dictionary(organization, NAMES)
    assert await found(organization, "%") == []
    assert await found(organization, "  ") == sorted(NAMES)


async def test_what_cannot_be_searched_is_refused(organization: Organization) -> None:
    client = (await organization.admin()).kpi_api
    for search in ("win\0rate", "x" * 201):
        answer = await client.get("/v1/definitions", params={"search": search})
        assert (answer.status_code, answer.json()["errors"][0]["field"]) == (422, "/query/search")


async def test_pages_go_on_where_the_last_ended_with_ties_by_code(organization: Organization) -> None:
    await a_dictionary(organization, {f"k-{n:02}": {"name": f"Calls {'made' * (n % 2)}"} for n in range(7)} | {"x": {"name": "Visits"}})
    client = (await organization.admin()).kpi_api

    pages, cursor = [], None
    while True:
        params = {"search": "calls", "limit": "3"} | ({"cursor": cursor} if cursor else {})
        answer = (await client.get("/v1/definitions", params=params)).json()
        pages.append([row["code"] for row in answer["items"]])
        if (cursor := answer["next"]) is None:
            break

    assert pages == [["k-00", "k-01", "k-02"], ["k-03", "k-04", "k-05"], ["k-06"]]
    other = await client.get("/v1/definitions", params={"search": "visits", "cursor": (await first_cursor(client))})
    assert (other.status_code, other.json()["code"]) == (400, "invalid_cursor")


async def first_cursor(client: Any) -> str:
    return str((await client.get("/v1/definitions", params={"search": "calls", "limit": "3"})).json()["next"])


async def test_only_the_version_in_force_counts_and_drafts_stay_unfound(organization: Organization) -> None:
    admin = (await organization.admin()).kpi_api
    draft = {"name": "Secret plan", "unit": "count", "effective_from": "2026-01-01"}
    made = await admin.post("/v1/definitions", json={"code": "plan", "version": draft})
    assert made.status_code == 201
    await a_dictionary(organization, {"old": {"name": "Visits", "retired_from": None}})

    assert await found(organization, "secret") == []
    assert await found(organization, "visits", as_of="2021-01-01") == ["old"]
    assert await found(organization, "visits", as_of="2019-12-31") == []  # before it took effect


async def test_another_organization_finds_nothing_of_it(organization: Organization) -> None:
    await a_dictionary(organization, NAMES)
    stranger = await organization.world.new_organization()
    assert await found(stranger, "win rte") == []


async def test_what_was_written_by_other_ways_is_indexed_by_the_job(organization: Organization) -> None:
    await a_dictionary(organization, NAMES)
    database = organization.world.kpi_api.database
    async with database.write(organization.id) as session:
        await session.execute(delete(DefinitionWord).where(DefinitionWord.organization_id == organization.id))
    assert await found(organization, "churn") == []

    for _ in range(2):
        await index_words(Job(database, organization.id, {}))
        assert await found(organization, "churn") == ["churn"]


def test_words_are_folded_and_split() -> None:
    assert fold("Größe ΣΊΣΥΦΟΣ ﬁne Ａ") == "grosse σισυφοσ fine a"
    assert words("won_deals/e-mail Won 12.5") == ["won", "deals", "e", "mail", "12", "5"]
    assert (words("客户率x"), wanted("客户率x"), wanted("率")) == (["客户", "户率", "率", "x"], ["客户", "户率", "x"], ["率"])
    assert trigrams("win") == {"  w", " wi", "win", "in "}
    assert [errors_between("rte", real) for real in ("rte", "rate", "tre", "rat", "")] == [0, 1, 1, 2, 3]


def test_no_error_is_looked_for_beyond_those_allowed() -> None:
    real = ["win", "wni", "iwn", "winner", "rate", "raet", "retention", "retnetion", "etention", "", "w"]
    for typed in real:
        for word in real:
            for allowed in range(4):
                assert has_errors(typed, word, more_than=allowed) == (errors_between(typed, word) > allowed), (typed, word, allowed)
