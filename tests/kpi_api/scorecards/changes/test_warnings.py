"""Where warnings refuse an agreement, another text of what is agreed brings none either; what stands already refuses no change."""

from typing import Any

from sqlalchemy import func, select

from kpi_api.scorecards.models import ScorecardLine
from tests.kpi_api import given
from tests.kpi_api.scorecards.changes.year import AgreedYear
from tests.kpi_api.scorecards.corrections.test_corrections import signed_year
from tests.kpi_api.scorecards.scene import Scene

SHARES = [{"definition_code": "talks", "weight": "60.00"}, {"definition_code": "calls", "weight": "40.00"}]


async def let_warnings_refuse(scene: Scene) -> None:
    answer = await (await scene.client("hr")).patch(
        "/v1/organization", json={"finding_limits": {"warnings_refuse_agreement": True}}, headers={"If-Match": "*"}
    )
    assert answer.status_code == 200, answer.text


async def warnings(scene: Scene, card: str) -> set[str]:
    found = (await (await scene.client("hr")).get(f"/v1/scorecards/{card}/findings")).json()["findings"]
    return {one["rule"]["code"] for one in found if one["rule"]["severity"] == "warning"}


async def test_a_change_that_brings_a_warning_is_refused_and_one_beside_those_that_stand_is_not(agreed: AgreedYear) -> None:
    await let_warnings_refuse(agreed.scene)
    assert "too_few_kpis" in await warnings(agreed.scene, agreed.card), "it was agreed before anybody asked for that"
    before = await given.count(agreed.scene.organization, given_lines(agreed))

    refused = await agreed.request("ann", "60.00", "20.00", "20.00")
    assert (refused.status_code, refused.json()["code"]) == (422, "scorecard_refused")
    assert [(one["field"], one["code"]) for one in refused.json()["errors"]] == [("/lines/0", "weight_too_high")]
    assert await agreed.changes() == []
    card = await agreed.scene.read(agreed.card)
    assert [line["weight"] for line in card["lines"]] == ["50.00", "30.00", "20.00"], "what was tried is taken back"
    assert await given.count(agreed.scene.organization, given_lines(agreed)) == before
    assert (await agreed.request("ann", "40.00", "40.00", "20.00")).status_code == 201


def given_lines(agreed: AgreedYear) -> Any:
    return select(func.count()).select_from(ScorecardLine).where(ScorecardLine.scorecard_id == agreed.card)


async def test_a_warning_that_came_since_it_was_asked_for_refuses_the_answer_until_it_is_muted(agreed: AgreedYear) -> None:
    change = await agreed.requested("ann", "60.00", "20.00", "20.00")
    await let_warnings_refuse(agreed.scene)
    refused = await agreed.answer(change, "agree", "max")
    assert (refused.status_code, [one["code"] for one in refused.json()["errors"]]) == (422, ["weight_too_high"])
    assert (await agreed.change(change["id"]))["status"] == "pending"
    muting = {"code": "weight_too_high", "scorecard_id": agreed.card, "reason": "one market only", "ends_on": "2199-12-31"}
    assert (await (await agreed.scene.client("max")).post("/v1/findings/mutings", json=muting)).status_code == 201
    assert (await agreed.answer(change, "agree", "max")).json()["status"] == "agreed"


async def test_a_correction_leaves_a_scorecard_alone_to_which_it_would_bring_a_warning(scene: Scene) -> None:
    year = await signed_year(scene)
    await let_warnings_refuse(scene)
    shown = await year.call("hr", "POST", "/v1/scorecard-corrections/preview", cycle_code="2026", lines=SHARES)
    assert "weight_too_high" in {one["code"] for one in shown.json()["refused"]}
    correction = await year.ordered(lines=SHARES)
    await year.pass_the_day()
    (one,) = await year.of("max", "max")
    assert (one["status"], one["refused_code"]) == ("refused", "weight_too_high")
    assert (await year.progress(correction))[0] == "done"
    assert [line["weight"] for line in (await scene.read(year.cards["max"]))["lines"]] == ["40.00", "60.00"]
