"""Roles that a people file names: found by code or name, and made where they are missing."""

from collections.abc import Iterable
from datetime import date
from typing import Final
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.dialects.postgresql import distinct_on

from chassis.database import ReadSession, WriteSession
from kpi_api.people.models import Role, RoleVersion
from kpi_api.people.roles.queries import that_of

SINCE_EVER: Final = date(1900, 1, 1)
"""From when a new role holds unless said: people may have been employed in it before it was written down."""


async def roles_named(session: ReadSession) -> list[tuple[UUID, str, str]]:
    """Id, code and name of every role, as it is called today."""
    newest = (
        select(RoleVersion.role_id, Role.code, RoleVersion.name)
        .ext(distinct_on(RoleVersion.role_id))
        .join(Role, Role.id == RoleVersion.role_id)
        .order_by(RoleVersion.role_id, *that_of(session.today))
    )
    return [(id_, code, name) for id_, code, name in await session.execute(newest)]


async def add_named_roles(session: WriteSession, named: Iterable[tuple[UUID, str, str]]) -> None:
    """Roles of these ids, codes and names, without responsibilities."""
    rows = list(named)
    session.add_all(Role(id=id_, code=code) for id_, code, _ in rows)
    await session.flush()
    first = {"number": 1, "effective_from": SINCE_EVER, "core_responsibilities": [], "note": "", "author_id": None, "role_state": 1}
    session.add_all(RoleVersion(role_id=id_, name=name, written_at=session.now, **first) for id_, _, name in rows)
