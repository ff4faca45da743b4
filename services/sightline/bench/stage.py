"""Where benchmarks play: an embedded PostgreSQL with its ordinary, durable settings and real service processes, in a home of their own.

    with Stage(home, report) as stage:
        company = await stage.organization("…")

Everything is removed at the end. Databases and ports that the operator names are left alone.
"""

import os
import shutil
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Collection, Iterator, Mapping
from contextlib import asynccontextmanager, contextmanager
from datetime import timedelta
from pathlib import Path
from types import TracebackType
from typing import TYPE_CHECKING, Any, Self
from uuid import UUID

import asyncpg
import httpx

from chassis.database import Database
from chassis.identity import TokenSigner, load_private_key
from chassis.settings import DEVELOPMENT_ISSUER
from sightline.databases import SERVICES
from sightline.embedded_postgres import EmbeddedPostgres
from sightline.organizations import NewOrganization, NewPerson, create_organization
from sightline.problems import OperatorProblem
from sightline.processes import Report, Supervisor

if TYPE_CHECKING:
    from sightline.bench.company import Company

AUDIENCE = "sightline"
SECONDS_TO_ANSWER = 600
LOOKING = {"jit": "off", "enable_nestloop": "off"}  # statistics know nothing yet of what was just written
OPERATORS_OWN = [f"{service.upper()}_{name}" for service in SERVICES for name in ("DATABASE_URL", "OWNER_DATABASE_URL", "PORT")]
QUOTAS = ("PERSON_REQUESTS_PER_MINUTE", "BULK_REQUESTS_PER_MINUTE")
UNHURRIED = {f"{service.upper()}_{name}": "1000000000" for service in SERVICES for name in QUOTAS}  # counted, but never too many


class BenchFailed(OperatorProblem):
    """A request was refused, or the two sides of a comparison did not do the same work."""

    code = "bench_failed"


class Stage:
    """Both services, their workers and their databases, for benchmarks alone."""

    def __init__(self, home: Path, report: Report) -> None:
        self.home = home
        self.report = report
        self._supervisor = Supervisor(home, report)
        self.companies: dict[int, Company] = {}

    def __enter__(self) -> Self:
        self._forget_earlier()
        with _environment(OPERATORS_OWN, UNHURRIED):
            self._supervisor.__enter__()
        self._issuer = TokenSigner(DEVELOPMENT_ISSUER, load_private_key(self.home / "keys" / "issuer.jwk.json"))
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        self._supervisor.__exit__(kind, error, trace)
        self._forget_earlier()

    def _forget_earlier(self) -> None:
        if self.home.exists():
            EmbeddedPostgres(self.home).reset()
            shutil.rmtree(self.home)

    def rest(self) -> None:
        """Stop the workers, so that work caused by what is measured does not disturb what is measured next."""
        for name in self._workers:
            self._supervisor.programs[name].ask_to_stop()
        for name in self._workers:
            self._supervisor.programs[name].wait_until_stopped()

    def serve_instead(self, name: str, module: str) -> None:
        """Serve a service by another program of ours, at the same address."""
        program = self._supervisor.programs[name]
        program.ask_to_stop()
        program.wait_until_stopped()
        program.arguments = (module,)
        program.start()
        wait_until_it_answers(self._supervisor.addresses[name])

    def address(self, service: str) -> str:
        """Where a service answers."""
        return self._supervisor.addresses[service]

    @property
    def _workers(self) -> list[str]:
        return [f"{service}_worker" for service in SERVICES]

    async def new_organization(self, name: str) -> NewOrganization:
        """A fresh organization in both databases, with its first hr_admin."""
        urls = EmbeddedPostgres(self.home).urls()
        kpi_api, scoring = Database(urls.kpi_api, pool_size=1), Database(urls.scoring, pool_size=1)
        try:
            admin = NewPerson("Ada", "Quill", f"{name.replace(' ', '.')}@example.com")
            return await create_organization(kpi_api, scoring, name=name, currency="USD", admin=admin)
        finally:
            await kpi_api.close()
            await scoring.close()

    def token(self, organization_id: UUID, person_id: UUID) -> str:
        """A bearer token of this person."""
        return self._issuer.sign(subject=str(person_id), audience=AUDIENCE, organization_id=organization_id, life=timedelta(hours=2))

    @asynccontextmanager
    async def client(self, service: str, organization_id: UUID, person_id: UUID) -> AsyncIterator[httpx.AsyncClient]:
        """HTTP to a service in a person's name."""
        headers = {"Authorization": f"Bearer {self.token(organization_id, person_id)}"}
        async with httpx.AsyncClient(base_url=self.address(service), headers=headers, timeout=SECONDS_TO_ANSWER, trust_env=False) as client:
            yield client

    @asynccontextmanager
    async def connection(self, service: str, organization_id: UUID) -> AsyncIterator[asyncpg.Connection]:
        """A transaction as the service itself: its role, row-level security, the organization set. Committed at the end."""
        urls = EmbeddedPostgres(self.home).urls()
        connection = await asyncpg.connect(getattr(urls, service), server_settings={"jit": "off"})
        try:
            async with connection.transaction():
                await connection.execute("SELECT open_transaction($1)", organization_id)
                yield connection
        finally:
            await connection.close()

    @asynccontextmanager
    async def administrator(self, service: str) -> AsyncIterator[asyncpg.Connection]:
        """The database's administrator, for generating and for looking; nothing that is measured uses it."""
        psql = EmbeddedPostgres(self.home).psql()
        connection = await asyncpg.connect(
            host=psql.host, port=psql.port, user=psql.user, password=psql.password, database=service, server_settings=LOOKING
        )
        try:
            yield connection
        finally:
            await connection.close()

    async def settle(self) -> None:
        """Write out what earlier work left behind, so that what comes next does not pay for it."""
        async with self.administrator("kpi_api") as connection:
            await connection.execute("CHECKPOINT")


def wait_until_it_answers(address: str) -> None:
    """Raises BenchFailed after a minute of silence."""
    for _ in range(600):
        try:
            if httpx.get(f"{address}/livez", timeout=5, trust_env=False).is_success:
                return
        except httpx.TransportError:
            pass
        time.sleep(0.1)
    raise BenchFailed(f"{address} does not answer.", "See what it logged.")


def accepted(response: httpx.Response) -> Any:
    """The JSON of an answer. Raises BenchFailed for a refusal, also of a single row."""
    request = f"{response.request.method} {response.request.url.path}"
    if response.is_error:
        raise BenchFailed(f"{request} answered {response.status_code}: {response.text[:1000]}", "See what the services logged.")
    answer = response.json()
    if isinstance(answer, dict) and answer.get("error") and answer.get("results"):
        first = next(row for row in answer["results"] if row["status"] == "error")
        raise BenchFailed(f"{request} refused {answer['error']} rows, the first: {first}", "The generator and the service disagree.")
    return answer


async def seconds(work: Callable[[], Awaitable[Any]]) -> float:
    """How long it takes."""
    start = time.perf_counter()
    await work()
    return time.perf_counter() - start


@contextmanager
def _environment(without: Collection[str], given: Mapping[str, str]) -> Iterator[None]:
    """The environment without some variables and with others, for the block."""
    before = dict(os.environ)
    for name in without:
        os.environ.pop(name, None)
    os.environ.update(given)
    try:
        yield
    finally:
        os.environ.clear()
        os.environ.update(before)
