"""`sightline person`: everything about one person as one document, and their erasure once they have left."""

import json
from pathlib import Path
from typing import Annotated, Any

import typer

from sightline.cli.client import ActAs, Client, OrganizationId, Refused, open_client
from sightline.cli.terminal import AsJson, show_json, show_step
from sightline.problems import BadUsage

app = typer.Typer(help="What is kept of a person: export and erasure.", no_args_is_help=True)

PersonId = Annotated[str, typer.Argument(help="The person's id.")]
SERVICES = ("kpi_api", "scoring")


@app.command()
def export(
    person: PersonId,
    out: Annotated[Path | None, typer.Option(dir_okay=False, help="The JSON file to write; else it is printed.")] = None,
    organization: OrganizationId = None,
    act_as: ActAs = None,
    pay_as: Annotated[str | None, typer.Option(help="Who exports the pay, if another: as with --as, such as comp_admin.")] = None,
) -> None:
    """Export everything that both services hold about a person, as one JSON document. Each export is recorded.

    The person does it with one name; for somebody else it takes an hr_admin and, for the pay, a comp_admin or an auditor.

    Examples: `sightline person export 0198c5d2-… --as 0198c5d2-…`, `sightline person export 0198c5d2-… --pay-as comp_admin --out ann.json`.
    """
    if out is not None and not out.parent.is_dir():
        raise BadUsage(f"There is no folder {out.parent}.", "Make it, or name another file with --out.")
    with open_client(organization, act_as) as client:
        found = {"kpi_api": _exported(client, "kpi_api", person)}
    with open_client(organization, pay_as or act_as) as client:
        found["scoring"] = _exported(client, "scoring", person)
    if out is None:
        show_json(found)
    else:
        out.touch(mode=0o600)
        out.write_text(json.dumps(found, indent=2) + "\n")
        show_step(f"Wrote {out}.")


def _exported(client: Client, service: str, person: str) -> Any:
    try:
        return client.get(service, f"/v1/people/{person}/export")
    except Refused as refused:
        if refused.status == 404 and service == "scoring":
            raise BadUsage(
                "Scoring shows this person's pay not to you, or knows no such person.", "Name a comp_admin or an auditor with --pay-as."
            ) from refused
        raise


@app.command()
def erase(
    person: PersonId,
    reason: Annotated[str, typer.Option(help="asked_by_person, retention_over or unlawful.")],
    although_pay_is_due: Annotated[bool, typer.Option("--although-pay-is-due", help="Pay on its way is settled otherwise.")] = False,
    organization: OrganizationId = None,
    act_as: ActAs = None,
    as_json: AsJson = False,
) -> None:
    """Erase somebody who has left, for good. It takes two hr_admins: each gives this command.

    Example: `sightline person erase 0198c5d2-… --reason retention_over --as max`.
    """
    wanted = {"reason": reason, "although_pay_is_due": although_pay_is_due}
    with open_client(organization, act_as) as client:
        answer = client.call("kpi_api", "POST", f"/v1/people/{person}/erase", json=wanted).json()
    if as_json:
        show_json(answer)
    elif answer["erased_at"]:
        show_step(f"Erased{' alone, since there is no other hr_admin' if answer['alone'] else ''}. Scoring follows within moments.")
    else:
        show_step("Asked for. It is done once another hr_admin asks for the same.")
