"""`sightline payroll`: pull what is to be paid, as a file."""

from datetime import UTC, date, datetime
from pathlib import Path
from typing import Annotated

import typer

from sightline.cli.client import ActAs, OrganizationId, open_client
from sightline.cli.cycle import day
from sightline.cli.terminal import AsJson, output, show_json, show_step
from sightline.problems import BadUsage

app = typer.Typer(help="Payroll batches.", no_args_is_help=True)


@app.command()
def pull(
    pay_group: Annotated[str, typer.Option(help="Whose pay.")],
    check_date: Annotated[date | None, day("Pay day; today when left out.")] = None,
    out: Annotated[Path | None, typer.Option(dir_okay=False, help="The CSV file to write; else it is printed.")] = None,
    preview: Annotated[bool, typer.Option("--preview", help="Only look: gather what waits to be paid, and lock nothing.")] = False,
    organization: OrganizationId = None,
    act_as: ActAs = None,
    as_json: AsJson = False,
) -> None:
    """Gather everything released and not yet paid to a pay group, lock it as a batch, and write it as CSV. Again: the same bytes.

    Example: `sightline payroll pull --pay-group US-MONTHLY --check-date 2027-01-29 --out bonus.csv --as payroll`.
    """
    if out is not None and not out.parent.is_dir():
        raise BadUsage(f"There is no folder {out.parent}.", "Make it, or name another file with --out.")
    content = {"pay_group": pay_group, "check_date": f"{check_date or datetime.now(UTC):%Y-%m-%d}"}
    with open_client(organization, act_as) as client:
        batch = client.call("scoring", "POST", "/v1/payroll-batches", json=content).json()
        path = f"/v1/payroll-batches/{batch['id']}"
        if not preview:
            batch = client.call("scoring", "POST", f"{path}/lock").json()
        table = client.call("scoring", "GET", path, headers={"Accept": "text/csv"}).content
    if out is not None:
        out.write_bytes(table)
    elif not as_json:
        output.out(table.decode(), highlight=False, end="")
    if as_json:
        show_json(batch)
        return
    totals = batch["control_totals"]
    amounts = ", ".join(f"{amount} {currency}" for currency, amount in totals["amounts"].items())
    show_step(f"Batch {batch['id']} ({batch['status']}): {totals['line_count']} lines, {amounts or 'nothing to pay'}.")
