"""Changes of agreed scorecards in the graph: the same as over REST."""

from datetime import date
from typing import Any

import pytest

from tests.kpi_api.graphql.test_agreements import ask
from tests.kpi_api.scorecards.changes.test_moving_and_leaving import move
from tests.kpi_api.scorecards.changes.year import AgreedYear
from tests.kpi_api.scorecards.scene import set_scene
from tests.world import Organization

CARD = "query ($id: ID!) { scorecard(id: $id) { windowEnd changes { uuid kind status differences side resultUuid version } } }"
STORY = "query ($id: ID!) { scorecardStory(scorecard: $id) { sentence changes comment } }"
CHANGE = "__typename ... on ScorecardChangeChanged { change { uuid status side resultUuid version } } ... on Problem { code }"
REQUEST = f"""mutation ($id: ID!, $since: Date!, $lines: [ChangedLineInput!]!) {{
  requestScorecardChange(scorecard: $id, effectiveFrom: $since, reason: "another market", lines: $lines) {{ {CHANGE} }} }}"""
ANSWER = f"""mutation ($id: ID!, $change: UUID!, $version: Int!, $answer: ScorecardChangeAnswer!) {{
  answerScorecardChange(scorecard: $id, change: $change, version: $version, answer: $answer) {{ {CHANGE} }} }}"""
SPLIT = """mutation ($id: ID!, $day: Date!, $preview: Boolean!, $version: Int) {
  splitScorecard(scorecard: $id, movedOn: $day, preview: $preview, version: $version) {
    __typename ... on ScorecardSplit { preview windowEnd successorUuid windowStart successorEnd kpis wholeTargets }
    ... on Problem { code } } }"""


@pytest.fixture
async def agreed(organization: Organization) -> AgreedYear:
    await organization.set_clock("2026-04-01T09:00:00Z")
    scene = await set_scene(organization)
    card = await scene.opened()
    await scene.act(card, "propose", "max")
    await scene.act(card, "agree", "ann")
    return AgreedYear(scene, card)


def lines(agreed: AgreedYear) -> list[dict[str, Any]]:
    first, second = (str(kpi.id) for kpi in agreed.scene.kpis[:2])
    target = {"value": "120", "unit": "count", "period": "MONTH"}
    return [{"kpi": first, "weight": "60", "targets": [target]}, {"kpi": second, "weight": "40"}]


async def test_a_change_is_asked_for_answered_and_told(agreed: AgreedYear) -> None:
    scene, card = agreed.scene, agreed.card
    asked = (await ask(scene, "ann", REQUEST, id=card, since="2026-07-01", lines=lines(agreed)))["requestScorecardChange"]["change"]
    assert (asked["status"], asked["side"], asked["version"]) == ("PENDING", "PERSON", 1)
    answer = {"id": card, "change": asked["uuid"], "version": 1, "answer": "AGREE"}
    assert (await ask(scene, "ann", ANSWER, **answer))["answerScorecardChange"]["code"] == "not_your_turn"
    assert (await ask(scene, "max", ANSWER, **(answer | {"version": 7})))["answerScorecardChange"]["code"] == "precondition_failed"
    done = (await ask(scene, "max", ANSWER, **answer))["answerScorecardChange"]["change"]
    assert (done["status"], done["version"]) == ("AGREED", 2)

    seen = (await ask(scene, "ann", CARD, id=agreed.card))["scorecard"]
    assert seen["windowEnd"] == "2026-06-30"
    assert [(change["uuid"], change["resultUuid"]) for change in seen["changes"]] == [(asked["uuid"], done["resultUuid"])]
    assert "Target of “Calls 0”: 100, now 120." in seen["changes"][0]["differences"]
    told = (await ask(scene, "ann", STORY, id=card))["scorecardStory"]
    assert told[-2]["sentence"] == "2026-04-01: The manager agreed to the change, from 2026-07-01 on."
    assert (await ask(scene, "eve", STORY, id=card))["scorecardStory"] is None
    stranger = await ask(scene, "eve", REQUEST, id=card, since="2026-07-01", lines=lines(agreed))
    assert stranger["requestScorecardChange"]["code"] == "not_found"


async def test_a_movers_scorecard_is_previewed_and_split(agreed: AgreedYear) -> None:
    await move(agreed, date(2026, 7, 1))
    card = agreed.card
    told = (await ask(agreed.scene, "max", SPLIT, id=card, day="2026-07-01", preview=True))["splitScorecard"]
    assert (told["preview"], told["windowEnd"], told["windowStart"], told["successorUuid"]) == (True, "2026-06-30", "2026-07-01", None)
    version = (await agreed.scene.read(agreed.card))["version"]
    done = (await ask(agreed.scene, "max", SPLIT, id=card, day="2026-07-01", preview=False, version=version))["splitScorecard"]
    assert (done["__typename"], done["successorUuid"] is not None) == ("ScorecardSplit", True)
    again = (await ask(agreed.scene, "max", SPLIT, id=card, day="2026-07-01", preview=True))["splitScorecard"]
    assert again["code"] == "wrong_status"
