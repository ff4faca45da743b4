"""Definitions that look alike are found, and resolved by merging, renaming, or stating the difference."""

import asyncio
from dataclasses import replace
from decimal import Decimal
from typing import Any
from uuid import uuid4

import pytest
from sqlalchemy import func, select

from chassis.models import Event
from kpi_api.dictionary.duplicates.likeness import Described, Likeness, alike, canonical_formula, likeness
from tests.kpi_api.dictionary.test_definitions import another_hr_admin
from tests.kpi_api.given import a_cycle, a_definition, a_person, an_employment, count, store
from tests.world import Organization

WON = {"won": "count", "lost": "count"}


def one(code: str, name: str, formula: str = "", measures: dict[str, str] | None = None) -> Described:
    return Described(uuid4(), code, uuid4(), 1, name, {"main": formula} if formula else {}, measures or WON)


def codes(pair: Likeness) -> tuple[str, str]:
    return pair.first.code, pair.second.code


def found(*described: Described, similar_from: str = "0.60") -> list[tuple[str, str, tuple[str, ...], str]]:
    return [(pair.first.code, pair.second.code, pair.why, str(pair.similarity)) for pair in alike(described, Decimal(similar_from))]


def test_names_are_compared_without_case_accents_and_signs() -> None:
    assert found(one("b", "Créme-Quote"), one("a", "creme  QUOTE!"), one("c", "Visits")) == [("a", "b", ("same_name",), "1.00")]
    assert found(one("a", "客户转化率"), one("b", "客户转化率。")) == [("a", "b", ("same_name",), "1.00")]


def test_similar_names_are_found_from_the_threshold_on() -> None:
    pair = one("a", "Customer churn rate"), one("b", "Customers churn rate")  # 18 trigrams in common of 21
    assert found(*pair) == [("a", "b", ("similar_name",), "0.86")]
    assert found(*pair, similar_from="0.85") == [("a", "b", ("similar_name",), "0.86")]
    assert found(*pair, similar_from="0.86") == []
    assert found(one("a", "Customer churn"), one("b", "Employee churn")) == []


@pytest.mark.parametrize(
    ("formula", "other", "same"),
    [
        ("won / (won + lost)", "won / (lost + won)", True),
        ("won + (lost + 2.50)", "(2.5 + won) + lost", True),
        ("won - lost", "lost - won", False),
        ("won / lost", "lost / won", False),
        ("max(won, lost)", "max(lost, won)", True),
        ("percent(won / lost)", "won / lost", False),
    ],
)
def test_formulas_are_compared_whatever_the_order_of_what_may_be_exchanged(formula: str, other: str, same: bool) -> None:
    assert (canonical_formula(one("a", "A", formula)) == canonical_formula(one("b", "B", other))) is same


def test_one_formula_over_another_source_is_another_measure() -> None:
    survey = {"formula": "points / answers", "measures": {"points": "score", "answers": "count"}}
    one_ = replace(one("a", "CSAT", **survey), source_of_truth="Ticket survey")
    other = replace(one("b", "Mood", **survey), source_of_truth="Pulse")
    assert found(one_, other) == []
    assert found(one_, replace(other, source_of_truth="ticket survey.")) == [("a", "b", ("same_formula",), "1.00")]


def test_comparing_few_of_many_pairs_finds_what_comparing_all_finds() -> None:
    many = [one(f"d-{n:03}", " ".join(f"{word}{n * 7919 % 973:03}" for word in ("alpha", "beta"))) for n in range(250)]
    similar = Decimal("0.70")
    every = [pair for n, first in enumerate(many) for second in many[n + 1 :] if (pair := likeness(first, second, similar))]
    assert len(every) > 50
    assert {codes(pair) for pair in alike(many, similar)} == {codes(pair) for pair in every}


async def two(organization: Organization, **second: Any) -> dict[str, str]:
    """“Win rate” and “Winrate” in force, with the ids by code."""
    parts = {"parts": [{"code": "main", "name": "W", "unit": "count", "direction": "higher"}]}
    rows = [a_definition(code, **given) for code, given in (("win_rate", {"name": "Deal win rate"} | parts),
                                                            ("winrate", {"name": "Deals win rate"} | parts | second))]  # fmt: skip
    await store(organization, *(row for pair in rows for row in pair))
    return {definition.code: str(definition.id) for definition, _ in rows}


async def resolve(client: Any, ids: dict[str, str], by: str, code: str = "winrate", **more: Any) -> Any:
    other = next(id_ for name, id_ in ids.items() if name != code)
    given = {"definition_id": ids[code], "other_id": other, "by": by, "note": "One is enough"} | more
    return await client.post("/v1/definition-duplicates/resolve", json=given)


async def listed(client: Any, **params: Any) -> list[dict[str, Any]]:
    answer = await client.get("/v1/definition-duplicates", params=params)
    assert answer.status_code == 200, answer.text
    items: list[dict[str, Any]] = answer.json()["items"]
    return items


async def test_a_pair_is_listed_with_why_and_what_one_may_do(organization: Organization) -> None:
    await two(organization)
    await store(organization, reader := a_person("reader"))

    [pair] = await listed((await organization.admin()).kpi_api)
    assert (pair["definition"]["code"], pair["other"]["code"], pair["why"]) == ("win_rate", "winrate", ["similar_name"])
    assert pair["sentence"] == "“Deal win rate” and “Deals win rate” have nearly one name."
    assert all(verb["allowed"] for verb in pair["verbs"])

    [pair] = await listed((await organization.as_person(reader.id)).kpi_api)
    assert [verb["allowed"] for verb in pair["verbs"]] == [False, False, False]
    stranger = await organization.world.new_organization()
    assert await listed((await stranger.admin()).kpi_api) == []


async def test_what_ships_holds_no_two_that_look_alike(organization: Organization) -> None:
    client = (await organization.admin()).kpi_api
    assert (await client.post("/v1/library/install")).status_code == 200
    assert await listed(client) == []


async def test_the_organization_says_how_alike_names_must_be(organization: Organization) -> None:
    await two(organization)
    client = (await organization.admin()).kpi_api
    tag = (await client.get("/v1/organization")).headers["ETag"]
    assert (await client.get("/v1/organization")).json()["similar_names_from"] == "0.60"
    changed = await client.patch("/v1/organization", json={"similar_names_from": "0.95"}, headers={"If-Match": tag})
    assert (changed.status_code, changed.json()["similar_names_from"]) == (200, "0.95")
    assert await listed(client) == []


async def test_merging_retires_one_for_the_other(organization: Organization) -> None:
    ids = await two(organization)
    client = (await organization.admin()).kpi_api
    target = [{"value": "10", "unit": "count", "period": "month"}]
    boss, person, cycle = a_person("boss"), a_person("person"), a_cycle()
    await store(organization, boss, person, an_employment(person, boss), cycle)
    kpi = {"cycle_code": "2026", "level": "individual", "owner": {"person_external_id": "x-person"}, "targets": target}
    before = await client.post("/v1/kpis", json=kpi | {"definition_code": "winrate", "name": "Mine"})
    assert before.status_code == 201, before.text
    template = {"code": "seller", "name": "Seller", "lines": [{"definition_code": "winrate", "weight": "100.00", "targets": target}]}
    made = await client.post("/v1/templates", json=template)
    assert made.status_code == 201

    merged = await resolve(client, ids, "merge")
    assert (merged.status_code, merged.json()["merged_into"]) == (200, "win_rate")

    assert await listed(client) == []
    gone = (await client.get(f"/v1/definitions/{ids['winrate']}")).json()
    assert (gone["merged_into_id"], gone["version"]["status"]) == (ids["win_rate"], "retired")
    refused = await client.post("/v1/kpis", json=kpi | {"definition_code": "winrate", "name": "Another"})
    assert [(e["code"], e["message"]) for e in refused.json()["errors"]] == [
        ("definition_merged", "`winrate` was merged into `win_rate`. Use that one.")
    ]
    kept = (await client.get(f"/v1/kpis/{before.json()['id']}")).json()
    assert (kept["definition_code"], kept["status"]) == ("winrate", "active")
    assert (await client.get(f"/v1/templates/{made.json()['id']}")).json()["lines"][0]["definition_code"] == "win_rate"
    version = {"name": "W", "unit": "count", "effective_from": "2027-01-01"}
    again = await client.post(f"/v1/definitions/{ids['winrate']}/versions", json=version)
    assert (again.status_code, again.json()["code"]) == (409, "definition_merged")
    assert (await resolve(client, ids, "merge", code="win_rate")).json()["code"] == "definition_merged"
    recorded = select(func.count()).select_from(Event).where(Event.type == "definition.merged")
    assert await count(organization, recorded) == 1


async def test_of_two_merges_at_once_crosswise_one_is_refused(organization: Organization) -> None:
    ids = await two(organization)
    client = (await organization.admin()).kpi_api
    answers = await asyncio.gather(*(resolve(client, ids, "merge", code=code) for code in ids))
    assert sorted(answer.status_code for answer in answers) == [200, 409]


async def test_templates_whose_targets_do_not_fit_stand_in_the_way(organization: Organization) -> None:
    ids = await two(organization, unit="percent", parts=[{"code": "main", "name": "W", "unit": "percent", "direction": "higher"}])
    client = (await organization.admin()).kpi_api
    line = {"definition_code": "winrate", "weight": "100.00", "targets": [{"value": "10", "unit": "percent"}]}
    assert (await client.post("/v1/templates", json={"code": "seller", "name": "Seller", "lines": [line]})).status_code == 201

    refused = await resolve(client, ids, "merge")
    assert (refused.status_code, refused.json()["code"]) == (409, "templates_do_not_fit")
    assert "“Seller”" in refused.json()["detail"]
    assert (await client.get(f"/v1/definitions/{ids['winrate']}")).json()["version"]["status"] == "approved"


async def test_renaming_is_a_draft_under_a_name_of_its_own(organization: Organization) -> None:
    ids = await two(organization)
    client = (await organization.admin()).kpi_api
    refused = await resolve(client, ids, "rename", name="Deal win-rate")
    assert (refused.status_code, refused.json()["code"]) == (422, "still_alike")
    assert (await resolve(client, ids, "rename")).status_code == 422

    done = await resolve(client, ids, "rename", name="Renewal quote")
    assert (done.status_code, done.json()["draft_number"]) == (200, 2)
    draft = (await client.get(f"/v1/definitions/{ids['winrate']}/versions/2")).json()
    assert (draft["status"], draft["name"], draft["note"]) == ("draft", "Renewal quote", "One is enough")
    assert len(await listed(client)) == 1  # until somebody else has approved it


async def test_a_stated_difference_holds_until_one_of_the_two_changes(organization: Organization) -> None:
    ids = await two(organization)
    client, approver = (await organization.admin()).kpi_api, (await another_hr_admin(organization)).kpi_api
    for note in ("One counts deals", "One counts deals, the other money"):
        assert (await resolve(client, ids, "stated_difference", note=note)).status_code == 200

    assert await listed(client) == []
    [pair] = await listed(client, stated="true")
    assert pair["statement"]["note"] == "One counts deals, the other money"

    version = {"name": "Deals win rate", "unit": "count", "effective_from": "2021-01-01"}
    path = f"/v1/definitions/{ids['winrate']}/versions"
    assert (await client.post(path, json=version)).status_code == 201
    await client.post(f"{path}/2/propose")
    assert (await approver.post(f"{path}/2/approve")).status_code == 200
    assert (len(await listed(client)), await listed(client, stated="true")) == (1, [])


async def test_who_may_not_resolve_is_refused_and_what_is_not_there_is_not_found(organization: Organization) -> None:
    ids = await two(organization)
    await store(organization, reader := a_person("reader"), *a_definition("calls", name="Visits"))
    client = (await organization.as_person(reader.id)).kpi_api
    for by, more in (("merge", {}), ("rename", {"name": "Quote"}), ("stated_difference", {})):
        assert (await resolve(client, ids, by, **more)).status_code == 403
    admin = (await organization.admin()).kpi_api
    assert (await resolve(admin, ids | {"win_rate": str(uuid4())}, "merge")).status_code == 404
    assert (await resolve(admin, {"a": ids["winrate"], "winrate": ids["winrate"]}, "merge")).status_code == 422


async def test_pages_of_pairs_go_on(organization: Organization) -> None:
    await store(organization, *(row for n in range(4) for row in a_definition(f"d{n}", name="Calls")))
    client = (await organization.admin()).kpi_api
    first = (await client.get("/v1/definition-duplicates", params={"limit": "4"})).json()
    second = (await client.get("/v1/definition-duplicates", params={"limit": "4", "cursor": first["next"]})).json()
    pairs = [(pair["definition"]["code"], pair["other"]["code"]) for pair in [*first["items"], *second["items"]]]
    assert pairs == [("d0", "d1"), ("d0", "d2"), ("d0", "d3"), ("d1", "d2"), ("d1", "d3"), ("d2", "d3")]
    assert second["next"] is None
