"""`sightline dictionary`: the KPI dictionary as a file to read or change, and back again."""

from pathlib import Path
from typing import Annotated, Any

import typer

from sightline.cli.client import ActAs, Client, OrganizationId, open_client
from sightline.cli.terminal import AsJson, progress, show_json
from sightline.problems import BadUsage

PATH = "/v1/definitions/document"
FORMS = {".csv": "text/csv", ".html": "text/html"}

app = typer.Typer(no_args_is_help=True, help="The KPI dictionary as a document.")


@app.command("export")
def export_(
    file: Annotated[Path, typer.Argument(help="dictionary.csv to change and bring back, dictionary.html to read and print.")],
    organization: OrganizationId = None,
    act_as: ActAs = None,
) -> None:
    """Write every definition in force to a file.

    Examples: `sightline dictionary export dictionary.csv`, `sightline dictionary export dictionary.html`.
    """
    form = FORMS.get(file.suffix.lower())
    if form is None:
        raise BadUsage(f"{file.name} is neither .csv nor .html.", "Name the file dictionary.csv or dictionary.html.")
    with open_client(organization, act_as) as client:
        answer = client.call("kpi_api", "GET", PATH, headers={"Accept": form})
    file.write_bytes(answer.content)
    typer.echo(f"Wrote {file}.")


@app.command("import")
def import_(
    file: Annotated[Path, typer.Argument(exists=True, dir_okay=False, help="The changed dictionary.csv.")],
    preview: Annotated[bool, typer.Option("--preview", help="Say what would change and write nothing.")] = False,
    organization: OrganizationId = None,
    act_as: ActAs = None,
    as_json: AsJson = False,
) -> None:
    """Bring a changed file back: each definition that says something else becomes a draft that somebody else approves.

    Example: `sightline dictionary import dictionary.csv --preview`.
    """
    with open_client(organization, act_as) as client, progress(f"Importing {file.name}"):
        answer = _send(client, file, preview=preview)
    if as_json:
        show_json(answer)
        return
    for row in answer["definitions"]:
        for line in [*row["sentences"], *(f"{error['field'].removeprefix('/')}: {error['message']}" for error in row["errors"])]:
            typer.echo(f"row {row['row']}  {row['code']}: {line}")
    counts = ", ".join(f"{answer[change]} {change}" for change in ("new", "changed", "unchanged", "error"))
    typer.echo(f"{counts}. Nothing was written." if preview else f"{counts}. The drafts wait for approval.")


def _send(client: Client, file: Path, *, preview: bool) -> dict[str, Any]:
    headers = {"Content-Type": "text/csv"}
    params = {"preview": "true"} if preview else {}
    found: dict[str, Any] = client.call("kpi_api", "POST", PATH, content=file.read_bytes(), headers=headers, params=params).json()
    return found
