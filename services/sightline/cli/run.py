"""`sightline run`: look at a bonus run, approve it, release it."""

from typing import Annotated, Any
from uuid import UUID

import typer

from sightline.cli.client import ActAs, Client, OrganizationId, open_client
from sightline.cli.terminal import AsJson, show_json, show_step, show_table
from sightline.problems import BadUsage

app = typer.Typer(help="Bonus runs.", no_args_is_help=True)

SHOWN = 30

RunId = Annotated[UUID | None, typer.Argument(help="The run's id; the newest run when left out.")]


@app.command()
def show(run: RunId = None, organization: OrganizationId = None, act_as: ActAs = None, as_json: AsJson = False) -> None:
    """Show a run's state, totals and lines.

    Example: `sightline run show --as comp_admin`.
    """
    with open_client(organization, act_as) as client:
        found = _find(client, run)
        lines = [] if found["totals"] is None else list(client.pages("scoring", f"/v1/runs/{found['id']}/lines"))
        rows = [] if as_json else [_row(client, line) for line in lines[:SHOWN]]
    if as_json:
        show_json({**found, "lines": lines})
        return
    _tell(found)
    show_table(["person", "composite", "amount", "why"], rows)
    if len(lines) > SHOWN:
        show_step(f"{len(lines) - SHOWN} more; `--json` lists them all.")


def _row(client: Client, line: dict[str, Any]) -> list[str]:
    person = client.get("scoring", f"/v1/people/{line['person_id']}")["display_name"]
    amount = f"{line['amount']} {line['currency']}" if line["amount"] else ""
    return [person, line["composite"] or "", amount, line["error_message"] or line["reason_code"] or ""]


@app.command()
def approve(
    run: RunId = None,
    accept_failed: Annotated[bool, typer.Option("--accept-failed", help="Although some lines could not be computed.")] = False,
    organization: OrganizationId = None,
    act_as: ActAs = None,
    as_json: AsJson = False,
) -> None:
    """Approve a computed run: not as who closed the cycle, nor as somebody who is paid by it.

    Example: `sightline run approve --as board`.
    """
    _do("approve", run, {"accept_failed": accept_failed}, organization, act_as, as_json=as_json)


@app.command()
def release(run: RunId = None, organization: OrganizationId = None, act_as: ActAs = None, as_json: AsJson = False) -> None:
    """Release an approved run: people see their payouts, payroll may pull them.

    Example: `sightline run release --as comp_admin`.
    """
    _do("release", run, {}, organization, act_as, as_json=as_json)


@app.command()
def replay(run: RunId = None, organization: OrganizationId = None, act_as: ActAs = None, as_json: AsJson = False) -> None:
    """Score a run once more from what is stored with it and compare every byte. Ends with 1 where something came out otherwise.

    Example: `sightline run replay --as comp_admin`.
    """
    with open_client(organization, act_as) as client:
        found = _find(client, run)
        replayed = client.get("scoring", f"/v1/runs/{found['id']}/replay")
    if as_json:
        show_json(replayed)
    else:
        _tell_replay(found, replayed)
    if not replayed["same"]:
        raise typer.Exit(1)


def _tell_replay(run: dict[str, Any], replayed: dict[str, Any]) -> None:
    by = f"{replayed['line_count']} lines, by version {replayed['engine_version']} of the rules"
    show_step(f"Run {run['id']} for {run['cycle_code']}: {by}.")
    for what in ("snapshot", "input", "result"):
        before, after = replayed[f"{what}_digest"], replayed[f"replayed_{what}_digest"]
        show_step(f"{what}: {before}, the same" if before == after else f"{what}: {before}, but replayed {after}")
    differences = replayed["differences"]
    if differences:
        rows = [[each["scorecard_id"], each["figure"], each["stored"] or "", each["replayed"] or ""] for each in differences]
        show_table(["scorecard", "figure", "stored", "replayed"], rows)
    otherwise = f"It came out otherwise. Figures of lines that differ: {replayed['difference_count']}."
    show_step("Every byte is the same." if replayed["same"] else otherwise)


def _do(verb: str, run: UUID | None, content: dict[str, Any], organization: UUID | None, act_as: str | None, *, as_json: bool) -> None:
    with open_client(organization, act_as) as client:
        done = client.call("scoring", "POST", f"/v1/runs/{_find(client, run)['id']}/{verb}", json=content).json()
    if as_json:
        show_json(done)
    else:
        _tell(done)


def _find(client: Client, run: UUID | None) -> dict[str, Any]:
    if run is not None:
        found: dict[str, Any] = client.get("scoring", f"/v1/runs/{run}")
        return found
    newest: list[dict[str, Any]] = client.get("scoring", "/v1/runs", limit=1)["items"]
    if not newest:
        raise BadUsage("There is no run yet.", "Close a cycle first: `sightline cycle close`.")
    return newest[0]


def _tell(run: dict[str, Any]) -> None:
    show_step(f"Run {run['id']} for {run['cycle_code']} is {run['status']}.")
    if totals := run["totals"]:
        amounts = ", ".join(f"{amount} {currency}" for currency, amount in totals["amounts"].items())
        show_step(f"{totals['line_count']} lines, {totals['zero_count']} of them zero, {totals['failed_count']} failed; in all {amounts}.")
