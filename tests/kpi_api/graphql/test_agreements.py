"""Agreements in the graph: the same as over REST, in one query with the scorecard."""

from typing import Any

import pytest

from tests.kpi_api.scorecards.scene import Scene, set_scene
from tests.world import Organization

CARD = """query ($id: ID!) { scorecard(id: $id) {
  status waitingFor agreement { verified present document signatures { side signerUuid onBehalfOfUuid } }
  comments { text side replyToUuid kpiUuid } corrections { status } } }"""
COMMENT = """mutation ($id: ID!, $text: String!, $kpi: ID, $replyTo: UUID) {
  commentOnScorecard(id: $id, text: $text, kpi: $kpi, replyTo: $replyTo) {
    __typename ... on ScorecardCommentsChanged { comments { uuid text } } ... on Problem { code } } }"""
REMOVE = """mutation ($id: ID!, $comment: UUID!) { removeScorecardComment(id: $id, comment: $comment) {
  __typename ... on ScorecardCommentsChanged { comments { uuid text } } ... on Problem { code } } }"""
WAITING = "query ($me: Boolean!) { scorecards(waitingForMe: $me) { edges { node { uuid } } } }"


@pytest.fixture
async def scene(organization: Organization) -> Scene:
    return await set_scene(organization)


async def ask(scene: Scene, by: str, query: str, **variables: Any) -> dict[str, Any]:
    answer = (await (await scene.client(by)).post("/graphql", json={"query": query, "variables": variables})).json()
    assert "errors" not in answer, answer
    data: dict[str, Any] = answer["data"]
    return data


async def test_what_is_signed_and_whose_turn_it_is(scene: Scene) -> None:
    card = await scene.opened()
    await scene.act(card, "propose", "max")
    before = (await ask(scene, "ann", CARD, id=card))["scorecard"]
    assert (before["waitingFor"], before["agreement"]) == ("PERSON", None)
    for by, found in (("ann", [{"node": {"uuid": card}}]), ("max", [])):
        assert (await ask(scene, by, WAITING, me=True))["scorecards"]["edges"] == found
    await scene.act(card, "agree", "ann")
    after = (await ask(scene, "ann", CARD, id=card))["scorecard"]
    assert (after["waitingFor"], after["agreement"]["verified"], after["agreement"]["present"]) == (None, True, True)
    assert [one["side"] for one in after["agreement"]["signatures"]] == ["MANAGER", "PERSON"]
    assert [line["weight"] for line in after["agreement"]["document"]["lines"]] == ["50", "30", "20"]
    assert (await ask(scene, "eve", CARD, id=card))["scorecard"] is None


async def test_both_sides_talk_and_take_back(scene: Scene) -> None:
    card, kpi = await scene.opened(), str(scene.kpis[0].id)
    (first,) = (await ask(scene, "ann", COMMENT, id=card, text="Is 100 realistic?", kpi=kpi))["commentOnScorecard"]["comments"]
    answered = (await ask(scene, "max", COMMENT, id=card, text="It is.", replyTo=first["uuid"]))["commentOnScorecard"]
    assert [one["text"] for one in answered["comments"]] == ["Is 100 realistic?", "It is."]
    assert (await ask(scene, "ann", CARD, id=card))["scorecard"]["comments"] == [
        {"text": "Is 100 realistic?", "side": "PERSON", "replyToUuid": None, "kpiUuid": kpi},
        {"text": "It is.", "side": "MANAGER", "replyToUuid": first["uuid"], "kpiUuid": kpi},
    ]
    assert (await ask(scene, "max", REMOVE, id=card, comment=first["uuid"]))["removeScorecardComment"]["code"] == "not_allowed"
    removed = (await ask(scene, "ann", REMOVE, id=card, comment=first["uuid"]))["removeScorecardComment"]
    assert [one["text"] for one in removed["comments"]] == [None, "It is."]
    assert (await ask(scene, "eve", COMMENT, id=card, text="Hm"))["commentOnScorecard"]["code"] == "not_found"
    assert (await ask(scene, "lou", COMMENT, id=card, text="Hm"))["commentOnScorecard"]["code"] == "not_allowed"
    assert (await ask(scene, "ann", COMMENT, id=card, text=" "))["commentOnScorecard"]["__typename"] == "InvalidProblem"
