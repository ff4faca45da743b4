"""`sightline lint`: what the design linter finds about a scorecard, a unit or a cycle, as text, JSON or SARIF."""

from collections import Counter, defaultdict
from collections.abc import Iterator
from enum import StrEnum
from typing import Annotated, Any

import typer

from sightline.cli.client import ActAs, Client, OrganizationId, Refused, open_client
from sightline.cli.sarif import sarif_log
from sightline.cli.terminal import output, progress, show_json, show_step
from sightline.problems import BadUsage

STEP = 1_000


class Format(StrEnum):
    """How findings are printed."""

    TEXT = "text"
    JSON = "json"
    SARIF = "sarif"


class FailOn(StrEnum):
    """From which severity on the command ends with 1."""

    ERROR = "error"
    WARNING = "warning"
    INFORMATION = "information"
    NEVER = "never"


FAILS = {
    FailOn.ERROR: {"error"},
    FailOn.WARNING: {"error", "warning"},
    FailOn.INFORMATION: {"error", "warning", "information"},
    FailOn.NEVER: set[str](),
}


def lint(
    cycle: Annotated[str | None, typer.Argument(help="The cycle's code; none with --scorecard.")] = None,
    unit: Annotated[str | None, typer.Option(help="Only people of the unit with this code, and of those below it.")] = None,
    scorecard: Annotated[str | None, typer.Option(help="Only this scorecard, by id.")] = None,
    form: Annotated[Format, typer.Option("--format", help="What to print.")] = Format.TEXT,
    fail_on: Annotated[FailOn, typer.Option("--fail-on", help="End with 1 where something so severe stands.")] = FailOn.ERROR,
    organization: OrganizationId = None,
    act_as: ActAs = None,
) -> None:
    """Say what is wrong, or worth a second look, with how goals are made. What was muted does not count; SARIF shows it as suppressed.

    Examples: `sightline lint 2026 --fail-on warning`, `sightline lint 2026 --unit sales --format sarif > goals.sarif`.
    """
    if (cycle is None) == (scorecard is None) or (scorecard and unit):
        raise BadUsage("Name a cycle, or a scorecard by --scorecard.", "See `sightline lint --help`.")
    with open_client(organization, act_as) as client, progress("Reading findings"):
        rules = client.get("kpi_api", "/v1/findings/rules")
        found = _of_scorecard(client, scorecard) if scorecard else list(_of_cycle(client, str(cycle), unit))
        names = client.names(_people(found)) if form is Format.TEXT else {}
    _show(form, rules, found, names)
    standing = Counter(one["rule"]["severity"] for one in found if one["muting"] is None)
    if form is Format.TEXT:
        show_step(f"Errors: {standing['error']}, warnings: {standing['warning']}, for information: {standing['information']}.")
    if FAILS[fail_on] & standing.keys():
        raise typer.Exit(1)


def _of_scorecard(client: Client, scorecard: str) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = client.get("kpi_api", f"/v1/scorecards/{scorecard}/findings")["findings"]
    return found


def _of_cycle(client: Client, cycle: str, unit: str | None) -> Iterator[dict[str, Any]]:
    """What is found about units themselves, then what stands about scorecards and what is muted; it says how far it has come."""
    query: dict[str, Any] = {"cycle": cycle}
    if unit is None:
        for each in client.pages("kpi_api", "/v1/units"):
            yield from _of_led_unit(client, each["id"], cycle)
    else:
        query["unit_id"] = _unit_id(client, unit)
        yield from client.get("kpi_api", f"/v1/units/{query['unit_id']}/findings", cycle=cycle)
    seen = 0
    for muted in (False, True):
        for finding in client.pages("kpi_api", "/v1/findings", **query, muted=muted):
            yield finding
            seen += 1
            if seen % STEP == 0:
                show_step(f"{seen} findings so far.")


def _of_led_unit(client: Client, unit_id: str, cycle: str) -> list[dict[str, Any]]:
    """What is found about a unit itself; nothing about one that the person neither leads nor sees all of. Raises Refused."""
    try:
        found: list[dict[str, Any]] = client.get("kpi_api", f"/v1/units/{unit_id}/findings", cycle=cycle)
    except Refused as refused:
        if refused.status != 404:
            raise
        return []
    return found


def _unit_id(client: Client, code: str) -> str:
    for unit in client.pages("kpi_api", "/v1/units"):
        if unit["code"] == code:
            return str(unit["id"])
    raise BadUsage(f"There is no unit “{code}”.", "See `sightline call GET kpi_api /v1/units`.")


def _show(form: Format, rules: list[dict[str, Any]], found: list[dict[str, Any]], names: dict[str, str]) -> None:
    if form is Format.SARIF:
        show_json(sarif_log(rules, found))
    elif form is Format.JSON:
        show_json({"findings": found})
    else:
        _tell([one for one in found if one["muting"] is None], names)
        _tell_muted([one for one in found if one["muting"] is not None], names)


def _tell(standing: list[dict[str, Any]], names: dict[str, str]) -> None:
    """Findings by what they are about, a line each, and once for each rule what mends it."""
    if not standing:
        output.print("Nothing was found.")
        return
    by_subject: dict[str, list[dict[str, Any]]] = defaultdict(list)
    for one in standing:
        by_subject[_subject(one, names)].append(one)
    width = max(len(one["rule"]["code"]) for one in standing)
    for subject, findings in by_subject.items():
        _line(subject)
        for one in findings:
            _line(f"  {one['rule']['severity']:<11}  {one['rule']['code']:<{width}}  {one['sentence']}")
    _line("\nWhat mends it")
    for code, fix in sorted({one["rule"]["code"]: one["rule"]["fix"] for one in standing}.items()):
        _line(f"  {code:<{width}}  {fix}")


def _tell_muted(muted: list[dict[str, Any]], names: dict[str, str]) -> None:
    """What somebody lets stand, why, and until when."""
    if muted:
        _line("\nMuted")
    for one in muted:
        _line(f"  {_subject(one, names)}: {one['rule']['code']}, until {one['muting']['ends_on']}: {one['muting']['reason']}")


def _line(text: str) -> None:
    output.print(text, soft_wrap=True, markup=False, highlight=False)


def _subject(one: dict[str, Any], names: dict[str, str]) -> str:
    if one["scorecard_id"] is None:
        return f"unit {one['unit_id']}" if one.get("unit_id") else "the cycle"
    name = names.get(one.get("person_id") or "")
    return f"{name}, scorecard {one['scorecard_id']}" if name else f"scorecard {one['scorecard_id']}"


def _people(found: list[dict[str, Any]]) -> set[str]:
    """Those about whom something stands."""
    return {one["person_id"] for one in found if one["muting"] is None and one.get("person_id")}
