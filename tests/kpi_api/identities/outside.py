"""An outside issuer, and both services trusting it."""

from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, replace
from typing import Any
from uuid import UUID

import httpx
from joserfc import jwt
from joserfc.jwk import Key

from chassis.app import create_app
from chassis.clock import real_now
from chassis.identity.keys import load_private_key, make_key_files
from chassis.service import Service
from chassis.settings import IssuerSettings
from tests.world import Organization, Running, World

ISSUER = "https://login.example.com"
OTHER_ISSUER = "https://id.example.org"


@dataclass
class Outside:
    """Both services, which take tokens of `ISSUER` for any organization and of `OTHER_ISSUER` for one."""

    world: World
    kpi_api: Running
    scoring: Running
    key: Key

    def token(self, organization_id: UUID | None, subject: str, issuer: str = ISSUER, **claims: Any) -> str:
        now = int(real_now().timestamp())
        body = {"iss": issuer, "aud": "sightline", "sub": subject, "iat": now, "exp": now + 300, **claims}
        if organization_id:
            body["organization_id"] = str(organization_id)
        return jwt.encode({"alg": "Ed25519", "kid": self.key.kid}, body, self.key, algorithms=["Ed25519"])

    async def ask(self, token: str, path: str, running: Running | None = None) -> httpx.Response:
        client = await self.world.client(running or self.kpi_api, token)
        return await client.get(path)

    async def is_person(self, token: str, person_id: str, running: Running | None = None) -> bool:
        """Whether the token speaks for this person; else it must be refused as every wrong token is."""
        answer = await self.ask(token, f"/v1/people/{person_id}", running)
        wrong = await self.ask("wrong", f"/v1/people/{person_id}", running)
        assert answer.status_code == 200 or (answer.status_code, answer.content) == (401, wrong.content), answer.text
        return answer.status_code == 200


@asynccontextmanager
async def open_outside(world: World, organization: Organization) -> AsyncIterator[Outside]:
    folder = world.kpi_api.service.settings.key_folder
    make_key_files(folder, "login")
    issuers = {
        ISSUER: IssuerSettings(jwks="login.jwks.json"),
        OTHER_ISSUER: IssuerSettings(jwks="login.jwks.json", organization_id=organization.id),
    }
    async with AsyncExitStack() as stack:

        async def trusting(service: Service) -> Running:
            changed = replace(service, settings=service.settings.model_copy(update={"issuers": issuers}))
            running = Running(changed, create_app(changed))
            await stack.enter_async_context(running.app.router.lifespan_context(running.app))
            return running

        kpi_api, scoring = await trusting(world.kpi_api.service), await trusting(world.scoring.service)
        yield Outside(world, kpi_api, scoring, load_private_key(folder / "login.jwk.json"))
