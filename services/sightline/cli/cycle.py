"""`sightline cycle`: plan, open and close a performance cycle."""

from datetime import date
from typing import Annotated, Any

import typer

from sightline.cli.client import ActAs, OrganizationId, open_client, require_cycle
from sightline.cli.terminal import AsJson, progress, show_json, show_step
from sightline.problems import ServiceFailed

app = typer.Typer(help="Performance cycles.", no_args_is_help=True)

Code = Annotated[str, typer.Argument(help="The cycle's code.")]
AFTER_SENDING = {"computed", "approved", "released", "empty"}


def day(meaning: str) -> Any:
    """An option that takes a date and says what it is for."""
    return typer.Option(parser=read_day, metavar="YYYY-MM-DD", help=meaning)


def read_day(written: str) -> date:
    """Raises typer.BadParameter for what is no date."""
    try:
        return date.fromisoformat(written)
    except ValueError:
        raise typer.BadParameter(f"{written!r} is no date. Write it as YYYY-MM-DD, such as 2027-01-29.") from None


@app.command()
def create(
    code: Code,
    first_day: Annotated[date, day("The first day that counts.")],
    last_day: Annotated[date, day("The last day that counts.")],
    name: Annotated[str | None, typer.Option(help="The code when left out.")] = None,
    organization: OrganizationId = None,
    act_as: ActAs = None,
    as_json: AsJson = False,
) -> None:
    """Open a cycle, from its first day to its last, both included.

    Example: `sightline cycle create 2026 --first-day 2026-01-01 --last-day 2026-12-31`.
    """
    content = {
        "code": code,
        "name": name or code,
        "starts_on": f"{first_day:%Y-%m-%d}",
        "ends_on": f"{last_day:%Y-%m-%d}",
        "status": "open",
    }
    with open_client(organization, act_as) as client:
        made = client.call("kpi_api", "POST", "/v1/cycles", json=content).json()
    if as_json:
        show_json(made)
    else:
        show_step(f"Cycle {code} is open from {made['starts_on']} to {made['ends_on']}.")


@app.command()
def close(code: Code, organization: OrganizationId = None, act_as: ActAs = None, as_json: AsJson = False) -> None:
    """Freeze a cycle's scorecards, send them to scoring as one run and wait until it is computed. Somebody else then approves the run.

    Example: `sightline cycle close 2026`.
    """
    with open_client(organization, act_as) as client, progress("Closing"):
        require_cycle(client, code)
        client.call("kpi_api", "POST", f"/v1/cycles/{code}/close")
        closing = client.wait_for("kpi_api", f"/v1/cycles/{code}/closing", lambda seen: _has_ended(seen))
    if as_json:
        show_json(closing)
        return
    if closing["status"] == "empty":
        show_step("No scorecard had been agreed, so there is no run.")
        return
    show_step(f"{closing['scorecard_count']} scorecards were sent, {closing['not_agreed_count']} were not agreed and left out.")
    show_step(f"The run {closing['id']} is {closing['status']}. See `sightline run show`.")


def _has_ended(closing: dict[str, Any]) -> bool:
    if closing["failure"]:
        raise ServiceFailed(f"The closing does not get further: {closing['failure']}", "It is tried again; see `sightline status`.")
    return closing["status"] in AFTER_SENDING
