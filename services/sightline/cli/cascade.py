"""`sightline cascade`: pictures of lines of sight and of units' cascades."""

from pathlib import Path
from typing import Annotated, Any
from uuid import UUID

import typer

from sightline.cli.client import ActAs, Client, OrganizationId, open_client
from sightline.cli.terminal import show_step
from sightline.problems import BadUsage

app = typer.Typer(help="The cascade.", no_args_is_help=True)

FORMS = {".svg": "image/svg+xml", ".png": "image/png", ".json": "application/vnd.vegalite.v5+json"}


@app.callback()
def cascade() -> None:
    """The cascade."""


@app.command()
def picture(
    kpi: Annotated[str | None, typer.Argument(help="The KPI's code or id; none with --unit.")] = None,
    out: Annotated[Path, typer.Option(help="Where to write it: .svg, .png, or .json for a Vega-Lite specification.")] = Path("cascade.svg"),
    down: Annotated[bool, typer.Option("--down", help="What carries the KPI, instead of its way up to the mission.")] = False,
    unit: Annotated[str | None, typer.Option(help="Draw the cascade of the unit with this code instead.")] = None,
    depth: Annotated[int | None, typer.Option(min=0, help="Fold units deeper than so many below the top.")] = None,
    limit: Annotated[int | None, typer.Option(min=1, max=300, help="Fold units until so many boxes are left; 300 unless said.")] = None,
    organization: OrganizationId = None,
    act_as: ActAs = None,
) -> None:
    """Draw a KPI's line of sight, or a unit's cascade, as far as you see it.

    Examples: `sightline cascade picture sales-revenue --out line.svg`, `sightline cascade picture --unit sales --out sales.png --as board`.
    """
    if (kpi is None) == (unit is None):
        raise BadUsage("Name a KPI, or a unit by --unit.", "See `sightline cascade picture --help`.")
    if out.suffix.lower() not in FORMS:
        raise BadUsage(f"{out} is of no known form.", f"End the file's name with {', '.join(FORMS)}.")
    with open_client(organization, act_as) as client:
        path, query = _kpi_picture(client, kpi, down) if kpi else _unit_picture(client, unit or "")
        query |= {name: value for name, value in (("depth", depth), ("limit", limit)) if value is not None}
        answer = client.call("kpi_api", "GET", path, params=query, headers={"Accept": FORMS[out.suffix.lower()]})
    try:
        out.write_bytes(answer.content)
    except OSError as error:
        raise BadUsage(f"{out} cannot be written: {error.strerror}.", "Name another file by --out.") from error
    show_step(f"Drawn: {out}")


def _kpi_picture(client: Client, kpi: str, down: bool) -> tuple[str, dict[str, Any]]:
    return f"/v1/kpis/{_kpi_id(client, kpi)}/line-of-sight/picture", {"direction": "down" if down else "up"}


def _kpi_id(client: Client, code_or_id: str) -> str:
    """Raises BadUsage where no KPI that the person sees whole has the code."""
    try:
        return str(UUID(code_or_id))
    except ValueError:
        found = list(client.pages("kpi_api", "/v1/kpis", code=code_or_id))
    if not found:
        raise BadUsage(f"There is no KPI {code_or_id} that you see.", "Name its id for one that stands above yours.") from None
    return str(found[0]["id"])


def _unit_picture(client: Client, code: str) -> tuple[str, dict[str, Any]]:
    found = [unit["id"] for unit in client.pages("kpi_api", "/v1/units") if unit["code"] == code]
    if not found:
        raise BadUsage(f"There is no unit {code}.", "See `sightline call GET kpi_api /v1/units`.")
    return f"/v1/units/{found[0]}/cascade/picture", {}
