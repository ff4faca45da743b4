"""`sightline definition approve` and `sightline scorecard agree`: what takes two people."""

from datetime import date
from typing import Annotated, Any

import typer

from sightline.cli.client import ActAs, Client, OrganizationId, open_client, require_cycle
from sightline.cli.terminal import AsJson, progress, show_json, show_step
from sightline.problems import BadUsage

definition = typer.Typer(help="KPI definitions.", no_args_is_help=True)
scorecard = typer.Typer(help="Scorecards.", no_args_is_help=True)


@definition.command()
def approve(
    codes: Annotated[list[str], typer.Argument(help="Codes of definitions that were proposed.")],
    organization: OrganizationId = None,
    act_as: ActAs = None,
    as_json: AsJson = False,
) -> None:
    """Approve the first version of definitions, as somebody else than who wrote them.

    Example: `sightline definition approve closed-revenue --as paula0`.
    """
    with open_client(organization, act_as) as client:
        found = {definition["code"]: definition["id"] for definition in client.pages("kpi_api", "/v1/definitions", code=codes)}
        if missing := [code for code in codes if code not in found]:
            raise BadUsage(f"There is no definition {', '.join(missing)}.", "See `sightline call GET kpi_api /v1/definitions`.")
        approved = [client.call("kpi_api", "POST", f"/v1/definitions/{found[code]}/versions/1/approve").json() for code in codes]
    if as_json:
        show_json(approved)
    else:
        show_step(f"Approved: {', '.join(codes)}.")


@scorecard.command()
def agree(
    cycle: Annotated[str, typer.Argument(help="The cycle's code.")],
    organization: OrganizationId = None,
    act_as: ActAs = None,
    as_json: AsJson = False,
) -> None:
    """Sign every draft of a cycle in both sides' names: proposed by the manager (the board for whoever has none), agreed by the person.

    For trying things out with the development issuer, which can speak for anybody. Elsewhere people sign for themselves.

    Example: `sightline scorecard agree 2026`.
    """
    with open_client(organization, act_as) as client, progress("Proposing and agreeing"):
        require_cycle(client, cycle)
        drafts = list(client.pages("kpi_api", "/v1/scorecards", cycle_code=cycle, status="draft"))
        for draft in drafts:
            _sign(client, draft)
    if as_json:
        show_json({"agreed": len(drafts)})
    else:
        show_step(f"{len(drafts)} scorecards are agreed.")


def _sign(client: Client, draft: dict[str, Any]) -> None:
    path = f"/v1/scorecards/{draft['id']}"
    client.acting_as(_manager(client, draft["person_id"])).edit("kpi_api", "POST", f"{path}/propose", {}, seen=path)
    client.acting_as(draft["person_id"]).edit("kpi_api", "POST", f"{path}/agree", {}, seen=path)


def _manager(client: Client, person_id: str) -> str:
    """Who stands above a person today: a manager, else somebody of the board."""
    today = date.today().isoformat()  # noqa: DTZ011 the operator's own day
    person = client.get("kpi_api", f"/v1/people/{person_id}")
    for line in person["employments"]:
        in_force = line["valid_from"] <= today and (line["valid_to"] is None or today < line["valid_to"])
        if line["is_primary"] and in_force and line["manager_id"]:
            return str(line["manager_id"])
    board = [grant["person_id"] for grant in client.pages("kpi_api", "/v1/grants") if grant["role"] == "board" and grant["approved_at"]]
    if not board:
        raise BadUsage(f"Nobody stands above {person['external_id']}, and nobody is on the board.", "Give somebody the role board.")
    return str(board[0])
