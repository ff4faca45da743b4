"""Plans in the making by REST: the language, templates, checking, pictures, differences in words and in money, and what a payout needed."""

from typing import Any

import jsonschema
import pytest

from chassis.documents import load_document
from scoring.engine import new_plan
from tests.scoring.company import PLAN, Company, found, ok
from tests.world import Organization

ACCELERATOR = new_plan("accelerator", code="annual_bonus")
SLOWER = new_plan("accelerator", code="annual_bonus", rate="1.5")
VEGA = {"Accept": "application/vnd.vegalite.v5+json"}


@pytest.fixture
async def company(organization: Organization) -> Company:
    company = await found(organization)
    await company.hire("ana", salary="60000", target_bonus_share="0.10")
    await company.hire("ben", salary="40000", target_bonus_share="0.10")
    return company


async def test_the_language_and_its_templates_are_there_for_everybody(company: Company) -> None:
    """Given somebody without a role, then each template, as filled, is a document of the published schema."""
    ana = company.clients["ana"]
    schema = ok(await ana.get("/v1/plan-schema")).json()
    jsonschema.Draft202012Validator.check_schema(schema)
    templates = ok(await ana.get("/v1/plan-templates")).json()
    assert len(templates) == 5
    for template in templates:
        filled = ok(await ana.post(f"/v1/plan-templates/{template['structure']}/fill", json={"parameters": {"code": "own"}})).json()
        document = load_document(filled["document"])
        jsonschema.Draft202012Validator(schema).validate(document)
        assert document["plan"] == "own"
    jsonschema.Draft202012Validator.check_schema(ok(await ana.get("/v1/snapshot-schema")).json())
    refused = await ana.post("/v1/plan-templates/accelerator/fill", json={"parameters": {"rate": "2}, {x: y"}})
    assert (refused.status_code, refused.json()["errors"][0]["code"]) == (422, "parameter_format")


async def test_a_check_tells_errors_and_findings_and_keeps_nothing(company: Company) -> None:
    """Given a plan that cannot be used, then its errors come as an answer; given one without a cap, then place and fix."""
    comp = company.clients["comp"]
    broken = ok(await comp.post("/v1/plan-checks", json={"document": ACCELERATOR.replace("of: line_score", "of: nowhere")})).json()
    assert (broken["usable"], broken["errors"][0]["code"], broken["errors"][0]["field"]) == (False, "unknown_reference", "/steps/2/of")
    inexact = ok(await comp.post("/v1/plan-checks", json={"document": {"plan": "p", "steps": [0.1]}})).json()
    assert inexact["errors"][0]["code"] == "decimal_as_number"
    open_ended = ok(await comp.post("/v1/plan-checks", json={"document": ACCELERATOR.replace('    cap: "200%"\n', "")})).json()
    warned = [found for found in open_ended["findings"] if found["severity"] == "warning"]
    assert open_ended["usable"]
    assert [(found["code"], found["path"]) for found in warned] == [("unbounded_cost", "/steps/2"), ("unbounded_cost", "/steps/5")]
    assert all(found["reason"] and found["fix"] for found in warned)
    steps = {step["name"]: step for step in open_ended["steps"]}
    assert (steps["composite"]["level"], steps["composite"]["unit"], steps["bonus"]["unit"]) == ("person", "plain", "money")
    assert ok(await comp.get("/v1/plans")).json()["items"] == []


async def test_what_a_plan_pays_is_drawn_by_accept(company: Company) -> None:
    comp = company.clients["comp"]
    ok(await comp.post("/v1/plans", json={"code": "annual_bonus", "name": "Bonus", "document": ACCELERATOR}))
    drawn = ok(await comp.post("/v1/plan-pictures", json={"document": ACCELERATOR}, headers=VEGA)).json()
    kept = ok(await comp.get("/v1/plans/annual_bonus/versions/1/picture", headers=VEGA)).json()
    assert drawn == kept
    assert "80 gives 80, 100 gives 100, 150 gives 200" in drawn["description"]
    svg = ok(await comp.get("/v1/plans/annual_bonus/versions/1/picture"))
    assert (svg.headers["content-type"], svg.headers["vary"], svg.text[:4]) == ("image/svg+xml", "Accept", "<svg")
    missing = await comp.get("/v1/plans/annual_bonus/versions/2/picture")
    assert missing.status_code == 404
    pool = (
        "plan: p\ninputs: [{name: size, unit: money, minimum: 0}]\nsteps: [{name: s, kind: pool, of: target_bonus, size: size}]\npayout: s"
    )
    refused = await comp.post("/v1/plan-pictures", json={"document": pool})
    assert (refused.status_code, refused.json()["code"]) == (422, "no_payout_curve")


async def test_findings_are_kept_with_the_version(company: Company) -> None:
    document = ACCELERATOR.replace('    cap: "200%"\n', "")
    made = ok(await company.clients["comp"].post("/v1/plans", json={"code": "p", "name": "P", "document": document})).json()
    assert ("unbounded_cost", "/steps/2") in [(found["code"], found["path"]) for found in made["versions"][0]["findings"]]


async def test_two_versions_in_words_and_in_money(company: Company) -> None:
    """Given a run paid by an accelerator, when a slower one is proposed, then who would lose how much is told to who sees pay, not HR."""
    comp = company.clients["comp"]
    await company.adopt_plan(ACCELERATOR)
    ok(await comp.post("/v1/plans/annual_bonus/versions", json={"document": SLOWER}))
    run_id = await company.computed_run([company.scorecard("ana", actual="110"), company.scorecard("ben", actual="90")])
    words = ok(await comp.get("/v1/plans/annual_bonus/versions/2/differences", params={"before": 1})).json()
    assert [one["sentence"] for one in words["differences"]] == ["Step line_score: above was {slope: 2} and is {slope: 1.5}."]
    sent = ok(await comp.post("/v1/plan-differences", json={"before": ACCELERATOR, "after": SLOWER})).json()
    assert sent == words
    asked: dict[str, Any] = {"plan_code": "annual_bonus", "before": 1, "after": 2}
    money = ok(await comp.get(f"/v1/runs/{run_id}/plan-difference", params=asked)).json()
    assert [(row["person_id"], row["before"], row["after"], row["difference"]) for row in money["people"]] == [
        (str(company.people["ana"]), "7200.00", "6900.00", "-300.00"),
        (str(company.people["ben"]), "3600.00", "3600.00", "0.00"),
    ]
    (total,) = money["sums"]
    assert (total["currency"], total["gain"], total["lose"], total["same"], total["difference"]) == ("USD", 0, 1, 1, "-300.00")
    paid = (await company.lines(run_id))["ana"]
    assert paid["payout"] == "7200.00"  # nothing changed
    hr = await company.appoint("hr", "hr_admin")
    refused = await hr.get(f"/v1/runs/{run_id}/plan-difference", params=asked)
    assert "7200" not in refused.text
    assert refused.status_code == 403
    await comp.post("/v1/plans", json={"code": "other", "name": "Other", "document": PLAN})
    nothing = await comp.get(f"/v1/runs/{run_id}/plan-difference", params={"plan_code": "other", "before": 1, "after": 1})
    assert (nothing.status_code, nothing.json()["code"]) == (409, "nothing_to_compare")


async def test_what_a_payout_would_have_needed(company: Company) -> None:
    """Given a released payout below target, then the person reads what would have brought the full bonus, and a colleague nothing."""
    await company.adopt_plan(ACCELERATOR)
    run_id = await company.released_run([company.scorecard("ana", actual="90"), company.scorecard("ben")])
    line = (await company.lines(run_id))["ana"]
    told = ok(await company.clients["ana"].get(f"/v1/payouts/{line['id']}/answers")).json()
    assert (told["result"], told["goal"], told["together"]) == ("5400", "6000", "1")
    assert [(kpi["title"], kpi["for_goal"], kpi["point_pays"]) for kpi in told["kpis"]] == [
        ("Closed Deals", "103.4", "36"),
        ("Quality Index", "107.5", "24"),
    ]
    hidden = await company.clients["ben"].get(f"/v1/payouts/{line['id']}/answers")
    assert hidden.status_code == 404
