"""Outcomes come first: in a known area, owned by a unit or a role, changed by who has seen them, and found by their words."""

from typing import Any
from uuid import uuid4

from sqlalchemy import select

from kpi_api.dictionary.search.models import DefinitionWord
from tests.kpi_api.dictionary.test_definitions import WIN_RATE, a_colleague, create
from tests.world import Organization

RELIABLE: dict[str, Any] = {"code": "reliable", "name": "Close what was forecast", "area": "revenue_reliability"}
SHIPPED = [
    "engagement", "productivity", "cost_efficiency", "revenue_growth", "revenue_reliability", "retention", "adoption", "quality",
    "cycle_time", "strategic_execution",
]  # fmt: skip


async def test_ten_areas_ship_and_an_organization_adds_its_own(organization: Organization) -> None:
    admin, reader = (await organization.admin()).kpi_api, (await a_colleague(organization)).kpi_api
    trust = {"code": "trust", "name": "Customer trust", "description": "That they believe us."}

    made = await admin.post("/v1/outcome-areas", json=trust)
    refused = await reader.post("/v1/outcome-areas", json=trust | {"code": "other"})

    assert (made.status_code, made.json()) == (201, trust | {"shipped": False})
    assert (refused.status_code, refused.json()["code"]) == (403, "not_allowed")
    areas = (await reader.get("/v1/outcome-areas")).json()
    assert [area["code"] for area in areas] == [*SHIPPED, "trust"]
    assert [area["code"] for area in areas if area["shipped"]] == SHIPPED
    for code in ("trust", "quality"):
        taken = await admin.post("/v1/outcome-areas", json=trust | {"code": code})
        assert (taken.status_code, taken.json()["code"]) == (409, "code_taken")
    assert (await admin.post("/v1/outcomes", json=RELIABLE | {"area": "trust"})).status_code == 201


async def test_an_outcome_in_an_unknown_area_is_refused_and_told_the_known_ones(organization: Organization) -> None:
    client = (await organization.admin()).kpi_api

    answer = await client.post("/v1/outcomes", json=RELIABLE | {"area": "qualty"})

    assert (answer.status_code, answer.json()["code"]) == (422, "unknown_reference")
    assert answer.json()["errors"][0]["field"] == "/area"
    assert answer.json()["detail"] == f"There is no outcome area `qualty`. There are: {', '.join(f'`{code}`' for code in SHIPPED)}."
    assert (await client.get("/v1/outcomes")).json()["items"] == []


async def test_an_outcome_is_owned_by_a_unit_or_a_role_never_both(organization: Organization) -> None:
    client = (await organization.admin()).kpi_api
    unit = (await client.post("/v1/units", json={"code": "sales", "name": "Sales", "kind": "function"})).json()["id"]
    role = (await client.post("/v1/roles", json={"code": "seller", "name": "Seller"})).json()["id"]

    both = await client.post("/v1/outcomes", json=RELIABLE | {"owner_unit_id": unit, "owner_role_id": role})
    nobody = await client.post("/v1/outcomes", json=RELIABLE | {"owner_role_id": str(uuid4())})
    made = await client.post("/v1/outcomes", json=RELIABLE | {"owner_unit_id": unit})
    place = made.headers["Location"]
    second = await client.patch(place, json={"owner_role_id": role}, headers={"If-Match": '"1"'})
    handed = await client.patch(place, json={"owner_role_id": role, "owner_unit_id": None}, headers={"If-Match": '"1"'})

    assert (both.status_code, nobody.status_code, nobody.json()["code"]) == (422, 422, "unknown_reference")
    assert (made.status_code, made.json()["owner_unit_id"]) == (201, unit)
    assert (second.status_code, second.json()["errors"][0]["field"]) == (422, "/owner_unit_id")
    assert (handed.status_code, handed.json()["owner_unit_id"], handed.json()["owner_role_id"]) == (200, None, role)
    assert handed.headers["ETag"] == '"2"'


async def test_who_read_an_older_outcome_is_told_what_stands_there_now(organization: Organization) -> None:
    client, reader = (await organization.admin()).kpi_api, (await a_colleague(organization)).kpi_api
    place = (await client.post("/v1/outcomes", json=RELIABLE)).headers["Location"]
    await client.patch(place, json={"name": "Close 95 % of it"}, headers={"If-Match": '"1"'})

    stale = await client.patch(place, json={"name": "Close it all", "description": ""}, headers={"If-Match": '"1"'})
    blind = await client.patch(place, json={"name": "Close it all"})
    forbidden = await reader.patch(place, json={"name": "Mine"}, headers={"If-Match": '"2"'})
    unknown = await client.patch(f"/v1/outcomes/{uuid4()}", json={"name": "X"}, headers={"If-Match": '"1"'})

    assert (stale.status_code, stale.json()["changes"]) == (412, ["`name` is “Close 95 % of it” now."])
    assert (blind.status_code, forbidden.status_code, unknown.status_code) == (428, 403, 404)
    assert (await reader.get(place)).json()["name"] == "Close 95 % of it"


async def test_an_outcome_names_the_definitions_in_sight_and_search_follows_its_words(organization: Organization) -> None:
    admin, reader = await organization.admin(), await a_colleague(organization)
    place = (await admin.kpi_api.post("/v1/outcomes", json=RELIABLE)).headers["Location"]
    await create(admin, WIN_RATE | {"outcome_code": "reliable"})
    definition = (await admin.kpi_api.get("/v1/definitions")).json()["items"][0]

    seen = (await admin.kpi_api.get(place)).json()
    await admin.kpi_api.patch(place, json={"name": "Predictable income"}, headers={"If-Match": '"1"'})

    assert seen["definitions"] == [
        {"definition_id": definition["id"], "code": "win_rate", "name": "Win rate", "number": 1, "status": "draft"}
    ]
    assert (await reader.kpi_api.get(place)).json()["definitions"] == []  # a draft is nobody else's business
    words = await words_of(organization)
    assert {"predictable", "income"} <= words
    assert not {"forecast", "close"} & words
    assert "win" in words


async def words_of(organization: Organization) -> set[str]:
    async with organization.world.kpi_api.database.read(organization.id) as session:
        return set(await session.scalars(select(DefinitionWord.word)))
