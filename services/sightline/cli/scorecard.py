"""`sightline definition approve` and `sightline scorecard agree`: what takes two people; `scorecard verify`: what they signed."""

import json
from datetime import date
from pathlib import Path
from typing import Annotated, Any
from urllib.parse import quote

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


@scorecard.command()
def verify(
    file: Annotated[
        Path, typer.Argument(help="The answer of GET /v1/scorecards/{id}/agreement, as JSON.", exists=True, dir_okay=False)
    ],
    offline: Annotated[bool, typer.Option("--offline", help="Compare the file with itself only, without a server.")] = False,
    organization: OrganizationId = None,
    act_as: ActAs = None,
    as_json: AsJson = False,
) -> None:
    """Say whether a signed scorecard is what was signed: compute its digest anew, and ask who signed that digest.

    A file that was changed together with its digests agrees with itself, so only the server's answer proves who signed. Ends with 1 where
    it is not what was signed.

    Example: `sightline scorecard verify agreement.json`.
    """
    kept = _read(file)
    found = {"digest": kept["digest"], "recomputed_digest": _digest(kept["document"]), "signed": None, "signatures": []}
    found["intact"] = found["recomputed_digest"] == found["digest"]
    if not offline:
        with open_client(organization, act_as) as client:
            known = _signed(client, kept["scorecard_id"], found["recomputed_digest"])
        found |= {"signed": bool(known and known["verified"]), "signatures": known["signatures"] if known else []}
    if as_json:
        show_json(found)
    else:
        _tell(found)
    if not found["intact"] or found["signed"] is False:
        raise typer.Exit(1)


def _read(file: Path) -> dict[str, Any]:
    """Raises BadUsage."""
    try:
        kept = json.loads(file.read_text())
        wanted = {"scorecard_id": str, "document": dict, "digest": str}
        if all(isinstance(kept[name], kind) for name, kind in wanted.items()):
            return dict(kept)
    except (ValueError, KeyError, TypeError) as error:
        raise _no_agreement(file) from error
    raise _no_agreement(file)


def _no_agreement(file: Path) -> BadUsage:
    return BadUsage(f"{file} holds no agreement.", "Keep what GET /v1/scorecards/{id}/agreement answers, as it is.")


def _digest(document: dict[str, Any]) -> str | None:
    """None for a document that has no canonical form, such as one with binary floats, which nobody can have signed."""
    from chassis.documents import digest

    try:
        return digest(document)
    except TypeError:
        return None


def _signed(client: Client, scorecard_id: str, digest: str | None) -> dict[str, Any] | None:
    """What the service knows about a text with this digest; None where nobody signed it."""
    try:
        return dict(client.get("kpi_api", f"/v1/scorecards/{quote(scorecard_id, safe='')}/agreement", digest=digest or "none"))
    except Refused as refused:
        if refused.code != "not_found":
            raise
        return None


def _tell(found: dict[str, Any]) -> None:
    show_step("The text has its digest." if found["intact"] else "The text is not what its digest says: it was changed.")
    if found["signed"] is not None:
        show_step("Every side signed it." if found["signed"] else "Not every side signed this text.")
    for one in found["signatures"]:
        absent = f" for {one['on_behalf_of_id']}" if one["on_behalf_of_id"] else ""
        show_step(f"{one['side']}: {one['signer_id']}{absent}, {one['signed_at']}")
