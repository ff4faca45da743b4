"""`sightline migrate`: bring the tables of both databases to this version."""

from typing import Annotated

import typer

from sightline.cli.terminal import AsJson, progress, show_json, show_table
from sightline.databases import ServiceDatabase, open_databases
from sightline.home import home_folder


def migrate(
    check: Annotated[
        bool, typer.Option("--check", help="Change nothing; end with 6 when migrations are missing or the database is ahead.")
    ] = False,
    as_json: AsJson = False,
) -> None:
    """Bring the tables of both databases to this version, as the role that owns them.

    Examples: `sightline migrate`, `sightline migrate --check`,
    `KPI_API_DATABASE_URL=... KPI_API_OWNER_DATABASE_URL=... sightline migrate`.
    """
    results = [_check(database) if check else _migrate(database) for database in open_databases(home_folder())]
    if as_json:
        show_json(results)
    else:
        show_table(["service", "database", "migrations"], [list(result.values()) for result in results])


def _check(database: ServiceDatabase) -> dict[str, str]:
    database.require_current()
    return {"service": database.service, "database": database.address, "migrations": "up to date"}


def _migrate(database: ServiceDatabase) -> dict[str, str]:
    before = database.state()
    with progress(f"Migrating {database.service}"):
        database.migrate()
    return {"service": database.service, "database": database.address, "migrations": "up to date" if before == "ok" else "migrated"}
