"""A development goal is written by one side and agreed by the other; its steps measure a KPI; it ends with a reason."""

import asyncio
from typing import Any

import pytest
from sqlalchemy import select

from chassis.events import Event
from tests.kpi_api.development.conftest import GOAL, STEPS, Learning


def allowed(goal: dict[str, Any]) -> set[str]:
    return {verb["verb"] for verb in goal["verbs"] if verb["allowed"]}


@pytest.mark.parametrize(("writer", "other", "side"), [("ann", "max", "person"), ("max", "ann", "manager")])
async def test_either_side_writes_and_the_other_agrees(learning: Learning, writer: str, other: str, side: str) -> None:
    goal = await learning.write(writer)
    assert (goal["status"], goal["written_by_side"], goal["agreed_at"]) == ("proposed", side, None)
    assert allowed(goal) == {"change", "add_evidence", "drop"}
    own = await learning.call(writer, "POST", f"/{goal['id']}/agree", goal["etag"])
    assert (own.status_code, own.json()["code"]) == (403, "not_your_turn")
    agreed = await learning.done(other, "POST", f"/{goal['id']}/agree", goal["etag"])
    assert (agreed["status"], agreed["agreed_by_id"]) == ("agreed", str(learning.scene.people[other].id))
    assert [step["text"] for step in agreed["steps"]] == [step["text"] for step in STEPS]
    async with learning.scene.organization.world.kpi_api.database.read(learning.scene.organization.id) as session:
        told = (await session.scalars(select(Event.data).where(Event.type == "development_goal.changed").order_by(Event.id))).all()
    assert told == [{"person_id": str(learning.scene.people["ann"].id), "step": step} for step in ("proposed", "agreed")]


async def test_a_change_asks_the_other_side_again_and_keeps_what_was_done(learning: Learning) -> None:
    goal = await learning.agreed()
    first = goal["steps"][0]["id"]
    done = await learning.done("ann", "PUT", f"/{goal['id']}/steps/{first}", done_on="2026-06-01")
    steps = [{"id": first, "text": "Finish the long course"}, {"text": "Something new"}]
    changed = await learning.done("max", "PUT", f"/{goal['id']}", done["etag"], **(GOAL | {"steps": steps, "due_on": "2026-12-01"}))
    assert (changed["status"], changed["waiting_for"], changed["agreed_at"]) == ("proposed", "person", None)
    assert [(step["text"], step["done_on"]) for step in changed["steps"]] == [
        ("Finish the long course", "2026-06-01"),
        ("Something new", None),
    ]
    early = await learning.call("ann", "PUT", f"/{goal['id']}/steps/{changed['steps'][1]['id']}", done_on="2026-06-02")
    assert (early.status_code, early.json()["code"]) == (409, "wrong_status")
    assert (await learning.done("ann", "POST", f"/{goal['id']}/agree", changed["etag"]))["status"] == "agreed"


async def test_the_share_of_steps_done_is_the_value_of_its_kpi_exactly(learning: Learning) -> None:
    goal = await learning.write(kpi_id=str(learning.share.id), measured_by="steps")
    assert await learning.values(learning.share) == []
    agreed = await learning.done("max", "POST", f"/{goal['id']}/agree", goal["etag"])
    assert await learning.values(learning.share) == [("0", "3", 1)]
    assert await learning.actual(learning.share) == "0.000000000000"
    for step, day in ((0, "2026-06-01"), (1, "2026-06-10")):
        await learning.done("ann", "PUT", f"/{goal['id']}/steps/{agreed['steps'][step]['id']}", done_on=day)
    again = await learning.done("ann", "PUT", f"/{goal['id']}/steps/{agreed['steps'][1]['id']}", done_on="2026-06-10")
    assert again["steps_done"] == 2
    assert max(await learning.values(learning.share), key=lambda value: value[2]) == ("2", "3", 3)
    assert await learning.actual(learning.share) == "66.666666666667"
    await learning.done("max", "PUT", f"/{goal['id']}/steps/{agreed['steps'][0]['id']}", done_on=None)
    assert await learning.actual(learning.share) == "33.333333333333"


async def test_a_kpi_that_takes_values_is_measured_as_any(learning: Learning) -> None:
    goal = await learning.agreed(kpi_id=str(learning.certificate.id), measured_by="records")
    await learning.done("ann", "PUT", f"/{goal['id']}/steps/{goal['steps'][0]['id']}", done_on="2026-06-01")
    assert await learning.values(learning.certificate) == []


async def test_what_does_not_fit_is_named_and_nothing_is_written(learning: Learning) -> None:
    strange = str(learning.scene.cycle.id)
    taken = await learning.write(kpi_id=str(learning.share.id), measured_by="steps")
    for body, field, code in (
        ({"kpi_id": strange, "measured_by": "steps"}, "/kpi_id", "unknown_kpi"),
        ({"kpi_id": str(learning.sales.id), "measured_by": "records"}, "/kpi_id", "not_a_development_kpi"),
        ({"kpi_id": str(learning.certificate.id), "measured_by": "steps"}, "/kpi_id", "not_measured_by_steps"),
        ({"kpi_id": str(learning.share.id), "measured_by": "steps"}, "/kpi_id", "measured_already"),
        ({"steps": [{"text": "Later", "due_on": "2026-10-01"}]}, "/steps/0/due_on", "due_before_step"),
        ({"steps": [{"text": "Whose", "id": strange}]}, "/steps/0/id", "unknown_step"),
        ({"person_id": strange}, "/person_id", "unknown_person"),
    ):
        answer = await learning.call("ann", "POST", **({"person_id": str(learning.scene.people["ann"].id)} | GOAL | body))
        told = answer.json()
        assert (answer.status_code, told["code"], told["errors"][0]["field"], told["errors"][0]["code"]) == (
            422, "development_goal_refused", field, code,
        )  # fmt: skip
    listed = (await learning.call("ann", "GET")).json()["items"]
    assert [one["id"] for one in listed] == [taken["id"]]
    for body in ({"kpi_id": str(learning.share.id)}, {"steps": []}, {"skill": " "}, {"aim": "fame"}):
        answer = await learning.call("ann", "POST", **({"person_id": str(learning.scene.people["ann"].id)} | GOAL | body))
        assert answer.status_code == 422


async def test_it_ends_with_a_reason_unless_it_was_reached(learning: Learning) -> None:
    proposed, reached, missed = await learning.write(), await learning.agreed(), await learning.agreed()
    early = await learning.call("max", "POST", f"/{proposed['id']}/close", proposed["etag"], outcome="reached")
    assert (early.status_code, early.json()["code"]) == (409, "wrong_status")
    assert (await learning.call("max", "POST", f"/{missed['id']}/close", missed["etag"], outcome="not_reached")).status_code == 422
    shown = await learning.done("ann", "POST", f"/{reached['id']}/evidence", link="https://records.example.com/1")
    closed = await learning.done("max", "POST", f"/{reached['id']}/close", shown["etag"], outcome="reached")
    assert (closed["status"], closed["evidence"][0]["link"], allowed(closed)) == ("reached", "https://records.example.com/1", set())
    missed = await learning.done(
        "ann", "POST", f"/{missed['id']}/close", missed["etag"], outcome="not_reached", reason="The course was full"
    )
    assert (missed["closing_reason"], missed["closed_by_id"]) == ("The course was full", str(learning.scene.people["ann"].id))
    dropped = await learning.done("ann", "POST", f"/{proposed['id']}/close", proposed["etag"], outcome="dropped", reason="Other plans")
    assert dropped["status"] == "dropped"
    late = await learning.call("ann", "POST", f"/{dropped['id']}/evidence", text="Too late")
    assert (late.status_code, late.json()["code"]) == (409, "wrong_status")


async def test_who_is_no_side_reads_or_learns_nothing(learning: Learning) -> None:
    goal = await learning.agreed()
    for by in ("lou", "hr"):
        assert allowed(await learning.read(goal, by)) == set()
        answer = await learning.call(by, "POST", f"/{goal['id']}/evidence", text="Hm")
        assert (answer.status_code, answer.json()["code"]) == (403, "not_allowed")
    never = learning.scene.cycle.id
    for by in ("eve", "bea"):
        hidden, nothing = await learning.call(by, "GET", f"/{goal['id']}"), await learning.call(by, "GET", f"/{never}")
        assert (hidden.status_code, hidden.json()) == (404, nothing.json())
        assert (await learning.call(by, "GET")).json()["items"] == []
        refused = await learning.call(by, "POST", person_id=str(learning.scene.people["ann"].id), **GOAL)
        assert (refused.status_code, refused.json()["errors"][0]["code"]) == (422, "unknown_person")
    top = await learning.write("lou", "lou")
    assert (await learning.done("bea", "POST", f"/{top['id']}/agree", top["etag"]))["status"] == "agreed"


async def test_of_two_at_once_the_second_is_told_how_it_stands(learning: Learning) -> None:
    goal = await learning.write()
    answers = await asyncio.gather(
        learning.call("max", "POST", f"/{goal['id']}/agree", goal["etag"]),
        learning.call("ann", "PUT", f"/{goal['id']}", goal["etag"], **(GOAL | {"skill": "Statistics"})),
    )
    assert sorted(answer.status_code for answer in answers) == [200, 412]
    late = next(answer.json() for answer in answers if answer.status_code == 412)
    now = await learning.read(goal)
    assert late["current_etag"] == now["etag"]
    assert f"It is {now['status']} now: “{now['skill']}” by 2026-09-30, 0 of 3 steps done" in late["detail"]
    assert (await learning.call("ann", "PUT", f"/{goal['id']}", **GOAL)).status_code == 428


async def test_nobody_has_done_what_lies_ahead(learning: Learning) -> None:
    goal = await learning.agreed()
    answer = await learning.call("ann", "PUT", f"/{goal['id']}/steps/{goal['steps'][0]['id']}", done_on="2026-06-16")
    assert (answer.status_code, answer.json()["errors"][0]["code"]) == (422, "done_ahead")
    assert (await learning.read(goal))["steps_done"] == 0


async def test_somebody_who_has_left_gets_no_goal(learning: Learning) -> None:
    goal = await learning.write()
    hr = await learning.scene.client("hr")
    ann = learning.scene.people["ann"].id
    assert (await hr.post(f"/v1/people/{ann}/leave", json={"last_day": "2026-06-14"})).is_success
    answer = await learning.call("max", "POST", person_id=str(ann), **GOAL)
    assert answer.status_code == 422
    assert answer.json()["errors"][0]["code"] in {"person_left", "unknown_person"}
    assert (await learning.read(goal, "hr"))["status"] == "proposed"
