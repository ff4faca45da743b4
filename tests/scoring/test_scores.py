"""Live scores: the run's arithmetic up to the composite, for whoever asks, with no pay and nothing stored."""

from typing import Any

from tests.scoring.company import PLAN, found, ok
from tests.world import Organization


async def test_scores_by_the_assigned_plan_agree_with_the_run(organization: Organization) -> None:
    # Given Ana with a plan and without any pay basis.
    company = await found(organization)
    await company.appoint("ana")
    await company.adopt_plan()
    # When her scorecard is scored live.
    asked = {"scorecards": [company.scorecard("ana", "110.5")], "as_of": "2026-05-01T00:00:00Z"}
    answer = ok(await company.service.post("/v1/scores", json=asked)).json()
    # Then the composite is there, line by line, with the plan's digest.
    (result,) = answer["results"]
    assert (result["composite"], result["engine_version"], result["error"]) == ("1.105000000000", 1, None)
    assert [(line["line"], line["score"], line["weight"]) for line in result["lines"]] == [
        (1, "1.105000000000", "60.000000000000"),
        (2, "1.105000000000", "40.000000000000"),
    ]
    version = ok(await company.clients["comp"].get("/v1/plans/annual_bonus")).json()["versions"][0]
    assert result["plan_digest"] == version["digest"]


async def test_a_scorecard_in_error_stops_only_itself_and_order_is_kept(organization: Organization) -> None:
    company = await found(organization)
    cards = []
    for name in ("ana", "ben", "cyd"):
        await company.appoint(name)
        cards.append(company.scorecard(name, None if name == "ben" else "80"))
    answer = ok(await company.service.post("/v1/scores", json={"scorecards": cards, "plan": PLAN})).json()
    assert [result["scorecard_id"] for result in answer["results"]] == [card["scorecard_id"] for card in cards]
    assert [result["composite"] for result in answer["results"]] == ["0.800000000000", None, "0.800000000000"]
    assert answer["results"][1]["error"]["code"] == "actual_missing"
    # Without a plan assigned, that is the error.
    nobody = ok(await company.service.post("/v1/scores", json={"scorecards": cards})).json()
    assert {result["error"]["code"] for result in nobody["results"]} == {"no_plan"}
    twice = await company.service.post("/v1/scores", json={"scorecards": [cards[0], cards[0]], "plan": PLAN})
    assert twice.json()["errors"][0]["code"] == "repeated_scorecard"
    assert (await company.clients["ana"].post("/v1/scores", json={"scorecards": cards, "plan": PLAN})).status_code == 403


async def test_a_kpi_of_two_parts_counts_by_its_parts(organization: Organization) -> None:
    # Given an e-mail KPI that is met when both parts are: open rate above 28, click-through above 4.
    company = await found(organization)
    await company.appoint("ana")
    card = company.scorecard("ana", "100")
    opened: dict[str, Any] = {"part": "opened", "comparison": "above", "target": "28", "actual": "29"}
    clicked = {"part": "clicked", "comparison": "above", "target": "4", "actual": "2"}
    # When half as many clicked as should, each way of combining the parts has its own say.
    composites = {}
    for combine in ("all", "mean"):
        card["lines"][0] |= {"combine_parts": combine, "parts": [opened, clicked]}
        (result,) = ok(await company.service.post("/v1/scores", json={"scorecards": [card], "plan": PLAN})).json()["results"]
        composites[combine] = result["lines"][0]["attainment_capped"]
    # Then all is as good as the worse part, 2/4; mean is between it and 29/28, cut at 12 places.
    assert composites["all"] == "0.500000000000"
    assert composites["mean"] == "0.767857142857"
