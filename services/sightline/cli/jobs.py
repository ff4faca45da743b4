"""`sightline jobs`: what the workers have to do, what failed for good, and another try for it."""

import asyncio
import json
from collections.abc import Awaitable, Callable
from typing import TYPE_CHECKING, Annotated, Any, TypeVar

import typer

from sightline.cli.terminal import AsJson, show_json, show_step, show_table
from sightline.databases import ServiceDatabase, open_databases
from sightline.home import home_folder

if TYPE_CHECKING:
    from pgqueuer.models import Job
    from pgqueuer.queries import Queries

T = TypeVar("T")

app = typer.Typer(help="The background work of both services.", no_args_is_help=True)


@app.command("list")
def list_jobs(as_json: AsJson = False) -> None:
    """Count the jobs by service, name and state. Nothing listed: nothing to do.

    Examples: `sightline jobs list`, `sightline jobs list --json`.
    """
    rows = [
        {"service": database.service, "job": size.entrypoint, "state": size.status, "count": size.count}
        for database in open_databases(home_folder())
        for size in _ask(database, lambda queries: queries.queue_size())
    ]
    _show(["service", "job", "state", "count"], rows, as_json=as_json)


@app.command()
def failed(as_json: AsJson = False) -> None:
    """List the jobs that were given up after their last try, each with its id for `sightline jobs retry`.

    Examples: `sightline jobs failed`, `sightline jobs failed --json`.
    """
    rows = [
        {"service": database.service, "id": job.id, "job": job.entrypoint, "attempts": job.attempts, "payload": _payload(job)}
        for database in open_databases(home_folder())
        for job in _ask(database, lambda queries: queries.list_failed_jobs())
    ]
    _show(["service", "id", "job", "attempts", "payload"], rows, as_json=as_json)


@app.command()
def retry(
    service: Annotated[str, typer.Argument(help="kpi_api or scoring.")],
    ids: Annotated[list[int], typer.Argument(help="Ids, as `sightline jobs failed` lists them.")],
) -> None:
    """Give failed jobs another try. A job that is not held as failed is left alone.

    Example: `sightline jobs retry scoring 1204 1207`.
    """
    database = next((found for found in open_databases(home_folder()) if found.service == service), None)
    if database is None:
        raise typer.BadParameter("It is kpi_api or scoring.", param_hint="service")

    async def requeue(queries: "Queries") -> None:
        from pgqueuer.types import JobId

        await queries.requeue_jobs([JobId(id_) for id_ in ids])

    _ask(database, requeue)
    show_step("The workers will try again.")


def _ask(database: ServiceDatabase, question: "Callable[[Queries], Awaitable[T]]") -> T:
    import asyncpg
    from pgqueuer.db import AsyncpgDriver
    from pgqueuer.queries import Queries

    async def ask() -> T:
        connection = await asyncpg.connect(database.url)
        try:
            return await question(Queries(AsyncpgDriver(connection)))
        finally:
            await connection.close()

    return asyncio.run(ask())


def _payload(job: "Job") -> Any:
    return json.loads(job.payload or b"{}")


def _show(columns: list[str], rows: list[dict[str, Any]], *, as_json: bool) -> None:
    if as_json:
        show_json(rows)
    elif rows:
        show_table(columns, [[str(row[column]) for column in columns] for row in rows])
    else:
        show_step("Nothing.")
