"""Tokens and identities of people and keys of programs, made by whoever runs Sightline on this machine."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import TypeVar
from uuid import UUID

from sqlalchemy import select, text

from chassis import audit, jobs
from chassis.clock import real_now
from chassis.database import Database, ReadSession, WriteSession
from chassis.identity import TokenSigner, load_private_key
from chassis.identity.api_keys import ApiKey, NewApiKey, create_api_key, note_change
from chassis.settings import DEVELOPMENT_ISSUER
from kpi_api.identities.api_keys import TELL
from kpi_api.identities.linking import link_as_operator
from kpi_api.identities.models import PersonIdentity
from kpi_api.identities.problems import AlreadyLinked
from kpi_api.identities.schemas import KEY_SCOPES
from kpi_api.people.organizations import OPERATOR
from sightline.databases import open_databases
from sightline.keys import make_keys
from sightline.problems import BadUsage

T = TypeVar("T")

AUDIENCE = "sightline"

FIND_PERSON = """
SELECT p.id FROM persons p
LEFT JOIN grants g ON g.organization_id = p.organization_id AND g.person_id = p.id
  AND g.approved_at IS NOT NULL AND g.valid_from <= :today AND (g.valid_to IS NULL OR g.valid_to > :today)
WHERE p.organization_id = :organization_id AND p.active AND {condition}
ORDER BY p.id LIMIT 1
"""


@dataclass(frozen=True)
class Who:
    """Whom a token is for: a person by id, or by user name or external id, or whoever has a role."""

    person_id: UUID | None = None
    user_name: str | None = None
    role: str | None = None

    def condition(self) -> tuple[str, str | UUID]:
        """SQL over person `p` and grant `g`, and its value."""
        if self.person_id is not None:
            return "p.id = :wanted", self.person_id
        if self.user_name is not None:
            return "(lower(p.user_name) = lower(:wanted) OR p.external_id = :wanted)", self.user_name
        return "g.role = :wanted", self.role or "hr_admin"


def make_token(home: Path, who: Who, organization_id: UUID | None, life: timedelta) -> str:
    """A token of the development issuer. Without an organization the only one is meant. Raises BadUsage."""
    organization, person_id = look_up(home, who, organization_id)
    return sign_token(home, organization, person_id, life)


def look_up(home: Path, who: Who, organization_id: UUID | None) -> tuple[UUID, UUID]:
    """The organization and the person meant. Raises BadUsage."""

    async def find(database: Database) -> tuple[UUID, UUID]:
        chosen = await choose_organization(database, organization_id)
        async with database.read(chosen) as session:
            return chosen, await _find_person(session, who)

    return with_database(home, "kpi_api", find)


def sign_token(home: Path, organization_id: UUID, person_id: UUID, life: timedelta) -> str:
    """A token of the development issuer for a person by id."""
    issuer = TokenSigner(DEVELOPMENT_ISSUER, load_private_key(make_keys(home / "keys") / "issuer.jwk.json"))
    return issuer.sign(subject=str(person_id), audience=AUDIENCE, organization_id=organization_id, life=life)


def make_key(home: Path, service: str, name: str, scopes: list[str], organization_id: UUID | None) -> NewApiKey:
    """An API key, approved by the operator who makes it: of kpi_api, which tells scoring of it, or of scoring alone. Raises BadUsage."""
    if unknown := sorted(set(scopes) - set(KEY_SCOPES)):
        raise BadUsage(f"No key has the scope {', '.join(unknown)}.", f"Scopes are {', '.join(KEY_SCOPES)}.")

    async def make(database: Database) -> NewApiKey:
        async with database.write(await choose_organization(database, organization_id)) as session:
            made = await create_api_key(session, name=name, scopes=scopes, created_by=OPERATOR)
            await _record(session, service, "api_key.made", made.row)
            return made

    return with_database(home, service, make)


def revoke_key(home: Path, service: str, key_id: UUID, organization_id: UUID | None) -> None:
    """End an API key of one service's database at once. Raises BadUsage."""

    async def revoke(database: Database) -> None:
        async with database.write(await choose_organization(database, organization_id)) as session:
            key = await session.scalar(select(ApiKey).where(ApiKey.id == key_id).with_for_update())
            if key is None:
                raise BadUsage(f"There is no key {key_id} in {service}.", "See `sightline api-key list`.")
            if key.revoked_at is None:
                key.revoked_at = real_now()
                note_change(key)
                await _record(session, service, "api_key.revoked", key)

    with_database(home, service, revoke)


def link_identity(home: Path, who: Who, issuer: str, subject: str, organization_id: UUID | None) -> PersonIdentity:
    """Link an identity to a person, as the operator. Raises BadUsage."""

    async def link(database: Database) -> PersonIdentity:
        async with database.write(await choose_organization(database, organization_id)) as session:
            try:
                return await link_as_operator(session, OPERATOR, await _find_person(session, who), issuer, subject)
            except AlreadyLinked as problem:
                raise BadUsage(problem.detail, "See `sightline call GET kpi_api /v1/person-identities`.") from problem

    return with_database(home, "kpi_api", link)


async def _record(session: WriteSession, service: str, action: str, key: ApiKey) -> None:
    await audit.record(session, OPERATOR, action, "api_key", key.id, scopes=key.scopes)
    if service == "kpi_api":
        await jobs.enqueue(session, TELL, once_key="all")


async def choose_organization(database: Database, organization_id: UUID | None) -> UUID:
    """The organization named, or the only one. Raises BadUsage."""
    known = await database.organization_ids()
    if organization_id is None and len(known) == 1:
        return known[0]
    if organization_id in known:
        return organization_id
    if organization_id is None:
        reason = f"There are {len(known)} organizations here." if known else "There is no organization here yet."
    else:
        reason = f"There is no organization {organization_id} here."
    listed = "Name one of `sightline organization list` with --organization or SIGHTLINE_ORGANIZATION"
    raise BadUsage(reason, f"{listed}, or make one with `sightline organization create`.")


async def _find_person(session: ReadSession, who: Who) -> UUID:
    condition, wanted = who.condition()
    keys = {"organization_id": session.organization_id, "today": session.today, "wanted": wanted}
    statement = text(FIND_PERSON.format(condition=condition))  # nosemgrep: raw-sql-from-values - one of the three conditions above
    found: UUID | None = await session.scalar(statement, keys)
    if found is None:
        raise BadUsage(f"Nobody active in this organization is {wanted}.", "Name another by user name, external id or id, or another role.")
    return found


def with_database(home: Path, service: str, work: Callable[[Database], Awaitable[T]]) -> T:
    """The answer of `work` on a service's database, whose tables must be current. Raises an OperatorProblem."""
    found = next((database for database in open_databases(home) if database.service == service), None)
    if found is None:
        raise BadUsage(f"There is no service {service}.", "It is kpi_api or scoring.")
    found.require_current()

    async def run() -> T:
        async with opened(found.url) as database:
            return await work(database)

    return asyncio.run(run())


@asynccontextmanager
async def opened(url: str) -> AsyncIterator[Database]:
    """A database opened by its service's role, with the clock of a development set-up."""
    database = Database(url, pool_size=2, movable_clock=True)
    try:
        yield database
    finally:
        await database.close()
