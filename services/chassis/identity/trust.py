"""Whom a service trusts: the issuers of its settings, sibling services by their key files, and in development the local issuer."""

from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager

import httpx

from chassis.identity.issuers import FETCH_SECONDS, Issuer, IssuerKeys, Load, keys_at, keys_in_file
from chassis.identity.tokens import TokenVerifier
from chassis.settings import DEVELOPMENT_ISSUER, IssuerSettings, ServiceSettings

DEVELOPMENT_ISSUER_KEYS = "issuer.jwks.json"


@asynccontextmanager
async def open_verifier(
    settings: ServiceSettings, service: str, trusted_services: Sequence[str] = (), transport: httpx.AsyncBaseTransport | None = None
) -> AsyncIterator[TokenVerifier]:
    """The verifier of the service of this name. Raises FileNotFoundError and ValueError for a missing or broken key file."""
    outside = settings.issuers.values()
    if not any(issuer.by_address for issuer in outside):
        yield TokenVerifier(trusted_issuers(settings, service, trusted_services, None))
        return
    async with httpx.AsyncClient(transport=transport, timeout=FETCH_SECONDS, trust_env=False) as client:
        yield TokenVerifier(trusted_issuers(settings, service, trusted_services, client))


def trusted_issuers(
    settings: ServiceSettings, service: str, trusted_services: Sequence[str], client: httpx.AsyncClient | None
) -> Mapping[str, Issuer]:
    """Issuers by their `iss`. A sibling's tokens are for this service by name: one for another service opens nothing here."""
    folder = settings.key_folder
    issuers = {name: _outside(name, wanted, settings, client) for name, wanted in settings.issuers.items()}
    for sibling in trusted_services:
        issuers[sibling] = Issuer(sibling, IssuerKeys(sibling, keys_in_file(folder / f"{sibling}.jwks.json")), service, "service")
    if settings.development:
        keys = IssuerKeys(DEVELOPMENT_ISSUER, keys_in_file(folder / DEVELOPMENT_ISSUER_KEYS))
        issuers[DEVELOPMENT_ISSUER] = Issuer(DEVELOPMENT_ISSUER, keys, settings.audience, "people")
    return issuers


def _outside(name: str, wanted: IssuerSettings, settings: ServiceSettings, client: httpx.AsyncClient | None) -> Issuer:
    keys = IssuerKeys(name, _load(wanted, settings, client))
    return Issuer(name, keys, wanted.audience or settings.audience, organization_id=wanted.organization_id)


def _load(wanted: IssuerSettings, settings: ServiceSettings, client: httpx.AsyncClient | None) -> Load:
    return keys_at(wanted.jwks, client) if client and wanted.by_address else keys_in_file(settings.key_folder / wanted.jwks)
