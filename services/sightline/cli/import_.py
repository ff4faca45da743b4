"""`sightline import`: send a table to a running Sightline and say what became of each row."""

import mimetypes
from datetime import timedelta
from pathlib import Path
from typing import Annotated, Any
from uuid import UUID

import httpx
import typer

from sightline.cli.terminal import AsJson, progress, show_json, show_step, show_table
from sightline.home import home_folder
from sightline.problems import BadUsage, ImportFailed, NotRunning

app = typer.Typer(help="Send tables (CSV, NDJSON, JSON) to a running Sightline.", no_args_is_help=True)

TARGETS = {
    "people": ("kpi_api", "/v1/people/import"),
    "measurements": ("kpi_api", "/v1/measurements"),
    "pay-bases": ("scoring", "/v1/pay-bases/import"),
}
FORMATS = {".csv": "text/csv", ".ndjson": "application/x-ndjson", ".jsonl": "application/x-ndjson", ".json": "application/json"}
SHOWN = 20
SECONDS = 600

File = Annotated[Path, typer.Argument(exists=True, dir_okay=False, readable=True, help="A .csv, .ndjson or .json file in UTF-8.")]
OrganizationId = Annotated[UUID | None, typer.Option("--organization", help="Its id; not needed while there is only one.")]
Token = Annotated[str | None, typer.Option(envvar="SIGHTLINE_TOKEN", help="Act by this token; else as the first HR administrator.")]
Maps = Annotated[list[str] | None, typer.Option("--map", help="column=field for a column of another name; repeat for more.")]
Ignored = Annotated[list[str] | None, typer.Option("--ignore", help="A column to leave out; repeat for more.")]


@app.command()
def people(
    file: File,
    column_map: Maps = None,
    ignore: Ignored = None,
    create_missing: Annotated[bool, typer.Option("--create-missing", help="Make units and roles that are named but not there.")] = False,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Say what would happen and write nothing.")] = False,
    organization: OrganizationId = None,
    token: Token = None,
    as_json: AsJson = False,
) -> None:
    """Import people with their units, roles and managers. Rows that are wrong are named; the others are written.

    Example: `sightline import people staff.csv --map "Employee No=external_id" --ignore Phone --create-missing --dry-run`.
    """
    query = {"map": column_map or [], "ignore": ignore or [], "create_missing": create_missing, "dry_run": dry_run}
    _report(_send("people", file, query, organization, token), as_json=as_json)


@app.command()
def measurements(file: File, organization: OrganizationId = None, token: Token = None, as_json: AsJson = False) -> None:
    """Import measurements of KPIs. The same file again changes nothing.

    Example: `sightline import measurements january.csv`.
    """
    _report(_send("measurements", file, {}, organization, token), as_json=as_json)


@app.command("pay-bases")
def pay_bases(file: File, organization: OrganizationId = None, token: Token = None, as_json: AsJson = False) -> None:
    """Import salaries, target bonuses and payroll facts, into scoring alone.

    Example: `sightline import pay-bases salaries.csv --token "$(sightline token --role comp_admin)"`.
    """
    _report(_send("pay-bases", file, {}, organization, token), as_json=as_json)


def _send(kind: str, file: Path, query: dict[str, Any], organization: UUID | None, token: str | None) -> dict[str, Any]:
    service, path = TARGETS[kind]
    headers = {"Authorization": f"Bearer {token or _own_token(organization)}", "Content-Type": _format(file)}
    with progress(f"Importing {file.name}"):
        try:
            answer = httpx.post(
                _address(service) + path, params=query, content=file.read_bytes(), headers=headers, timeout=SECONDS, trust_env=False
            )
        except httpx.TransportError as error:
            raise NotRunning(f"{service} does not answer: {error}.", "See `sightline status`.") from error
    body: dict[str, Any] = answer.json()
    if answer.is_error:
        places = [f"row {error['row']}: {error['message']}" for error in body["errors"] if error.get("row")]
        raise ImportFailed(" ".join([body["detail"], *places[:SHOWN]]), f"Nothing was imported ({body['code']}).")
    return body


def _own_token(organization: UUID | None) -> str:
    from sightline.tokens import Who, make_token

    return make_token(home_folder(), Who(role="hr_admin"), organization, timedelta(hours=1))


def _format(file: Path) -> str:
    found = FORMATS.get(file.suffix.lower())
    if found is None:
        raise BadUsage(f"{file.name} is {mimetypes.guess_type(file.name)[0] or 'of an unknown kind'}.", "Send .csv, .ndjson or .json.")
    return found


def _address(service: str) -> str:
    from sightline.processes import read_running

    running = read_running(home_folder())
    if running is None or not running.is_alive:
        raise NotRunning("Sightline does not run here.", "Start it with `sightline up`.")
    return running.addresses[service]


def _report(body: dict[str, Any], *, as_json: bool) -> None:
    if as_json:
        show_json(body)
    else:
        counts = {name: body[name] for name in ("created", "updated", "unchanged", "error") if name in body}
        show_step(", ".join(f"{count} {name}" for name, count in counts.items()) + (" (dry run)" if body.get("dry_run") else ""))
        if pending := body.get("pending_managers"):
            show_step(f"{pending} wait for a manager who is not there yet.")
        wrong = [(row["row"], error) for row in body["results"] if row["status"] == "error" for error in row["errors"]]
        if wrong:
            show_table(["row", "field", "what"], [[str(row), error["field"], error["message"]] for row, error in wrong[:SHOWN]])
        if len(wrong) > SHOWN:
            show_step(f"{len(wrong)} faults; `--json` lists them all.")
    if any(row["status"] == "error" for row in body["results"]):
        raise typer.Exit(1)
