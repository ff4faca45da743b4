"""`sightline keys`: the key files that services elsewhere need, such as in containers, and rotating keys."""

from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer

from sightline.cli.terminal import AsJson, show_json, show_step
from sightline.home import home_folder
from sightline.problems import BadUsage

app = typer.Typer(help="Key files: hand them out, rotate them.", no_args_is_help=True)


class What(StrEnum):
    issuer = "issuer"
    service = "service"
    secrets = "secrets"
    cursor = "cursor"
    audit = "audit"


class Service(StrEnum):
    kpi_api = "kpi_api"
    scoring = "scoring"


ROTATED = {
    What.issuer: "The development issuer has a new key; tokens signed with the one before hold until the next rotation.",
    What.service: "The services sign with the new key from their next call on; the one before is believed until the next rotation.",
    What.cursor: "Restart the services; cursors handed out before are refused then, and readers start again.",
    What.audit: "The audit is sealed with the new key from now on; the former ones are kept, to prove what they made.",
}


@app.command()
def write(
    folder: Annotated[Path, typer.Argument(help="Where to put a folder for each service.")],
    replace: Annotated[bool, typer.Option("--replace", help="Copy signing keys and key sets anew, as after a rotation.")] = False,
    as_json: AsJson = False,
) -> None:
    """Write each service's keys into a folder of its own below FOLDER. Keys that are there are kept, so repeating it is harmless.

    Example: `sightline keys write deploy/keys`.
    """
    from sightline.keys import hand_out_keys, make_keys

    folders = hand_out_keys(make_keys(home_folder() / "keys"), folder, replace=replace)
    if as_json:
        show_json({"folders": folders})
    else:
        show_step(f"Keys are in {' and '.join(map(str, folders))}. Only the account that runs a service should be able to read its folder.")


@app.command()
def rotate(
    what: Annotated[What, typer.Argument(help="Whose key.")],
    folder: Annotated[Path | None, typer.Option(help="The key folder; that of this machine unless said.")] = None,
    service: Annotated[Service | None, typer.Option(help="Only this service; both share the folder unless said.")] = None,
    forget_old: Annotated[bool, typer.Option("--forget-old", help="With secrets: make no new key, remove the old ones.")] = False,
    as_json: AsJson = False,
) -> None:
    """Make a new key and use it from now on.

    `issuer`: the development issuer's; `service`: what services sign their calls with; `cursor`: what signs cursors; `secrets`: what seals
    secrets in the databases, all of which are sealed anew, as the role that owns the tables; `audit`: what seals
    the audit, the former keys of which are kept for good.

    After `rotate secrets` the old keys go on opening what was being written meanwhile; remove them a few minutes later by `--forget-old`.

    Examples: `sightline keys rotate secrets`, `sightline keys rotate secrets --forget-old`,
    `sightline keys rotate secrets --folder deploy/keys/scoring --service scoring`.
    """
    from sightline import rotation

    if forget_old and what is not What.secrets:
        raise BadUsage("--forget-old goes with secrets alone.", "Rotating again ends the key before the last.")
    keys, services = folder or home_folder() / "keys", [service.value] if service else list(rotation.SERVICES)
    result: dict[str, object] = {"rotated": what.value}
    if what is What.secrets:
        work = rotation.forget_old_secrets if forget_old else rotation.rotate_secrets
        result["sealed_anew"] = work(keys, home_folder(), services)
    elif what is What.issuer:
        rotation.rotate_issuer(keys)
    elif what is What.service:
        rotation.rotate_services(keys, services)
    elif what is What.audit:
        rotation.rotate_audit_key(keys)
    else:
        rotation.rotate_cursor_key(keys)
    if as_json:
        show_json(result)
    else:
        show_step(ROTATED.get(what) or f"{result['sealed_anew']} values are sealed with the new key.")
