"""`sightline lint`: which findings end it with 1, and what the SARIF log says."""

import json
from typing import Any

import pytest
from typer.testing import CliRunner

from kpi_api.findings import RULES
from kpi_api.scorecards.findings.schemas import RuleOutput
from sightline.cli import app, lint
from sightline.cli.client import Refused
from sightline.cli.sarif import sarif_log
from sightline.problems import BadUsage

RULE = {code: RuleOutput.of(rule).model_dump() for code, rule in RULES.items()}


def finding(code: str, line: int | None = None, reason: str | None = None) -> dict[str, Any]:
    muting = {"reason": reason, "ends_on": "2026-12-31"} if reason else None
    about = {"scorecard_id": "s1", "person_id": "p1", "line": line, "facts": {"kpi": "Calls"}}
    return {**about, "sentence": "Something.", "rule": RULE[code], "muting": muting}


FOUND = [finding("weights_total"), finding("orphan", 2), finding("skipped_level", 1, "There is no level between.")]


def test_the_log_names_each_rule_each_result_and_what_is_suppressed() -> None:
    log = sarif_log(list(RULE.values()), FOUND)
    run = log["runs"][0]
    rules = run["tool"]["driver"]["rules"]
    assert (log["version"], [rule["id"] for rule in rules]) == ("2.1.0", list(RULES))
    assert [(result["level"], rules[result["ruleIndex"]]["id"] == result["ruleId"]) for result in run["results"]] == [
        ("error", True), ("warning", True), ("note", True),
    ]  # fmt: skip
    places = [result["locations"][0]["logicalLocations"][0]["fullyQualifiedName"] for result in run["results"]]
    assert places == ["scorecards/s1", "scorecards/s1/lines/2", "scorecards/s1/lines/1"]
    assert ["suppressions" in result for result in run["results"]] == [False, False, True]
    assert run["results"][2]["suppressions"] == [{"kind": "external", "justification": "There is no level between."}]


class Server:
    """Answers what the command asks for."""

    def __enter__(self) -> "Server":
        return self

    def __exit__(self, *_: object) -> None:
        return

    def get(self, service: str, path: str) -> Any:
        return list(RULE.values()) if path.endswith("/rules") else {"findings": FOUND[1:]}

    def names(self, people: set[str]) -> dict[str, str]:
        return {"p1": "Ada Example"} if people == {"p1"} else {}

    def pages(self, service: str, path: str, *, muted: bool = False, **query: str) -> list[dict[str, Any]]:
        if path == "/v1/units":
            return []
        assert query == {"cycle": "2026"}
        return [one for one in FOUND if (one["muting"] is not None) == muted]


@pytest.mark.parametrize(
    ("arguments", "code"),
    [
        (["2026"], 1),
        (["2026", "--fail-on", "never"], 0),
        (["--scorecard", "s1"], 0),
        (["--scorecard", "s1", "--fail-on", "warning"], 1),
    ],
)
def test_the_exit_code_says_whether_something_so_severe_stands(arguments: list[str], code: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(lint, "open_client", lambda organization, act_as: Server())
    answer = CliRunner().invoke(app, ["lint", *arguments])
    assert answer.exit_code == code


def test_a_cycle_and_a_scorecard_are_not_both_asked_for() -> None:
    assert isinstance(CliRunner().invoke(app, ["lint", "2026", "--scorecard", "s1"]).exception, BadUsage)


def test_json_and_sarif_go_to_standard_output(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(lint, "open_client", lambda organization, act_as: Server())
    assert len(json.loads(CliRunner().invoke(app, ["lint", "2026", "--format", "json"]).stdout)["findings"]) == 3
    assert json.loads(CliRunner().invoke(app, ["lint", "2026", "--format", "sarif"]).stdout)["version"] == "2.1.0"
    assert "leads from" not in CliRunner().invoke(app, ["lint", "--scorecard", "s1"]).stdout


def test_the_text_says_who_what_and_once_for_each_rule_how_to_mend_it(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(lint, "open_client", lambda organization, act_as: Server())
    assert CliRunner().invoke(app, ["lint", "2026", "--fail-on", "never"]).stdout.splitlines() == [
        "Ada Example, scorecard s1",
        "  error        weights_total  Something.",
        "  warning      orphan         Something.",
        "",
        "What mends it",
        f"  orphan         {RULE['orphan']['fix']}",
        f"  weights_total  {RULE['weights_total']['fix']}",
        "",
        "Muted",
        "  Ada Example, scorecard s1: skipped_level, until 2026-12-31: There is no level between.",
    ]


def test_a_unit_is_told_with_what_is_found_about_itself(monkeypatch: pytest.MonkeyPatch) -> None:
    class Unit(Server):
        def get(self, service: str, path: str, **query: str) -> Any:
            own = finding("unit_without_value_statement", reason="Written in May.") | {"scorecard_id": None, "unit_id": "u1"}
            return [own] if path == "/v1/units/u1/findings" else super().get(service, path)

        def pages(self, service: str, path: str, **query: Any) -> list[dict[str, Any]]:
            if path == "/v1/units":
                return [{"code": "sales", "id": "u1"}]
            assert query.pop("unit_id") == "u1"
            return super().pages(service, path, **query)

    monkeypatch.setattr(lint, "open_client", lambda organization, act_as: Unit())
    told = CliRunner().invoke(app, ["lint", "2026", "--unit", "sales", "--fail-on", "never"]).stdout
    assert "  unit u1: unit_without_value_statement, until 2026-12-31: Written in May." in told.splitlines()
    log = json.loads(CliRunner().invoke(app, ["lint", "2026", "--unit", "sales", "--format", "sarif"]).stdout)
    (of_unit,) = [one for one in log["runs"][0]["results"] if one["ruleId"] == "unit_without_value_statement"]
    assert of_unit["locations"][0]["logicalLocations"][0]["fullyQualifiedName"] == "units/u1"
    assert of_unit["suppressions"][0]["justification"] == "Written in May."


@pytest.mark.parametrize(("status", "told"), [(404, True), (503, False)])
def test_a_cycle_is_told_with_what_is_found_about_each_unit_that_one_leads(
    status: int, told: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    class Units(Server):
        def get(self, service: str, path: str, **query: str) -> Any:
            if path == "/v1/units/other/findings":
                raise Refused(status, {"code": "refused", "title": "Not found", "detail": "There is nothing here."})
            own = finding("unit_without_value_statement") | {"scorecard_id": None, "person_id": None, "unit_id": "led"}
            return [own] if path == "/v1/units/led/findings" else super().get(service, path)

        def pages(self, service: str, path: str, **query: Any) -> list[dict[str, Any]]:
            units = [{"code": "other", "id": "other"}, {"code": "led", "id": "led"}]
            return units if path == "/v1/units" else super().pages(service, path, **query)

    monkeypatch.setattr(lint, "open_client", lambda organization, act_as: Units())
    answer = CliRunner().invoke(app, ["lint", "2026", "--format", "json", "--fail-on", "never"])
    if told:
        about = [one.get("unit_id") for one in json.loads(answer.stdout)["findings"]]
        assert about == ["led", None, None, None], "the unit's own, and what is found about scorecards"
    else:
        assert isinstance(answer.exception, Refused), "a failure is not taken for a unit of somebody else's"
