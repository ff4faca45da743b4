"""`sightline plan`: write a bonus plan, have it approved by somebody else, assign it."""

from datetime import date
from pathlib import Path
from typing import Annotated, Any

import typer

from sightline.cli import plan_check, plan_compare, plan_new
from sightline.cli.client import ActAs, OrganizationId, open_client
from sightline.cli.cycle import day
from sightline.cli.terminal import AsJson, show_json, show_step, show_table

app = typer.Typer(help="Bonus plans: write and check them as files, then have them approved and assigned.", no_args_is_help=True)
app.add_typer(plan_new.app, name="new")
app.command()(plan_check.check)
app.command()(plan_compare.diff)
app.command()(plan_compare.picture)

Code = Annotated[str, typer.Argument(help="The plan's code.")]


@app.command()
def create(
    code: Code,
    file: Annotated[Path, typer.Argument(exists=True, dir_okay=False, help="The plan as YAML or JSON.")],
    name: Annotated[str | None, typer.Option(help="The code when left out.")] = None,
    earning_code: Annotated[str, typer.Option(help="Under which payroll books what it pays.")] = "BONUS",
    organization: OrganizationId = None,
    act_as: ActAs = None,
    as_json: AsJson = False,
) -> None:
    """Write a plan; what the check finds is shown.

    Example: `sightline plan create annual-bonus plan.yaml --name "Annual bonus" --as comp_admin`.
    """
    content = {"code": code, "name": name or code, "earning_code": earning_code, "document": file.read_text(encoding="utf-8")}
    with open_client(organization, act_as) as client:
        made = client.call("scoring", "POST", "/v1/plans", json=content).json()
    if as_json:
        show_json(made)
    else:
        show_step(f"Plan {code} is written; somebody else must approve it.")
        _show_findings(made["versions"][0]["findings"])


def _show_findings(findings: list[dict[str, Any]]) -> None:
    if findings:
        columns = ("severity", "code", "step", "message", "fix")
        show_table(["severity", "finding", "step", "what", "fix"], [[str(finding[name]) for name in columns] for finding in findings])


@app.command()
def approve(
    code: Code,
    version: Annotated[int, typer.Option(min=1, help="Which version.")] = 1,
    organization: OrganizationId = None,
    act_as: ActAs = None,
    as_json: AsJson = False,
) -> None:
    """Approve a version of a plan, as somebody else than who wrote it.

    Example: `sightline plan approve annual-bonus --as board`.
    """
    with open_client(organization, act_as) as client:
        approved = client.call("scoring", "POST", f"/v1/plans/{code}/versions/{version}/approve").json()
    if as_json:
        show_json(approved)
    else:
        show_step(f"Version {version} of plan {code} is approved.")


@app.command()
def assign(
    code: Code,
    valid_from: Annotated[date, day("The first day for which the plan pays.")],
    legal_entity: Annotated[list[str] | None, typer.Option(help="Only its people; repeat for more. Else everyone.")] = None,
    organization: OrganizationId = None,
    act_as: ActAs = None,
    as_json: AsJson = False,
) -> None:
    """Assign a plan's newest approved version from a day on.

    Example: `sightline plan assign annual-bonus --valid-from 2026-01-01 --as comp_admin`.
    """
    population = {"legal_entities": legal_entity} if legal_entity else {"everyone": True}
    content = {"plan_code": code, "population": population, "valid_from": f"{valid_from:%Y-%m-%d}"}
    with open_client(organization, act_as) as client:
        made = client.call("scoring", "POST", "/v1/plan-assignments", json=content).json()
    if as_json:
        show_json(made)
    else:
        show_step(f"Version {made['version']} of plan {code} holds from {made['valid_from']} for {', '.join(made['members'])}.")
