"""Doors of changes in mid-year: whoever sees a scorecard sees what is asked of it; its two sides ask and answer."""

from base64 import b64encode
from typing import Any
from uuid import uuid4

import httpx

from tests.attack.attacking import Door, Read, Write
from tests.attack.cast import Cast, Thing
from tests.attack.doors.graph import PROBLEM, ask, changed, fields_of, global_id
from tests.attack.doors.people_writes import write
from tests.attack.doors.reads import holds, listed, one

KIND = {"kind": "scorecard", "owner": "stakeholder", "sees": "scorecard"}


async def _withdrawn(cast: Cast, thing: Thing) -> None:
    """Nothing is asked of the scorecard."""
    asked = {"scorecard_id": thing["id"], "status": "pending"}
    for change in (await cast.home.call("hr", "GET", "/v1/scorecard-changes", params=asked))["items"]:
        who = {"person": "stakeholder", "manager": "neighbour"}[change["side"]]
        place = f"/v1/scorecards/{thing['id']}/changes/{change['id']}/withdraw"
        await cast.home.call(who, "POST", place, json={}, headers={"If-Match": "*"})


def wanted(thing: Thing) -> dict[str, Any]:
    """Another text from the first day on, so that the scorecard stays one; another one each time."""
    line = {"kpi_id": thing["kpi_id"], "weight": "100.00", "component": f"c-{uuid4().hex[:8]}"}
    return {"effective_from": "2026-01-01", "reason": "r", "lines": [line]}


async def nothing_asked(cast: Cast, thing: Thing) -> Thing:
    await _withdrawn(cast, thing)
    return thing | {"component": f"c-{uuid4().hex[:8]}"}


async def asked_by_manager(cast: Cast, thing: Thing) -> Thing:
    await _withdrawn(cast, thing)
    made = await cast.home.post("neighbour", f"/v1/scorecards/{thing['id']}/changes", **wanted(thing))
    return thing | {"change_id": made["id"]}


REQUEST = {
    "effective_from": "2026-01-01", "reason": "r", "lines": [{"kpi_id": "{kpi_id}", "weight": "100.00", "component": "{component}"}],
}  # fmt: skip


def answer(verb: str, permit: str, twin: str) -> Write:
    return write(f"POST /v1/scorecards/{{scorecard_id}}/changes/{{change_id}}/{verb}", body={}, permit=permit, twin=twin, star=True,
                 path=f"/v1/scorecards/{{id}}/changes/{{change_id}}/{verb}", prepare=asked_by_manager, **KIND)  # fmt: skip


def graph(mutation: str, arguments: str, permit: str, twin: str, result: str, **given: Any) -> Write:
    """A mutation of the stakeholder's scorecard; `given` are its further variables, and what a door takes."""
    taken = {name: given.pop(name) for name in ("prepare", "accepted") if name in given}
    named = {"id": global_id("Scorecard")} | given
    head = ", ".join(f"${name}: {VARIABLES[name]}" for name in named)
    answer = f"__typename ... on {result} {{ __typename }} ... on Problem {{ {PROBLEM} }}"
    query = f"mutation ({head}) {{ {mutation}(scorecard: $id, {arguments}) {{ {answer} }} }}"
    rest = {"accepted": changed} | taken | KIND
    return Write(f"graphql Mutation.{mutation}", call=ask(query, **named), permit=permit, twin=twin, **rest)


VARIABLES = {"id": "ID!", "change": "UUID!", "component": "String!", "kpi": "ID!"}


def no_move(answer: httpx.Response) -> bool:
    """Whoever may split is told that nobody moved on this day."""
    return changed(answer) or '"code":"no_move"' in answer.text


STORY = f"query ($id: ID!) {{ scorecardStory(scorecard: $id) {{ {fields_of('ScorecardStep', 0)} }} }}"
ASKED = 'effectiveFrom: "2026-01-01", reason: "r", lines: [{kpi: $kpi, weight: "100.00", component: $component}]'

DOORS: list[Door] = [
    Read("graphql Query.scorecardStory", "scorecard", ask(STORY, id=global_id("Scorecard")), shows=holds('"scorecardUuid":"{id}"')),
    graph("requestScorecardChange", ASKED, "scorecard.propose", "neighbour", "ScorecardChangeChanged", prepare=nothing_asked,
          kpi=lambda thing: b64encode(f"Kpi:{thing['kpi_id']}".encode()).decode(), component=lambda thing: thing["component"]),
    graph("answerScorecardChange", "change: $change, version: 1, answer: REJECT", "scorecard.person", "stakeholder",
          "ScorecardChangeChanged", prepare=asked_by_manager, change=lambda thing: thing["change_id"]),
    graph("splitScorecard", 'movedOn: "2026-05-01", preview: true', "scorecard.split", "neighbour", "ScorecardSplit", accepted=no_move),
    listed("scorecard_change", "/v1/scorecard-changes"),
    one("scorecard_change", "/v1/scorecard-changes/{id}", parameter="change_id"),
    one("scorecard", "/v1/scorecards/{id}/history"),
    write("POST /v1/scorecards/{scorecard_id}/changes", body=REQUEST, path="/v1/scorecards/{id}/changes", permit="scorecard.propose",
          twin="neighbour", prepare=nothing_asked, **KIND),
    answer("withdraw", "scorecard.manager", "neighbour"),
    answer("reject", "scorecard.person", "stakeholder"),
    answer("agree", "scorecard.person", "stakeholder"),
    # Nobody moved on this day: whoever may split is told so.
    write("POST /v1/scorecards/{scorecard_id}/split", body={"moved_on": "2026-05-01"}, path="/v1/scorecards/{id}/split",
          permit="scorecard.split", twin="neighbour", star=True, twin_fails_with=422, **KIND),
]  # fmt: skip
