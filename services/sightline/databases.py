"""Which database each service has on this machine: the operator's, named by `*_DATABASE_URL`, or one in the embedded PostgreSQL."""

import asyncio
import os
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import urlsplit

import asyncpg

from chassis import migrations
from sightline.embedded_postgres import EmbeddedPostgres
from sightline.embedded_postgres.binaries import OLDEST_MAJOR
from sightline.problems import MigrationsAhead, MigrationsMissing, NoPermission, PostgresUnreachable, WrongVersion

SERVICES = ("kpi_api", "scoring")


@dataclass(frozen=True)
class ServiceDatabase:
    """A service's database. `owner_url`, the role that may change tables, is unknown where the operator gives none."""

    service: str
    url: str = field(repr=False)
    owner_url: str | None = field(repr=False)
    embedded: bool

    @property
    def address(self) -> str:
        """Host, port and name, without the password."""
        parts = urlsplit(self.url)
        return f"{parts.hostname}:{parts.port or 5432}{parts.path}"

    def state(self) -> migrations.State:
        """How the tables stand to this code. Raises PostgresUnreachable, WrongVersion."""
        return migrations.compare(self.service, asyncio.run(self._revision()))

    def require_current(self) -> None:
        """Raises MigrationsMissing or MigrationsAhead unless the tables are those of this code."""
        state = self.state()
        if state == "ahead":
            raise MigrationsAhead(
                f"The database of {self.service} ({self.address}) was migrated by a newer Sightline than this one.",
                "Use that version, or restore a backup from before its migrations.",
            )
        if state == "missing":
            owner = "" if self.owner_url else f" with {self.service.upper()}_OWNER_DATABASE_URL set"
            raise MigrationsMissing(
                f"The database of {self.service} ({self.address}) lacks migrations.", f"Run `sightline migrate`{owner}."
            )

    def migrate(self) -> None:
        """Bring the tables to this code, as their owner. A database that is ahead is left alone: MigrationsAhead."""
        if self.owner_url is not None and self.state() == "missing":
            migrations.upgrade(self.service, self.owner_url, urlsplit(self.url).username or "")
        else:
            self.require_current()

    async def _revision(self) -> str | None:
        try:
            connection = await asyncpg.connect(self.url, timeout=10)
        except (OSError, asyncpg.PostgresError, TimeoutError) as error:
            raise PostgresUnreachable(
                f"The database of {self.service} ({self.address}) cannot be reached: {error}.",
                f"Check {self.service.upper()}_DATABASE_URL and that the server runs.",
            ) from error
        try:
            if (major := connection.get_server_version().major) < OLDEST_MAJOR:
                raise WrongVersion(f"{self.address} is PostgreSQL {major}.", f"Sightline needs {OLDEST_MAJOR} or newer.")
            return await _read_revision(connection)
        finally:
            await connection.close()


async def _read_revision(connection: asyncpg.Connection) -> str | None:
    if await connection.fetchval("SELECT to_regclass('alembic_version')") is None:
        return None
    try:
        revision: str | None = await connection.fetchval("SELECT version_num FROM alembic_version")
    except asyncpg.InsufficientPrivilegeError as error:
        raise NoPermission(
            "The service's role may not read alembic_version.", "Run `sightline migrate`: it grants what is needed."
        ) from error
    return revision


def open_databases(home: Path) -> list[ServiceDatabase]:
    """Both databases; starts the embedded server unless the operator named both. Raises an OperatorProblem of its start."""
    named = {service: database for service in SERVICES if (database := named_by_operator(service))}
    if len(named) == len(SERVICES):
        return list(named.values())
    urls = EmbeddedPostgres(home).start().environment()
    embedded = {
        service: ServiceDatabase(
            service, urls[f"{service.upper()}_DATABASE_URL"], urls[f"{service.upper()}_OWNER_DATABASE_URL"], embedded=True
        )
        for service in SERVICES
    }
    return list((embedded | named).values())


def named_by_operator(service: str) -> ServiceDatabase | None:
    """The database that `KPI_API_DATABASE_URL` or `SCORING_DATABASE_URL` names."""
    url = os.environ.get(f"{service.upper()}_DATABASE_URL")
    owner_url = os.environ.get(f"{service.upper()}_OWNER_DATABASE_URL")
    return ServiceDatabase(service, url, owner_url, embedded=False) if url else None
