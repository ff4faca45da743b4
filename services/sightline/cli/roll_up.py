"""`sightline roll-up`: roll up what lies below KPIs, and record it as their values."""

from typing import Annotated, Any

import typer

from sightline.cli.client import ActAs, OrganizationId, open_client
from sightline.cli.terminal import AsJson, show_json, show_step, show_table


def roll_up(
    kpis: Annotated[list[str], typer.Argument(help="Codes of the KPIs to record values for, lower levels first.")],
    accept_missing: Annotated[bool, typer.Option("--accept-missing", help="Also where KPIs below lack values.")] = False,
    organization: OrganizationId = None,
    act_as: ActAs = None,
    as_json: AsJson = False,
) -> None:
    """Record what contributing KPIs measured, rolled up, as values of the KPIs named. Ends with 1 where something could not be.

    Example: `sightline roll-up sales-north sales-south sales`.
    """
    content = {"kpis": kpis, "accept_missing": accept_missing}
    with open_client(organization, act_as) as client:
        results = client.call("kpi_api", "POST", "/v1/roll-ups", json=content).json()["results"]
    if as_json:
        show_json({"results": results})
    else:
        rows = [row for kpi, result in zip(kpis, results, strict=True) for row in _rows(kpi, result)]
        show_table(["kpi", "period", "value", "status"], rows)
    open_ones = sum(_is_open(result) for result in results)
    if open_ones:
        show_step(f"{open_ones} of {len(results)} could not be recorded whole.")
        raise typer.Exit(1)


def _rows(kpi: str, result: dict[str, Any]) -> list[list[str]]:
    periods = [[kpi, period["period_start"], period["value"], _status(period)] for period in result["periods"]]
    return periods + [[kpi, "", "", error["message"]] for error in result["errors"]]


def _status(period: dict[str, Any]) -> str:
    missing = len(period["missing"])
    return str(period["status"]) + (f", {missing} below have no value" if missing else "")


def _is_open(result: dict[str, Any]) -> bool:
    return bool(result["errors"]) or any(period["status"] == "incomplete" for period in result["periods"])
