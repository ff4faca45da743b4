"""`sightline status`: what runs where."""

from typing import Any

import typer

from sightline.cli.terminal import AsJson, show_json, show_step, show_table
from sightline.embedded_postgres import EmbeddedPostgres
from sightline.home import home_folder
from sightline.problems import NotRunning
from sightline.processes import Running, is_ready, read_running


def status(as_json: AsJson = False) -> None:
    """Say what runs where. Ends with 0 when all of it answers, with 3 when nothing runs, with 7 when a part is dead.

    Examples: `sightline status`, `sightline status --json`.
    """
    home = home_folder()
    record = read_running(home)
    if record is None or not record.is_alive:
        raise NotRunning(f"Nothing runs with {home}.", "Start it with `sightline up`.")
    parts = [*_programs(record), _postgres()]
    if as_json:
        show_json({"supervisor": record.supervisor.pid, "since": record.since, "addresses": record.addresses, "parts": parts})
    else:
        show_step(f"Up since {record.since} (process {record.supervisor.pid})")
        show_table(["part", "state", "process", "address"], [[str(value or "") for value in part.values()] for part in parts])
    if any(part["state"] in {"dead", "not ready"} for part in parts):
        raise typer.Exit(7)


def _programs(record: Running) -> list[dict[str, Any]]:
    return [
        {"part": name, "state": _state(record, name), "process": identity.pid, "address": record.addresses.get(name)}
        for name, identity in record.programs.items()
    ]


def _state(record: Running, name: str) -> str:
    if record.programs[name].process is None:
        return "dead"
    address = record.addresses.get(name)
    return "running" if address is None or is_ready(address) else "not ready"


def _postgres() -> dict[str, Any]:
    server = EmbeddedPostgres(home_folder())
    if not server.cluster.exists:
        return {"part": "postgres", "state": "elsewhere", "process": None, "address": None}
    state = "running" if server.is_running() else "dead"
    return {"part": "postgres", "state": state, "process": None, "address": f"127.0.0.1:{server.cluster.port}"}
