"""What the graph shows, and to whom."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from sqlalchemy import event, text

from chassis.http_client import ServiceUnavailable
from chassis.identifiers import new_id
from kpi_api.graphql.nodes import global_id
from kpi_api.scores.scoring_client import SCORING
from tests.kpi_api.cascade.company import Company, kpi
from tests.kpi_api.graphql.asking import ask, errors_of

LINE = """
query Line($kpi: ID!) {
  lineOfSight(kpiId: $kpi) {
    sentence mission orphan complete
    paths { kpis { uuid name level owningUnit targets { sentence } kpi { sight owner { displayName } } } }
  }
}
"""
LINE_ONLY = "query ($kpi: ID!) { lineOfSight(kpiId: $kpi) { mission orphan } }"


async def test_an_employees_line_of_sight_reaches_the_mission_and_shows_no_person_above(company: Company) -> None:
    ids = await company.cascade()
    async with company.organization.world.kpi_api.database.write(company.organization.id) as session:
        await session.execute(text("UPDATE organization_profiles SET mission = 'Light for every street.'"))
    eli = await company.client("eli")

    line = (await ask(eli, LINE, kpi=ids["eli"]))["lineOfSight"]

    (path,) = line["paths"]
    assert [step["uuid"] for step in path["kpis"]] == [ids[name] for name in ("eli", "north", "sales", "field", "growth")]
    assert [step["kpi"]["sight"] for step in path["kpis"]] == ["FULL", "ANCESTOR", "ANCESTOR", "ANCESTOR", "ANCESTOR"]
    assert [step["kpi"]["owner"] for step in path["kpis"]] == [{"displayName": "eli"}, None, None, None, None]
    assert path["kpis"][-1] | {"kpi": None} == {
        "uuid": ids["growth"], "name": "Revenue of growth", "level": "STRATEGIC", "owningUnit": "Vale",
        "targets": [{"sentence": "at least 450,000 USD per quarter"}], "kpi": None,
    }  # fmt: skip
    assert (line["mission"], line["orphan"]) == ("Light for every street.", False)
    assert line["sentence"] == (await eli.get(f"/v1/kpis/{ids['eli']}/line-of-sight")).json()["sentence"]


async def test_what_is_out_of_sight_is_null_by_every_way_in(company: Company) -> None:
    await company.cascade()
    other = (await company.create(kpi("fay", "individual", person="fay", to=["north"])))["fay"]
    eli, fay = await company.client("eli"), company.people["fay"].id
    query = """query ($kpi: ID!, $bare: ID!, $person: ID!, $bareperson: ID!) {
      a: node(id: $kpi) { id } b: kpi(id: $bare) { id } c: kpi(id: $kpi) { id } d: lineOfSight(kpiId: $bare) { sentence }
      e: node(id: $person) { id } f: person(id: $bareperson) { id } g: scorecard(id: $bare) { id } h: node(id: "nonsense") { id }
    }"""

    for kpi_id, person_id in [(other, fay), (new_id(), new_id())]:
        whole = {"kpi": global_id("Kpi", kpi_id), "person": global_id("Person", person_id)}
        assert set((await ask(eli, query, bare=str(kpi_id), bareperson=str(person_id), **whole)).values()) == {None}
    assert (await ask(eli, "{ kpis { edges { node { code } } } }"))["kpis"]["edges"] == [{"node": {"code": "eli"}}]


async def test_another_organization_finds_nothing(company: Company) -> None:
    ids = await company.cascade()
    stranger = (await (await company.organization.world.new_organization()).admin()).kpi_api

    seen = await ask(stranger, "query ($id: ID!) { kpi(id: $id) { id } kpis { edges { node { id } } } }", id=ids["growth"])

    assert seen == {"kpi": None, "kpis": {"edges": []}}


async def test_pages_follow_each_other_by_cursor_from_any_edge(company: Company) -> None:
    await company.cascade()
    admin = await company.admin()
    query = """query ($after: String) {
      kpis(first: 2, after: $after) { edges { cursor node { code } } pageInfo { hasNextPage hasPreviousPage startCursor endCursor } }
    }"""

    pages: list[Any] = [(await ask(admin, query))["kpis"]]
    while pages[-1]["pageInfo"]["hasNextPage"]:
        pages.append((await ask(admin, query, after=pages[-1]["pageInfo"]["endCursor"]))["kpis"])

    assert [[edge["node"]["code"] for edge in page["edges"]] for page in pages] == [["growth", "field"], ["sales", "north"], ["eli"]]
    assert [page["pageInfo"]["hasPreviousPage"] for page in pages] == [False, True, True]
    from_first_edge = (await ask(admin, query, after=pages[0]["edges"][0]["cursor"]))["kpis"]
    assert [edge["node"]["code"] for edge in from_first_edge["edges"]] == ["field", "sales"]
    (error,) = await errors_of(admin, query, after="forged")
    assert error["extensions"]["code"] == "invalid_cursor"


@contextmanager
def statements_of(company: Company) -> Iterator[list[str]]:
    """The statements that kpi_api's database gets meanwhile."""
    engine, seen = company.organization.world.kpi_api.database.engine.sync_engine, []

    def note(_connection: Any, _cursor: Any, statement: str, *_: Any) -> None:
        seen.append(statement)

    event.listen(engine, "before_cursor_execute", note)
    yield seen
    event.remove(engine, "before_cursor_execute", note)


async def test_a_line_of_sight_is_one_transaction_and_gives_its_connection_back(company: Company) -> None:
    """Given eli's KPI, when eli asks for its line, then clock, viewer and line are read by three statements of one transaction."""
    ids = await company.cascade()
    eli = await company.client("eli")
    await ask(eli, LINE_ONLY, kpi=ids["eli"])

    with statements_of(company) as statements:
        line = (await ask(eli, LINE_ONLY, kpi=ids["eli"]))["lineOfSight"]

    assert line["orphan"] is False
    assert len(statements) == 3
    assert sum("open_transaction" in statement for statement in statements) == 1
    assert company.organization.world.kpi_api.database.engine.sync_engine.pool.checkedout() == 0  # type: ignore[attr-defined]


async def test_an_operation_that_reads_nothing_gives_its_connection_back(company: Company) -> None:
    """Given no load at all, when eli asks for their roles, or for a field that is not there, then no connection stays taken."""
    eli = await company.client("eli")

    await ask(eli, "{ viewer { roles } }")
    errors = await errors_of(eli, "{ nothing }")

    assert errors
    assert company.organization.world.kpi_api.database.engine.sync_engine.pool.checkedout() == 0  # type: ignore[attr-defined]


async def test_relations_are_followed_with_a_bounded_number_of_statements(company: Company) -> None:
    await company.cascade()
    await company.create(*(kpi(f"k{n}", "individual", person=name, to=["north"]) for n, name in enumerate(["eli", "fay", "dora"] * 3)))
    query = """{ kpis(first: 50) { edges { node {
      code owner { displayName employment { unit { name } manager { displayName } } } owningUnit { head { displayName } }
      contributesTo { code } lineOfSight { sentence } cycle { code }
    } } } }"""

    with statements_of(company) as statements:
        nodes = [edge["node"] for edge in (await ask(await company.admin(), query))["kpis"]["edges"]]

    assert len(nodes) == 14
    k0 = next(node for node in nodes if node["code"] == "k0")
    assert k0["owner"] == {"displayName": "eli", "employment": {"unit": {"name": "North"}, "manager": {"displayName": "dora"}}}
    assert (k0["contributesTo"], k0["owningUnit"]["head"]["displayName"]) == ([{"code": "north"}], "dora")
    assert len(statements) < 40


async def test_a_scorecard_shows_its_lines_and_an_uncomputed_score_says_so(company: Company) -> None:
    ids = await company.cascade()
    admin = await company.admin()
    opened = await admin.post("/v1/scorecards", json={
        "person_id": str(company.people["eli"].id), "cycle_code": "2026", "lines": [{"kpi_id": ids["eli"], "weight": "100.00"}],
    })  # fmt: skip
    assert opened.status_code == 201, opened.text
    query = """query ($person: ID!) { person(id: $person) { scorecards { edges { node {
      id status version cycle { code } lines { name weight kpi { code } targets { sentence } } verbs { verb allowed }
      score { freshness composite lines { score } }
    } } } } }"""

    (edge,) = (await ask(await company.client("eli"), query, person=str(company.people["eli"].id)))["person"]["scorecards"]["edges"]

    card = edge["node"]
    assert (card["status"], card["version"], card["cycle"]["code"]) == ("DRAFT", 2, "2026")
    targets = [{"sentence": "at least 450,000 USD per quarter"}]
    assert card["lines"] == [{"name": "Revenue of eli", "weight": "100.00", "kpi": {"code": "eli"}, "targets": targets}]
    assert {verb["verb"] for verb in card["verbs"] if verb["allowed"]} == {"propose"}
    assert card["score"] == {"freshness": "NOT_COMPUTED", "composite": None, "lines": []}
    assert (await ask(await company.client("fay"), "query ($id: ID!) { node(id: $id) { id } }", id=card["id"]))["node"] is None


async def test_without_scoring_the_rest_of_the_answer_comes(company: Company, monkeypatch: pytest.MonkeyPatch) -> None:
    admin = await company.admin()
    query = "{ viewer { person { displayName } payouts { amount currency } } organization { currency } }"

    async def unreachable(*_: Any, **__: Any) -> None:
        raise ServiceUnavailable("down")

    await company.organization.world.work()
    assert (await ask(admin, query))["viewer"]["payouts"] == []
    monkeypatch.setattr(company.organization.world.kpi_api.app.state.resources[SCORING], "call", unreachable)
    body = (await admin.post("/graphql", json={"query": query})).json()

    assert body["data"] == {"viewer": {"person": {"displayName": "Ada Quill"}, "payouts": None}, "organization": {"currency": "USD"}}
    assert [(error["path"], error["extensions"]["code"]) for error in body["errors"]] == [(["viewer", "payouts"], "scoring_unavailable")]
