"""Leave as a dated fact: recorded, changed and taken back by who keeps people's facts; its kind is nobody else's business."""

import asyncio
from typing import Any

import httpx
import pytest
from sqlalchemy import select

from chassis.events import Event
from tests.kpi_api.scorecards.scene import Scene, set_scene
from tests.world import Organization

SPRING = {"first_day": "2026-03-01", "last_day": "2026-04-15", "kind": "parental"}


@pytest.fixture
async def scene(organization: Organization) -> Scene:
    return await set_scene(organization)


async def call(scene: Scene, by: str, method: str, path: str = "", etag: str | None = None, **body: Any) -> httpx.Response:
    place = f"/v1/people/{scene.people['ann'].id}/leaves{path}"
    headers = {"If-Match": etag} if etag else {}
    return await (await scene.client(by)).request(method, place, headers=headers, **({"json": body} if body else {}))


async def test_a_leave_is_recorded_changed_and_taken_back(scene: Scene) -> None:
    made = await call(scene, "hr", "POST", **SPRING)
    assert (made.status_code, made.json() | {"id": 0, "person_id": 0}) == (201, SPRING | {"id": 0, "person_id": 0, "version": 1})
    place = f"/{made.json()['id']}"
    open_ended = {"first_day": "2026-03-02", "kind": "parental"}
    assert (await call(scene, "hr", "PUT", place, **open_ended)).status_code == 428
    changed = await call(scene, "hr", "PUT", place, etag=made.headers["ETag"], **open_ended)
    assert (changed.status_code, changed.json()["first_day"], changed.json()["last_day"]) == (200, "2026-03-02", None)
    assert (await call(scene, "hr", "PUT", place, etag=made.headers["ETag"], **SPRING)).status_code == 412
    assert (await call(scene, "hr", "DELETE", place, etag=made.headers["ETag"])).status_code == 412
    assert (await call(scene, "hr", "DELETE", place, etag=changed.headers["ETag"])).status_code == 204
    assert (await call(scene, "hr", "GET")).json() == []
    async with scene.organization.world.kpi_api.database.read(scene.organization.id) as session:
        told = list(await session.scalars(select(Event.type).where(Event.type == "leave.changed")))
    assert len(told) == 3


async def test_the_manager_sees_the_days_and_not_the_kind_and_a_stranger_nothing(scene: Scene) -> None:
    await call(scene, "hr", "POST", **SPRING)
    kinds = {by: (await call(scene, by, "GET")).json()[0]["kind"] for by in ("ann", "hr", "max", "lou")}
    assert kinds == {"ann": "parental", "hr": "parental", "max": None, "lou": None}
    never_was = await (await scene.client("eve")).get(f"/v1/people/{scene.cycle.id}/leaves")
    strange = await call(scene, "eve", "GET")
    assert (strange.status_code, strange.json()) == (404, never_was.json())
    for by in ("ann", "max"):
        assert (await call(scene, by, "POST", **SPRING)).status_code == 403
    assert (await call(scene, "eve", "POST", **SPRING)).status_code == 404


async def test_of_two_at_once_that_overlap_one_is_recorded_and_the_other_told(scene: Scene) -> None:
    later = {"first_day": "2026-04-15", "last_day": "2026-05-01"}
    answers = await asyncio.gather(call(scene, "hr", "POST", **SPRING), call(scene, "hr", "POST", **later))
    assert sorted(answer.status_code for answer in answers) == [201, 409]
    (made,), (refused,) = ([answer.json() for answer in answers if answer.status_code == status] for status in (201, 409))
    assert (refused["code"], refused["leave_id"]) == ("overlapping_leave", made["id"])
    assert len((await call(scene, "hr", "GET")).json()) == 1
    assert (await call(scene, "hr", "POST", first_day="2026-05-02")).status_code == 201, "the next day"


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ({"first_day": "2026-04-15", "last_day": "2026-03-01"}, "/last_day"),
        ({"first_day": "2026-02-30"}, "/first_day"),
        ({"first_day": "2026-03-01", "paid": False}, "/paid"),
        ({"first_day": "2026-03-01", "kind": "   "}, "/kind"),
    ],
)
async def test_what_is_no_leave_is_refused_by_field(scene: Scene, body: dict[str, Any], field: str) -> None:
    refused = await call(scene, "hr", "POST", **body)
    assert (refused.status_code, refused.json()["errors"][0]["field"]) == (422, field), refused.text
    assert (await call(scene, "hr", "GET")).json() == []


async def test_rules_of_time_are_the_organizations_and_unknown_ones_refused(scene: Scene) -> None:
    client = await scene.client("hr")
    found = (await client.get("/v1/organization")).json()["time_rules"]
    assert found == {
        "leave_days": "paid", "leave_targets": "whole", "part_time_targets": "whole", "leave_from_days": 1, "unaffected_kinds": [],
    }  # fmt: skip
    rules = {"leave_targets": "pro_rated", "unaffected_kinds": ["maternity"]}
    changed = await client.patch("/v1/organization", json={"time_rules": rules}, headers={"If-Match": "*"})
    assert (changed.status_code, changed.json()["time_rules"]) == (200, found | rules)
    for wrong in ({"leave_targets": "halved"}, {"leave_from_days": 0}, {"sick_days": "paid"}):
        assert (await client.patch("/v1/organization", json={"time_rules": wrong}, headers={"If-Match": "*"})).status_code == 422
