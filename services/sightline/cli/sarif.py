"""Findings as a SARIF 2.1.0 log (OASIS, Static Analysis Results Interchange Format), which code hosts and editors read. Pure."""

from collections.abc import Sequence
from importlib.metadata import version
from typing import Any, Final

LEVELS: Final = {"error": "error", "warning": "warning", "information": "note"}
SCHEMA: Final = "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json"


def sarif_log(rules: Sequence[dict[str, Any]], found: Sequence[dict[str, Any]]) -> dict[str, Any]:
    """One run of the design linter. A muted finding is there, as suppressed."""
    places = {rule["code"]: place for place, rule in enumerate(rules)}
    driver = {"name": "Sightline design linter", "version": version("sightline"), "rules": [_rule(rule) for rule in rules]}
    results = [_result(one, places[one["rule"]["code"]]) for one in found]
    return {"$schema": SCHEMA, "version": "2.1.0", "runs": [{"tool": {"driver": driver}, "results": results}]}


def _rule(rule: dict[str, Any]) -> dict[str, Any]:
    return {
        "id": rule["code"],
        "name": "".join(word.capitalize() for word in rule["code"].split("_")),
        "shortDescription": {"text": rule["title"]},
        "fullDescription": {"text": f"{rule['reason']} {rule['consequence']}"},
        "help": {"text": rule["fix"]},
        "defaultConfiguration": {"level": LEVELS[rule["severity"]]},
        "properties": {"source": rule["origin"]["source"], "section": rule["origin"]["section"]},
    }


def _result(one: dict[str, Any], place: int) -> dict[str, Any]:
    about = f"units/{one['unit_id']}" if one.get("unit_id") else f"scorecards/{one['scorecard_id']}"
    where = about + (f"/lines/{one['line']}" if one["line"] else "")
    result = {
        "ruleId": one["rule"]["code"],
        "ruleIndex": place,
        "level": LEVELS[one["rule"]["severity"]],
        "message": {"text": one["sentence"]},
        "locations": [{"logicalLocations": [{"fullyQualifiedName": where, "kind": "member" if one["line"] else "object"}]}],
        "properties": one["facts"],
    }
    if one["muting"]:
        result["suppressions"] = [{"kind": "external", "justification": one["muting"]["reason"]}]
    return result
