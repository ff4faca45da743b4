"""Roles in the graph: positions with their versions, and their changes."""

from datetime import date, datetime
from typing import Annotated
from uuid import UUID

import strawberry

from chassis.database import ReadSession, WriteSession
from chassis.problems import NotFound
from kpi_api.graphql.nodes import Connection, Info, Node, connection, global_id, page_request
from kpi_api.graphql.problems import ChangedProblem, ConflictProblem, InvalidProblem, NotAllowedProblem, NotFoundProblem
from kpi_api.graphql.writing import attempt, found, tag
from kpi_api.people import models
from kpi_api.people.roles import actions, queries, schemas
from kpi_api.people.roles.differences import differences


@strawberry.type(description="What a role was from a day on; never changed, since a change is the next version.")
class RoleVersion:
    number: int
    effective_from: date
    name: str
    core_responsibilities: list[str]
    note: str = strawberry.field(description="Why it was changed.")
    author_uuid: UUID | None = strawberry.field(description="Who wrote it; null for an integration.")
    written_at: datetime
    changes: list[str] = strawberry.field(description="What is different from the version before, in words; empty for the first.")

    @classmethod
    def of(cls, row: schemas.RoleVersionOut, before: schemas.RoleVersionOut | None) -> "RoleVersion":
        names = ("number", "effective_from", "name", "core_responsibilities", "note", "written_at")
        changes = [one.sentence for one in differences(before, row)] if before else []
        return cls(author_uuid=row.author_id, changes=changes, **{name: getattr(row, name) for name in names})


@strawberry.type(description="A position that people hold, as it is on a day.")
class Role(Node):
    uuid: UUID
    code: str
    name: str
    core_responsibilities: list[str]
    number: int = strawberry.field(description="Of the version.")
    effective_from: date
    version: int = strawberry.field(description="Counts the states of the role; `changeRole` asks for the one that was read.")

    @strawberry.field(description="Every version, newest first.")
    async def versions(self, info: Info) -> list[RoleVersion]:
        rows = await info.context.loaders.role_histories.load(self.uuid) or []
        return [RoleVersion.of(row, before) for row, before in zip(rows, [*rows[1:], None], strict=True)]

    @classmethod
    def of(cls, row: schemas.RoleOut) -> "Role":
        names = ("code", "name", "core_responsibilities", "number", "effective_from", "version")
        return cls(id=global_id("Role", row.id), uuid=row.id, **{name: getattr(row, name) for name in names})


@strawberry.input(description="A role as it is to be from `effectiveFrom` on: of a change today, of a new role since ever when left out.")
class RoleInput:
    code: str
    name: str
    core_responsibilities: list[str] = strawberry.field(default_factory=list)
    effective_from: date | None = None
    note: str = ""

    def read(self) -> schemas.RoleIn:
        return schemas.RoleIn(
            code=self.code,
            name=self.name,
            core_responsibilities=self.core_responsibilities,
            effective_from=self.effective_from,
            note=self.note,
        )


@strawberry.type(description="The role with the version that was written.")
class RoleChanged:
    role: Role


RoleResult = Annotated[
    RoleChanged | NotFoundProblem | NotAllowedProblem | ChangedProblem | ConflictProblem | InvalidProblem,
    strawberry.union("RoleResult", description="The role, or why it did not change."),
]


async def load_role(info: Info, role_id: UUID | None, as_of: date | None = None) -> Role | None:
    """A role as it is on a day, today when left out; None for what is not there."""
    if role_id is None:
        return None
    if as_of is None:
        row = await info.context.loaders.roles.load(role_id)
        return Role.of(row) if row else None
    try:
        async with info.context.read() as session:
            rows = [await queries.role(info.context.viewer, session, role_id)]
            return (await _on(info, session, rows, as_of))[0]
    except NotFound:
        return None


async def roles_page(info: Info, first: int, after: str | None, as_of: date | None) -> Connection[Role]:
    page = page_request(info, first, after)
    async with info.context.read() as session:
        rows = await queries.roles(info.context.viewer, session, page)
        shown = {role.uuid: role for role in await _on(info, session, rows, as_of)}
    return connection(rows, after, lambda row: shown[row.id])


async def _on(info: Info, session: ReadSession, rows: list[models.Role], as_of: date | None) -> list[Role]:
    viewer = info.context.viewer
    return [Role.of(role) for role in await queries.roles_on(viewer, session, rows, as_of or viewer.today)]


async def create_role(info: Info, given: RoleInput) -> RoleResult:
    async def write(session: WriteSession) -> RoleChanged:
        return await _changed(info, session, await actions.create_role(info.context.viewer, session, given.read()))

    result: RoleResult = await attempt(info, write)
    return result


async def change_role(info: Info, id_: str, version: int, given: RoleInput) -> RoleResult:
    async def write(session: WriteSession) -> RoleChanged:
        written = await actions.change_role(info.context.viewer, session, found("Role", id_), given.read(), tag(version))
        return await _changed(info, session, written)

    result: RoleResult = await attempt(info, write)
    return result


async def _changed(info: Info, session: WriteSession, written: models.RoleVersion) -> RoleChanged:
    role = await queries.role(info.context.viewer, session, written.role_id)
    return RoleChanged(role=Role.of(queries.role_out(role, written)))
