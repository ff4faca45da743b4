"""`sightline import`: send tables to a running Sightline and say what became of each row."""

from pathlib import Path
from typing import Annotated, Any
from uuid import UUID

import typer

from sightline.cli import import_cascade, import_structure
from sightline.cli.client import ActAs, OrganizationId, open_client
from sightline.cli.tables import File, Ignored, Maps, format_of, read_table, report
from sightline.cli.terminal import AsJson, progress

app = typer.Typer(help="Send tables (CSV, NDJSON, JSON) to a running Sightline.", no_args_is_help=True)
app.command()(import_structure.units)
app.command()(import_structure.grants)
app.command()(import_cascade.definitions)
app.command()(import_cascade.kpis)
app.command()(import_cascade.scorecards)


@app.command()
def people(
    file: File,
    column_map: Maps = None,
    ignore: Ignored = None,
    create_missing: Annotated[bool, typer.Option("--create-missing", help="Make units and roles that are named but not there.")] = False,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Say what would happen and write nothing.")] = False,
    organization: OrganizationId = None,
    act_as: ActAs = None,
    as_json: AsJson = False,
) -> None:
    """Import people with their units, roles and managers. Rows that are wrong are named; the others are written.

    Columns: external_id, and where wanted user_name, email, given_name, family_name, display_name, active, hire_date, termination_date,
    birth_date, gender, manager (external_id), unit and role (code or name), legal_entity (code), fte, valid_from, valid_to.

    Example: `sightline import people staff.csv --map "Employee No=external_id" --ignore Phone --create-missing --dry-run`.
    """
    query = {"map": column_map or [], "ignore": ignore or [], "create_missing": create_missing, "dry_run": dry_run}
    content = {"content": file.read_bytes(), "headers": {"Content-Type": format_of(file)}, "params": query}
    with open_client(organization, act_as) as client, progress(f"Importing {file.name}"):
        answer = client.call("kpi_api", "POST", "/v1/people/import", **content).json()
    report(answer, as_json=as_json)


@app.command()
def measurements(
    file: File,
    column_map: Maps = None,
    ignore: Ignored = None,
    organization: OrganizationId = None,
    act_as: ActAs = None,
    as_json: AsJson = False,
) -> None:
    """Import measurements of KPIs. The same file again changes nothing; another value for the same period is a correction.

    Columns: kpi_code (or kpi_id), period_start, value (or numerator and denominator), source, and where wanted part, period_end,
    source_record_id, provenance, correction_reason.

    Example: `sightline import measurements january.csv`.
    """
    from kpi_api.measurements.readings import COLUMNS, REQUIRED

    rows = read_table(file, COLUMNS, REQUIRED, column_map, ignore)
    report(_send("kpi_api", "/v1/measurements", file, rows, organization, act_as), as_json=as_json)


@app.command("pay-bases")
def pay_bases(
    file: File,
    column_map: Maps = None,
    ignore: Ignored = None,
    organization: OrganizationId = None,
    act_as: ActAs = None,
    as_json: AsJson = False,
) -> None:
    """Import salaries, target bonuses and payroll facts, into scoring alone.

    Columns: external_id, valid_from, currency, pay_group, and where wanted valid_to, salary, target_bonus_share (0.1 is 10 % of the salary)
    or target_bonus_amount, fte, legal_entity, payroll_number, cost_centre.

    Example: `sightline import pay-bases salaries.csv --as comp_admin`.
    """
    from scoring.pay_bases.schemas import REQUIRED, PayBasisRow

    rows = read_table(file, PayBasisRow.model_fields, REQUIRED, column_map, ignore)
    report(_send("scoring", "/v1/pay-bases/import", file, rows, organization, act_as), as_json=as_json)


def _send(
    service: str, path: str, file: Path, rows: list[tuple[int, dict[str, str]]], organization: UUID | None, act_as: str | None
) -> dict[str, Any]:
    """Send all rows in one call. What the service says of a row names it as the file does."""
    with open_client(organization, act_as) as client, progress(f"Importing {file.name}"):
        answer: dict[str, Any] = client.call(service, "POST", path, json=[cells for _, cells in rows]).json()
    return answer
