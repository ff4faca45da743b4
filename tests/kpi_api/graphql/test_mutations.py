"""Writing through the graph: the same verbs as REST, problems as named members of a union."""

from typing import Any

from chassis.identifiers import new_id
from tests.kpi_api.cascade.company import Company
from tests.kpi_api.graphql.asking import ask, errors_of

PROBLEM = "... on Problem { __typename code detail errors { field code } }"
PROPOSE = f"""mutation ($id: ID!, $version: Int!) {{
  proposeScorecard(id: $id, version: $version) {{
    ... on ScorecardChanged {{ scorecard {{ status version verbs {{ verb allowed }} }} }} {PROBLEM}
  }}
}}"""
AGREE = f"""mutation ($id: ID!, $version: Int!) {{
  agreeScorecard(id: $id, version: $version, comment: "Good") {{ ... on ScorecardChanged {{ scorecard {{ status agreedAt }} }} {PROBLEM} }}
}}"""
COUNTER = f"""mutation ($id: ID!, $version: Int!, $lines: [ScorecardLineInput!]) {{
  counterScorecard(id: $id, version: $version, lines: $lines) {{ ... on ScorecardChanged {{ scorecard {{ status version }} }} {PROBLEM} }}
}}"""


async def open_card(company: Company, weight: str = "100.00") -> tuple[str, str, int]:
    """A draft of eli's: its id, its KPI's and its version."""
    ids = await company.cascade()
    given = {"person_id": str(company.people["eli"].id), "cycle_code": "2026", "lines": [{"kpi_id": ids["eli"], "weight": weight}]}
    opened = await (await company.admin()).post("/v1/scorecards", json=given)
    assert opened.status_code == 201, opened.text
    return opened.json()["id"], ids["eli"], opened.json()["version"]


async def test_a_scorecard_is_proposed_countered_and_agreed(company: Company) -> None:
    card, kpi_id, version = await open_card(company)
    eli, dora = await company.client("eli"), await company.client("dora")

    proposed = (await ask(eli, PROPOSE, id=card, version=version))["proposeScorecard"]["scorecard"]
    own = (await ask(eli, AGREE, id=card, version=proposed["version"]))["agreeScorecard"]
    countered = await ask(dora, COUNTER, id=card, version=proposed["version"], lines=[{"kpi": kpi_id, "weight": "100"}])
    version = countered["counterScorecard"]["scorecard"]["version"]
    agreed = (await ask(eli, AGREE, id=card, version=version))["agreeScorecard"]["scorecard"]

    assert proposed["status"] == "PROPOSED"
    assert {verb["verb"] for verb in proposed["verbs"] if verb["allowed"]} == {"withdraw"}
    assert own["__typename"] in {"ConflictProblem", "NotAllowedProblem"}
    assert countered["counterScorecard"]["scorecard"]["status"] == "COUNTERED"
    assert agreed["status"] in {"AGREED", "ACTIVE"}
    assert agreed["agreedAt"]


async def test_problems_come_by_name_and_change_nothing(company: Company) -> None:
    card, kpi_id, version = await open_card(company, weight="99.99")
    eli, hal = await company.client("eli"), await company.client("hal")

    async def problem(client: Any, query: str, **variables: Any) -> tuple[str, str]:
        (found,) = (await ask(client, query, **variables)).values()
        return found["__typename"], found["code"]

    assert (await problem(hal, PROPOSE, id=card, version=version))[0] == "NotFoundProblem"
    assert await problem(eli, PROPOSE, id=str(new_id()), version=version) == await problem(hal, PROPOSE, id=card, version=version)
    assert (await problem(eli, PROPOSE, id=card, version=version + 1)) == ("ChangedProblem", "precondition_failed")
    assert (await problem(eli, PROPOSE, id=card, version=version))[0] == "InvalidProblem"
    assert (await problem(eli, COUNTER, id=card, version=version, lines=[{"kpi": kpi_id, "weight": "33.333"}]))[0] == "InvalidProblem"
    (error,) = await errors_of(eli, COUNTER, id=card, version=version, lines=[{"kpi": kpi_id, "weight": 33.5}])
    assert "not exact" in error["message"]
    after = (await eli.get(f"/v1/scorecards/{card}")).json()
    assert (after["status"], after["version"], after["signatures"]) == ("draft", version, [])


async def test_a_zero_character_is_refused_in_words_and_writes_nothing(company: Company) -> None:
    card, _, version = await open_card(company)
    eli = await company.client("eli")
    propose = f"""mutation ($id: ID!, $version: Int!, $comment: String) {{
      proposeScorecard(id: $id, version: $version, comment: $comment) {{ __typename {PROBLEM} }}
    }}"""

    refused = (await ask(eli, propose, id=card, version=version, comment="a\x00b"))["proposeScorecard"]
    (error,) = await errors_of(eli, "query ($s: String) { people(search: $s) { edges { node { id } } } }", s="a\x00b")

    sentence = "Text cannot hold a zero character (U+0000). Leave it out."
    assert (refused["__typename"], refused["code"], refused["detail"]) == ("InvalidProblem", "invalid", sentence)
    assert (error["extensions"]["code"], error["message"], error["path"]) == ("invalid", sentence, ["people"])
    card_now = await ask(eli, "query ($id: ID!) { scorecard(id: $id) { status } }", id=card)
    assert card_now["scorecard"]["status"] == "DRAFT"
