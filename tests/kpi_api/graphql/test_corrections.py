"""A correction of many scorecards in the graph: previewed, ordered, withdrawn by HR; objected to by a side."""

from typing import Any

import pytest

from tests.kpi_api.graphql.test_agreements import ask
from tests.kpi_api.scorecards.corrections.test_corrections import Year, signed_year
from tests.kpi_api.scorecards.scene import set_scene
from tests.world import Organization

ORDER = """mutation ($input: CorrectionInput!, $preview: Boolean!) { orderScorecardCorrection(input: $input, preview: $preview) {
  __typename ... on Problem { code }
  ... on CorrectionOrderChanged {
    correction { uuid status scorecards { pending } } preview { selected wouldChange refused { code scorecards } } } } }"""
READ = "query ($id: UUID!) { scorecardCorrection(correction: $id) { status scorecards { pending objected withdrawn } } }"
WITHDRAW = """mutation ($id: UUID!) { withdrawScorecardCorrection(correction: $id) {
  ... on CorrectionOrderChanged { correction { status scorecards { objected withdrawn } } } ... on Problem { code } } }"""
OBJECT = """mutation ($id: ID!, $correction: UUID!) {
  objectToScorecardCorrection(id: $id, correction: $correction, reason: "We agreed on 100") {
    ... on ScorecardCorrectionsChanged { corrections { status objectedSide objection changes } } ... on Problem { code } } }"""


@pytest.fixture
async def year(organization: Organization) -> Year:
    return await signed_year(await set_scene(organization))


def wanted(value: str = "120") -> dict[str, Any]:
    lines = [{"definitionCode": "calls", "targets": [{"value": value}]}]
    return {"cycleCode": "2026", "lines": lines, "reason": "100 was last year's", "objectionsUntil": "2026-03-16"}


async def test_hr_previews_orders_and_withdraws_and_a_side_objects(year: Year) -> None:
    scene = year.scene
    seen = (await ask(scene, "hr", ORDER, input=wanted(), preview=True))["orderScorecardCorrection"]
    assert (seen["correction"], seen["preview"]) == (None, {"selected": 2, "wouldChange": 2, "refused": []})
    made = (await ask(scene, "hr", ORDER, input=wanted(), preview=False))["orderScorecardCorrection"]["correction"]
    await year.work()
    assert (await ask(scene, "hr", READ, id=made["uuid"]))["scorecardCorrection"] == {
        "status": "open", "scorecards": {"pending": 2, "objected": 0, "withdrawn": 0},
    }  # fmt: skip
    assert (await ask(scene, "ann", READ, id=made["uuid"]))["scorecardCorrection"] is None
    objected = (await ask(scene, "ann", OBJECT, id=year.cards["ann"], correction=made["uuid"]))["objectToScorecardCorrection"]
    assert [(one["status"], one["objectedSide"], one["objection"]) for one in objected["corrections"]] == [
        ("objected", "PERSON", "We agreed on 100")
    ]
    again = (await ask(scene, "max", OBJECT, id=year.cards["ann"], correction=made["uuid"]))["objectToScorecardCorrection"]
    assert again["code"] == "objections_closed"
    withdrawn = (await ask(scene, "hr", WITHDRAW, id=made["uuid"]))["withdrawScorecardCorrection"]["correction"]
    assert withdrawn == {"status": "withdrawn", "scorecards": {"objected": 1, "withdrawn": 1}}


async def test_who_is_not_hr_orders_nothing_and_a_correction_of_nothing_is_refused(year: Year) -> None:
    refused = (await ask(year.scene, "max", ORDER, input=wanted(), preview=False))["orderScorecardCorrection"]
    assert (refused["__typename"], refused["code"]) == ("NotAllowedProblem", "not_allowed")
    empty = wanted() | {"lines": [{"definitionCode": "calls"}]}
    assert (await ask(year.scene, "hr", ORDER, input=empty, preview=False))["orderScorecardCorrection"]["__typename"] == "InvalidProblem"
    assert (await year.call("hr", "GET", "/v1/scorecard-corrections")).json()["items"] == []
