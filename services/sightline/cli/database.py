"""`sightline db`: the databases of this machine - where they are, a prompt into them, and a fresh start."""

import os
import shutil
from enum import StrEnum
from typing import Annotated

import typer

from sightline.cli.terminal import AsJson, show_json, show_step, show_table
from sightline.databases import named_by_operator
from sightline.embedded_postgres import EmbeddedPostgres
from sightline.embedded_postgres.cluster import Cluster
from sightline.home import home_folder
from sightline.ports import HOST
from sightline.problems import BinariesMissing
from sightline.processes import already_running, read_running

app = typer.Typer(help="The databases: where they are, a prompt into them, a fresh start.", no_args_is_help=True)


class Service(StrEnum):
    kpi_api = "kpi_api"
    scoring = "scoring"


@app.command()
def where(as_json: AsJson = False) -> None:
    """Say where each database is, and where the embedded server keeps its files. Passwords are not shown.

    Examples: `sightline db where`, `sightline db where --json`.
    """
    cluster = EmbeddedPostgres(home_folder()).cluster
    databases = [_where(service, cluster) for service in Service]
    files = {"data": str(cluster.data), "log": str(cluster.log), "passwords": str(cluster.passwords_file)} if cluster.exists else {}
    if as_json:
        show_json({"databases": databases, "files": files})
        return
    rows = [[str(row["service"]), str(row["address"] or "not made yet"), "yes" if row["embedded"] else "no"] for row in databases]
    show_table(["service", "database", "embedded"], rows)
    if files:
        show_table(["file", "path"], [[name, path] for name, path in files.items()])


def _where(service: Service, cluster: Cluster) -> dict[str, object]:
    if named := named_by_operator(service):
        return {"service": service, "address": named.address, "embedded": False}
    return {"service": service, "address": f"{HOST}:{cluster.port}/{service}" if cluster.exists else None, "embedded": True}


@app.command()
def psql(service: Annotated[Service, typer.Argument(help="Whose database.")] = Service.kpi_api) -> None:
    """Open psql: as the administrator of the embedded server, or as the role that the service's own URL names.

    Examples: `sightline db psql`, `sightline db psql scoring`.
    """
    if named := named_by_operator(service):
        program = shutil.which("psql")
        if program is None:
            raise BinariesMissing("psql is not on the PATH.", "Install PostgreSQL's client programs.")
        os.execv(program, [program, named.url])  # noqa: S606 no shell is meant
    server = EmbeddedPostgres(home_folder())
    server.start()
    server.psql().become(service)


@app.command()
def reset(yes: Annotated[bool, typer.Option("--yes", help="Do not ask.")] = False) -> None:
    """Throw away the embedded server with all its data. Databases that you named by URL are not touched.

    Examples: `sightline db reset`, `sightline db reset --yes`.
    """
    home = home_folder()
    if (record := read_running(home)) and record.is_alive:
        raise already_running(home)
    if not home.exists():
        return
    server = EmbeddedPostgres(home)
    if not yes:
        typer.confirm(f"Remove all data in {server.cluster.data}?", abort=True)
    server.reset()
    show_step("The embedded database is gone; the next start makes a new one")
