"""`sightline template`: scorecard templates as a spreadsheet to change, and back again."""

from pathlib import Path
from typing import Annotated, Any, Final

import typer

from sightline.cli.client import ActAs, OrganizationId, open_client
from sightline.cli.terminal import AsJson, progress, show_json
from sightline.problems import BadUsage

PATH: Final = "/v1/templates/table"
FORMS: Final = {".csv": "text/csv", ".xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"}

app = typer.Typer(no_args_is_help=True, help="Scorecard templates as a spreadsheet.")


@app.command("export")
def export_(
    file: Annotated[Path, typer.Argument(help="templates.xlsx or templates.csv.")],
    organization: OrganizationId = None,
    act_as: ActAs = None,
) -> None:
    """Write every template that is not retired to a file, a row for each part of each line.

    Example: `sightline template export templates.xlsx`.
    """
    form = _form(file)
    with open_client(organization, act_as) as client:
        answer = client.call("kpi_api", "GET", PATH, headers={"Accept": form})
    file.write_bytes(answer.content)
    typer.echo(f"Wrote {file}.")


@app.command("import")
def import_(
    file: Annotated[Path, typer.Argument(exists=True, dir_okay=False, help="The changed file.")],
    preview: Annotated[bool, typer.Option("--preview", help="Say what would change and write nothing.")] = False,
    organization: OrganizationId = None,
    act_as: ActAs = None,
    as_json: AsJson = False,
) -> None:
    """Bring a changed file back: each template that says something else gets its next version; scorecards are offered the difference.

    Example: `sightline template import templates.xlsx --preview`.
    """
    headers, params = {"Content-Type": _form(file)}, {"preview": "true"} if preview else {}
    with open_client(organization, act_as) as client, progress(f"Importing {file.name}"):
        answer = client.call("kpi_api", "POST", PATH, content=file.read_bytes(), headers=headers, params=params).json()
    if as_json:
        show_json(answer)
    else:
        _tell(answer)


def _form(file: Path) -> str:
    """Raises BadUsage."""
    form = FORMS.get(file.suffix.lower())
    if form is None:
        raise BadUsage(f"{file.name} is neither .xlsx nor .csv.", "Name the file templates.xlsx or templates.csv.")
    return form


def _tell(answer: dict[str, Any]) -> None:
    for row in answer["templates"]:
        for line in [*row["sentences"], *(error["message"] for error in row["errors"])]:
            typer.echo(f"row {row['row']}  {row['template_code']}: {line}")
    counts = ", ".join(f"{answer[change]} {change}" for change in ("new", "changed", "unchanged", "error"))
    typer.echo(f"{counts}. Nothing was written." if answer["preview"] else f"{counts}.")
