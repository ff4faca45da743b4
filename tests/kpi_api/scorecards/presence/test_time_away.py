"""Leave and part-time on a scorecard: nothing shrinks unless the rule was signed; then days and targets do, and the scorecard says so."""

from datetime import date
from decimal import Decimal
from typing import Any
from uuid import UUID

from kpi_api.scorecards.scoring_document import scoring_document
from tests.kpi_api.scorecards.changes.test_moving_and_leaving import move
from tests.kpi_api.scorecards.changes.year import AgreedYear
from tests.kpi_api.scorecards.scene import Scene

SPRING = {"first_day": "2026-03-01", "last_day": "2026-04-15", "kind": "parental"}
RULES = {"leave_days": "unpaid", "leave_targets": "pro_rated", "part_time_targets": "pro_rated"}


async def rule(scene: Scene, **rules: Any) -> None:
    answer = await (await scene.client("hr")).patch("/v1/organization", json={"time_rules": rules}, headers={"If-Match": "*"})
    assert answer.status_code == 200, answer.text


async def away(scene: Scene, **days: Any) -> None:
    answer = await (await scene.client("hr")).post(f"/v1/people/{scene.people['ann'].id}/leaves", json=days or SPRING)
    assert answer.status_code == 201, answer.text


async def agreed(scene: Scene) -> AgreedYear:
    await scene.organization.set_clock("2026-02-01T09:00:00Z")
    card = await scene.opened()
    await scene.act(card, "propose", "max")
    assert (await scene.act(card, "agree", "ann")).status_code == 200
    return AgreedYear(scene, card)


async def time(year: AgreedYear, by: str = "ann") -> dict[str, Any]:
    answer = await (await year.scene.client(by)).get(f"/v1/scorecards/{year.card}/time")
    assert answer.status_code == 200, answer.text
    return answer.json()  # type: ignore[no-any-return]


async def scored(year: AgreedYear) -> dict[str, Any]:
    async with year.scene.organization.world.kpi_api.database.read(year.scene.organization.id) as session:
        (document,) = await scoring_document(session, [UUID(year.card)])
    return document


def targets(document: dict[str, Any]) -> list[str]:
    return [line["parts"][0]["target"] for line in document["lines"]]


async def test_as_shipped_leave_changes_nothing_and_says_so(scene: Scene) -> None:
    year = await agreed(scene)
    before = await scored(year)
    assert (await time(year))["told"] == []
    await away(scene)
    assert await scored(year) == before
    assert (await scene.read(year.card))["time"] == [
        "Days of leave count for pay as worked.",
        "No target shrinks with leave or part-time.",
        "On leave from 2026-03-01 to 2026-04-15: 46 of 365 days, which change nothing.",
        "365 of 365 days count for pay.",
    ]


async def test_by_signed_rules_leave_takes_its_days_from_pay_and_its_share_from_sums(scene: Scene) -> None:
    await rule(scene, **RULES)
    year = await agreed(scene)
    await away(scene)
    document = await scored(year)
    assert document["segments"] == [
        {"from": "2026-01-01", "to": "2026-02-28", "fte": "1", "counted": True},
        {"from": "2026-03-01", "to": "2026-04-15", "fte": "1", "counted": False},
        {"from": "2026-04-16", "to": "2026-12-31", "fte": "1", "counted": True},
    ]
    assert targets(document) == ["1048.7671"] * 3, "1200 × 319/365, half-up at four places"
    found = await time(year)
    assert (found["days"], found["paid_days"], found["leaves"][0]["days"]) == (365, 319, 46)
    assert [(one["share"], one["signed"], one["counted"]) for one in found["targets"]] == [("319/365", "1200", "1048.7671")] * 3
    assert found["told"][-1] == "Target of “Calls 2”: 1200, counted as 1048.7671 for 319/365 of its time."
    assert (await scene.read(year.card))["time"] == found["told"]


async def test_a_rule_of_later_holds_for_nothing_that_was_signed_before(scene: Scene) -> None:
    year = await agreed(scene)
    digest = (await scene.read(year.card))["agreement_digest"]
    await rule(scene, **RULES)
    await away(scene)
    assert targets(await scored(year)) == ["1200"] * 3
    assert (await scene.read(year.card))["agreement_digest"] == digest


async def test_a_rule_that_changes_between_two_signatures_is_told_before_the_second(scene: Scene) -> None:
    await scene.organization.set_clock("2026-02-01T09:00:00Z")
    card = await scene.opened()
    await scene.act(card, "propose", "max")
    await rule(scene, leave_targets="pro_rated")
    refused = await scene.act(card, "agree", "ann")
    assert (refused.status_code, refused.json()["code"]) == (409, "text_changed")
    assert refused.json()["changes"][:2] == [
        "Rules for leave and part-time: none, now full time share 1, leave targets pro rated.",
        "What pro-rates the target of “Calls 0”: none, now leave.",
    ]


async def test_half_time_from_a_day_on_shrinks_sums_for_the_days_from_then_on(scene: Scene) -> None:
    await rule(scene, part_time_targets="pro_rated")
    year = await agreed(scene)
    await move(year, date(2026, 7, 1), fte=Decimal("0.5"))
    assert targets(await scored(year)) == ["897.5342"] * 3, "1200 × (181 + 92)/365"
    assert "From 2026-07-01 to 2026-12-31 the share of full time is 0.5; the targets were signed for 1." in (await time(year))["told"]




async def test_who_was_away_throughout_is_not_scored_on_a_target_of_nought(scene: Scene) -> None:
    await rule(scene, **RULES)
    year = await agreed(scene)
    await away(scene, first_day="2025-12-01")
    await (await scene.client("hr")).post(
        "/v1/measurements", json=[{"kpi_code": "calls-0", "period_start": "2026-01-01", "value": "3", "source": "CRM"}]
    )
    document = await scored(year)
    assert [line["parts"][0]["actual"] for line in document["lines"]] == [None] * 3, "missing: the plan says what becomes of it"
    assert targets(document) == ["1200"] * 3
    assert (await time(year))["told"][-1] == "“Calls 2” does not count: the person was away all of its time."


async def test_a_change_keeps_the_rules_that_were_signed_and_gives_them_to_its_successor(scene: Scene) -> None:
    await rule(scene, **RULES)
    year = await agreed(scene)
    await rule(scene)
    change = await year.requested("ann", "40.00", "40.00", "20.00")
    assert change["differences"] == ["Weight of “Calls 0”: 50.00, now 40.00.", "Weight of “Calls 1”: 30.00, now 40.00."]
    year.card = (await year.answer(change, "agree", "max")).json()["result_id"]
    await away(scene, first_day="2026-08-01", last_day="2026-08-31")
    assert targets(await scored(year)) == ["498.913"] * 3, "6 months of 100 × 153/184"


async def test_a_rule_of_later_comes_onto_a_signed_scorecard_when_both_sign_for_it(scene: Scene) -> None:
    year = await agreed(scene)
    await rule(scene, leave_targets="pro_rated")
    await away(scene)
    change = await year.requested("max", "50.00", "30.00", "20.00", since="2026-01-01", time_rules="as_today")
    assert change["differences"] == [
        "Rules for leave and part-time: none, now full time share 1, leave targets pro rated.",
        *(f"What pro-rates the target of “Calls {n}”: none, now leave." for n in range(3)),
    ]
    assert targets(await scored(year)) == ["1200"] * 3
    assert (await year.answer(change, "agree", "ann")).json()["status"] == "agreed"
    assert targets(await scored(year)) == ["1048.7671"] * 3
    await rule(scene)
    back = await year.requested("ann", "50.00", "30.00", "20.00", since="2026-01-01", time_rules="as_today")
    assert back["differences"][0].endswith(": full time share 1, leave targets pro rated, now none.")


async def test_a_preview_tries_leave_part_time_and_rules_and_keeps_nothing(scene: Scene) -> None:
    year = await agreed(scene)
    body: dict[str, Any] = {"leaves": [{"first_day": "2026-03-01", "last_day": "2026-04-15"}], "rules": RULES}
    body["part_time"] = {"first_day": "2026-07-01", "fte": "0.5"}
    answer = await (await scene.client("max")).post(f"/v1/scorecards/{year.card}/time/preview", json=body)
    assert answer.status_code == 200, answer.text
    found = answer.json()
    assert (found["paid_days"], found["rules"]["leave_days"]) == (319, "unpaid")
    assert [one["counted"] for one in found["targets"]] == ["746.3014"] * 3, "1200 × (135 + 92)/365"
    assert (await time(year))["told"] == []
    assert (await (await scene.client("hr")).get(f"/v1/people/{scene.people['ann'].id}/leaves")).json() == []


async def test_of_a_draft_it_is_told_what_would_be_signed_and_a_stranger_is_told_nothing(scene: Scene) -> None:
    await rule(scene, leave_targets="pro_rated")
    year = AgreedYear(scene, await scene.opened(lines=[{"kpi_id": str(scene.kpis[0].id)}]))
    found = await time(year)
    assert (found["signed"], found["rules"]["leave_targets"], found["targets"][0]["signed"]) == (False, "pro_rated", "1200")
    client = await scene.client("eve")
    strange, never_was = [await client.get(f"/v1/scorecards/{id_}/time") for id_ in (year.card, scene.cycle.id)]
    assert (strange.status_code, strange.json()) == (404, never_was.json())
