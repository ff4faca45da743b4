"""From the frozen year to its release: sent once, whoever is killed when; followed by the feed; corrected by differences."""

import asyncio
from typing import Any

import pytest

from chassis.idempotency import forget_answers
from kpi_api.closing import following
from kpi_api.closing.models import Closing
from kpi_api.closing.snapshot import snapshot
from tests.kpi_api.closing.conftest import Year
from tests.verbs import do_as_said, said


async def test_a_year_is_frozen_sent_computed_approved_and_released(year: Year) -> None:
    closed = await year.close()
    assert (closed.status_code, closed.json()["status"], closed.json()["scorecard_count"]) == (202, "frozen", 1)
    cards = (await (await year.scene.client("hr")).get("/v1/scorecards")).json()["items"]
    assert sorted(card["status"] for card in cards) == ["closed", "closed_not_agreed"]
    assert (await (await year.scene.client("hr")).get("/v1/cycles/2026")).json()["status"] == "closing"

    await year.work()
    found = await year.closing()
    assert (found["status"], found["failure"], found["not_agreed_count"]) == ("computed", None, 1)
    assert [row["person_id"] for row in found["not_agreed"]] == [str(year.scene.people["max"].id)]
    assert found["snapshot_digest"].startswith("sha256:")

    for verb, status in [("approve", "approved"), ("release", "released")]:
        answer = await year.pay("lou", verb)
        assert answer.status_code == 200, answer.text
        await year.work()
        assert (await year.closing())["status"] == status
    found = await year.closing()
    assert found["sent_at"] <= found["computed_at"] <= found["approved_at"] <= found["released_at"]
    assert (await (await year.scene.client("hr")).get("/v1/cycles/2026")).json()["status"] == "closed"
    assert [event["data"]["state"] for event in await year.feed("run.followed")] == ["computed", "approved", "released"]
    assert len(await year.feed("cycle.closed")) == 1
    payout = (await (await year.organization.as_person(year.scene.people["ann"].id)).scoring.get("/v1/payouts")).json()["items"][0]
    assert payout["amount"] == "6000.00", "1200 of 1200 calls; the KPIs without a value give their weight to it"


async def test_who_closed_the_cycle_does_not_approve_its_run(year: Year) -> None:
    assert (await year.close("lou")).status_code == 202
    await year.work()
    answer = await year.pay("lou", "approve")
    assert (answer.status_code, answer.json()["code"]) == (403, "own_run"), answer.text
    await year.work()
    assert (await year.closing())["status"] == "computed"


async def test_closing_again_or_twice_at_once_is_closing_once(year: Year) -> None:
    first, second = await asyncio.gather(year.close(), year.close())
    assert (first.status_code, second.status_code) == (202, 202)
    assert first.json()["id"] == second.json()["id"]
    await year.work()
    third = await year.close()
    assert third.json()["id"] == first.json()["id"]
    assert len(await year.feed("scorecard.closed")) == 1


@pytest.mark.parametrize("by", ["ann", "max", "bea"])
async def test_only_hr_closes(year: Year, by: str) -> None:
    answer = await year.close(by)
    assert (answer.status_code, answer.json()["code"]) == (403, "not_allowed")
    assert (await (await year.scene.client("ann")).get("/v1/cycles/2026/closing")).status_code == 403
    assert (await (await year.scene.client("hr")).get("/v1/cycles/2026/closing")).status_code == 404
    assert (await (await year.scene.client("hr")).get("/v1/cycles/2026")).json()["status"] == "open"


class Killed(BaseException):
    """The worker is gone: nothing of its own handles this."""


@pytest.mark.parametrize(("call", "moment"), [(1, "before"), (1, "after"), (2, "after"), (3, "after"), (3, "erasure")])
async def test_a_worker_killed_while_sending_is_followed_by_one_that_sends_the_same(
    year: Year, monkeypatch: pytest.MonkeyPatch, call: int, moment: str
) -> None:
    closing_id = (await year.close()).json()["id"]
    honest, calls, bodies = year.scoring.call, 0, []

    async def deadly(*arguments: Any, **content: Any) -> Any:
        nonlocal calls
        calls += 1
        if "content" in content:
            bodies.append(content["content"])
        if (calls, moment) == (call, "before"):
            raise Killed
        answer = await honest(*arguments, **content)
        if calls == call and moment != "before":
            raise Killed
        return answer

    monkeypatch.setattr(year.scoring, "call", deadly)
    with pytest.raises(Killed):
        await year.advance()
    assert (await year.closing())["status"] == "frozen", "half a sending is no sending"
    if moment == "erasure":  # of somebody in between, after which scoring keeps no answer
        async with year.organization.world.scoring.database.write(year.organization.id) as session:
            await forget_answers(session)

    await year.work()
    found = await year.closing()
    assert (found["id"], found["status"], found["failure"]) == (closing_id, "computed", None)
    assert len(set(bodies)) == 1, "the same bytes each time"
    assert len(await year.feed("cycle.closed")) == 1
    runs = (await (await year.organization.as_person(year.scene.people["lou"].id)).scoring.get("/v1/runs")).json()["items"]
    assert [(run["id"], run["snapshot_digest"]) for run in runs] == [(closing_id, found["snapshot_digest"])]


async def test_a_follower_killed_before_its_commit_records_nothing_twice(year: Year, monkeypatch: pytest.MonkeyPatch) -> None:
    await year.close()
    await year.organization.world.work()
    assert (await year.closing())["status"] == "sent"
    record = following._record

    async def deadly(*arguments: Any) -> None:
        await record(*arguments)
        raise Killed

    monkeypatch.setattr(following, "_record", deadly)
    with pytest.raises(Killed):
        await year.advance()
    monkeypatch.undo()
    for _ in range(2):
        await year.advance()
    assert [event["data"]["state"] for event in await year.feed("run.followed")] == ["computed"]


async def test_with_scoring_down_the_close_stands_says_why_it_waits_and_goes_on(year: Year) -> None:
    async with year.scoring_stopped():
        assert (await year.close()).status_code == 202
        await year.work()
        found = await year.closing()
        assert (found["status"], found["sent_at"]) == ("frozen", None)
        assert "no answer" in found["failure"]
    await year.work()
    found = await year.closing()
    assert (found["status"], found["failure"]) == ("computed", None)


async def test_what_becomes_known_after_the_close_is_not_in_its_snapshot(year: Year) -> None:
    async with year.scoring_stopped():
        closing_id = (await year.close()).json()["id"]
        database = year.organization.world.kpi_api.database

        async def bytes_now() -> bytes:
            async with database.read(year.organization.id) as session:
                return await snapshot(session, await session.get_one(Closing, (year.organization.id, closing_id)))

        before = await bytes_now()
        await year.organization.set_clock("2027-01-15T09:00:00Z")
        late = await year.measure(0, "600", correction_reason="Counted twice")
        assert late.json()["error"] == 0, late.text
        assert await bytes_now() == before


async def test_a_cycle_without_agreed_scorecards_closes_without_a_run(bare_year: Year) -> None:
    await bare_year.scene.opened()
    assert (await bare_year.close()).json()["scorecard_count"] == 0
    await bare_year.work()
    found = await bare_year.closing()
    assert (found["status"], found["not_agreed_count"]) == ("empty", 1)
    assert (await (await bare_year.scene.client("hr")).get("/v1/cycles/2026")).json()["status"] == "closed"
    assert (await bare_year.close()).json()["id"] == found["id"]


async def test_a_superseded_run_is_closed_anew(year: Year) -> None:
    first = (await year.close()).json()
    await year.work()
    assert (await year.pay("lou", "supersede")).status_code == 200
    await year.work()
    assert (await year.closing())["status"] == "superseded"
    second = (await year.close()).json()
    assert second["id"] != first["id"]
    await year.work()
    found = await year.closing()
    assert (found["id"], found["status"], found["scorecard_count"]) == (second["id"], "computed", 1)
    assert len(await year.feed("cycle.closed")) == 1


async def test_a_correction_after_the_release_pays_the_difference(year: Year) -> None:
    hr = await year.scene.client("hr")
    await year.close()
    early = await hr.post("/v1/cycles/2026/corrections")
    assert (early.status_code, early.json()["code"]) == (409, "run_not_released")
    for verb in ("", "approve", "release"):
        if verb:
            assert (await year.pay("lou", verb)).status_code == 200
        await year.work()

    await year.organization.set_clock("2027-01-15T09:00:00Z")
    assert (await year.measure(0, "600", correction_reason="Counted twice")).json()["error"] == 0
    again = await hr.post("/v1/cycles/2026/corrections")
    assert (again.status_code, again.json()["kind"]) == (202, "correction")
    assert (await hr.post("/v1/cycles/2026/corrections")).json()["id"] == again.json()["id"]
    await year.work()
    assert (await year.pay("lou", "approve")).status_code == 200
    client = (await year.organization.as_person(year.scene.people["lou"].id)).scoring
    [line] = (await client.get(f"/v1/runs/{again.json()['id']}/lines")).json()["items"]
    assert (line["payout"], line["amount"]) == ("3000.00", "-3000.00")


async def test_a_closing_says_whether_it_is_begun_again_or_corrected(year: Year) -> None:
    hr = await year.scene.client("hr")
    await year.close()
    await year.work()
    # Given a run that is not released, nothing is corrected, and closing again is the closing that is there.
    computed = await year.closing()
    assert said(computed, "close_again") == (False, "The closing stands. It is begun again once its run was superseded.")
    assert not await do_as_said(computed, "correct", hr.post("/v1/cycles/2026/corrections"))
    assert (await year.close()).json()["id"] == computed["id"]
    # When the run is superseded, it can be closed again.
    client = (await year.organization.as_person(year.scene.people["lou"].id)).scoring
    assert (await client.post(f"/v1/runs/{computed['id']}/supersede")).is_success
    await year.work()
    superseded = await year.closing()
    assert await do_as_said(superseded, "close_again", year.close())
    again = await year.closing()
    assert again["id"] != superseded["id"]
    # And once a run is released, it is corrected, though not by who only reads.
    await year.work()
    for verb in ("approve", "release"):
        assert (await year.pay("lou", verb)).is_success
    await year.work()
    max_ = await year.scene.client("max")
    seen = (await max_.get("/v1/cycles/2026/closing")).json()
    assert not await do_as_said(seen, "correct", max_.post("/v1/cycles/2026/corrections"))
    assert await do_as_said(await year.closing(), "correct", hr.post("/v1/cycles/2026/corrections"))
