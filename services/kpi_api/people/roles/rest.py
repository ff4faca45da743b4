"""REST of roles, which the whole organization may read."""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Query, Response

from chassis.dates import WrittenDate
from chassis.etags import IfMatch, set_etag
from chassis.idempotency import IdempotencyKey
from chassis.pagination import Page, Paging
from chassis.transactions import Read, TransactionalRoute, Write
from kpi_api.access.door import CurrentViewer
from kpi_api.people.roles import actions, queries
from kpi_api.people.roles.schemas import RoleDifferences, RoleIn, RoleOut, RoleVersionOut, RoleVersions

router = APIRouter(prefix="/v1/roles", tags=["structure"], route_class=TransactionalRoute)

MAX_NUMBER = 2**31
AsOf = Annotated[WrittenDate | None, Query(description="The day whose version is shown; today when left out.")]


@router.get("", summary="Roles by code")
async def list_roles(viewer: CurrentViewer, session: Read, page: Paging, as_of: AsOf = None) -> Page[RoleOut]:
    """Positions with their core responsibilities, as they are on a day."""
    rows = await queries.roles(viewer, session, page)
    return Page(items=await queries.roles_on(viewer, session, rows, as_of or session.today), next=page.link_next(rows))


@router.post("", status_code=201, summary="Add a role")
async def post_role(
    given: RoleIn, viewer: CurrentViewer, session: Write, response: Response, idempotency_key: IdempotencyKey = None
) -> RoleOut:
    """Needs hr_admin or integration. Unless `effective_from` says otherwise it holds since ever."""
    version = await actions.create_role(viewer, session, given)
    role = await queries.role(viewer, session, version.role_id)
    response.headers["Location"] = f"/v1/roles/{role.id}"
    set_etag(response, role)
    return queries.role_out(role, version)


@router.get("/{role_id}", summary="One role")
async def get_role(role_id: UUID, viewer: CurrentViewer, session: Read, response: Response, as_of: AsOf = None) -> RoleOut:
    """A position with its core responsibilities, as it is on a day."""
    role = await queries.role(viewer, session, role_id)
    set_etag(response, role)
    return (await queries.roles_on(viewer, session, [role], as_of or session.today))[0]


@router.put("/{role_id}", summary="Change a role")
async def put_role(
    role_id: UUID, given: RoleIn, viewer: CurrentViewer, session: Write, response: Response, if_match: IfMatch = None
) -> RoleOut:
    """Writes the next version, in force from `effective_from` on (today when left out); the answer shows it. Needs hr_admin or
    integration. A stale If-Match is refused with what changed since; what says the same as the newest version writes none."""
    version = await actions.change_role(viewer, session, role_id, given, if_match)
    role = await queries.role(viewer, session, role_id)
    set_etag(response, role)
    return queries.role_out(role, version)


@router.get("/{role_id}/versions", summary="A role's history")
async def list_role_versions(role_id: UUID, viewer: CurrentViewer, session: Read) -> RoleVersions:
    """Every version, newest first, with who wrote it and why."""
    found = await queries.versions(viewer, session, role_id)
    return RoleVersions(versions=[RoleVersionOut.model_validate(version) for version in found])


@router.get("/{role_id}/difference", summary="Compare two versions of a role")
async def read_role_difference(
    role_id: UUID,
    viewer: CurrentViewer,
    session: Read,
    from_number: Annotated[int, Query(ge=1, le=MAX_NUMBER, description="The earlier version.")],
    to_number: Annotated[int, Query(ge=1, le=MAX_NUMBER, description="The later version.")],
) -> RoleDifferences:
    """What changed between two versions, as data and in sentences."""
    return await queries.difference(viewer, session, role_id, from_number, to_number)
