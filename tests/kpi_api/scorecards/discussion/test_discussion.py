"""Both sides and HR talk about a scorecard: on all of it or one line, in threads, for those who see it and nobody else."""

from typing import Any

import httpx
from sqlalchemy import select

from chassis.events import Event
from tests.kpi_api.scorecards.scene import Scene, set_scene
from tests.world import Organization


async def say(scene: Scene, card: str, by: str, text: str, **body: Any) -> httpx.Response:
    return await (await scene.client(by)).post(f"/v1/scorecards/{card}/comments", json={"text": text, **body})


async def said(scene: Scene, card: str, by: str, **query: Any) -> list[dict[str, Any]]:
    answer = await (await scene.client(by)).get(f"/v1/scorecards/{card}/comments", params=query)
    assert answer.status_code == 200, answer.text
    return list(answer.json()["items"])


async def test_a_thread_on_a_line_is_read_by_both_sides_and_hr(scene: Scene) -> None:
    card, kpi = await scene.opened(), str(scene.kpis[0].id)
    first = (await say(scene, card, "ann", "Is 100 realistic?", kpi_id=kpi)).json()
    reply = (await say(scene, card, "max", "With the new list it is.", reply_to_id=first["id"])).json()
    again = (await say(scene, card, "hr", "Write the list into it.", reply_to_id=reply["id"])).json()
    whole = (await say(scene, card, "max", "I like the set.")).json()
    for by in ("ann", "max", "hr", "lou"):
        found = [(one["text"], one["kpi_id"], one["reply_to_id"]) for one in await said(scene, card, by)]
        assert found == [
            ("Is 100 realistic?", kpi, None),
            ("With the new list it is.", kpi, first["id"]),
            ("Write the list into it.", kpi, first["id"]),
            ("I like the set.", None, None),
        ]
    assert [one["id"] for one in await said(scene, card, "ann", kpi_id=kpi)] == [first["id"], reply["id"], again["id"]]
    assert (whole["author_id"], whole["side"]) == (str(scene.people["max"].id), "manager")
    assert [one["side"] for one in await said(scene, card, "ann")] == ["person", "manager", "hr", "manager"]


async def test_who_does_not_see_the_scorecard_learns_nothing(scene: Scene) -> None:
    card = await scene.opened()
    first = (await say(scene, card, "ann", "Between us")).json()
    eve, never = await scene.client("eve"), scene.cycle.id
    for path in ("comments", f"comments/{first['id']}"):
        method = "GET" if path == "comments" else "DELETE"
        hidden, nothing = (
            await eve.request(method, f"/v1/scorecards/{card}/{path}"),
            await eve.request(method, f"/v1/scorecards/{never}/{path}"),
        )
        assert (hidden.status_code, hidden.json()) == (404, nothing.json())
    assert (await say(scene, card, "eve", "Let me in")).status_code == 404
    assert len(await said(scene, card, "ann")) == 1
    async with scene.organization.world.kpi_api.database.read(scene.organization.id) as session:
        events = (await session.scalars(select(Event).where(Event.type == "scorecard.commented"))).all()
    assert [event.data for event in events] == [{"comment_id": first["id"]}]


async def test_who_only_looks_says_nothing(scene: Scene) -> None:
    card = await scene.opened()
    answer = await say(scene, card, "lou", "Hm")
    assert (answer.status_code, answer.json()["code"]) == (403, "not_allowed")


async def test_a_comment_has_its_place_on_this_scorecard(scene: Scene) -> None:
    card, other = await scene.opened(lines=scene.lines("50.00", "50.00")), await scene.opened(of="max", lines=[])
    elsewhere = (await say(scene, other, "max", "Mine")).json()["id"]
    first = (await say(scene, card, "ann", "Mine")).json()["id"]
    for body, field in (
        ({"kpi_id": str(scene.kpis[2].id)}, "/kpi_id"),
        ({"reply_to_id": elsewhere}, "/reply_to_id"),
        ({"reply_to_id": first, "kpi_id": str(scene.kpis[0].id)}, "/kpi_id"),
    ):
        answer = await say(scene, card, "ann", "Here", **body)
        assert (answer.status_code, answer.json()["code"], answer.json()["errors"][0]["field"]) == (422, "comment_refused", field)
    assert [one["id"] for one in await said(scene, card, "ann")] == [first]


async def test_the_author_or_hr_removes_a_text_and_its_place_stays(scene: Scene) -> None:
    card = await scene.opened()
    first = (await say(scene, card, "ann", "Too harsh")).json()["id"]
    reply = (await say(scene, card, "max", "Come and talk", reply_to_id=first)).json()["id"]
    client = await scene.client("ann")
    assert (await client.delete(f"/v1/scorecards/{card}/comments/{reply}")).status_code == 403
    assert (await client.delete(f"/v1/scorecards/{card}/comments/{first}")).status_code == 204
    assert (await client.delete(f"/v1/scorecards/{card}/comments/{first}")).status_code == 204
    assert (await (await scene.client("hr")).delete(f"/v1/scorecards/{card}/comments/{reply}")).status_code == 204
    found = await said(scene, card, "max")
    assert [(one["id"], one["text"], one["removed_at"] is None) for one in found] == [(first, None, False), (reply, None, False)]


async def test_another_organization_sees_none_of_it(scene: Scene, organization: Organization) -> None:
    card = await scene.opened()
    first = (await say(scene, card, "ann", "Ours")).json()["id"]
    other = await set_scene(await organization.world.new_organization())
    assert (await (await other.client("hr")).get(f"/v1/scorecards/{card}/comments")).status_code == 404
    theirs = await other.opened()
    assert (await say(other, theirs, "ann", "Here", reply_to_id=first)).status_code == 422
