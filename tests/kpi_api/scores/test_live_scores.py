"""From a measurement to a score: computed by scoring, kept with freshness, readable while scoring is down, caught up when it is back."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import pytest

from chassis import jobs
from chassis.http_client import ServiceClient
from kpi_api.scores.computing import COMPUTE
from kpi_api.scores.pushing import PUSH
from tests.kpi_api import given
from tests.kpi_api.scorecards.changes.year import AgreedYear
from tests.kpi_api.scorecards.scene import Scene

PLAN = """
plan: live
title: Live score
composite: composite
steps:
  - {name: attainment, kind: attainment, cap: 2, missing: renormalise}
  - {name: composite, kind: weighted_mean, of: attainment}
"""


async def enqueue(scene: Scene, job: str) -> None:
    async with scene.organization.world.kpi_api.database.write(scene.organization.id) as session:
        await jobs.enqueue(session, job)


async def adopt_plan(scene: Scene) -> None:
    """Max writes a plan and Lou approves it: scoring knows both, and their roles, from kpi_api alone."""
    people = (scene.people["max"], scene.people["lou"])
    grants = [
        given.a_grant(person, "comp_admin")
        for person in people
    ]
    await given.store(scene.organization, *grants)
    await enqueue(scene, PUSH)
    await scene.organization.world.work()
    author, approver = [(await scene.organization.as_person(person.id)).scoring for person in people]
    created = await author.post("/v1/plans", json={"code": "live", "name": "Live", "document": PLAN})
    assert created.status_code == 201, created.text
    (await approver.post("/v1/plans/live/versions/1/approve")).raise_for_status()
    assignment = {"plan_code": "live", "population": {"everyone": True}, "valid_from": "2025-01-01"}
    (await author.post("/v1/plan-assignments", json=assignment)).raise_for_status()


async def agreed_card(scene: Scene) -> str:
    card = await scene.opened()
    await scene.act(card, "propose", "max")
    assert (await scene.act(card, "agree", "ann")).json()["status"] == "active"
    return card


async def measure(scene: Scene, kpi: int, value: str, month: int = 1) -> None:
    row = {"kpi_code": f"calls-{kpi}", "period_start": f"2026-{month:02}-01", "value": value, "source": "CRM"}
    answer = await (await scene.client("hr")).post("/v1/measurements", json=[row])
    assert answer.json()["error"] == 0, answer.text


async def score(scene: Scene, card: str, by: str = "ann") -> dict[str, Any]:
    answer = await (await scene.client(by)).get(f"/v1/scorecards/{card}/score")
    assert answer.status_code == 200, answer.text
    return answer.json()  # type: ignore[no-any-return]


async def withdraw(scene: Scene, kpi: int) -> None:
    answer = await (await scene.client("max")).patch(
        f"/v1/kpis/{scene.kpis[kpi].id}", json={"withdrawn": True}, headers={"If-Match": "*"}
    )
    assert (answer.status_code, answer.json()["status"]) == (200, "withdrawn"), answer.text


@asynccontextmanager
async def scoring_stopped(scene: Scene) -> AsyncIterator[None]:
    """Scoring answers nobody: kpi_api's client is led to a closed port."""
    client = scene.organization.world.kpi_api.app.state.resources["scoring"]
    patch = pytest.MonkeyPatch()
    dead = ServiceClient("http://127.0.0.1:9", attempts=1)
    patch.setattr(client, "_client", dead)
    try:
        yield
    finally:
        patch.undo()
        await dead.close()


async def test_measurements_become_a_score(scene: Scene) -> None:
    await adopt_plan(scene)
    card = await agreed_card(scene)
    assert (await score(scene, card))["freshness"] == "not_computed"
    for month in range(1, 13):
        await measure(scene, 0, "110", month)
        await measure(scene, 1, "50", month)
    await scene.organization.world.work()
    found = await score(scene, card)
    assert (found["freshness"], found["stale_since"], found["error"]) == ("fresh", None, None)
    # 1320 of 1200 at 50 %, 600 of 1200 at 30 %; the third KPI has no value and its weight falls to the others.
    assert found["composite"] == "0.875000000000"
    assert [(line["name"], line["weight"], line["attainment_raw"]) for line in found["lines"]] == [
        ("Calls 0", "50", "1.100000000000"),
        ("Calls 1", "30", "0.500000000000"),
        ("Calls 2", "20", None),
    ]
    assert found["engine_version"] == 1
    assert found["plan_digest"].startswith("sha256:")


async def test_a_new_value_makes_the_score_stale_at_once_and_the_job_freshens_it(scene: Scene) -> None:
    await adopt_plan(scene)
    card = await agreed_card(scene)
    await measure(scene, 0, "1200")
    await scene.organization.world.work()
    before = await score(scene, card)
    await measure(scene, 0, "600")
    stale = await score(scene, card)
    assert (stale["freshness"], stale["composite"], stale["computed_at"]) == ("stale", before["composite"], before["computed_at"])
    assert stale["stale_since"] > before["computed_at"]
    await scene.organization.world.work()
    after = await score(scene, card)
    assert (before["composite"], after["composite"], after["freshness"]) == ("1.000000000000", "0.500000000000", "fresh")


async def test_a_withdrawn_kpi_is_scored_as_missing_and_not_as_zero(scene: Scene) -> None:
    await adopt_plan(scene)
    card = await agreed_card(scene)
    await measure(scene, 0, "600")
    await measure(scene, 1, "1200")
    await scene.organization.world.work()
    assert (await score(scene, card))["composite"] == "0.687500000000", "0.5 at 50 and 1 at 30 of 80"

    await withdraw(scene, 0)
    assert (await score(scene, card))["freshness"] == "stale"
    await scene.organization.world.work()
    after = await score(scene, card)
    assert (after["freshness"], after["composite"]) == ("fresh", "1.000000000000"), "this plan lets the weight fall to the others"
    assert [line["attainment_raw"] for line in after["lines"]] == [None, "1.000000000000", None]


async def test_asking_for_another_text_or_declining_one_leaves_the_score_fresh_and_agreeing_makes_it_stale(scene: Scene) -> None:
    await adopt_plan(scene)
    year = AgreedYear(scene, await agreed_card(scene))
    await measure(scene, 0, "1200")
    await scene.organization.world.work()
    assert (await score(scene, year.card))["freshness"] == "fresh"

    first = await year.requested("ann", "40.00", "40.00", "20.00", since="2026-01-01")
    assert (await year.answer(first, "reject", "max")).status_code == 200
    withdrawn = await year.requested("ann", "40.00", "40.00", "20.00", since="2026-01-01")
    assert (await year.answer(withdrawn, "withdraw", "ann")).status_code == 200
    second = await year.requested("ann", "40.00", "40.00", "20.00", since="2026-01-01")
    assert (await score(scene, year.card))["freshness"] == "fresh", "what was signed is what was scored"

    assert (await year.answer(second, "agree", "max")).status_code == 200
    assert (await score(scene, year.card))["freshness"] == "stale"
    await scene.organization.world.work()
    assert (await score(scene, year.card))["freshness"] == "fresh"


async def test_leave_that_shrinks_a_target_makes_the_score_stale_and_counts(scene: Scene) -> None:
    await adopt_plan(scene)
    hr = await scene.client("hr")
    rules = {"time_rules": {"leave_targets": "pro_rated"}}
    assert (await hr.patch("/v1/organization", json=rules, headers={"If-Match": "*"})).status_code == 200
    card = await agreed_card(scene)
    await measure(scene, 0, "600")
    await scene.organization.world.work()
    assert (await score(scene, card))["composite"] == "0.500000000000"

    half_a_year = {"first_day": "2026-01-01", "last_day": "2026-06-30"}
    (await hr.post(f"/v1/people/{scene.people['ann'].id}/leaves", json=half_a_year)).raise_for_status()
    await scene.organization.world.work()
    after = await score(scene, card)
    assert (after["freshness"], after["composite"]) == ("fresh", "0.991847837317"), "600 of 604.9315, which is 1200 × 184/365"


async def test_with_scoring_down_reads_work_and_it_catches_up_when_back(scene: Scene) -> None:
    await adopt_plan(scene)
    card = await agreed_card(scene)
    await measure(scene, 0, "1200")
    await scene.organization.world.work()
    async with scoring_stopped(scene):
        await measure(scene, 0, "300")
        await scene.organization.world.work()
        down = await score(scene, card)
        assert (down["freshness"], down["composite"]) == ("stale", "1.000000000000")
    await enqueue(scene, COMPUTE)
    await scene.organization.world.work()
    back = await score(scene, card)
    assert (back["freshness"], back["composite"], back["stale_since"]) == ("fresh", "0.250000000000", None)


async def test_without_a_plan_the_score_says_so(scene: Scene) -> None:
    card = await agreed_card(scene)
    await measure(scene, 0, "1200")
    await scene.organization.world.work()
    found = await score(scene, card)
    assert (found["composite"], found["error"]["code"]) == (None, "no_plan")


async def test_a_strangers_score_is_nothing(scene: Scene) -> None:
    card = await agreed_card(scene)
    client = await scene.client("eve")
    strange, never_was = [await client.get(f"/v1/scorecards/{id_}/score") for id_ in (card, scene.cycle.id)]
    assert (strange.status_code, strange.json()) == (404, never_was.json())
    assert (await score(scene, card, by="lou"))["scorecard_id"] == card


async def test_people_reach_scoring_even_if_it_was_down(scene: Scene) -> None:
    ann = scene.people["ann"].id
    anns_scoring = (await scene.organization.as_person(ann)).scoring
    async with scoring_stopped(scene):
        await enqueue(scene, PUSH)
        await scene.organization.world.work()
    assert (await anns_scoring.get(f"/v1/people/{ann}")).status_code == 401
    await enqueue(scene, PUSH)
    await scene.organization.world.work()
    assert (await anns_scoring.get(f"/v1/people/{ann}")).json()["external_id"] == "x-ann"
