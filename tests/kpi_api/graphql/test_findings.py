"""Findings in the graph: with the scorecard, as a connection, and muted and unmuted by the same actions as over REST."""

from typing import Any

from tests.kpi_api.scorecards.findings.scene import Scene, Spoilt, set_scene
from tests.world import Organization

CARD = "{ uuid quality { points warnings } findings { line sentence facts rule { code severity } muting { reason } } }"


async def ask(scene: Scene, by: str, query: str, **variables: Any) -> dict[str, Any]:
    answer = (await (await scene.client(by)).post("/graphql", json={"query": query, "variables": variables})).json()
    assert "errors" not in answer, answer
    data: dict[str, Any] = answer["data"]
    return data


async def test_a_scorecard_comes_with_its_findings_and_quality(organization: Organization) -> None:
    scene = await set_scene(organization, Spoilt(unlinked=("calls",)))
    card = (await ask(scene, "ann", f"query ($id: ID!) {{ scorecard(id: $id) {CARD} }}", id=str(scene.card.id)))["scorecard"]
    assert card["quality"] == {"points": 86, "warnings": 1}
    assert card["findings"][0] == {
        "line": 2, "sentence": "No path leads from “calls” up to a strategic KPI.", "facts": {"kpi": "calls", "level": "individual"},
        "rule": {"code": "orphan", "severity": "WARNING"}, "muting": None,
    }  # fmt: skip


async def test_findings_of_a_cycle_and_muting(organization: Organization) -> None:
    scene = await set_scene(organization, Spoilt(unlinked=("calls",)))
    mute = """mutation ($card: ID!) { muteFinding(code: "orphan", reason: "New team.", endsOn: "2199-01-01", scorecard: $card) {
      __typename ... on MutingChanged { muting { uuid } } ... on Problem { code } } }"""
    assert (await ask(scene, "ann", mute, card=str(scene.card.id)))["muteFinding"] == {
        "__typename": "NotAllowedProblem", "code": "not_allowed",
    }  # fmt: skip
    made = (await ask(scene, "max", mute, card=str(scene.card.id)))["muteFinding"]
    listed = 'query ($muted: Boolean!) { findings(cycle: "2026", severity: WARNING, muted: $muted) { edges { node { rule { code } } } } }'
    assert (await ask(scene, "max", listed, muted=False))["findings"]["edges"] == []
    assert (await ask(scene, "max", listed, muted=True))["findings"]["edges"] == [{"node": {"rule": {"code": "orphan"}}}]
    unmute = "mutation ($id: UUID!) { unmuteFinding(muting: $id) { __typename } }"
    await ask(scene, "max", unmute, id=made["muting"]["uuid"])
    assert len((await ask(scene, "max", listed, muted=False))["findings"]["edges"]) == 1


async def test_an_unknown_cycle_has_none_and_the_rules_are_everybodys(organization: Organization) -> None:
    scene = await set_scene(organization)
    assert (await ask(scene, "eve", '{ findings(cycle: "1999") { edges { cursor } } }'))["findings"] is None
    rules = (await ask(scene, "eve", "{ findingRules { code source } }"))["findingRules"]
    assert {"code": "too_many_kpis", "source": "S0"} in rules
