"""Reads of roles, which are open to the whole organization."""

from collections.abc import Collection, Sequence
from datetime import date
from itertools import pairwise
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, case, select
from sqlalchemy.dialects.postgresql import distinct_on

from chassis.access import Viewer
from chassis.database import ReadSession
from chassis.pagination import PageRequest, Rows, fetch_page
from chassis.problems import NotFound
from kpi_api.people.models import Role, RoleVersion
from kpi_api.people.roles.differences import compared, differences
from kpi_api.people.roles.schemas import RoleDifferences, RoleOut, RoleVersionOut


async def roles(viewer: Viewer, session: ReadSession, page: PageRequest) -> Rows[Role]:
    """Roles by code."""
    statement = select(Role).where(Role.organization_id == viewer.organization_id)
    keys = [(Role.code, lambda row: row.code), (Role.id, lambda row: row.id)]
    return await fetch_page(session, statement, page, keys=keys, scope=f"roles {viewer.subject}")


async def role(viewer: Viewer, session: ReadSession, role_id: UUID, *, lock: bool = False) -> Role:
    """One role; `lock` makes whoever else would change it wait. Raises NotFound."""
    statement = select(Role).where(Role.organization_id == viewer.organization_id, Role.id == role_id)
    found = await session.scalar(statement.with_for_update().execution_options(populate_existing=True) if lock else statement)
    if found is None:
        raise NotFound()
    return found


def that_of(day: date) -> tuple[ColumnElement[Any], ...]:
    """The order of a role's versions in which that of `day` comes first: the latest in force by then; before the first one, the first."""
    in_force = RoleVersion.effective_from <= day
    return in_force.desc(), case((in_force, -RoleVersion.number), else_=RoleVersion.number)


async def versions_on(viewer: Viewer, session: ReadSession, role_ids: Collection[UUID], day: date) -> dict[UUID, RoleVersion]:
    """By role its version on `day`."""
    statement = (
        select(RoleVersion)
        .ext(distinct_on(RoleVersion.role_id))
        .where(RoleVersion.organization_id == viewer.organization_id, RoleVersion.role_id.in_(role_ids))
        .order_by(RoleVersion.role_id, *that_of(day))
    )
    return {version.role_id: version for version in await session.scalars(statement)}


async def roles_on(viewer: Viewer, session: ReadSession, rows: Sequence[Role], day: date) -> list[RoleOut]:
    """These roles as they are on `day`, in the order given."""
    found = await versions_on(viewer, session, [row.id for row in rows], day)
    return [role_out(row, found[row.id]) for row in rows]


def role_out(row: Role, version: RoleVersion) -> RoleOut:
    """A role with one of its versions."""
    return RoleOut(
        id=row.id,
        code=row.code,
        name=version.name,
        core_responsibilities=version.core_responsibilities,
        number=version.number,
        effective_from=version.effective_from,
        version=row.version,
    )


async def histories(viewer: Viewer, session: ReadSession, role_ids: Collection[UUID]) -> dict[UUID, list[RoleVersionOut]]:
    """By role every version, newest first."""
    statement = select(RoleVersion).where(RoleVersion.organization_id == viewer.organization_id, RoleVersion.role_id.in_(role_ids))
    found: dict[UUID, list[RoleVersionOut]] = {role_id: [] for role_id in role_ids}
    for version in await session.scalars(statement.order_by(RoleVersion.role_id, RoleVersion.number.desc())):
        found[version.role_id].append(RoleVersionOut.model_validate(version))
    return found


async def versions(viewer: Viewer, session: ReadSession, role_id: UUID) -> Sequence[RoleVersion]:
    """Every version of a role, newest first. Raises NotFound."""
    await role(viewer, session, role_id)
    statement = select(RoleVersion).where(RoleVersion.role_id == role_id).order_by(RoleVersion.number.desc())
    return (await session.scalars(statement)).all()


async def difference(viewer: Viewer, session: ReadSession, role_id: UUID, from_number: int, to_number: int) -> RoleDifferences:
    """What changed between two versions of a role. Raises NotFound."""
    written = [RoleVersionOut.model_validate(version) for version in await versions(viewer, session, role_id)]
    found = compared(written, from_number, to_number)
    if found is None:
        raise NotFound()
    return found


async def changes_since(viewer: Viewer, session: ReadSession, role_id: UUID, if_match: str) -> list[str]:
    """What was changed since the state that an ETag names, as sentences."""
    state = if_match.strip().strip('"')
    rows = list(reversed(await versions(viewer, session, role_id)))
    since = [step for step in pairwise(rows) if state.isdigit() and step[1].role_state > int(state)]
    return [_written(*map(RoleVersionOut.model_validate, step)) for step in since] or ["Its code is different now."]


def _written(before: RoleVersionOut, after: RoleVersionOut) -> str:
    return f"Version {after.number} was written: {' '.join(one.sentence for one in differences(before, after))}"
