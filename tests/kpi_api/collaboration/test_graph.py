"""A shared KPI in the graph: terms and proposals with targets of their own type, what was written page by page, the same steps as REST."""

from typing import Any

from tests.kpi_api.collaboration.conftest import Launch

PAGE = """query ($id: ID!, $after: String) { kpi(id: $id) { collaboration {
  state waitingFor terms { definitionCode windowStart targets { sentence value } } former { name reason }
  proposals { edges { node { text status targets { value period } } } }
  comments(first: 2, after: $after) { edges { node { text } } pageInfo { hasNextPage endCursor } }
  verbs { verb allowed } } } }"""
CHANGED = "__typename ... on CollaborationChanged { collaboration { state waitingFor former { name } } } ... on Problem { code }"


async def ask(launch: Launch, by: str, query: str, **variables: Any) -> dict[str, Any]:
    given = {"query": query, "variables": {"id": launch.kpi_id, **variables}}
    answer = (await (await launch.client(by)).post("/graphql", json=given)).json()
    assert "errors" not in answer, answer
    data: dict[str, Any] = answer["data"]
    return data


async def test_terms_and_proposals_say_targets_and_comments_come_in_pages(launch: Launch) -> None:
    propose = f"""mutation ($id: ID!, $targets: [TargetInput!]) {{
      proposeForKpi(id: $id, text: "As last year.", targets: $targets) {{ {CHANGED} }} }}"""
    lower = [{"value": "900", "unit": "USD", "baseline": "0"}]
    assert (await ask(launch, "fay", propose, targets=lower))["proposeForKpi"]["__typename"] == "CollaborationChanged"
    for number in range(3):
        said = f'mutation ($id: ID!) {{ commentOnKpi(id: $id, text: "No. {number}") {{ {CHANGED} }} }}'
        assert (await ask(launch, "hal", said))["commentOnKpi"]["__typename"] == "CollaborationChanged"

    seen = (await ask(launch, "eli", PAGE))["kpi"]["collaboration"]
    assert seen["terms"] == {
        "definitionCode": "revenue", "windowStart": "2026-03-01", "targets": [{"sentence": "at least 1,000 USD", "value": "1000"}],
    }  # fmt: skip
    assert [edge["node"] for edge in seen["proposals"]["edges"]] == [
        {"text": "As last year.", "status": "open", "targets": [{"value": "900", "period": "WINDOW"}]}
    ]
    assert [edge["node"]["text"] for edge in seen["comments"]["edges"]] == ["No. 0", "No. 1"]
    assert seen["comments"]["pageInfo"]["hasNextPage"]
    following = (await ask(launch, "eli", PAGE, after=seen["comments"]["pageInfo"]["endCursor"]))["kpi"]["collaboration"]
    assert [edge["node"]["text"] for edge in following["comments"]["edges"]] == ["No. 2"]


async def test_an_agreement_is_taken_back_and_a_stakeholder_taken_off(launch: Launch) -> None:
    await launch.agree("gus", "fay", "dora")
    back = f"mutation ($id: ID!) {{ takeBackKpiAgreement(id: $id) {{ {CHANGED} }} }}"
    assert (await ask(launch, "hal", back))["takeBackKpiAgreement"]["code"] == "not_your_voice"
    changed = (await ask(launch, "gus", back))["takeBackKpiAgreement"]["collaboration"]
    assert (changed["state"], changed["waitingFor"]) == ("open", ["Support"])

    off = f"""mutation ($id: ID!, $who: UUID!, $why: String!) {{
      takeOffKpiStakeholder(id: $id, stakeholder: $who, reason: $why) {{ {CHANGED} }} }}"""
    support = await launch.stakeholder("Support")
    assert (await ask(launch, "dora", off, who=support, why=" "))["takeOffKpiStakeholder"]["__typename"] == "InvalidProblem"
    assert (await ask(launch, "fay", off, who=support, why="Done."))["takeOffKpiStakeholder"]["code"] == "not_allowed"
    changed = (await ask(launch, "dora", off, who=support, why="Done."))["takeOffKpiStakeholder"]["collaboration"]
    assert (changed["former"], changed["waitingFor"]) == ([{"name": "Support"}], ["North", "fay"])
