"""`sightline plan check`: what is wrong with a plan, or worth a second look, without a server."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from sightline.cli.lint import FAILS, FailOn
from sightline.cli.score import read_plan, read_scorecards
from sightline.cli.tables import Ignored, Maps
from sightline.cli.terminal import AsJson, output, show_json, show_step

if TYPE_CHECKING:
    from scoring.engine import Finding

PlanFile = Annotated[Path, typer.Argument(exists=True, dir_okay=False, help="The plan, as YAML or JSON.")]
Scorecards = Annotated[Path | None, typer.Option(exists=True, dir_okay=False, help="Scorecards that the plan shall score, as for `score`.")]


def check(
    plan: PlanFile,
    scorecards: Scorecards = None,
    fail_on: Annotated[FailOn, typer.Option("--fail-on", help="End with 1 where something so severe stands.")] = FailOn.WARNING,
    maps: Maps = None,
    ignored: Ignored = None,
    as_json: AsJson = False,
) -> None:
    """Check a plan, without a server: types, units and bounds first, then what is worth a second look.

    That is: cliffs, pay that falls for more, gaps, overlaps, gates that never open, cost without a limit, attainments that cannot be
    computed, contradictory limits, judgement that outweighs results, parts of a year paid in full. With --scorecards also whether each of
    them can be scored.

    Ends with 2 where the plan cannot be used, with 1 where something as severe as --fail-on stands.

    Examples: `sightline plan check plan.yaml`, `sightline plan check plan.yaml --scorecards scorecards.csv --fail-on information`.
    """
    from scoring.engine import check_plan, check_scorecards

    checked = read_plan(plan)
    found = check_plan(checked)
    if scorecards is not None:
        found += check_scorecards(checked, *read_scorecards(checked, scorecards, maps, ignored))
    if as_json:
        show_json({"plan": checked.code, "digest": checked.digest, "steps": len(checked.steps), "findings": [_row(one) for one in found]})
    else:
        _show(found, f"{checked.code}: {len(checked.steps)} steps can be computed")
    if FAILS[fail_on] & {one.severity for one in found}:
        raise typer.Exit(1)


def _show(found: "list[Finding]", opening: str) -> None:
    for one in found:
        output.print(f"{one.severity}: {one.code}, step {one.step} ({one.path})", markup=False, style="bold")
        output.print(f"  {one.message}\n  Why: {one.reason}\n  Fix: {one.fix}", markup=False)
    counts = [f"{sum(one.severity == severity for one in found)} {severity}" for severity in ("warning", "information")]
    show_step(f"{opening}; {', '.join(counts)}.")


def _row(one: "Finding") -> dict[str, Any]:
    from dataclasses import asdict

    return asdict(one)
