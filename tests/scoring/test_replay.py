"""Replaying a run: a year later, with other pay and another plan, the same bytes; and whatever was altered is named."""

from typing import Any

import pytest
from sqlalchemy import text

from chassis.identifiers import new_id
from scoring.runs import replaying
from scoring.snapshots import canonical
from tests.scoring.company import PLAN, Company, found, ok
from tests.world import Organization

POOLED = """
plan: pool
title: A pool
composite: composite
payout: payout
steps:
  - {name: attainment, kind: attainment, cap: 2, missing: renormalise}
  - {name: composite, kind: weighted_mean, of: attainment, floor: 0}
  - {name: payout, kind: pool, of: composite, size: 1000, unit: money, places: 2}
"""


@pytest.fixture
async def company(organization: Organization) -> Company:
    return await hired(organization, PLAN)


async def hired(organization: Organization, plan: str) -> Company:
    company = await found(organization)
    for name in ("ana", "ben", "cyd"):
        await company.hire(name, salary="60000", target_bonus_share="0.10")
    await company.adopt_plan(plan)
    return company


async def replayed(company: Company, run_id: str) -> Any:
    return ok(await company.clients["comp"].get(f"/v1/runs/{run_id}/replay")).json()


async def alter(company: Company, statement: str, **values: object) -> None:
    """Somebody with the owner's rights reaches past the service."""
    async with company.world.scoring.database.write(company.organization.id) as session:
        await session.execute(text(statement), values)


async def test_a_year_later_the_same_bytes_come_out(company: Company) -> None:
    # Given a released run of three, and then another plan.
    cards = [company.scorecard("ana", "110"), company.scorecard("ben", "90.55"), company.scorecard("cyd", "0")]
    run_id = await company.released_run(cards)
    later = {"document": PLAN.replace("cap: 2", "cap: 1")}
    ok(await company.clients["comp"].post("/v1/plans/annual_bonus/versions", json=later))
    ok(await company.clients["second"].post("/v1/plans/annual_bonus/versions/2/approve"))
    await company.organization.set_clock("2028-01-31T12:00:00Z")
    # When it is replayed.
    answer = await replayed(company, run_id)
    # Then nothing differs.
    assert (answer["same"], answer["line_count"], answer["difference_count"], answer["differences"]) == (True, 3, 0, [])
    run = ok(await company.clients["comp"].get(f"/v1/runs/{run_id}")).json()
    assert (answer["input_digest"], answer["snapshot_digest"]) == (run["input_digest"], run["snapshot_digest"])
    assert answer["result_digest"] == answer["replayed_result_digest"]


async def test_a_pool_over_everybody_comes_out_the_same(organization: Organization) -> None:
    company = await hired(organization, POOLED)
    run_id = await company.computed_run([company.scorecard("ana", "110"), company.scorecard("ben", "90"), company.scorecard("cyd", "7")])
    answer = await replayed(company, run_id)
    assert (answer["same"], answer["line_count"]) == (True, 3)


async def test_slices_of_a_large_run_come_out_the_same_together(company: Company, monkeypatch: pytest.MonkeyPatch) -> None:
    # Given a run stored and computed in slices of one scorecard, whose figures need different numbers of digits.
    monkeypatch.setattr(canonical, "CHUNK", 1)
    await company.hire("dan", salary="99999999999.99", target_bonus_share="0.123456789")
    cards = [company.scorecard(name, actual) for name, actual in (("ana", "110.123456789"), ("ben", "1"), ("cyd", None), ("dan", "99"))]
    answer = await replayed(company, await company.computed_run(cards))
    assert (answer["same"], answer["line_count"], answer["differences"]) == (True, 4, [])


async def test_an_altered_line_is_named_with_both_figures(company: Company) -> None:
    run_id = await company.computed_run([company.scorecard("ana", "110"), company.scorecard("ben", "100")])
    ana = str(company.people["ana"])
    await alter(company, "UPDATE run_lines SET payout = payout + 1, amount = amount + 1 WHERE person_id = :ana", ana=ana)
    answer = await replayed(company, run_id)
    assert not answer["same"]
    assert [(each["person_id"], each["figure"], each["stored"], each["replayed"]) for each in answer["differences"]] == [
        (ana, "payout", "6601", "6600")
    ]
    assert answer["result_digest"] == answer["replayed_result_digest"], "what the engine answered was left alone"


async def test_an_altered_snapshot_or_answer_is_noticed(company: Company) -> None:
    first, second = [await company.computed_run([company.scorecard("ana", value)]) for value in ("110", "120")]
    # Given one run that holds the other's snapshot, and a third that holds the answer of the first.
    await alter(
        company,
        "UPDATE snapshot_chunks c SET content = o.content FROM snapshot_chunks o WHERE c.run_id = :run AND o.run_id = :other",
        run=second, other=first,
    )  # fmt: skip
    answer = await replayed(company, second)
    assert not answer["same"]
    assert answer["snapshot_digest"] != answer["replayed_snapshot_digest"]
    assert {each["figure"] for each in answer["differences"]} == {"composite", "payout"}
    third = await company.computed_run([company.scorecard("ana", "130")])
    await alter(
        company,
        "UPDATE run_results c SET person_results = o.person_results FROM run_results o WHERE c.run_id = :run AND o.run_id = :other",
        run=third, other=first,
    )  # fmt: skip
    answer = await replayed(company, third)
    assert (answer["same"], answer["difference_count"]) == (False, 0)
    assert answer["result_digest"] != answer["replayed_result_digest"]


async def test_only_who_sees_lines_replays_and_only_what_was_computed(company: Company, monkeypatch: pytest.MonkeyPatch) -> None:
    run_id = await company.announce()
    refused = await company.clients["comp"].get(f"/v1/runs/{run_id}/replay")
    assert (refused.status_code, refused.json()["code"]) == (409, "not_replayable")
    computed = await company.computed_run([company.scorecard("ana")])
    never = await company.clients["ana"].get(f"/v1/runs/{new_id()}/replay")
    assert (await company.clients["ana"].get(f"/v1/runs/{computed}/replay")).json() == never.json()
    assert (await company.clients["clerk"].get(f"/v1/runs/{computed}/replay")).status_code == 403
    monkeypatch.setattr(replaying, "ENGINE_SEMANTICS_VERSION", 2)
    refused = await company.clients["comp"].get(f"/v1/runs/{computed}/replay")
    assert refused.json()["detail"] == "It was computed by version 1 of the engine's rules; here is 2."
