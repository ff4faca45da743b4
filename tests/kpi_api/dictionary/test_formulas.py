"""Formulas: checked with units and samples, published for front ends, and tried before a version is approved."""

import pytest

from chassis.expressions.functions import FUNCTIONS
from chassis.expressions.problems import PROBLEMS
from chassis.expressions.terms import Null
from tests.kpi_api.dictionary.test_definitions import another_hr_admin
from tests.world import Organization

COUNTS = {"won": "count", "decided": "count"}
FORMULA = {"formulas": {"main": "percent(won / decided)"}, "measures": COUNTS}
WIN_RATE = FORMULA | {"name": "Win rate", "unit": "percent", "effective_from": "2026-01-01"}


async def test_a_formula_is_checked_with_its_units_and_computed_on_samples(organization: Organization) -> None:
    admin = await organization.admin()
    samples = [{"won": "7", "decided": "25"}, {"won": "7", "decided": "0"}, {"won": None, "decided": "25"}]
    given = {"formula": "percent(won / decided)", "measures": COUNTS | {"lost": "count"}, "part_unit": "percent", "samples": samples}

    answer = (await admin.kpi_api.post("/v1/formulas/check", json=given)).json()

    assert answer["unit"] == "percent"
    assert answer["measures_used"] == COUNTS
    assert answer["results"] == [
        {"value": "28", "reason": None},
        {"value": None, "reason": "division_by_zero"},
        {"value": None, "reason": "missing_value"},
    ]
    assert answer["tree"]["operands"][0] == {
        "operator": "divide", "unit": "ratio",
        "operands": [{"measure": "won", "unit": "count"}, {"measure": "decided", "unit": "count"}],
    }  # fmt: skip
    assert [(warning["code"], warning["measures"]) for warning in answer["warnings"]] == [
        ("may_divide_by_zero", ["decided"]), ("not_used", ["lost"]),
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("formula", "part", "reason", "position", "said"),
    [
        ("hours + spend", None, "unit_mismatch", 1, '"hours" is hours and "spend" is USD'),
        ("1 + min(spend, hours)", None, "unit_mismatch", 5, '"spend" is USD and "hours" is hours'),
        ("spend / budget", "percent", "unit_of_part", None, "The formula gives ratio, the part is percent: write percent(...)."),
        ("share", "ratio", "unit_of_part", None, "The formula gives percent, the part is ratio: write ratio(...)."),
        ("spend", "hours", "unit_of_part", None, "The formula gives USD, the part is hours"),
        ("spend > budget", "USD", "not_a_number", None, "write 1 if ... else 0"),
        ("spend + lost", None, "unknown_measure", 9, 'There is no measure "lost"'),
        ("\uff53pend", None, "name_form", 1, 'write "spend"'),
        ("spend * ٣", None, "digits", 9, '"3"'),
    ],
)
async def test_what_is_wrong_with_a_formula_is_said_where_it_stands(
    organization: Organization, formula: str, part: str | None, reason: str, position: int | None, said: str
) -> None:
    admin = await organization.admin()
    measures = {"spend": "USD", "budget": "USD", "hours": "hours", "share": "percent"}

    answer = await admin.kpi_api.post("/v1/formulas/check", json={"formula": formula, "measures": measures, "part_unit": part})

    problem = answer.json()
    assert (answer.status_code, problem["code"], problem["reason"], problem["position"]) == (422, "invalid_formula", reason, position)
    assert said in problem["detail"]


async def test_a_sample_names_every_measure(organization: Organization) -> None:
    admin = await organization.admin()
    given = {"formula": "won / decided", "measures": COUNTS, "samples": [{"won": "1", "decided": "1"}, {"won": "1"}]}

    problem = (await admin.kpi_api.post("/v1/formulas/check", json=given)).json()

    assert (problem["reason"], problem["errors"][0]["field"]) == ("measure_not_given", "/samples/1")


async def test_the_language_is_published_from_the_code(organization: Organization) -> None:
    admin = await organization.admin()

    grammar = (await admin.kpi_api.get("/v1/formulas/grammar")).json()

    assert [known["name"] for known in grammar["functions"]] == list(FUNCTIONS)
    assert set(grammar["nulls"]) == {str(null) for null in Null}
    assert grammar["problems"] == PROBLEMS
    assert [known["symbol"] for known in grammar["operators"]] == [
        "if else", "or", "and", "not", "<", ">", "<=", ">=", "==", "!=", "+", "-", "*", "/",
    ]  # fmt: skip
    assert {row["formula"]: row.get("unit") or row["problem"] for row in grammar["units"]["examples"]} == {
        "revenue / spend": "ratio", "revenue / won": "USD/count", "revenue / won * lost": "USD", "revenue - 100": "USD",
        "percent(won / lost)": "percent", "ratio(rate) * revenue": "USD", "won > lost": "truth",
        "hours + revenue": "unit_mismatch", "rate * revenue": "unit_mismatch", "rate + won / lost": "unit_mismatch",
    }  # fmt: skip


async def test_a_formula_that_was_never_tried_is_not_approved(organization: Organization) -> None:
    author, approver = await organization.admin(), await another_hr_admin(organization)
    made = (await author.kpi_api.post("/v1/definitions", json={"code": "win_rate", "version": WIN_RATE})).json()
    place = f"/v1/definitions/{made['id']}/versions/1"
    await author.kpi_api.post(f"{place}/propose")

    refused = await approver.kpi_api.post(f"{place}/approve")
    assert (refused.status_code, refused.json()["code"]) == (409, "not_tried")
    assert "`main`" in refused.json()["detail"]
    verbs = {verb["verb"]: verb for verb in (await approver.kpi_api.get(place)).json()["verbs"]}
    assert verbs["approve"] == {"verb": "approve", "allowed": False, "reason": refused.json()["detail"]}
    assert verbs["try"]["allowed"]

    # Samples that give no value try nothing.
    empty = await author.kpi_api.post(f"{place}/try", json={"samples": [{"won": "7", "decided": "0"}]})
    assert (empty.status_code, empty.json()["gave_values"]) == (201, False)
    assert (await approver.kpi_api.post(f"{place}/approve")).status_code == 409

    tried = (await author.kpi_api.post(f"{place}/try", json={"part": "main", "samples": [{"won": "7", "decided": "25"}]})).json()
    assert tried["results"] == [{"value": "28", "reason": None}]
    trials = (await approver.kpi_api.get(f"{place}/trials")).json()
    assert [trial["samples"] for trial in trials] == [[{"won": "7", "decided": "25"}], [{"won": "7", "decided": "0"}]]
    assert (await approver.kpi_api.post(f"{place}/approve")).json()["status"] == "approved"

    # What was approved is settled; and a part without a formula has nothing to try.
    late = await author.kpi_api.post(f"{place}/try", json={"samples": [{"won": "1", "decided": "1"}]})
    assert (late.status_code, late.json()["code"]) == (409, "wrong_status")


async def test_a_version_whose_formula_gives_another_unit_than_its_part_is_refused(organization: Organization) -> None:
    admin = await organization.admin()
    version = WIN_RATE | {"formulas": {"main": "won / decided"}}

    answer = await admin.kpi_api.post("/v1/definitions", json={"code": "win_rate", "version": version})

    assert (answer.status_code, answer.json()["reason"]) == (422, "unit_of_part")
    assert answer.json()["errors"][0]["field"] == "/version/formulas/main"
    assert (await admin.kpi_api.get("/v1/definitions", params={"code": "win_rate"})).json()["items"] == []
