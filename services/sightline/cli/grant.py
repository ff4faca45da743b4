"""`sightline grant`: see who holds which role, and approve what waits for a second person."""

from datetime import date
from typing import Any

import typer

from sightline.cli.client import ActAs, Client, OrganizationId, open_client
from sightline.cli.terminal import AsJson, show_json, show_step, show_table

app = typer.Typer(help="Granted roles. A role holds once a second hr_admin has approved it.", no_args_is_help=True)


@app.command("list")
def list_grants(organization: OrganizationId = None, act_as: ActAs = None, as_json: AsJson = False) -> None:
    """Who holds which role, since when, and who approved it.

    Example: `sightline grant list`.
    """
    with open_client(organization, act_as) as client:
        grants = list(client.pages("kpi_api", "/v1/grants"))
        people = {person["id"]: person["external_id"] or person["user_name"] for person in client.pages("kpi_api", "/v1/people")}
    if as_json:
        show_json(grants)
    else:
        show_table(["person", "role", "from", "until", "approved"], [_row(grant, people) for grant in grants])


def _row(grant: dict[str, Any], people: dict[str, Any]) -> list[str]:
    approver = people.get(grant["approved_by"], grant["approved_by"]) or "waits"
    approved = f"{approver}, alone" if grant["alone"] else str(approver)
    return [str(people.get(grant["person_id"], "")), grant["role"], _since(grant["valid_from"]), grant["valid_to"] or "", approved]


def _since(day: str) -> str:
    """The first day, or that the role was held ever since there is an organization."""
    return "always" if date.fromisoformat(day) == date.min else day


@app.command()
def approve(organization: OrganizationId = None, act_as: ActAs = None, as_json: AsJson = False) -> None:
    """Approve every role that waits, as another hr_admin than who gave it; roles of one's own stay waiting.

    Example: `sightline grant approve --as max`.
    """
    with open_client(organization, act_as) as client:
        answer = client.call("kpi_api", "POST", "/graphql", json={"query": "{ viewer { person { uuid } } }"}).json()
        me = answer["data"]["viewer"]["person"]["uuid"]
        approved = [_approve(client, grant) for grant in client.pages("kpi_api", "/v1/grants") if _waits(grant, me)]
    if as_json:
        show_json(approved)
    else:
        show_step(f"Approved {len(approved)} roles." if approved else "No role waits for this person's approval.")


def _waits(grant: dict[str, Any], me: str) -> bool:
    return grant["approved_at"] is None and me not in (grant["granted_by"], grant["person_id"]) and grant["valid_from"] != grant["valid_to"]


def _approve(client: Client, grant: dict[str, Any]) -> Any:
    return client.call("kpi_api", "POST", f"/v1/grants/{grant['id']}/approve").json()
