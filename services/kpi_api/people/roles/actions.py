"""Adding a role and changing it: a change writes a version that holds from a day on, and what it was before stays to be read."""

from datetime import date
from uuid import UUID

from sqlalchemy.orm.attributes import flag_modified

from chassis import events
from chassis.access import Viewer
from chassis.database import WriteSession
from chassis.etags import require_match
from chassis.problems import PreconditionFailed
from kpi_api.people.models import Role, RoleVersion
from kpi_api.people.problems import EffectiveBeforePredecessor, RoleChanged
from kpi_api.people.roles import queries
from kpi_api.people.roles.naming import SINCE_EVER
from kpi_api.people.roles.schemas import RoleIn
from kpi_api.people.structure import store


async def create_role(viewer: Viewer, session: WriteSession, given: RoleIn) -> RoleVersion:
    """Add a role with its first version. Raises NotAllowed, DuplicateCode."""
    viewer.require("structure.write")
    role = await store(session, Role(code=given.code))
    return await _write(viewer, session, role, given, 1, given.effective_from or SINCE_EVER)


async def change_role(viewer: Viewer, session: WriteSession, role_id: UUID, given: RoleIn, if_match: str | None) -> RoleVersion:
    """Write a role's next version; none when it would say the same as the newest, which is given again.

    Raises NotFound, NotAllowed, DuplicateCode, PreconditionRequired, RoleChanged, EffectiveBeforePredecessor.
    """
    await queries.role(viewer, session, role_id)
    viewer.require("structure.write")
    role = await queries.role(viewer, session, role_id, lock=True)
    await _require_current(viewer, session, role, if_match)
    newest = (await queries.versions(viewer, session, role.id))[0]
    if role.code != given.code:
        role.code = given.code
        await store(session, role)
    if (newest.name, newest.core_responsibilities) == (given.name, given.core_responsibilities):
        return newest
    day = given.effective_from or session.today
    if day < newest.effective_from:
        detail = f"Version {newest.number} takes effect on {newest.effective_from}, so the next one cannot take effect before that day."
        raise EffectiveBeforePredecessor(detail, field="/effective_from")
    flag_modified(role, "code")  # a new version is a new state of the role, for whoever else is editing it
    await session.flush()
    return await _write(viewer, session, role, given, newest.number + 1, day)


async def _require_current(viewer: Viewer, session: WriteSession, role: Role, if_match: str | None) -> None:
    try:
        require_match(if_match, role)
    except PreconditionFailed as failed:
        changes = await queries.changes_since(viewer, session, role.id, if_match or "")
        detail = f"It was changed since you read it. {' '.join(changes)} Read it again, then decide."
        raise RoleChanged(detail, changes=changes, **failed.facts) from None


async def _write(viewer: Viewer, session: WriteSession, role: Role, given: RoleIn, number: int, day: date) -> RoleVersion:
    version = RoleVersion(
        role_id=role.id,
        number=number,
        effective_from=day,
        name=given.name,
        core_responsibilities=given.core_responsibilities,
        note=given.note,
        author_id=viewer.person_id,
        written_at=session.now,
        role_state=role.version,
    )
    session.add(version)
    await session.flush()
    await events.record(session, "role.changed", "role", role.id, number=number, effective_from=day.isoformat())
    return version
