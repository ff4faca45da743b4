"""Runs: snapshots in any form, states, segregation of duties, lines that cannot be computed."""

import asyncio
import json
import uuid
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import text

from scoring.runs import computing
from tests.scoring.company import PLAN, Company, arrow_stream, found, ok
from tests.world import Organization

ARROW = {"Content-Type": "application/vnd.apache.arrow.stream"}


@pytest.fixture
async def company(organization: Organization) -> Company:
    company = await found(organization)
    for name in ("ana", "ben", "cyd"):
        await company.hire(name, salary="60000", target_bonus_share="0.10")
    await company.adopt_plan()
    return company


async def test_the_digest_depends_on_content_alone(company: Company) -> None:
    # Given the same three scorecards as JSON, backwards, and as Arrow in three batches.
    cards = [company.scorecard(name, "95.5") for name in ("ana", "ben", "cyd")]
    backwards = [{**card, "lines": card["lines"][::-1]} for card in cards[::-1]]
    bodies: list[tuple[Any, dict[str, str]]] = [
        (json.dumps(cards), {"Content-Type": "application/json"}),
        (json.dumps(backwards), {"Content-Type": "application/json"}),
        (arrow_stream(backwards, batches=3), ARROW),
    ]
    # When each is sent for a run of its own and computed.
    runs = []
    for body, headers in bodies:
        run_id = await company.announce()
        ok(await company.service.put(f"/v1/runs/{run_id}/scorecards", content=body, headers=headers))
        ok(await company.service.post(f"/v1/runs/{run_id}/compute"))
        await company.world.work()
        runs.append(ok(await company.clients["comp"].get(f"/v1/runs/{run_id}")).json())
    # Then snapshot and inputs have one digest, and the lines are the same.
    assert len({run["snapshot_digest"] for run in runs}) == 1
    assert len({run["input_digest"] for run in runs}) == 1
    facts = [{name: (line["payout"], line["composite"]) for name, line in (await company.lines(run["id"])).items()} for run in runs]
    assert facts == [dict.fromkeys(("ana", "ben", "cyd"), ("5730.00", "0.955"))] * 3
    # And another actual has another digest.
    run_id = await company.announce()
    ok(await company.service.put(f"/v1/runs/{run_id}/scorecards", json=[*cards[:2], company.scorecard("cyd", "95.6")]))
    assert ok(await company.service.get(f"/v1/runs/{run_id}")).json()["snapshot_digest"] != runs[0]["snapshot_digest"]


async def test_what_a_run_pays_in_all_is_told_to_who_sees_its_lines_alone(company: Company) -> None:
    """A run may be of one person, so its sum is that person's pay; so are a digest that can be guessed at and whether a limit is passed."""
    hr = await company.appoint("hana", "hr_admin")
    run_id = str(uuid.uuid4())
    ok(await hr.put(f"/v1/runs/{run_id}", json={"cycle_code": "2026", "period_start": "2026-01-01", "period_end": "2026-12-31"}))
    ok(await hr.put(f"/v1/runs/{run_id}/scorecards", json=[company.scorecard("ana")]))
    ok(await hr.post(f"/v1/runs/{run_id}/compute"))
    await company.world.work()

    shown = ok(await company.clients["comp"].get(f"/v1/runs/{run_id}")).json()
    assert shown["totals"]["amounts"]["USD"] > "0"
    assert (shown["totals"]["zero_count"], shown["approvals_needed"], len(shown["input_digest"])) == (0, 1, len("sha256:") + 64)
    payroll = await company.appoint("paz", "payroll")
    for client in (hr, payroll, company.service):
        hidden = ok(await client.get(f"/v1/runs/{run_id}")).json()
        listed = next(run for run in ok(await client.get("/v1/runs")).json()["items"] if run["id"] == run_id)
        for run in (hidden, listed):
            assert run["totals"] == {"line_count": 1, "failed_count": 0, "zero_count": None, "amounts": None}
            assert run["input_digest"] is None
        assert hidden["approvals_needed"] is None


async def test_what_a_key_wrote_or_computed_is_approved_by_nobody_who_makes_keys(company: Company) -> None:
    key = (await company.organization.with_key("integration")).scoring
    both = await company.appoint("bea", "hr_admin", "comp_admin")
    ok(await key.post("/v1/plans", json={"code": "gift", "name": "Gift", "document": PLAN.replace("annual_bonus", "gift")}))
    refused = await both.post("/v1/plans/gift/versions/1/approve")
    assert (refused.status_code, refused.json()["code"]) == (403, "own_plan")
    assert ok(await company.clients["second"].post("/v1/plans/gift/versions/1/approve")).json()["status"] == "approved"

    run_id = await company.announce()
    ok(await key.put(f"/v1/runs/{run_id}/scorecards", json=[company.scorecard("ana")]))
    ok(await key.post(f"/v1/runs/{run_id}/compute"))
    await company.world.work()
    refused = await both.post(f"/v1/runs/{run_id}/approve")
    assert (refused.status_code, refused.json()["code"]) == (403, "own_run")
    assert ok(await company.clients["comp"].post(f"/v1/runs/{run_id}/approve")).json()["status"] == "approved"


async def test_a_snapshot_may_be_repeated_but_not_changed_once_computed(company: Company) -> None:
    run_id = await company.computed_run([company.scorecard("ana")])
    place = f"/v1/runs/{run_id}/scorecards"
    again = ok(await company.service.put(place, json=[company.scorecard("ana")])).json()
    assert again["status"] == "computed"
    refused = await company.service.put(place, json=[company.scorecard("ana", "99")])
    assert (refused.status_code, refused.json()["code"]) == (409, "snapshot_fixed")
    assert (await company.lines(run_id))["ana"]["payout"] == "6000.00"


@pytest.mark.parametrize(
    ("change", "code", "place"),
    [
        ({"lines": [{"weight": 60.5}]}, "decimal_as_number", "/0/lines/0/weight"),
        ({"lines": [{"weight": "6e1"}]}, "decimal_format", "/0/lines/0/weight"),
        ({"lines": [{"direction": "sideways"}]}, "unknown_word", "/0/lines/0/direction"),
        ({"lines": [{"line": 2}]}, "repeated_line", "/0"),
        ({"period_end": "2025-12-31"}, "end_before_start", "/0"),
        ({"mood": "good"}, "unknown_field", "/0/mood"),
    ],
)
async def test_a_wrong_json_snapshot_is_refused_whole(company: Company, change: dict[str, Any], code: str, place: str) -> None:
    card = company.scorecard("ana")
    for number, line in enumerate(change.pop("lines", [])):
        card["lines"][number] |= line
    run_id = await company.announce()
    refused = await company.service.put(f"/v1/runs/{run_id}/scorecards", json=[card | change, company.scorecard("ben")])
    assert refused.status_code == 422
    assert [(error["code"], error["field"]) for error in refused.json()["errors"]] == [(code, place)]
    assert ok(await company.service.get(f"/v1/runs/{run_id}")).json()["status"] == "open"


@pytest.mark.parametrize(
    ("change", "code", "place"),
    [
        ({"period_end": "2025-12-31"}, "end_before_start", "period_end"),
        ({"person_id": "nobody"}, "not_a_uuid", "person_id"),
        ({"rating": "4,0"}, "decimal_format", "rating"),
        ({"rating": 4.5}, "column_type", "rating"),
        ({"mood": "good"}, "unknown_column", "mood"),
        ({"lines": None}, "value_missing", "lines"),
    ],
)
async def test_a_wrong_arrow_snapshot_is_refused_whole(company: Company, change: dict[str, Any], code: str, place: str) -> None:
    run_id = await company.announce()
    body = arrow_stream([company.scorecard("ana") | change])
    refused = await company.service.put(f"/v1/runs/{run_id}/scorecards", content=body, headers=ARROW)
    assert refused.status_code == 422, refused.text
    assert [(error["code"], error["field"]) for error in refused.json()["errors"]] == [(code, place)]
    broken = await company.service.put(f"/v1/runs/{run_id}/scorecards", content=b"not arrow", headers=ARROW)
    assert broken.json()["errors"][0]["code"] == "unreadable_stream"


async def test_an_arrow_snapshot_that_was_cut_off_is_refused_whole(company: Company) -> None:
    """Given a stream cut inside a batch, and one cut after its last batch, so that it reads like a whole one, then neither is taken."""
    run_id = await company.announce()
    whole = arrow_stream([company.scorecard("ana"), company.scorecard("ben")])
    for cut, code in ((len(whole) // 2, "unreadable_stream"), (len(whole) - 8, "stream_cut_off")):
        refused = await company.service.put(f"/v1/runs/{run_id}/scorecards", content=whole[:cut], headers=ARROW)
        assert (refused.status_code, refused.json()["errors"][0]["code"]) == (422, code)
        assert ok(await company.service.get(f"/v1/runs/{run_id}")).json()["status"] == "open"
    ok(await company.service.put(f"/v1/runs/{run_id}/scorecards", content=whole, headers=ARROW))


async def test_who_computes_does_not_approve_and_nobody_approves_their_own_pay(company: Company) -> None:
    # Given a run that comp had computed, with the pay of ana, who is a comp_admin too.
    await company.appoint("ana", "comp_admin")
    run_id = await company.announce()
    ok(await company.clients["comp"].put(f"/v1/runs/{run_id}/scorecards", json=[company.scorecard("ana")]))
    early = await company.clients["second"].post(f"/v1/runs/{run_id}/approve")
    assert early.json()["code"] == "run_state"
    ok(await company.clients["comp"].post(f"/v1/runs/{run_id}/compute"))
    await company.world.work()
    # When each of them approves.
    by_comp = await company.clients["comp"].post(f"/v1/runs/{run_id}/approve")
    by_ana = await company.clients["ana"].post(f"/v1/runs/{run_id}/approve")
    by_ben = await company.clients["ben"].post(f"/v1/runs/{run_id}/approve")
    # Then only somebody who neither computed it nor is paid by it can.
    assert (by_comp.status_code, by_comp.json()["code"]) == (403, "own_run")
    assert (by_ana.status_code, by_ana.json()["code"]) == (403, "own_pay")
    assert (by_ben.status_code, by_ben.json()["code"]) == (403, "not_allowed")
    assert (await company.clients["second"].post(f"/v1/runs/{run_id}/release")).json()["code"] == "run_state"
    assert ok(await company.clients["second"].post(f"/v1/runs/{run_id}/approve")).json()["status"] == "approved"
    # And a released run cannot be set aside.
    ok(await company.clients["comp"].post(f"/v1/runs/{run_id}/release"))
    late = await company.clients["comp"].post(f"/v1/runs/{run_id}/supersede")
    assert (late.status_code, late.json()["code"]) == (409, "run_state")


async def test_what_cannot_be_computed_is_named_and_stops_nobody_else(company: Company) -> None:
    # Given somebody without pay basis, somebody without a measured value, and Cyd.
    await company.appoint("dan")
    cards = [company.scorecard("ana", None), company.scorecard("dan"), company.scorecard("cyd")]
    # When a run is computed.
    run_id = await company.computed_run(cards)
    # Then two lines say why there is no amount, and Cyd's is as it should be.
    lines = await company.lines(run_id)
    assert {name: (line["error_code"], line["amount"]) for name, line in lines.items()} == {
        "ana": ("actual_missing", None),
        "dan": ("no_pay_basis", None),
        "cyd": (None, "6000.00"),
    }
    assert lines["ana"]["error_message"].startswith("Line 1: There is no measured value")
    # And whoever approves has to say that they know.
    refused = await company.clients["comp"].post(f"/v1/runs/{run_id}/approve")
    assert (refused.status_code, refused.json()["code"]) == (409, "failed_lines")
    ok(await company.clients["comp"].post(f"/v1/runs/{run_id}/approve", json={"accept_failed": True}))


async def test_a_zero_has_a_reason(company: Company) -> None:
    run_id = await company.computed_run([company.scorecard("ana", "0")])
    line = (await company.lines(run_id))["ana"]
    assert (line["amount"], line["reason_code"], line["error_code"]) == ("0.00", "nothing_attained", None)


async def test_pay_follows_days_fte_and_changes_of_salary(company: Company) -> None:
    # Given Ben at 60 % from July on, Cyd with a raise on 1 July, and Ana who joined on 1 April: a year has 365 days.
    comp = company.clients["comp"]
    rows = [
        {"external_id": "cyd", "valid_from": "2025-01-01", "valid_to": "2026-07-01", "salary": "60000", "target_bonus_share": "0.10"},
        {"external_id": "cyd", "valid_from": "2026-07-01", "salary": "73000", "target_bonus_share": "0.10"},
    ]
    rows = [{**row, "currency": "USD", "pay_group": "monthly"} for row in rows]
    assert ok(await comp.post("/v1/pay-bases/import", json=rows)).json()["error"] == 0
    halves = [
        {"from": "2026-01-01", "to": "2026-06-30", "fte": "1", "counted": True},
        {"from": "2026-07-01", "to": "2026-12-31", "fte": "0.6", "counted": True},
    ]
    joined = [
        {"from": "2026-01-01", "to": "2026-03-31", "fte": "1", "counted": False},
        {"from": "2026-04-01", "to": "2026-12-31", "fte": "1", "counted": True},
    ]
    # When they are paid in one run.
    cards = [company.scorecard("ana", segments=joined), company.scorecard("ben", segments=halves), company.scorecard("cyd")]
    lines = await company.lines(await company.computed_run(cards))
    # Then: 6,000 × 275/365; 6,000 × (181 + 184 × 0.6)/365; (6,000 × 181 + 7,300 × 184)/365.
    assert {name: line["amount"] for name, line in lines.items()} == {"ana": "4520.55", "ben": "4790.14", "cyd": "6655.34"}
    # And a day without pay basis is an error, not a smaller bonus.
    gap = [{**rows[0], "valid_to": "2026-06-01"}]
    assert ok(await comp.post("/v1/pay-bases/import", json=gap)).json()["gaps"] == [
        {"external_id": "cyd", "first_day": "2026-06-01", "last_day": "2026-06-30"}
    ]
    line = (await company.lines(await company.computed_run([company.scorecard("cyd")])))["cyd"]
    assert (line["error_code"], line["error_message"]) == ("pay_gap", "There is no pay basis on 2026-06-01, which counts.")


async def test_nothing_of_a_broken_computation_stays(company: Company, monkeypatch: pytest.MonkeyPatch) -> None:
    # Given a computed run that is computed again, and fails after its lines are written.
    run_id = await company.computed_run([company.scorecard("ana"), company.scorecard("ben")])
    before = await company.lines(run_id)
    ok(await company.service.post(f"/v1/runs/{run_id}/compute"))
    database = company.world.scoring.database

    async def fail(*_: Any) -> None:
        raise ConnectionResetError("the plug was pulled")

    monkeypatch.setattr(computing, "_finish", fail)
    with pytest.raises(ConnectionResetError):
        async with database.write(company.organization.id) as session:
            await computing.compute_run(session, UUID(run_id))
    # Then the earlier lines stand, the very same.
    assert await company.lines(run_id) == before
    async with database.read(company.organization.id) as session:
        assert await session.scalar(text("SELECT count(*) FROM run_lines")) == 2


async def told(company: Company, event: str) -> int:
    """How often the feed tells of it."""
    feed = ok(await company.service.get("/v1/events", params={"limit": 1000})).json()
    return [each["type"] for each in feed["events"]].count(event)


async def test_two_workers_compute_one_run_once(company: Company) -> None:
    # Given a run that two workers take up at the same time.
    run_id = await company.announce()
    ok(await company.service.put(f"/v1/runs/{run_id}/scorecards", json=[company.scorecard("ana")]))
    ok(await company.service.post(f"/v1/runs/{run_id}/compute"))

    async def compute() -> None:
        async with company.world.scoring.database.write(company.organization.id) as session:
            await computing.compute_run(session, UUID(run_id))

    await asyncio.gather(compute(), compute())
    # Then it has one line, and that it was computed is told once, also when the job itself comes as a third.
    await company.world.work()
    assert list(await company.lines(run_id)) == ["ana"]
    assert await told(company, "run.computed") == 1


async def test_who_asks_while_a_run_is_computed_has_it_computed_anew(company: Company, monkeypatch: pytest.MonkeyPatch) -> None:
    # Given a run that is being computed while it is asked for again.
    run_id = await company.announce()
    ok(await company.service.put(f"/v1/runs/{run_id}/scorecards", json=[company.scorecard("ana")]))
    ok(await company.service.post(f"/v1/runs/{run_id}/compute"))
    finish = computing._finish

    async def ask_again(*given: Any) -> None:
        monkeypatch.undo()
        ok(await company.service.post(f"/v1/runs/{run_id}/compute"))
        await finish(*given)

    monkeypatch.setattr(computing, "_finish", ask_again)
    await company.world.work()
    # Then it is computed twice, since the first could not know what changed meanwhile.
    assert await told(company, "run.computed") == 2


async def test_an_answer_that_got_lost_is_asked_for_again_and_computed_once(company: Company) -> None:
    # Given a sender whose side was killed before it knew that the run is to be computed, and that sends again with the same key.
    run_id, key = await company.announce(), {"Idempotency-Key": "closing 1"}
    ok(await company.service.put(f"/v1/runs/{run_id}/scorecards", json=[company.scorecard("ana")]))
    ok(await company.service.post(f"/v1/runs/{run_id}/compute", headers=key))
    await company.world.work()
    ok(await company.service.post(f"/v1/runs/{run_id}/compute", headers=key))
    await company.world.work()
    # Then it is computed once.
    assert await told(company, "run.computed") == 1


async def test_a_plan_that_pays_nothing_says_so(organization: Organization) -> None:
    company = await found(organization)
    await company.hire("ana", salary="60000", target_bonus_share="0.10")
    scores_only = "\n".join(line for line in PLAN.splitlines() if "payout" not in line)
    await company.adopt_plan(scores_only)
    line = (await company.lines(await company.computed_run([company.scorecard("ana", "110")])))["ana"]
    assert (line["composite"], line["amount"], line["error_code"]) == ("1.1", None, "no_payout")


async def test_a_snapshot_may_be_larger_than_other_bodies(company: Company) -> None:
    limit = company.world.scoring.service.settings.max_body_bytes
    body = b"[" + b" " * (limit + 1) + b"]"
    headers = {"Content-Type": "application/json"}
    run_id = await company.announce()
    taken = await company.service.put(f"/v1/runs/{run_id}/scorecards", content=body, headers=headers)
    assert (taken.status_code, [error["code"] for error in taken.json()["errors"]]) == (422, ["no_scorecards"]), taken.text
    refused = await company.service.put("/v1/people", content=body, headers=headers)
    assert (refused.status_code, refused.json()["code"]) == (413, "body_too_large")
