"""`sightline api-key`: the keys by which programs come in, made and ended in the name of an hr_admin."""

from datetime import UTC, datetime
from typing import Annotated, Any
from uuid import UUID

import typer

from sightline.cli.client import ActAs, OrganizationId, open_client
from sightline.cli.terminal import AsJson, output, show_json, show_step, show_table
from sightline.home import home_folder

app = typer.Typer(help="API keys of programs: list, make, approve, rotate, revoke.", no_args_is_help=True)

KeyId = Annotated[UUID, typer.Argument(help="The key's id, of `sightline api-key list`.")]
KEYS = "/v1/api-keys"


@app.command("list")
def list_keys(organization: OrganizationId = None, act_as: ActAs = None, as_json: AsJson = False) -> None:
    """List the keys, ended ones too.

    Example: `sightline api-key list`.
    """
    with open_client(organization, act_as) as client:
        keys = list(client.pages("kpi_api", KEYS))
    if as_json:
        show_json(keys)
    else:
        rows = [[key["id"], key["name"], " ".join(key["scopes"]), _state(key), key["last_used_at"] or "never"] for key in keys]
        show_table(["id", "name", "scopes", "state", "last used"], rows)


def _state(key: dict[str, Any]) -> str:
    if key["revoked_at"]:
        return "revoked" if key["scoring_knows_at"] else "revoked here, scoring is being told"
    if key["expires_at"] and datetime.fromisoformat(key["expires_at"]) <= datetime.now(UTC):
        return "expired"
    return "live" if key["approved_at"] else "waits for approval"


@app.command()
def make(
    name: Annotated[str, typer.Argument(help="What the key is for.")],
    scope: Annotated[list[str], typer.Option(help="integration, payroll or auditor; repeat for more.")],
    expires: Annotated[datetime | None, typer.Option(formats=["%Y-%m-%d"], metavar="YYYY-MM-DD", help="Never when left out.")] = None,
    organization: OrganizationId = None,
    act_as: ActAs = None,
    as_json: AsJson = False,
) -> None:
    """Make a key for both services and print it; it is shown only now. With payroll or auditor another hr_admin must approve it.

    Example: `sightline api-key make HRIS --scope integration --expires 2027-01-01`.
    """
    content = {"name": name, "scopes": scope, "expires_at": f"{expires:%Y-%m-%d}T00:00:00Z" if expires else None}
    with open_client(organization, act_as) as client:
        _show_once(client.call("kpi_api", "POST", KEYS, json=content).json(), as_json)


@app.command()
def approve(key_id: KeyId, organization: OrganizationId = None, act_as: ActAs = None, as_json: AsJson = False) -> None:
    """Approve a key that another hr_admin made.

    Example: `sightline api-key approve 0198... --as grace@example.com`.
    """
    with open_client(organization, act_as) as client:
        key = client.call("kpi_api", "POST", f"{KEYS}/{key_id}/approve").json()
    if as_json:
        show_json(key)
    else:
        show_step(f"{key['name']} is live.")


@app.command()
def rotate(
    key_id: KeyId,
    overlap_hours: Annotated[int, typer.Option(min=0, max=720, help="How long the secret before still holds.")] = 24,
    organization: OrganizationId = None,
    act_as: ActAs = None,
    as_json: AsJson = False,
) -> None:
    """Give a key another secret and print it; it is shown only now.

    Example: `sightline api-key rotate 0198... --overlap-hours 2`.
    """
    with open_client(organization, act_as) as client:
        _show_once(client.call("kpi_api", "POST", f"{KEYS}/{key_id}/rotate", json={"overlap_hours": overlap_hours}).json(), as_json)


@app.command()
def revoke(
    key_id: KeyId,
    in_scoring: Annotated[bool, typer.Option("--in-scoring", help="A key that scoring alone has, or cannot be told of.")] = False,
    organization: OrganizationId = None,
    act_as: ActAs = None,
    as_json: AsJson = False,
) -> None:
    """End a key: at once in kpi_api, in scoring once it is told.

    Examples: `sightline api-key revoke 0198...`, `sightline api-key revoke 0198... --in-scoring`.
    """
    if in_scoring:
        from sightline.tokens import revoke_key

        revoke_key(home_folder(), "scoring", key_id, organization)
        show_step("The key has ended in scoring.")
        return
    with open_client(organization, act_as) as client:
        key = client.call("kpi_api", "POST", f"{KEYS}/{key_id}/revoke").json()
    if as_json:
        show_json(key)
    else:
        show_step(f"{key['name']} has ended{'' if key['scoring_knows_at'] else '; scoring is being told'}.")


def _show_once(key: dict[str, Any], as_json: bool) -> None:
    if as_json:
        return show_json(key)
    if not key["approved_at"]:
        show_step(f"It waits until another hr_admin approves it: `sightline api-key approve {key['id']}`.")
    output.out(key["key"], highlight=False)
    return None
