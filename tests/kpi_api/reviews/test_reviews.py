"""Person and manager write; nothing a reviewer writes shows before its release; what is released stands."""

from datetime import date

import pytest
from sqlalchemy import func, select, update

from chassis.audit import AuditRecord
from chassis.identifiers import new_id
from kpi_api.access.models import ReportingLine
from kpi_api.reviews.models import Review
from kpi_api.reviews.queries import released_ratings
from tests.kpi_api import given
from tests.kpi_api.reviews.conftest import Scene, a_scorecard

WORDS = {"text": "Ann leads the field.", "rating": "4.5"}


async def feed(scene: Scene, *types: str) -> list[str]:
    await scene.organization.world.work()
    events = (await (await scene.client("hr")).get("/v1/events", params={"type": types})).json()["events"]
    return [event["type"] for event in events]


async def test_a_review_from_writing_to_acknowledgement(scene: Scene) -> None:
    assert (await scene.act("ann", "self-assessment", text="A good year.", rating="4.0")).status_code == 200
    assert (await scene.act("max", "manager-assessment", **WORDS)).status_code == 200
    assert (await scene.read("max"))[0]["self_assessment"]["text"] == "A good year."

    released = await scene.act("max", "release")
    assert (released.status_code, released.json()["overall_rating"]) == (200, "4.50")
    seen, _ = await scene.read("ann")
    assert (seen["status"], seen["manager_assessment"]["text"], seen["overall_rating"]) == ("released", WORDS["text"], "4.50")

    acknowledged = await scene.act("ann", "acknowledge")
    assert (acknowledged.status_code, acknowledged.json()["status"]) == (200, "acknowledged")
    assert (await scene.act("ann", "acknowledge")).json() == acknowledged.json(), "a second time changes nothing"
    assert await feed(scene, "review.released", "review.acknowledged") == ["review.released", "review.acknowledged"]


@pytest.mark.parametrize("onlooker", ["ann", "lou"])
async def test_before_the_release_a_managers_writing_changes_nothing_that_others_see(scene: Scene, onlooker: str) -> None:
    client = await scene.client(onlooker)
    paths = [f"/v1/reviews/{scene.review_id}", "/v1/reviews", "/v1/reviews?stage=annual", f"/v1/reviews?person_id={scene.people['ann'].id}"]

    async def everything() -> list[tuple[int, str, str | None]]:
        answers = [await client.get(path) for path in paths]
        return [(answer.status_code, answer.text, answer.headers.get("etag")) for answer in answers]

    before = await everything()
    assert (await scene.act("max", "manager-assessment", **WORDS)).status_code == 200
    assert (await scene.act("max", "manager-assessment", text="Better still.", rating="5.0")).status_code == 200
    assert await everything() == before
    assert await feed(scene, "review.released") == []


async def test_a_managers_writing_never_fails_the_persons_own(scene: Scene) -> None:
    _, tag = await scene.read("ann")
    await scene.act("max", "manager-assessment", **WORDS)
    assert (await scene.act("ann", "self-assessment", tag, text="A good year.")).status_code == 200


async def test_one_who_has_not_seen_the_latest_text_does_not_overwrite_it(scene: Scene) -> None:
    _, tag = await scene.read("max")
    assert (await scene.act("max", "manager-assessment", tag, **WORDS)).status_code == 200
    stale = await scene.act("max", "manager-assessment", tag, text="Something else.")
    assert (stale.status_code, stale.json()["code"]) == (412, "precondition_failed")
    assert (await scene.read("max"))[0]["manager_assessment"]["text"] == WORDS["text"]


async def test_after_the_release_nothing_is_rewritten(scene: Scene) -> None:
    await scene.act("max", "manager-assessment", **WORDS)
    await scene.act("max", "release", overall_rating="4.0")
    for by, verb, body in [("max", "manager-assessment", WORDS), ("ann", "self-assessment", WORDS), ("max", "release", {})]:
        answer = await scene.act(by, verb, **body)
        assert (answer.status_code, answer.json()["code"]) == (409, "wrong_review_status"), verb
    assert (await scene.read("ann"))[0]["overall_rating"] == "4.00"


@pytest.mark.parametrize(
    ("by", "verb"),
    [
        ("ann", "manager-assessment"),
        ("ann", "release"),
        ("max", "self-assessment"),
        ("lou", "manager-assessment"),
        ("lou", "release"),
        ("hr", "manager-assessment"),
        ("hr", "self-assessment"),
    ],
)
async def test_who_sees_a_review_may_still_not_do_everything(scene: Scene, by: str, verb: str) -> None:
    await scene.act("max", "manager-assessment", **WORDS)
    answer = await scene.act(by, verb, **({} if verb == "release" else WORDS))
    assert (answer.status_code, answer.json()["code"]) == (403, "not_your_review")
    assert (await scene.read("max"))[0]["manager_assessment"]["text"] == WORDS["text"]


async def test_outside_sight_a_review_is_as_one_that_never_was(scene: Scene) -> None:
    eve = await scene.client("eve")
    for method, path, body in [
        ("GET", "", None),
        ("PUT", "/self-assessment", WORDS),
        ("POST", "/release", {}),
        ("POST", "/acknowledge", None),
    ]:
        headers = {"If-Match": "*"}
        hers = await eve.request(method, f"/v1/reviews/{scene.review_id}{path}", json=body, headers=headers)
        never = await eve.request(method, f"/v1/reviews/{new_id()}{path}", json=body, headers=headers)
        assert (hers.status_code, hers.json()) == (404, never.json()), path
    assert (await eve.get("/v1/reviews")).json()["items"] == []


async def test_a_new_manager_neither_reads_nor_overwrites_what_was_not_released(scene: Scene) -> None:
    await scene.act("max", "manager-assessment", **WORDS)
    ann, eve = scene.people["ann"], scene.people["eve"]
    moved = date(2026, 12, 1)
    async with scene.organization.world.kpi_api.database.write(scene.organization.id) as session:
        await session.execute(
            update(ReportingLine).where(ReportingLine.person_id == ann.id, ReportingLine.depth == 1).values(valid_to=moved)
        )
        session.add(ReportingLine(id=new_id(), manager_id=eve.id, person_id=ann.id, depth=1, valid_from=moved, valid_to=None))
    assert (await scene.read("eve"))[0]["manager_assessment"] is None
    assert (await scene.act("eve", "manager-assessment", text="Early days.", rating="3.0")).status_code == 200
    assert (await (await scene.client("max")).get(f"/v1/reviews/{scene.review_id}")).status_code == 404
    assert (await scene.act("eve", "release")).json()["manager_assessment"]["text"] == "Early days."


async def test_hr_releases_the_latest_but_reads_their_own_review_as_anybody_does(scene: Scene) -> None:
    await scene.act("max", "manager-assessment", **WORDS)
    assert (await scene.read("hr"))[0]["manager_assessment"]["text"] == WORDS["text"]
    assert (await scene.act("hr", "release")).status_code == 200

    world = scene.organization.world
    admin_id = scene.organization.person_id
    async with world.kpi_api.database.write(scene.organization.id) as session:
        card = a_scorecard(scene.people["ann"], scene.cycle, person_id=admin_id)
        line = ReportingLine(id=new_id(), manager_id=scene.people["lou"].id, person_id=admin_id, depth=1, valid_from=date(2020, 1, 1))
        session.add_all([card, line])
    scene.review_id = next(r["id"] for r in (await scene.open()).json()["results"] if r["status"] == "created")
    await scene.act("lou", "manager-assessment", **WORDS)
    assert (await scene.read("hr"))[0]["manager_assessment"] is None
    assert (await scene.act("hr", "release")).status_code == 403


async def test_there_is_nothing_to_release_before_something_is_written(scene: Scene) -> None:
    answer = await scene.act("max", "release", overall_rating="4.0")
    assert (answer.status_code, answer.json()["code"]) == (409, "assessment_missing")


async def test_an_annual_review_needs_a_rating_and_a_mid_year_one_does_not(scene: Scene) -> None:
    await scene.act("max", "manager-assessment", text="No number yet.")
    refused = await scene.act("max", "release")
    assert (refused.status_code, refused.json()["errors"][0]["field"]) == (422, "/overall_rating")
    scene.review_id = (await scene.open("mid_year")).json()["results"][0]["id"]
    await scene.act("max", "manager-assessment", text="On the way.")
    assert (await scene.act("max", "release")).json()["overall_rating"] is None


@pytest.mark.parametrize("rating", ["0.9", "5.01", "-1", "4.005"])
async def test_ratings_lie_on_the_organizations_scale(scene: Scene, rating: str) -> None:
    answer = await scene.act("max", "manager-assessment", text="Hm.", rating=rating)
    assert (answer.status_code, answer.json()["errors"][0]["field"]) == (422, "/rating")
    assert (await scene.read("max"))[0]["manager_assessment"] is None


async def test_opening_again_changes_nothing_and_an_unknown_scorecard_is_named(scene: Scene) -> None:
    again = (await scene.open()).json()
    assert (again["created"], again["unchanged"], again["results"][0]["id"]) == (0, 1, scene.review_id)
    draft = a_scorecard(scene.people["max"], scene.cycle, status="draft", agreement=None, agreement_digest=None)
    await given.store(scene.organization, draft)
    some = (await scene.open(scorecard_ids=[str(scene.card.id), str(draft.id), str(new_id())])).json()
    assert [(result["row"], result["status"]) for result in some["results"]] == [(1, "unchanged"), (2, "error"), (3, "error")]
    assert some["results"][1]["errors"][0]["code"] == "no_agreed_scorecard"
    assert (await (await scene.client("max")).post("/v1/reviews/bulk", json={"cycle_code": "2026", "stage": "annual"})).status_code == 403


async def test_reading_somebody_elses_review_is_recorded(scene: Scene) -> None:
    await scene.read("ann")
    await scene.read("lou")
    reads = select(AuditRecord.actor).where(AuditRecord.action == "review.read")
    async with scene.organization.world.kpi_api.database.read(scene.organization.id) as session:
        assert [str(actor) for actor in await session.scalars(reads)] == [str(scene.people["lou"].id)]


async def test_only_released_annual_ratings_reach_the_plan(scene: Scene) -> None:
    database = scene.organization.world.kpi_api.database
    await scene.act("max", "manager-assessment", **WORDS)
    async with database.read(scene.organization.id) as session:
        assert await released_ratings(session, scene.cycle.id) == {}
        before_release = session.now
    await scene.act("max", "release")
    async with database.read(scene.organization.id) as session:
        [(person_id, rating)] = (await released_ratings(session, scene.cycle.id)).items()
        assert (person_id, str(rating)) == (scene.people["ann"].id, "4.50")
        assert await released_ratings(session, scene.cycle.id, as_of=before_release) == {}
        assert await session.scalar(select(func.count()).select_from(Review)) == 1
