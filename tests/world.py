"""Both services in one process, and the ways tests speak to them.

kpi_api = organization.kpi_api           # httpx client as the organization's first hr_admin
other = organization.as_person(id)       # clients as somebody else
await world.work()                       # run every waiting job and number every event, in both services
await organization.set_clock("2026-03-31T12:00:00Z")
"""

from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path
from uuid import UUID

import httpx
from fastapi import FastAPI
from pydantic import SecretStr

from chassis.app import create_app
from chassis.audit.seals import AuditKeys, audit_keys
from chassis.database import Database
from chassis.identity import TokenSigner, load_private_key, make_key_files, make_secret_file
from chassis.identity.api_keys import create_api_key
from chassis.service import Service
from chassis.settings import DEVELOPMENT_ISSUER
from chassis.worker import drain
from kpi_api.app import make_service as make_kpi_api
from kpi_api.settings import Settings as KpiApiSettings
from scoring.app import make_service as make_scoring
from scoring.settings import Settings as ScoringSettings
from sightline.embedded_postgres import DatabaseUrls
from sightline.organizations import NewPerson, create_organization


@dataclass
class Running:
    """A service that runs in this process."""

    service: Service
    app: FastAPI

    @property
    def database(self) -> Database:
        database: Database = self.app.state.database
        return database

    @property
    def audit_keys(self) -> AuditKeys:
        return audit_keys(self.service.settings.key_folder)

    def transport(self) -> httpx.ASGITransport:
        return httpx.ASGITransport(self.app, raise_app_exceptions=False)


@dataclass
class World:
    """The two services and the issuer of tokens."""

    kpi_api: Running
    scoring: Running
    issuer: TokenSigner
    clients: AsyncExitStack
    _names: int = field(default=0)

    async def new_organization(self, name: str | None = None) -> "Organization":
        self._names += 1
        name = name or f"Organization {self._names}"
        made = await create_organization(
            self.kpi_api.database,
            self.scoring.database,
            name=name,
            currency="USD",
            admin=NewPerson("Ada", "Quill", f"ada.quill.{self._names}@example.com"),
        )
        return Organization(self, made.organization_id, made.person_id)

    def token(self, organization_id: UUID, person_id: UUID) -> str:
        return self.issuer.sign(subject=str(person_id), audience="sightline", organization_id=organization_id, life=timedelta(hours=1))

    async def client(self, running: Running, token: str | None) -> httpx.AsyncClient:
        headers = {"Authorization": f"Bearer {token}"} if token else {}
        client = httpx.AsyncClient(transport=running.transport(), base_url="http://test", headers=headers)
        return await self.clients.enter_async_context(client)

    async def work(self) -> None:
        """Run every waiting job and number every event, in both services, until nothing is left."""
        while await self._work_once(self.kpi_api) + await self._work_once(self.scoring):
            pass

    async def _work_once(self, running: Running) -> int:
        return await drain(running.service, running.database, running.app.state.resources)


@dataclass
class Clients:
    """One person's (or key's) clients of both services."""

    kpi_api: httpx.AsyncClient
    scoring: httpx.AsyncClient


@dataclass
class Organization:
    """A fresh organization; `person_id` is its first hr_admin, whom the clients `kpi_api` and `scoring` speak for."""

    world: World
    id: UUID
    person_id: UUID
    _clients: dict[str, Clients] = field(default_factory=dict)

    async def as_person(self, person_id: UUID | str) -> Clients:
        return await self.with_token(self.world.token(self.id, UUID(str(person_id))))

    async def with_token(self, token: str) -> Clients:
        if token not in self._clients:
            world = self.world
            self._clients[token] = Clients(await world.client(world.kpi_api, token), await world.client(world.scoring, token))
        return self._clients[token]

    async def with_key(self, *scopes: str) -> Clients:
        """An API key that both services know, as after it was told to scoring."""
        world = self.world
        clients = []
        for running in (world.kpi_api, world.scoring):
            async with running.database.write(self.id) as session:
                key = await create_api_key(session, name="key of a test", scopes=scopes, created_by="operator")
            clients.append(await world.client(running, key.text))
        return Clients(*clients)

    async def admin(self) -> Clients:
        return await self.as_person(self.person_id)

    async def set_clock(self, now: str) -> None:
        """Move both services' clocks for this organization (ISO 8601 with zone)."""
        admin = await self.admin()
        for client in (admin.kpi_api, admin.scoring):
            (await client.put("/v1/development/clock", json={"now": now})).raise_for_status()


@asynccontextmanager
async def open_world(urls: DatabaseUrls, key_folder: Path) -> AsyncIterator[World]:
    """Start both services in this process; kpi_api reaches scoring over ASGI."""
    make_key_files(key_folder, "issuer")
    make_key_files(key_folder, "kpi_api")
    make_secret_file(key_folder / "cursor.key")
    make_secret_file(key_folder / "secrets.key")
    make_secret_file(key_folder / "audit.key")
    quotas = {f"{who}_requests_per_minute": 1_000_000 for who in ("person", "key", "bulk", "address")}  # tests ask faster than people do
    scoring_service = make_scoring(ScoringSettings(database_url=SecretStr(urls.scoring), key_folder=key_folder, **quotas))
    scoring = Running(scoring_service, create_app(scoring_service))
    kpi_api_service = make_kpi_api(
        KpiApiSettings(database_url=SecretStr(urls.kpi_api), key_folder=key_folder, scoring_url="http://scoring", **quotas),
        scoring_transport=scoring.transport(),
    )
    kpi_api = Running(kpi_api_service, create_app(kpi_api_service))
    async with AsyncExitStack() as stack:
        for running in (scoring, kpi_api):
            await stack.enter_async_context(running.app.router.lifespan_context(running.app))
        issuer = TokenSigner(DEVELOPMENT_ISSUER, load_private_key(key_folder / "issuer.jwk.json"))
        clients = await stack.enter_async_context(AsyncExitStack())
        yield World(kpi_api, scoring, issuer, clients)
