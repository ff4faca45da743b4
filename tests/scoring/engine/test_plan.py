"""Reading a plan: what is wrong is named by code, step and field; what is right has one digest however it is written."""

import pytest
from jsonschema import Draft202012Validator

from chassis.documents import load_document
from scoring.engine import PlanInvalid, load_plan, new_plan, plan_json_schema, snapshot_json_schema
from scoring.engine.rows import SnapshotDocument
from scoring.engine.templates import STRUCTURES

GOOD = """
plan: bonus
steps:
  - {name: attainment, kind: attainment}
  - {name: composite, kind: weighted_mean, of: attainment}
  - {name: bonus, kind: amount, basis: target_bonus, factors: [composite]}
composite: composite
payout: bonus
"""


def refused(text: str) -> list[tuple[str, str]]:
    with pytest.raises(PlanInvalid) as problem:
        load_plan(text)
    assert problem.value.code == "plan_invalid"
    return [(error.code, error.field) for error in problem.value.errors]


@pytest.mark.parametrize(
    ("old", "new", "expected"),
    [
        ("of: attainment}", "of: atainment}", ("unknown_reference", "/steps/1/of")),
        ("kind: weighted_mean", "kind: average", ("unknown_step_kind", "/steps/1")),
        ("name: composite, kind", "name: attainment, kind", ("name_taken", "/steps/1/name")),
        ("name: attainment, kind", "name: salary, kind", ("name_taken", "/steps/0/name")),
        ("kind: attainment}", "kind: attainment, capp: 2}", ("unknown_field", "/steps/0/capp")),
        ("kind: attainment}", "kind: attainment, cap: big}", ("unknown_reference", "/steps/0/cap")),
        ("kind: attainment}", "kind: attainment, places: 13}", ("out_of_range", "/steps/0/places")),
        ("basis: target_bonus", "basis: rating", ("unit_mismatch", "/steps/2/basis")),
        ("factors: [composite]", "factors: [salary]", ("unit_mismatch", "/steps/2/factors")),
        ("factors: [composite]", "factors: [10000000000000000]", ("plan_bounds", "/steps/2")),
        ("composite: composite", "composite: attainment", ("unit_mismatch", "/composite")),
        ("payout: bonus", "payout: total", ("unknown_reference", "/payout")),
        ("factors: [composite]", "factors: [1e3]", ("exponent", "/steps/2/factors/0")),
        ("factors: [composite]", "factors: [012]", ("leading_zero", "/steps/2/factors/0")),
        ("plan: bonus", "plan: no", ("ambiguous_boolean", "/plan")),
    ],
)
def test_a_wrong_plan_is_refused_by_code_and_field(old: str, new: str, expected: tuple[str, str]) -> None:
    assert expected in refused(GOOD.replace(old, new, 1))


def test_a_step_cannot_use_what_is_computed_later() -> None:
    """Given a gate on a value that a later step computes, then the gate is refused, and the steps that depend on it are not blamed too."""
    text = GOOD.replace(
        "  - {name: bonus",
        "  - {name: gated, kind: gate, of: composite, when: {value: late, at_least: 1}}\n"
        "  - {name: after, kind: multiply, of: [gated, 2]}\n"
        "  - {name: late, kind: multiply, of: [composite, 2]}\n"
        "  - {name: bonus",
    )
    assert refused(text) == [("unknown_reference", "/steps/2/when")]


def test_a_float_is_refused_and_its_text_accepted() -> None:
    document = load_document(GOOD)
    document["steps"][2]["factors"] = ["composite", 0.1]
    with pytest.raises(PlanInvalid) as problem:
        load_plan(document)
    assert [(error.code, error.field) for error in problem.value.errors] == [("decimal_as_number", "/steps/2/factors/1")]
    document["steps"][2]["factors"] = ["composite", "0.1"]
    assert load_plan(document).digest == load_plan(GOOD.replace("[composite]", "[composite, 10%]")).digest


def test_the_digest_is_of_the_meaning() -> None:
    """Given one plan as YAML, read, with comments and with its defaults written out, then the digest is one; another cap is another."""
    plan = load_plan(GOOD)
    written_out = GOOD.replace("kind: attainment}", "kind: attainment, missing: block, places: 12, rounding: half_up} # as ever")
    assert load_plan(written_out).digest == load_plan(load_document(GOOD)).digest == load_plan(GOOD.encode()).digest == plan.digest
    assert load_plan(GOOD.replace("kind: attainment}", "kind: attainment, cap: 2}")).digest != plan.digest


def test_the_published_schema_accepts_what_the_reader_accepts() -> None:
    validator = Draft202012Validator(plan_json_schema())
    for structure in STRUCTURES:
        document = load_document(new_plan(structure))
        assert not list(validator.iter_errors(document))
        document["steps"][0]["kind"] = "attaintment"
        assert list(validator.iter_errors(document))


def test_the_snapshot_schema_accepts_what_the_reader_accepts() -> None:
    validator = Draft202012Validator(snapshot_json_schema())
    row = {"scorecard_id": "a", "line": 1, "kpi_id": "k", "direction": "lower", "target": "2", "actual": "1.5", "weight": "100.00"}
    document = {"lines": [row], "people": [{"scorecard_id": "a", "person_id": "p", "salary": "50000.00", "inputs": {"rate": "1.1"}}]}
    assert not list(validator.iter_errors(document))
    assert SnapshotDocument.model_validate(document).people[0].inputs
    assert list(validator.iter_errors({**document, "lines": [{**row, "actual": 1.5}]}))
