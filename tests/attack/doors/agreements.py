"""Doors of agreements: whoever sees a scorecard reads what is signed and said there; its sides and HR talk; HR alone corrects many."""

from dataclasses import replace
from typing import Any

from tests.attack.attacking import Door, Read, Write
from tests.attack.cast import Cast, Thing
from tests.attack.doors.graph import PROBLEM, ask, changed, fields_of, mutation, own_id, shows_root
from tests.attack.doors.people_writes import write
from tests.attack.doors.reads import FOREIGN, get, listed, one, succeeds

SELECTION = {"cycle_code": "2026", "lines": [{"definition_code": "calls", "targets": [{"value": "120"}]}]}
ORDER = SELECTION | {"reason": "r", "objections_until": "2026-12-31"}
CARD, CORRECTION = "/v1/scorecards/{scorecard_id}", "/v1/scorecard-corrections/{correction_id}"


def author_or_hr(viewer: str, _: str) -> bool:
    return viewer in {"employee", "hr"}


async def a_comment(cast: Cast, thing: Thing) -> Thing:
    made = await cast.home.post("employee", f"/v1/scorecards/{thing['id']}/comments", text="Well.")
    return thing | {"comment_id": made["id"]}


async def a_correction(cast: Cast, thing: Thing) -> Thing:
    """Another one, which nobody needs."""
    return thing | {"id": (await cast.home.post("hr", "/v1/scorecard-corrections", **ORDER))["id"]}


async def noted(cast: Cast, thing: Thing) -> Thing:
    return thing | {"correction_id": cast.records["correction"]["home"]["id"]}


def told(name: str) -> Any:
    return lambda thing: thing[name]


ORDERED = {"cycleCode": "2026", "lines": [{"definitionCode": "calls", "targets": [{"value": "120"}]}], "reason": "r",
           "objectionsUntil": "2026-12-31"}  # fmt: skip
ANSWER = f"__typename ... on CorrectionOrderChanged {{ {fields_of('CorrectionOrderChanged', 2)} }} ... on Problem {{ {PROBLEM} }}"
ORDERING = f"mutation ($input: CorrectionInput!, $p: Boolean!) {{ orderScorecardCorrection(input: $input, preview: $p) {{ {ANSWER} }} }}"
WITHDRAWING = f"mutation ($id: UUID!) {{ withdrawScorecardCorrection(correction: $id) {{ {ANSWER} }} }}"
READING = f"query ($id: UUID!) {{ scorecardCorrection(correction: $id) {{ {fields_of('CorrectionOrder', 1)} }} }}"


def by_graph(name: str, query: str, **given: Any) -> Write:
    asked = given.pop("asked")
    return Write(f"graphql Mutation.{name}", "correction", ask(query, **asked), "corrections.order", "hr", accepted=changed, **given)


READS: list[Door] = [
    Read("graphql Query.scorecardCorrection", "correction", ask(READING, id=own_id), shows=shows_root("scorecardCorrection")),
    one("closed_scorecard", "/v1/scorecards/{id}/agreement", parameter="scorecard_id", shows=succeeds),
    one("scorecard", "/v1/scorecards/{id}/comments", shows=succeeds),
    one("scorecard", "/v1/scorecards/{id}/corrections", shows=succeeds),
    Read("kpi_api GET /v1/scorecards", "scorecard", get("/v1/scorecards", late="false", limit="200"), is_list=True),
    listed("correction", "/v1/scorecard-corrections"),
    one("correction", "/v1/scorecard-corrections/{id}"),
    one("correction", "/v1/scorecard-corrections/{id}/scorecards", shows=succeeds),
]
WRITES: list[Write] = [
    write(f"POST {CARD}/comments", "scorecard", {"text": "Well."}, path="/v1/scorecards/{id}/comments", permit="scorecard.edit",
          twin="manager", owner="employee", sees="scorecard"),
    replace(
        write(f"DELETE {CARD}/comments/{{comment_id}}", "scorecard", path="/v1/scorecards/{id}/comments/{comment_id}", permit="",
              twin="employee", owner="employee", sees="scorecard", prepare=a_comment),
        permit=author_or_hr,
    ),
    replace(mutation("commentOnScorecard", "scorecard", "scorecard.edit", "employee", "employee", text=("String!", "Well.")),
            sees="scorecard"),
    replace(mutation("removeScorecardComment", "scorecard", "", "employee", "employee", a_comment, comment=("UUID!", told("comment_id"))),
            permit=author_or_hr),
    write(f"POST {CARD}/corrections/{{correction_id}}/object", "scorecard", {"reason": "r"},
          path="/v1/scorecards/{id}/corrections/{correction_id}/object", permit="scorecard.propose", twin="stakeholder",
          owner="stakeholder", sees="scorecard", prepare=noted),
    mutation("objectToScorecardCorrection", "scorecard", "scorecard.propose", "executive", "manager", noted,
             correction=("UUID!", told("correction_id")), reason=("String!", "r")),
    write("POST /v1/scorecard-corrections/preview", "correction", SELECTION, permit="corrections.order", not_by=FOREIGN),
    write("POST /v1/scorecard-corrections", "correction", ORDER, permit="corrections.order", not_by=FOREIGN),
    write(f"POST {CORRECTION}/withdraw", "correction", path="/v1/scorecard-corrections/{id}/withdraw", permit="corrections.order",
          sees="correction", prepare=a_correction),
    by_graph("orderScorecardCorrection", ORDERING, not_by=FOREIGN, asked={"input": ORDERED, "p": True}),
    by_graph("orderScorecardCorrection", ORDERING, not_by=FOREIGN, asked={"input": ORDERED, "p": False}),
    by_graph("withdrawScorecardCorrection", WITHDRAWING, sees="correction", prepare=a_correction, asked={"id": own_id}),
]  # fmt: skip
DOORS: list[Door] = [*READS, *WRITES]
