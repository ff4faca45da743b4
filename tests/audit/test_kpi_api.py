"""kpi_api: each operation of the table leaves who did what to whom; reading one's own review, and refusals, leave nothing."""

from datetime import UTC, datetime
from typing import Any
from uuid import UUID, uuid4

import pytest
from sqlalchemy import select

from chassis.identifiers import new_id
from kpi_api.access.models import Grant
from kpi_api.cycles.models import Cycle
from kpi_api.graphql.nodes import global_id
from kpi_api.reviews.models import Review
from tests.audit.watch import Watch
from tests.kpi_api import given
from tests.kpi_api.graphql.asking import ask
from tests.kpi_api.scorecards.scene import Scene, set_scene
from tests.world import Organization

NOW = "2026-06-01T09:00:00Z"
NODE = "query ($id: ID!) { node(id: $id) { ... on Review { uuid overallRating } } }"
SCORE = "query ($id: ID!) { scorecard(id: $id) { score { freshness composite } } }"
ACKNOWLEDGE = "mutation ($id: ID!) { acknowledgeReview(id: $id) { __typename } }"


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
    await watch.call("POST /v1/grants/{grant_id}/end", by["hr"], {"person": [ann]}, {"grant_id": granted}, json={})
    await watch.nothing_by(by["max"][1], "GET", "/v1/grants", 403)

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
    # And her manager and HR do not learn who reads it, nor that anything was read.
    for name in ("max", "hr", "eve", "bea"):
        client = await scene.client(name)
        denied, never = await client.get(place), await client.get(f"/v1/people/{uuid4()}/readings")
        assert (denied.status_code, never.status_code, denied.json()["code"]) == (404, 404, never.json()["code"])
    assert (await (await scene.client("lou")).get(place)).json()["items"] == seen
