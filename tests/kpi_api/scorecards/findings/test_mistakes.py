"""Each common mistake, built on purpose, is found by its code with its facts; its mended twin is not."""

from dataclasses import replace
from datetime import date
from typing import Any

import pytest

from tests.kpi_api.scorecards.findings.scene import Spoilt, set_scene
from tests.world import Organization

SIGNED: dict[str, Any] = {"agreement": {"lines": []}}
MINUTES = {"unit": "minutes", "direction": "lower"}

# By code: what is spoilt, the facts, and one that is mended just so much that nothing is found.
MISTAKES: dict[str, tuple[Spoilt, dict[str, Any], Spoilt]] = {
    "too_many_kpis": (Spoilt(more=4), {"kpis": 9, "at_most": 8}, Spoilt(more=3)),
    "too_few_kpis": (Spoilt(without=("revenue", "teamwork")), {"kpis": 3, "at_least": 4}, Spoilt(without=("revenue",))),
    "all_output_no_quality": (Spoilt(without=("accuracy",)), {"output": ["revenue", "calls"]}, Spoilt()),
    "no_behavioural": (Spoilt(without=("teamwork",)), {"dimensions": ["development", "output", "quality"]}, Spoilt()),
    "no_development": (Spoilt(without=("certificate",)), {"dimensions": ["behavioural", "output", "quality"]}, Spoilt()),
    "low_controllability": (
        Spoilt(kpis={"revenue": {"controllability": "low"}}),
        {"kpi": "revenue", "level": "individual"},
        Spoilt(kpis={"revenue": {"controllability": "shared"}}),
    ),
    "imposed": (
        Spoilt(card=SIGNED | {"status": "agreed", "imposed": True}),
        {"status": "agreed"},
        Spoilt(card=SIGNED | {"status": "agreed"}),
    ),
    "orphan": (Spoilt(unlinked=("calls",)), {"kpi": "calls", "level": "individual"}, Spoilt()),
    "no_outcome": (Spoilt(versions={"accuracy": {"outcome_id": None}}), {"kpi": "accuracy", "definition": "accuracy"}, Spoilt()),
    "activity_without_result": (
        Spoilt(
            versions={name: {"kind": "process", "unit": "percent"} for name in ("revenue", "accuracy", "teamwork")}
            | {"certificate": {"outcome_id": None}}
        ),
        {"kpi": "calls", "outcome": "growth"},
        Spoilt(versions={"calls": {"unit": "percent"}}),
    ),
    "speed_without_quality": (
        Spoilt(versions={"calls": MINUTES}, without=("accuracy",)),
        {"kpi": "calls", "unit": "minutes"},
        Spoilt(versions={"calls": MINUTES}),
    ),
    "weight_too_high": (
        Spoilt(weights={"revenue": "50.01", "calls": "9.99", "accuracy": "10", "teamwork": "15", "certificate": "15"}),
        {"kpi": "revenue", "weight": "50.01", "at_most": "50.00"},
        Spoilt(weights={"revenue": "50.00", "calls": "10", "accuracy": "10", "teamwork": "15", "certificate": "15"}),
    ),
    "weight_too_low": (
        Spoilt(weights={"revenue": "4.99", "calls": "35.01"}),
        {"kpi": "revenue", "weight": "4.99", "at_least": "5.00"},
        Spoilt(weights={"revenue": "5.00", "calls": "35.00"}),
    ),
    "only_lagging": (Spoilt(versions={"calls": {"leading": False}}), {"kpis": 5}, Spoilt()),
    "only_results": (Spoilt(versions={"calls": {"kind": "result"}}), {"kpis": 5}, Spoilt()),
    "only_process": (
        Spoilt(versions={name: {"kind": "process"} for name in ("revenue", "accuracy", "teamwork", "certificate")}),
        {"kpis": 5},
        Spoilt(versions={name: {"kind": "process"} for name in ("revenue", "accuracy", "teamwork")}),
    ),
    "vague_target": (Spoilt(targets={"calls": None}), {"kpi": "calls"}, Spoilt()),
    "no_source_of_truth": (
        Spoilt(versions={"calls": {"source_of_truth": ""}}),
        {"kpi": "calls", "definition": "calls"},
        Spoilt(),
    ),
    "reviewed_too_often": (
        Spoilt(versions={"calls": {"update_frequency": "day", "decision_speed_days": 2}}),
        {"kpi": "calls", "update_frequency": "day", "decision_speed_days": 2},
        Spoilt(versions={"calls": {"update_frequency": "week", "decision_speed_days": 7}}),
    ),
    "stale_version": (
        Spoilt(versions={"calls": {"status": "retired", "retired_from": date(2026, 1, 1)}}),
        {"kpi": "calls", "number": 1, "newest": None},
        Spoilt(versions={"calls": {"status": "retired", "retired_from": date(2150, 1, 1)}}),
    ),
    "serves_no_responsibility": (Spoilt(), {}, Spoilt()),  # see test_a_kpi_of_another_role
    "opposite_directions": (
        Spoilt(
            versions={
                "revenue": {"formulas": {"main": "deals"}, "measures": {"deals": "count"}, "parts": []},
                "accuracy": {"formulas": {"main": "deals"}, "measures": {"deals": "count"}, "parts": [], "direction": "lower",
                             "source_of_truth": "ERP"},
            }
        ),
        {"kpi": "revenue", "other": "accuracy", "measure": "deals"},
        Spoilt(
            versions={
                "revenue": {"formulas": {"main": "deals"}, "measures": {"deals": "count"}},
                "accuracy": {"formulas": {"main": "100 * won / deals"}, "measures": {"won": "count", "deals": "count"},
                             "direction": "lower", "source_of_truth": "ERP"},
            }
        ),
    ),
    "near_equal_definitions": (
        Spoilt(versions={"calls": {"name": "Outbound calls"}, "accuracy": {"name": "Outbound  Calls"}}),
        {"kpi": "calls", "other": "accuracy", "definitions": ["calls", "accuracy"]},
        Spoilt(),
    ),
    "weights_missing": (Spoilt(weights={"calls": None}), {"without": ["calls"]}, Spoilt()),
    "weights_total": (Spoilt(weights={"calls": "19.99"}), {"total": "99.99"}, Spoilt()),
    "kpi_withdrawn": (Spoilt(kpis={"calls": {"status": "withdrawn"}}), {"kpi": "calls", "status": "withdrawn"}, Spoilt()),
    "target_equals_baseline": (
        Spoilt(targets={"calls": {"baseline": 100}}),
        {"kpi": "calls", "target": "100"},
        Spoilt(targets={"calls": {"baseline": 99}}),
    ),
    "no_lines": (Spoilt(without=("revenue", "calls", "accuracy", "teamwork", "certificate")), {"kpis": 0}, Spoilt()),
}  # fmt: skip
ELSEWHERE = {"serves_no_responsibility"}


async def test_a_well_made_scorecard_has_nothing_but_that_levels_are_skipped(organization: Organization) -> None:
    scene = await set_scene(organization)
    assert await scene.codes() == ["skipped_level"] * 5
    assert (await scene.findings())[0]["facts"] == {"kpi": "revenue", "level": "individual", "parent_level": "strategic"}


@pytest.mark.parametrize("code", [code for code in MISTAKES if code not in ELSEWHERE])
async def test_a_mistake_is_found_and_its_mended_twin_is_not(organization: Organization, code: str) -> None:
    spoilt, facts, mended = MISTAKES[code]
    scene = await set_scene(organization, spoilt)
    found = [finding for finding in await scene.findings() if finding["rule"]["code"] == code]
    assert [finding["facts"] for finding in found] == [facts]
    line = None if "kpi" not in facts else next(n for n, name in enumerate(scene.kpis, start=1) if name == facts["kpi"])
    assert (found[0]["line"], found[0]["scorecard_id"]) == (line, str(scene.card.id))
    other = await organization.world.new_organization()
    assert code not in await (await set_scene(other, mended)).codes()


async def test_nobody_answers_for_a_definition(organization: Organization) -> None:
    scene = await set_scene(organization, replace(Spoilt(), owned=False))
    assert (await scene.codes()).count("no_owner") == 5
