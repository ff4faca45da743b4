"""`sightline definition approve` and `sightline scorecard agree`: what takes two people."""

from datetime import date
from typing import Annotated, Any

import typer

from sightline.cli.client import ActAs, Client, OrganizationId, Refused, open_client, require_cycle
from sightline.cli.terminal import AsJson, progress, show_json, show_step, show_table
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

    For trying things out with the development issuer, which can speak for anybody. Elsewhere people sign for themselves. A scorecard that
    cannot be signed, such as one whose weights do not total 100, is named with the reason and left; the command then ends with 1.

    Example: `sightline scorecard agree 2026`.
    """
    with open_client(organization, act_as) as client, progress("Proposing and agreeing"):
        require_cycle(client, cycle)
        drafts = list(client.pages("kpi_api", "/v1/scorecards", cycle_code=cycle, status="draft"))
        refused = [refusal for draft in drafts if (refusal := _sign(client, draft))]
    agreed = len(drafts) - len(refused)
    if as_json:
        show_json({"agreed": agreed, "refused": refused})
    else:
        show_step(f"{agreed} scorecards are agreed.")
        if refused:
            show_table(["person", "name", "not signed, since"], [[one["person"], one["name"], one["message"]] for one in refused])
    if refused:
        raise typer.Exit(1)


def _sign(client: Client, draft: dict[str, Any]) -> dict[str, str] | None:
    """Both signatures, or whose scorecard was refused and why."""
    path = f"/v1/scorecards/{draft['id']}"
    person = client.get("kpi_api", f"/v1/people/{draft['person_id']}")
    try:
        client.acting_as(_manager(client, person)).edit("kpi_api", "POST", f"{path}/propose", {}, seen=path)
        client.acting_as(person["id"]).edit("kpi_api", "POST", f"{path}/agree", {}, seen=path)
    except Refused as refused:
        return {"person": person["external_id"], "name": person["display_name"], "code": refused.code, "message": str(refused).strip()}
    return None


def _manager(client: Client, person: dict[str, Any]) -> str:
    """Who stands above a person today: a manager, else somebody of the board."""
    today = date.today().isoformat()  # noqa: DTZ011 the operator's own day
    for line in person["employments"]:
        in_force = line["valid_from"] <= today and (line["valid_to"] is None or today < line["valid_to"])
        if line["is_primary"] and in_force and line["manager_id"]:
            return str(line["manager_id"])
    board = [grant["person_id"] for grant in client.pages("kpi_api", "/v1/grants") if grant["role"] == "board" and grant["approved_at"]]
    if not board:
        raise BadUsage(f"Nobody stands above {person['external_id']}, and nobody is on the board.", "Give somebody the role board.")
    return str(board[0])
