"""`sightline import`: send tables to a running Sightline and say what became of each row."""

from typing import Annotated

import typer

from sightline.cli import import_cascade, import_structure
from sightline.cli.client import ActAs, Client, OrganizationId, open_client
from sightline.cli.import_table import Answer, Columns, Numbered, send_together, table_command
from sightline.cli.tables import File, Ignored, Maps, format_of, in_columns, report
from sightline.cli.terminal import AsJson, progress, show_step

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
    from kpi_api.people.schemas import ImportRow

    query = {"map": column_map or [], "ignore": ignore or [], "create_missing": create_missing, "dry_run": dry_run}
    content = {"content": file.read_bytes(), "headers": {"Content-Type": format_of(file)}, "params": query}
    with open_client(organization, act_as) as client, progress(f"Importing {file.name}"):
        answer = client.call("kpi_api", "POST", "/v1/people/import", **content).json()
    report(in_columns(answer, [], ImportRow.model_fields, {}, column_map), as_json=as_json)


@app.command()
def okrs(
    file: File,
    column_map: Maps = None,
    ignore: Ignored = None,
    preview: Annotated[bool, typer.Option("--preview", help="Say what would happen and write nothing.")] = False,
    organization: OrganizationId = None,
    act_as: ActAs = None,
    as_json: AsJson = False,
) -> None:
    """Import OKRs, one row for each key result. Its definition waits for approval by somebody else; then send the same file again.

    Columns: objective_code, objective, area, code, key_result, owner_person (external_id) or owner_unit (code), cycle_code, target, and
    where wanted definition_code, quarter (1 to 4, of the cycle), start, unit, contributes_to (codes, separated by semicolons).

    Example: `sightline import okrs okrs.csv --preview`.
    """
    from kpi_api.cascade.okrs.schemas import OkrRow

    query = {"map": column_map or [], "ignore": ignore or [], "preview": preview}
    content = {"content": file.read_bytes(), "headers": {"Content-Type": format_of(file)}, "params": query}
    with open_client(organization, act_as) as client, progress(f"Importing {file.name}"):
        answer = client.call("kpi_api", "POST", "/v1/okrs/import", **content).json()
    waiting = {result["waits_for_definition"] for result in answer["results"] if result["waits_for_definition"]}
    if waiting and not as_json:
        show_step(f"{answer['waiting']} wait for the approval of {', '.join(sorted(waiting))}.")
    report(in_columns({**answer, "dry_run": answer["preview"]}, [], OkrRow.model_fields, {}, column_map), as_json=as_json)


def _measurement_columns() -> Columns:
    from kpi_api.measurements.readings import COLUMNS, REQUIRED

    return COLUMNS, REQUIRED


@app.command()
@table_command(_measurement_columns)
def measurements(client: Client, rows: Numbered) -> Answer:
    """Import measurements of KPIs. The same file again changes nothing; another value for the same period is a correction.

    Columns: kpi_code (or kpi_id), period_start, value (or numerator and denominator), source, and where wanted part, period_end,
    source_record_id, provenance, correction_reason.

    Example: `sightline import measurements january.csv`.
    """
    return send_together(client, "kpi_api", "/v1/measurements", [cells for _, cells in rows])


def _pay_basis_columns() -> Columns:
    from scoring.pay_bases.schemas import REQUIRED, PayBasisRow

    return PayBasisRow.model_fields, REQUIRED


@app.command("pay-bases")
@table_command(_pay_basis_columns)
def pay_bases(client: Client, rows: Numbered) -> Answer:
    """Import salaries, target bonuses and payroll facts, into scoring alone.

    Columns: external_id, valid_from, currency, pay_group, and where wanted valid_to, salary, target_bonus_share (0.1 is 10 % of the salary)
    or target_bonus_amount, fte, legal_entity, payroll_number, cost_centre.

    Example: `sightline import pay-bases salaries.csv --as comp_admin`.
    """
    return send_together(client, "scoring", "/v1/pay-bases/import", [cells for _, cells in rows])
