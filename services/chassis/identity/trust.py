"""Whom a service trusts: the issuers of its settings, sibling services by their key files, and in development the local issuer."""

from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager
from pathlib import Path

import httpx

from chassis.identity.issuers import FETCH_SECONDS, FILE_PAUSE_SECONDS, Issuer, IssuerKeys, keys_at, keys_in_file
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
        issuers[sibling] = Issuer(sibling, _from_file(sibling, folder / f"{sibling}.jwks.json", settings), service, "service")
    if settings.development:
        keys = _from_file(DEVELOPMENT_ISSUER, folder / DEVELOPMENT_ISSUER_KEYS, settings)
        issuers[DEVELOPMENT_ISSUER] = Issuer(DEVELOPMENT_ISSUER, keys, settings.audience, "people")
    return issuers


def _outside(name: str, wanted: IssuerSettings, settings: ServiceSettings, client: httpx.AsyncClient | None) -> Issuer:
    if client and wanted.by_address:
        keys = IssuerKeys(name, keys_at(wanted.jwks, client), believed=settings.issuer_keys_believed_hours * 3600)
    else:
        keys = _from_file(name, settings.key_folder / wanted.jwks, settings)
    return Issuer(name, keys, wanted.audience or settings.audience, organization_id=wanted.organization_id)


def _from_file(issuer: str, path: Path, settings: ServiceSettings) -> IssuerKeys:
    believed = settings.issuer_keys_believed_hours * 3600
    return IssuerKeys(issuer, keys_in_file(path), believed=believed, pause=FILE_PAUSE_SECONDS)
