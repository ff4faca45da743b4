"""Rules for time away through the graph, changed and tried, and the formal assessments of a scorecard."""

from uuid import UUID

from kpi_api.graphql.nodes import global_id
from tests.kpi_api.cascade.company import Company
from tests.kpi_api.graphql.asking import ask
from tests.kpi_api.graphql.test_graph import statements_of
from tests.kpi_api.scorecards.presence.test_time_away import SPRING, agreed, away
from tests.kpi_api.scorecards.scene import set_scene
from tests.world import Organization

RULES = "timeRules { leaveDays leaveTargets partTimeTargets leaveFromDays unaffectedKinds }"
CHANGE = f"""mutation ($version: Int!, $rules: TimeRulesInput) {{ changeOrganization(version: $version, changes: {{timeRules: $rules}}) {{
  ... on OrganizationChanged {{ organization {{ {RULES} version }} }} ... on Problem {{ code }}
  ... on InvalidProblem {{ errors {{ field }} }} }} }}"""
TIME = """query ($card: ID!, $tried: TimeSuppositionInput) { scorecardTime(scorecard: $card, supposing: $tried) {
  signed paidDays fullTimeShare rules { leaveDays leaveTargets } targets { share } } }"""
ASSESSED = "query ($card: ID!) { scorecard(id: $card) { assessments { stage dueOn releasedOn state } } }"
AS_SHIPPED = {
    "leaveDays": "PAID", "leaveTargets": "WHOLE", "partTimeTargets": "WHOLE", "leaveFromDays": 1, "unaffectedKinds": [],
}  # fmt: skip


async def test_rules_for_time_away_are_read_by_all_and_changed_by_hr_who_read_them(organization: Organization) -> None:
    scene = await set_scene(organization)
    hr, ann = await scene.client("hr"), await scene.client("ann")
    seen = (await ask(ann, f"{{ organization {{ {RULES} version }} }}"))["organization"]
    wanted = {"leaveTargets": "PRO_RATED", "unaffectedKinds": ["parental"]}

    changed = (await ask(hr, CHANGE, version=seen["version"], rules=wanted))["changeOrganization"]
    late = (await ask(hr, CHANGE, version=seen["version"], rules={}))["changeOrganization"]
    refused = (await ask(ann, CHANGE, version=seen["version"] + 1, rules={}))["changeOrganization"]
    wrong = (await ask(hr, CHANGE, version=seen["version"] + 1, rules={"leaveFromDays": 0}))["changeOrganization"]
    nothing = (await ask(hr, CHANGE, version=seen["version"] + 1, rules=None))["changeOrganization"]

    assert seen["timeRules"] == AS_SHIPPED
    assert changed["organization"] == {"timeRules": AS_SHIPPED | wanted, "version": seen["version"] + 1}
    assert [one["code"] for one in (late, refused)] == ["precondition_failed", "not_allowed"]
    assert [error["field"] for error in wrong["errors"]] == ["/time_rules/leave_from_days"]
    assert [error["field"] for error in nothing["errors"]] == ["/time_rules"]
    over_rest = (await ann.get("/v1/organization")).json()["time_rules"]
    assert (over_rest["leave_targets"], over_rest["unaffected_kinds"]) == ("pro_rated", ["parental"]), "what was refused left nothing"


async def test_other_rules_are_tried_on_a_signed_scorecard_and_nothing_is_kept(organization: Organization) -> None:
    scene = await set_scene(organization)
    year = await agreed(scene)
    await away(scene, **SPRING)
    ann, card = await scene.client("ann"), global_id("Scorecard", UUID(year.card))
    tried = {"rules": {"leaveDays": "UNPAID", "leaveTargets": "PRO_RATED"}}

    supposed = (await ask(ann, TIME, card=card, tried=tried))["scorecardTime"]
    present = (await ask(ann, TIME, card=card))["scorecardTime"]

    assert (supposed["paidDays"], supposed["rules"]) == (319, {"leaveDays": "UNPAID", "leaveTargets": "PRO_RATED"})
    assert {target["share"] for target in supposed["targets"]} == {"319/365"}
    signed = {"signed": True, "paidDays": 365, "fullTimeShare": "1", "targets": []}
    assert present == signed | {"rules": {"leaveDays": "PAID", "leaveTargets": "WHOLE"}}
    rules = {"leave_days": "unpaid", "leave_targets": "pro_rated"}
    rest = (await ann.post(f"/v1/scorecards/{year.card}/time/preview", json={"rules": rules})).json()
    assert (rest["paid_days"], [one["share"] for one in rest["targets"]]) == (319, [one["share"] for one in supposed["targets"]])


async def test_a_scorecard_says_by_when_it_is_assessed_to_who_sees_it(organization: Organization) -> None:
    scene = await set_scene(organization)
    year = await agreed(scene)
    ann, card = await scene.client("ann"), global_id("Scorecard", UUID(year.card))

    before = (await ask(ann, ASSESSED, card=card))["scorecard"]["assessments"]
    await organization.set_clock("2026-12-30T12:00:00Z")
    after = (await ask(ann, ASSESSED, card=card))["scorecard"]["assessments"]

    assert [(one["stage"], one["releasedOn"], one["state"]) for one in before] == [("MID_YEAR", None, "TO_COME")]
    assert after == [before[0] | {"state": "MISSED"}]
    over_rest = (await scene.read(year.card))["assessments"]
    assert [(one["due_on"], one["state"]) for one in over_rest] == [(after[0]["dueOn"], "missed")]


async def test_assessments_of_a_page_of_scorecards_take_as_many_statements_as_of_one(company: Company) -> None:
    ids, admin = await company.cascade(), await company.admin()
    for name in ("eli", "fay", "gus"):
        whose = {"person_id": str(company.people[name].id), "cycle_code": "2026"}
        lines = [{"kpi_id": ids["eli"], "weight": "100.00"}] if name == "eli" else []
        opened = await admin.post("/v1/scorecards", json=whose | {"lines": lines})
        assert opened.status_code == 201, opened.text
    query = "query ($first: Int!) { scorecards(first: $first) { edges { node { assessments { stage } } } } }"
    await ask(admin, query, first=1)

    counts = []
    for first in (1, 3):
        with statements_of(company) as statements:
            edges = (await ask(admin, query, first=first))["scorecards"]["edges"]
        assert [edge["node"]["assessments"] for edge in edges] == [[{"stage": "MID_YEAR"}]] * first
        counts.append(len(statements))

    assert counts[0] == counts[1]
