"""Whoever an answer is awaited from finds it in their list, is reminded once per interval, and HR sees who is late."""

from typing import Any

from sqlalchemy import select, update

from chassis.events import Event
from chassis.jobs import Job
from kpi_api.cascade.models import Kpi
from kpi_api.scorecards.reminders.jobs import remind
from tests.kpi_api.scorecards.scene import Scene


async def listed(scene: Scene, by: str, **query: Any) -> list[str]:
    answer = await (await scene.client(by)).get("/v1/scorecards", params=query)
    assert answer.status_code == 200, answer.text
    return [card["id"] for card in answer.json()["items"]]


async def waiting(scene: Scene) -> dict[str, list[str]]:
    return {by: await listed(scene, by, waiting_for="me") for by in ("ann", "max", "lou", "bea", "eve", "hr")}


async def reminders(scene: Scene) -> list[tuple[str, int]]:
    await remind(Job(scene.organization.world.kpi_api.database, scene.organization.id, {}))
    async with scene.organization.world.kpi_api.database.read(scene.organization.id) as session:
        found = await session.scalars(select(Event).where(Event.type == "scorecard.reminder_due").order_by(Event.id))
        return [(event.data["side"], event.data["reminder"]) for event in found]


async def test_it_waits_for_the_other_side_alone(scene: Scene) -> None:
    nobody: dict[str, list[str]] = {by: [] for by in ("ann", "max", "lou", "bea", "eve", "hr")}
    card = await scene.opened()
    assert await waiting(scene) == nobody
    proposed = (await scene.act(card, "propose", "max")).json()
    assert (proposed["waiting_for"], proposed["waiting_since"]) == ("person", proposed["history"][-1]["happened_at"])
    assert await waiting(scene) == nobody | {"ann": [card]}
    await scene.act(card, "counter", "ann", comment="more time")
    assert await waiting(scene) == nobody | {"max": [card]}
    agreed = (await scene.act(card, "agree", "max")).json()
    assert (agreed["waiting_for"], agreed["waiting_since"]) == (None, None)
    assert await waiting(scene) == nobody


async def test_the_board_answers_whoever_has_no_manager(scene: Scene) -> None:
    card = await scene.opened(of="lou", lines=[])
    async with scene.organization.world.kpi_api.database.write(scene.organization.id) as session:
        await session.execute(update(Kpi).values(owner_person_id=scene.people["lou"].id))
    etag = (await scene.read(card))["etag"]
    lines = {"lines": scene.lines("50.00", "30.00", "20.00")}
    await (await scene.client("lou")).put(f"/v1/scorecards/{card}/lines", json=lines, headers={"If-Match": etag})
    assert (await scene.act(card, "propose", "lou")).status_code == 200
    assert {by for by, cards in (await waiting(scene)).items() if cards} == {"bea"}


async def test_a_reminder_once_for_each_interval_until_the_answer_comes(scene: Scene) -> None:
    await scene.organization.set_clock("2026-03-02T09:00:00Z")
    card = await scene.opened()
    await scene.act(card, "propose", "max")
    etag = (await scene.read(card))["etag"]
    await scene.organization.set_clock("2026-03-09T08:59:59Z")
    assert (await reminders(scene), await listed(scene, "hr", late="true")) == ([], [])
    await scene.organization.set_clock("2026-03-09T09:01:00Z")
    assert await reminders(scene) == [("person", 1)]
    assert await reminders(scene) == [("person", 1)]
    assert (await listed(scene, "hr", late="true"), await listed(scene, "hr", late="false")) == ([card], [])
    assert await listed(scene, "eve", late="true") == []
    # Nothing ran for three weeks: one reminder, which says that it is the fourth interval.
    await scene.organization.set_clock("2026-03-30T09:01:00Z")
    assert await reminders(scene) == [("person", 1), ("person", 4)]
    # What was read before the reminders can still be answered, and the next side is reminded from its own beginning.
    assert (await scene.act(card, "counter", "ann", etag=etag, comment="sorry")).status_code == 200
    assert await listed(scene, "hr", late="true") == []
    await scene.organization.set_clock("2026-04-06T09:02:00Z")
    assert (await reminders(scene))[2:] == [("manager", 1)]


async def test_the_organization_sets_the_interval(scene: Scene) -> None:
    await scene.organization.set_clock("2026-03-02T09:00:00Z")
    hr = await scene.client("hr")
    for days, status in ((0, 422), (366, 422), (2, 200)):
        etag = (await hr.get("/v1/organization")).headers["ETag"]
        answer = await hr.patch("/v1/organization", json={"agreement_reminder_days": days}, headers={"If-Match": etag})
        assert answer.status_code == status, answer.text
    card = await scene.opened()
    await scene.act(card, "propose", "max")
    await scene.organization.set_clock("2026-03-04T09:01:00Z")
    assert await listed(scene, "hr", late="true") == [card]
    assert await reminders(scene) == [("person", 1)]


async def test_whoever_is_on_leave_is_reminded_once_they_were_back_for_as_long(scene: Scene) -> None:
    await scene.organization.set_clock("2026-03-02T09:00:00Z")
    card = await scene.opened()
    await scene.act(card, "propose", "max")
    leave = {"first_day": "2026-03-01", "last_day": "2026-03-20"}
    await (await scene.client("hr")).post(f"/v1/people/{scene.people['ann'].id}/leaves", json=leave)
    for day, expected in (("16", []), ("27", []), ("28", [("person", 1)])):
        await scene.organization.set_clock(f"2026-03-{day}T09:00:00Z")
        assert await reminders(scene) == expected, day
    assert await listed(scene, "hr", late=True) == [card]
