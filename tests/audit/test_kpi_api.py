"""kpi_api: each operation of the table leaves who did what to whom; reading one's own review, and refusals, leave nothing."""

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any
from uuid import UUID, uuid4

import httpx
import pytest
from sqlalchemy import select

from chassis.identifiers import new_id
from kpi_api.access.models import Grant
from kpi_api.cycles.models import Cycle
from kpi_api.graphql.nodes import global_id
from kpi_api.people.models import Person
from kpi_api.reviews.models import Review
from tests.audit.watch import Watch
from tests.kpi_api import given
from tests.kpi_api.graphql.asking import ask
from tests.kpi_api.identities.outside import ISSUER, open_outside
from tests.kpi_api.scorecards.scene import Scene, set_scene
from tests.world import Organization

NOW = "2026-06-01T09:00:00Z"
NODE = "query ($id: ID!) { node(id: $id) { ... on Review { uuid overallRating } } }"
SCORE = "query ($id: ID!) { scorecard(id: $id) { score { freshness composite } } }"
READINGS = "{ viewer { readings { edges { node { readAt what subjectUuid reader { kind name roles } } } } } }"
ACKNOWLEDGE = "mutation ($id: ID!) { acknowledgeReview(id: $id) { __typename } }"


Actors = Mapping[str, tuple[Any, httpx.AsyncClient]]


def a_grant(person_id: UUID, role: str) -> Grant:
    approved = {"granted_by": "x", "approved_by": "y", "approved_at": datetime(2026, 1, 1, tzinfo=UTC)}
    return Grant(id=new_id(), person_id=person_id, role=role, unit_id=None, valid_from=given.YEAR_START, valid_to=None, **approved)


@pytest.fixture
async def scene(organization: Organization) -> Scene:
    """Lou audits and Bea is HR too."""
    await organization.set_clock(NOW)
    scene = await set_scene(organization)
    await given.store(organization, a_grant(scene.people["lou"].id, "auditor"), a_grant(scene.people["bea"].id, "hr_admin"))
    return scene


@pytest.fixture
def watch(scene: Scene) -> Watch:
    return Watch("kpi_api", scene.organization.world.kpi_api.database, scene.organization.id)


async def test_each_operation_leaves_its_records(scene: Scene, watch: Watch) -> None:
    hr_id = scene.organization.person_id
    by = {name: (person.id, await scene.client(name)) for name, person in scene.people.items()} | {"hr": (hr_id, await scene.client("hr"))}
    ann, here = by["ann"][0], {"organization": [scene.organization.id]}

    # Settings and grants: those whose roles were read are others than oneself.
    seen = {"If-Match": (await by["hr"][1].get("/v1/organization")).headers["ETag"]}
    await watch.call("PATCH /v1/organization", by["hr"], here, json={"mission": "A better world"}, headers=seen)
    asked = {"person_id": str(ann), "role": "payroll"}
    granted = (await watch.call("POST /v1/grants", by["hr"], {"person": [ann]}, json=asked)).json()["id"]
    await watch.call("POST /v1/grants/{grant_id}/approve", by["bea"], {"person": [ann]}, {"grant_id": granted})
    others = {"person": [scene.people[name].id for name in ("ann", "lou", "bea")]}
    await watch.call("GET /v1/grants", by["hr"], others)
    await watch.call("GET /v1/grants/{grant_id}", by["hr"], {"person": [ann]}, {"grant_id": granted})
    await watch.call("POST /v1/grants/{grant_id}/end", by["hr"], {"person": [ann]}, {"grant_id": granted}, json={})
    await watch.nothing_by(by["max"][1], "GET", "/v1/grants", 403)

    await delegate(watch, by, ann)
    await make_keys(watch, by)
    await link_identities(scene, watch, by, ann)

    # A scorecard that HR forces, and its score.
    card = await scene.opened()
    await scene.act(card, "propose", "max")
    etag = {"If-Match": (await scene.read(card))["etag"]}
    about = {"scorecard": [card]}
    forced = {"json": {"reason": "Ann is on leave"}, "headers": etag}
    await watch.call("POST /v1/scorecards/{scorecard_id}/force", by["hr"], about, {"scorecard_id": card}, **forced)
    await watch.call("GET /v1/scorecards/{scorecard_id}/score", by["max"], about, {"scorecard_id": card})
    await watch.nothing_by(by["ann"][1], "GET", f"/v1/scorecards/{card}/score", 200)
    await watch.nothing_by(by["eve"][1], "GET", f"/v1/scorecards/{card}/score", 404)
    before = await watch.records()
    assert (await ask(by["max"][1], SCORE, id=card))["scorecard"]["score"]
    await watch.compare("graphql scorecard.score", str(by["max"][0]), about, before)

    # A review, from its opening to its acknowledgement.
    before = await watch.records()
    opened = await by["hr"][1].post("/v1/reviews/bulk", json={"cycle_code": "2026", "stage": "annual"})
    review_id = opened.json()["results"][0]["id"]
    review, place = {"review": [review_id]}, {"review_id": review_id}
    await watch.compare("POST /v1/reviews/bulk", str(hr_id), review, before)

    async def write(name: str, operation: str, **content: Any) -> None:
        tag = (await by[name][1].get(f"/v1/reviews/{review_id}")).headers["ETag"]
        await watch.call(operation, by[name], review, place, headers={"If-Match": tag}, **content)

    await write("ann", "PUT /v1/reviews/{review_id}/self-assessment", json={"text": "A good year."})
    await write("max", "PUT /v1/reviews/{review_id}/manager-assessment", json={"text": "So it was.", "rating": "4.0"})
    await watch.nothing_by(by["max"][1], "GET", "/v1/reviews", 200)  # there is no rating to be read yet
    await write("max", "POST /v1/reviews/{review_id}/release", json={})
    await watch.call("GET /v1/reviews", by["lou"], review)
    await watch.call("GET /v1/reviews/{review_id}", by["lou"], review, place)
    await watch.nothing_by(by["ann"][1], "GET", f"/v1/reviews/{review_id}", 200)
    await watch.nothing_by(by["ann"][1], "GET", "/v1/reviews", 200)
    await watch.nothing_by(by["eve"][1], "GET", f"/v1/reviews/{review_id}", 404)
    before = await watch.records()
    assert (await ask(by["max"][1], NODE, id=global_id("Review", UUID(review_id))))["node"]["uuid"] == review_id
    await watch.compare("graphql node(Review)", str(by["max"][0]), review, before)
    await watch.call("POST /v1/reviews/{review_id}/acknowledge", by["ann"], review, place)
    await reopen(scene, review_id)
    before = await watch.records()
    assert (await ask(by["ann"][1], ACKNOWLEDGE, id=review_id))["acknowledgeReview"]["__typename"] == "ReviewChanged"
    await watch.compare("graphql acknowledgeReview", str(ann), review, before)

    # A measurement that is corrected after its cycle was closed.
    kpi = scene.kpis[0]
    row = {"kpi_code": kpi.code, "period_start": "2026-01-01", "value": "90", "source": "CRM"}
    await watch.nothing_by(by["hr"][1], "POST", "/v1/measurements", 200, json=[row])
    async with scene.organization.world.kpi_api.database.write(scene.organization.id) as session:
        (await session.get_one(Cycle, (scene.organization.id, scene.cycle.id))).status = "closing"
    late = row | {"value": "95", "correction_reason": "Found late"}
    await watch.call("POST /v1/measurements", by["hr"], {"kpi": [kpi.id]}, json=[late])

    # And whoever reads the audit stands in it.
    await watch.call("GET /v1/audit-records", by["lou"], here)
    await watch.call("GET /v1/people/{person_id}/readings", by["lou"], {"person": [ann]}, {"person_id": ann})
    watch.assert_complete()


async def delegate(watch: Watch, by: Actors, to: UUID) -> None:
    """A manager's absence, which HR ends."""
    max_ = {"person": [by["max"][0]]}
    asked = {"delegate_id": str(to), "valid_to": "2026-07-01"}
    place = {"delegation_id": (await watch.call("POST /v1/delegations", by["max"], max_, json=asked)).json()["id"]}
    await watch.call("POST /v1/delegations/{delegation_id}/end", by["hr"], max_, place, json={})
    await watch.nothing_by(by["eve"][1], "POST", f"/v1/delegations/{place['delegation_id']}/end", 404, json={})


async def make_keys(watch: Watch, by: Actors) -> None:
    """A key that shows pay and is approved, and one that is rotated and revoked."""
    waiting = (await by["hr"][1].post("/v1/api-keys", json={"name": "Payroll", "scopes": ["payroll"]})).json()["id"]
    await watch.nothing_by(by["hr"][1], "POST", f"/v1/api-keys/{waiting}/approve", 403)
    await watch.call("POST /v1/api-keys/{key_id}/approve", by["bea"], {"api_key": [waiting]}, {"key_id": waiting})
    before = await watch.records()
    made = (await by["hr"][1].post("/v1/api-keys", json={"name": "HRIS", "scopes": ["integration"]})).json()["id"]
    key, place = {"api_key": [made]}, {"key_id": made}
    await watch.compare("POST /v1/api-keys", str(by["hr"][0]), key, before)
    await watch.call("POST /v1/api-keys/{key_id}/rotate", by["hr"], key, place, json={})
    await watch.call("POST /v1/api-keys/{key_id}/revoke", by["hr"], key, place)
    await watch.nothing_by(by["hr"][1], "POST", f"/v1/api-keys/{made}/revoke", 200)


async def link_identities(scene: Scene, watch: Watch, by: Actors, person: UUID) -> None:
    """An identity from its linking to its unlinking, and who may be linked by e-mail."""
    world, organization = scene.organization.world, scene.organization
    async with open_outside(world, organization) as outside:
        hr, bea = [(id_, await world.client(outside.kpi_api, world.token(organization.id, id_))) for id_ in (by["hr"][0], by["bea"][0])]
        whom, asked = {"person": [person]}, {"person_id": str(person), "issuer": ISSUER, "subject": "a"}
        place = {"identity_id": (await watch.call("POST /v1/person-identities", hr, whom, json=asked)).json()["id"]}
        await watch.nothing_by(hr[1], "POST", f"/v1/person-identities/{place['identity_id']}/approve", 403)
        await watch.call("POST /v1/person-identities/{identity_id}/approve", bea, whom, place)
        await watch.nothing_by(bea[1], "POST", f"/v1/person-identities/{place['identity_id']}/approve", 200)
        await watch.call("DELETE /v1/person-identities/{identity_id}", hr, whom, place)
        settings = {"json": {"link_by_email": [ISSUER]}, "headers": {"If-Match": "*"}}
        await watch.call("PUT /v1/person-identities/settings", hr, {"organization": [organization.id]}, **settings)


async def test_an_answer_given_again_is_recorded_again(scene: Scene, watch: Watch) -> None:
    # Given a role that HR gives under an Idempotency-Key.
    hr, ann = await scene.client("hr"), str(scene.people["ann"].id)
    request: dict[str, Any] = {"json": {"person_id": ann, "role": "payroll"}, "headers": {"Idempotency-Key": "1"}}
    first = await hr.post("/v1/grants", **request)
    before = await watch.records()
    # When the same request comes again.
    again = await hr.post("/v1/grants", **request)
    # Then the answer is the kept one, and that it was given stands in the audit.
    assert (again.status_code, again.content, again.headers["Idempotency-Replayed"]) == (201, first.content, "true")
    expected = {(str(scene.organization.person_id), "answer.replayed", "person", ann): 1}
    assert await watch.records() - before == expected
    # And once more is once more; what is of another actor or key is not told.
    assert (await hr.post("/v1/grants", **request)).content == first.content
    assert await watch.records() - before == dict.fromkeys(expected, 2)


async def test_somebody_deactivated_gets_no_kept_answer(scene: Scene) -> None:
    bea = await scene.client("bea")
    request: dict[str, Any] = {"json": {"person_id": str(scene.people["ann"].id), "role": "payroll"}, "headers": {"Idempotency-Key": "1"}}
    assert (await bea.post("/v1/grants", **request)).status_code == 201
    async with scene.organization.world.kpi_api.database.write(scene.organization.id) as session:
        (await session.get_one(Person, (scene.organization.id, scene.people["bea"].id))).active = False
    refused = await bea.post("/v1/grants", **request)
    assert (refused.status_code, refused.json()["code"]) == (401, "unauthenticated")


async def reopen(scene: Scene, review_id: str) -> None:
    """As if it had not been acknowledged yet."""
    async with scene.organization.world.kpi_api.database.write(scene.organization.id) as session:
        row = (await session.scalars(select(Review).where(Review.id == review_id))).one()
        row.status, row.acknowledged_at = "released", None


async def test_people_see_who_read_their_review(scene: Scene) -> None:
    # Given Ann's review, which her manager, HR, and she herself have read.
    card = await scene.opened()
    await scene.act(card, "propose", "max")
    await scene.act(card, "agree", "ann")
    hr, ann = await scene.client("hr"), scene.people["ann"].id
    [opened] = (await hr.post("/v1/reviews/bulk", json={"cycle_code": "2026", "stage": "annual"})).json()["results"]
    for name in ("max", "hr", "ann", "eve"):
        await (await scene.client(name)).get(f"/v1/reviews/{opened['id']}")
    # When she looks.
    place = f"/v1/people/{ann}/readings"
    seen = (await (await scene.client("ann")).get(place)).json()["items"]
    # Then both stand there, the latest first, and nobody else.
    assert [(item["what"], item["subject_id"], item["reader"]["name"], item["reader"]["roles"]) for item in seen] == [
        ("review.read", opened["id"], "Ada Quill", ["hr_admin"]),
        ("review.read", opened["id"], "max", []),
    ]
    # And over GraphQL the same, for oneself alone.
    for name, expected in (("ann", seen), ("max", [])):
        edges = (await ask(await scene.client(name), READINGS))["viewer"]["readings"]["edges"]
        assert [(edge["node"]["subjectUuid"], edge["node"]["reader"]["name"]) for edge in edges] == [
            (item["subject_id"], item["reader"]["name"]) for item in expected
        ]
    # And her manager and HR do not learn who reads it, nor that anything was read.
    for name in ("max", "hr", "eve", "bea"):
        client = await scene.client(name)
        denied, never = await client.get(place), await client.get(f"/v1/people/{uuid4()}/readings")
        assert (denied.status_code, never.status_code, denied.json()["code"]) == (404, 404, never.json()["code"])
    assert (await (await scene.client("lou")).get(place)).json()["items"] == seen
