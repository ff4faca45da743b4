"""Operations that would cost too much are refused before they run; what was not foreseen tells nothing."""

from typing import Any

import pytest

from chassis.limits.rates import Rates
from kpi_api.graphql import schema as root
from kpi_api.graphql.limits import MAX_ALIASES, MAX_TOKENS
from tests.kpi_api.cascade.company import Company
from tests.kpi_api.graphql.asking import ask, errors_of
from tests.world import Organization, World

COSTLY = "people(first: 100) { edges { node { scorecards(first: 100) { edges { node { lines { name } } } } } } }"
BY_FRAGMENTS = """query { ...a }
fragment a on Query { ...b x: kpis(first: 100) { ...p } }
fragment b on Query { y: kpis(first: 100) { ...p } }
fragment p on KpiConnection { edges { node { stakeholders { person { scorecards(first: 100) { edges { node { id } } } } } } } }"""


@pytest.mark.parametrize(
    ("query", "words"),
    [
        ("{" + " ".join(f"a{n}: viewer {{ roles }}" for n in range(MAX_ALIASES + 1)) + "}", "aliases"),
        ("{" + " viewer { roles }" * (MAX_TOKENS // 4 + 1) + "}", "tokens"),
        ("{" + COSTLY + "}", "values"),
        (BY_FRAGMENTS, "values"),
        ("{ kpis(first: 101) { edges { node { id } } } }", "100"),
        ("{ kpis(first: 0) { edges { node { id } } } }", "100"),
        ("{ kpis(first: -5) { edges { node { id } } } }", "100"),
    ],
)
async def test_bounds_hold(organization: Organization, query: str, words: str) -> None:
    client = (await organization.admin()).kpi_api

    errors = await errors_of(client, query)

    assert errors
    assert words in errors[0]["message"]


async def test_depth_is_bounded_along_relations(organization: Organization) -> None:
    client = (await organization.admin()).kpi_api
    chain = "{ viewer { person " + "{ employment { manager " * 8 + "{ id }" + " } }" * 8 + " } }"

    errors = await errors_of(client, chain)

    assert "depth" in errors[0]["message"]


async def test_a_page_given_by_a_variable_counts(organization: Organization) -> None:
    client = (await organization.admin()).kpi_api
    query = "query ($n: Int = 100) { people(first: $n) { edges { node { scorecards(first: $n) { edges { node { lines { name } } } } } } } }"

    assert (await errors_of(client, query))[0]["extensions"]["code"] == "too_costly"
    assert await errors_of(client, query, n=5) == []


async def test_a_dear_operation_counts_as_several(world: World, organization: Organization, monkeypatch: pytest.MonkeyPatch) -> None:
    # Given a quota of five requests, and an operation of about 6,000 values
    settings = world.kpi_api.service.settings.model_copy(update={"person_requests_per_minute": 5})
    monkeypatch.setitem(world.kpi_api.app.state._state, "rates", Rates(settings, ()))
    client = (await organization.admin()).kpi_api
    query = {"query": "{ people(first: 100) { edges { node { scorecards(first: 20) { edges { node { id } } } } } } }"}
    # When it is sent twice, and something small after it
    first, second, small = [await client.post("/graphql", json=each) for each in (query, query, {"query": "{ viewer { roles } }"})]
    # Then it counts as four; the second time it is one too many and is not executed
    assert (first.status_code, first.headers["ratelimit"].split(";")[1]) == (200, "r=1")
    assert (second.status_code, second.json()["code"]) == (429, "too_many_requests")
    assert int(second.headers["retry-after"]) > 0
    assert "data" not in second.json()
    assert small.status_code == 429


async def test_introspection_is_within_bounds(organization: Organization) -> None:
    from graphql import get_introspection_query

    found = await ask((await organization.admin()).kpi_api, get_introspection_query())

    assert "Kpi" in {type_["name"] for type_ in found["__schema"]["types"]}


async def test_what_was_not_foreseen_is_told_without_details(company: Company, monkeypatch: pytest.MonkeyPatch) -> None:
    async def fail(*_: Any, **__: Any) -> None:
        raise RuntimeError("salary 123")

    monkeypatch.setattr(root.people, "organization", fail)
    body = (await (await company.admin()).post("/graphql", json={"query": "{ organization { name } viewer { roles } }"})).json()

    assert body["data"] is None
    assert body["errors"][0]["extensions"] == {"code": "internal"}
    assert "123" not in str(body)
