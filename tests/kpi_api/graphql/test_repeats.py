"""An Idempotency-Key on mutations: they are done once, with the answer that was given first."""

import asyncio
from typing import Any

import httpx
import pytest

from chassis import idempotency
from tests.kpi_api.graphql.asking import ask
from tests.world import Organization

KEY = {"Idempotency-Key": "7d1c"}
PLAN = """mutation ($code: String!) { createCycle(cycle: {code: $code, name: "C", startsOn: "2027-01-01", endsOn: "2027-12-31"}) {
  __typename ... on CycleChanged { cycle { uuid verbs { verb } } } ... on Problem { code } } }"""
TWO = """mutation {
  first: createCycle(cycle: {code: "a", name: "A", startsOn: "2027-01-01", endsOn: "2027-12-31"}) {
    ... on CycleChanged { cycle { uuid } } ... on Problem { code } }
  second: createCycle(cycle: {code: "b", name: "B", startsOn: "2027-01-01", endsOn: "2026-12-31"}) {
    ... on CycleChanged { cycle { uuid } } ... on Problem { code } }
  third: openCycle(cycle: "a") { ... on CycleChanged { cycle { status version } } ... on Problem { code } } }"""
CODES = "{ cycles { edges { node { code status } } } }"


async def send(client: httpx.AsyncClient, query: str, **variables: Any) -> httpx.Response:
    return await client.post("/graphql", json={"query": query, "variables": variables}, headers=KEY)


async def codes(client: httpx.AsyncClient) -> list[str]:
    return [edge["node"]["code"] for edge in (await ask(client, CODES))["cycles"]["edges"]]


async def test_a_repeat_gets_the_first_answer_and_changes_nothing(organization: Organization) -> None:
    client = (await organization.admin()).kpi_api

    first, again = [await send(client, PLAN, code="2027") for _ in range(2)]
    other = await send(client, PLAN, code="2028")

    assert first.json()["data"]["createCycle"]["__typename"] == "CycleChanged"
    assert (again.content, again.headers["content-type"]) == (first.content, first.headers["content-type"])
    assert (first.headers.get("idempotency-replayed"), again.headers["idempotency-replayed"]) == (None, "true")
    assert (other.status_code, other.json()["code"]) == (422, "idempotency_key_reused")
    assert await codes(client) == ["2027"]


async def test_two_at_once_are_one(organization: Organization) -> None:
    client = (await organization.admin()).kpi_api

    answers = await asyncio.gather(*(send(client, PLAN, code="2027") for _ in range(4)))

    assert len({answer.content for answer in answers}) == 1
    assert answers[0].json()["data"]["createCycle"]["__typename"] == "CycleChanged"
    assert sum("idempotency-replayed" in answer.headers for answer in answers) == 3
    assert await codes(client) == ["2027"]


async def test_mutations_of_a_document_are_done_together_and_a_refused_one_undoes_only_itself(organization: Organization) -> None:
    client = (await organization.admin()).kpi_api

    first, again = [await send(client, TWO) for _ in range(2)]

    data = first.json()["data"]
    assert (data["second"], data["third"]) == ({"code": "cycle_invalid"}, {"cycle": {"status": "open", "version": 2}})
    assert again.content == first.content
    assert await codes(client) == ["a"]


async def test_a_change_whose_answer_cannot_be_kept_is_not_made(organization: Organization, monkeypatch: pytest.MonkeyPatch) -> None:
    client = (await organization.admin()).kpi_api

    async def fail(*_: object) -> None:
        raise RuntimeError("no room")

    with monkeypatch.context() as patch:
        patch.setattr(idempotency, "finish", fail)
        failed = await send(client, TWO)
    before = await codes(client)
    repeated = await send(client, TWO)

    assert failed.status_code == 500
    assert before == []
    assert ("idempotency-replayed" in repeated.headers, await codes(client)) == (False, ["a"])


async def test_what_wrote_nothing_keeps_no_key(organization: Organization) -> None:
    client = (await organization.admin()).kpi_api
    open_it = 'mutation { openCycle(cycle: "2027") { __typename } }'

    refused = await send(client, open_it)
    read = await client.post("/graphql", json={"query": CODES}, headers={"Idempotency-Key": "other"})
    await ask(client, PLAN, code="2027")
    opened = await send(client, open_it)
    read_again = await client.post("/graphql", json={"query": CODES}, headers={"Idempotency-Key": "other"})

    assert refused.json()["data"] == {"openCycle": {"__typename": "NotFoundProblem"}}
    assert opened.json()["data"] == {"openCycle": {"__typename": "CycleChanged"}}
    assert read.json()["data"]["cycles"]["edges"] == []
    assert read_again.json()["data"]["cycles"]["edges"] == [{"node": {"code": "2027", "status": "open"}}]


async def test_a_key_is_of_at_most_200_characters(organization: Organization) -> None:
    client = (await organization.admin()).kpi_api

    answer = await client.post("/graphql", json={"query": CODES}, headers={"Idempotency-Key": "k" * 201})

    assert answer.status_code == 422


async def test_a_statement_that_the_database_refuses_leaves_what_was_written_before(organization: Organization) -> None:
    client = (await organization.admin()).kpi_api
    zero = 'openCycle(cycle: "a\\u0000") { ... on Problem { code } }'
    query = (
        'mutation { made: createCycle(cycle: {code: "a", name: "A", startsOn: "2027-01-01", endsOn: "2027-12-31"}) { __typename } '
        + zero
        + "}"
    )

    first, again = [await send(client, query) for _ in range(2)]

    assert first.json()["data"]["made"] == {"__typename": "CycleChanged"}
    assert first.json()["data"]["openCycle"]["code"] == "invalid"
    assert (again.content, again.headers["idempotency-replayed"]) == (first.content, "true")
    assert await codes(client) == ["a"]
