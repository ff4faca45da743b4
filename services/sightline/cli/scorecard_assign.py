"""`sightline scorecard assign`, `copy` and `undo`: scorecards for many people, watched until the last one is done."""

import time
from pathlib import Path
from typing import Annotated, Any, Final

import typer

from sightline.cli.client import ActAs, Client, OrganizationId, open_client
from sightline.cli.terminal import AsJson, counting, show_json, show_step, show_table
from sightline.problems import BadUsage

ASSIGNMENTS: Final = "/v1/template-assignments"
COPIES: Final = "/v1/scorecards/copies"
WORKED_ON: Final = {"running", "undoing"}
SECONDS_BETWEEN: Final = 0.5
COUNTED: Final = ("opened", "skipped", "refused", "removed", "kept")

Cycle = Annotated[str, typer.Argument(help="The code of the cycle that gets them.")]
People = Annotated[list[str] | None, typer.Option("--person", help="An external id; may be given many times.")]
PeopleFile = Annotated[
    Path | None, typer.Option("--people", help="A file with an external id on each line.", exists=True, dir_okay=False)
]
Unit = Annotated[str | None, typer.Option("--unit", help="Everybody who works in this unit or below it.")]
Role = Annotated[str | None, typer.Option("--role", help="Everybody in this role.")]
Preview = Annotated[bool, typer.Option("--preview", help="Come to the same results, and open nothing.")]
NoWait = Annotated[bool, typer.Option("--no-wait", help="Print the assignment's id and leave the work to the worker.")]


def assign(
    template: Annotated[str, typer.Argument(help="The template's code.")], cycle: Cycle, person: People = None, people: PeopleFile = None,
    unit: Unit = None, role: Role = None, preview: Preview = False, no_wait: NoWait = False, organization: OrganizationId = None,
    act_as: ActAs = None, as_json: AsJson = False,
) -> None:  # fmt: skip
    """Open a draft from a template, with KPIs of their own, for each of many people.

    Whom the template is not for is skipped with the reason. Ends with 1 where anybody was refused.

    Example: `sightline scorecard assign sales_representative 2027 --unit sales --preview`.
    """
    body = {"template_code": template, "cycle_code": cycle, "preview": preview} | _whom(person, people, unit, role)
    with open_client(organization, act_as) as client:
        _begin(client, ASSIGNMENTS, body, wait=not no_wait, as_json=as_json)


def copy(
    source: Annotated[str, typer.Argument(help="The code of the cycle that they are copied from.")], cycle: Cycle, person: People = None,
    people: PeopleFile = None, unit: Unit = None, role: Role = None,
    change: Annotated[str, typer.Option("--target-change", help="How many percent more is wanted.")] = "0", preview: Preview = False,
    no_wait: NoWait = False, organization: OrganizationId = None, act_as: ActAs = None, as_json: AsJson = False,
) -> None:  # fmt: skip
    """Copy scorecards of one cycle into another, and name what cannot be copied.

    Example: `sightline scorecard copy 2026 2027 --unit sales --preview`.
    """
    body = {"from_cycle": source, "to_cycle": cycle, "target_change_percent": change, "preview": preview}
    with open_client(organization, act_as) as client:
        _begin(client, COPIES, body | _whom(person, people, unit, role), wait=not no_wait, as_json=as_json)


def undo(
    assignment: Annotated[str, typer.Argument(help="The id that `assign` or `copy` printed.")],
    organization: OrganizationId = None,
    act_as: ActAs = None,
    as_json: AsJson = False,
) -> None:
    """Remove the drafts of an assignment that nobody has touched; the others are kept and named.

    Example: `sightline scorecard undo 01a2130a-ccf3-73cc-bb38-3089b203506c`.
    """
    with open_client(organization, act_as) as client:
        client.call("kpi_api", "POST", f"{ASSIGNMENTS}/{assignment}/undo")
        _tell(client, _watched(client, assignment), as_json=as_json)


def _whom(person: list[str] | None, people: Path | None, unit: str | None, role: str | None) -> dict[str, Any]:
    """Raises BadUsage."""
    named = [*(person or []), *(filter(None, (line.strip() for line in people.read_text().splitlines())) if people else [])]
    if bool(named) == bool(unit or role):
        raise BadUsage("Say for whom.", "Name people by --person or --people, or choose them by --unit, --role or both.")
    whom: dict[str, Any] = {"people": [{"person_external_id": id_} for id_ in named]} if named else {}
    return whom | {name: code for name, code in (("unit_code", unit), ("role_code", role)) if code}


def _begin(client: Client, path: str, body: dict[str, Any], *, wait: bool, as_json: bool) -> None:
    """Begin, and unless told not to wait, tell what became of everybody. Ends with 1 where anybody was refused."""
    begun = client.call("kpi_api", "POST", path, json=body).json()
    if not wait:
        typer.echo(begun["id"])
        return
    show_step(f"Assignment {begun['id']}, {begun['people']} people.")
    done = _watched(client, begun["id"])
    _tell(client, done, as_json=as_json)
    if done["refused"]:
        raise typer.Exit(1)


def _watched(client: Client, assignment: str) -> dict[str, Any]:
    """The assignment once it is done; how far it is shows meanwhile."""
    with counting("Working") as report:
        while True:
            seen: dict[str, Any] = client.get("kpi_api", f"{ASSIGNMENTS}/{assignment}")
            open_ = seen["waiting"] if seen["status"] == "running" else seen["opened"]
            if seen["status"] not in WORKED_ON:
                return seen
            report(seen["people"] - open_, seen["people"])
            time.sleep(SECONDS_BETWEEN)


def _tell(client: Client, done: dict[str, Any], *, as_json: bool) -> None:
    results = list(client.pages("kpi_api", f"{ASSIGNMENTS}/{done['id']}/results"))
    if as_json:
        show_json(done | {"results": results})
        return
    only = "A preview, nothing is written. It would come to: " if done["preview"] else ""
    show_step(only + ", ".join(f"{done[name]} {name}" for name in COUNTED if done[name]) + ".")
    told = [row for one in results for row in _rows(one)]
    if told:
        names = client.names(row[0] for row in told)
        show_table(["person", "", "why"], [[names.get(row[0], row[0]), *row[1:]] for row in told])


def _rows(result: dict[str, Any]) -> list[list[str]]:
    """Why somebody got nothing, or a KPI less."""
    own = [[result["person_id"], result["status"], result["message"]]] if result["message"] else []
    return own + [[result["person_id"], "left out", f"“{one['name']}”: {one['message']}"] for one in result["left_out"]]
