"""REST of people: the directory in sight, joining, moving, leaving, import."""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Query, Request, Response

from chassis.etags import IfMatch, require_current, require_match, set_etag
from chassis.idempotency import IdempotencyKey
from chassis.pagination import Page, Paging
from chassis.tabular import read_rows
from chassis.transactions import Read, TransactionalRoute, Write
from kpi_api.access.door import CurrentViewer
from kpi_api.people import actions, queries
from kpi_api.people.importing import import_people
from kpi_api.people.mapping import read_mapping
from kpi_api.people.schemas import (
    EmploymentIn,
    ImportResult,
    ImportRow,
    Leaving,
    OrganizationChange,
    OrganizationOut,
    PersonChange,
    PersonDetail,
    PersonIn,
    PersonOut,
)

router = APIRouter(prefix="/v1", tags=["people"], route_class=TransactionalRoute)

CELL = {"type": ["string", "number", "boolean", "null"]}
TABLE_BODY = {
    "requestBody": {
        "required": True,
        "content": {
            "text/csv": {
                "schema": {"type": "string"},
                "example": "external_id,given_name,family_name,hire_date,manager,unit,role\nE1,Ada,Quill,2026-01-05,,,Chief Executive\n",
            },
            "application/x-ndjson": {"schema": {"type": "string"}},
            "application/json": {"schema": {"type": "array", "items": {"type": "object", "additionalProperties": CELL}}},
        },
    }
}


@router.get("/organization", summary="Your organization")
async def get_organization(viewer: CurrentViewer, session: Read, response: Response) -> OrganizationOut:
    """Name, mission, what indicators are called, currency and time zone."""
    found = await queries.organization(viewer, session)
    set_etag(response, found)
    return OrganizationOut.model_validate(found)


@router.patch("/organization", summary="Change your organization")
async def patch_organization(
    change: OrganizationChange, viewer: CurrentViewer, session: Write, response: Response, if_match: IfMatch = None
) -> OrganizationOut:
    """Needs hr_admin."""
    profile = await queries.organization(viewer, session)
    require_current(if_match, profile, actions.differing(profile, change))
    changed = await actions.change_organization(viewer, session, profile, change)
    set_etag(response, changed)
    return OrganizationOut.model_validate(changed)


@router.get("/people", summary="People in your sight")
async def list_people(
    viewer: CurrentViewer,
    session: Read,
    page: Paging,
    active: Annotated[bool | None, Query(description="Only who works here now, or only who does not.")] = None,
    unit_id: Annotated[UUID | None, Query(description="Only whose unit this is today.")] = None,
    search: Annotated[str | None, Query(max_length=200, description="Part of the name, or a whole id, user name or mail address.")] = None,
) -> Page[PersonOut]:
    """You see yourself and everybody below you; hr_admin, auditor and integrations see everybody. Sorted by name."""
    rows = await queries.people(viewer, session, page, active=active, unit_id=unit_id, search=search)
    return Page(items=[PersonOut.model_validate(row) for row in rows], next=page.link_next(rows))


@router.post("/people", status_code=201, summary="Add a person")
async def post_person(
    given: PersonIn, viewer: CurrentViewer, session: Write, response: Response, idempotency_key: IdempotencyKey = None
) -> PersonDetail:
    """Needs hr_admin or integration. Where they work follows by `POST /v1/people/{id}/employments`."""
    person = await actions.create_person(viewer, session, given)
    response.headers["Location"] = f"/v1/people/{person.id}"
    set_etag(response, person)
    return await _detail(viewer, session, person.id)


@router.post("/people/import", summary="Import people from a table", openapi_extra=TABLE_BODY)
async def post_import(
    request: Request,
    viewer: CurrentViewer,
    session: Write,
    column_map: Annotated[list[str], Query(alias="map", description="`column=field` for each column with another name.")] = [],  # noqa: B006
    ignore: Annotated[list[str], Query(description="Columns of the file to leave out.")] = [],  # noqa: B006
    create_missing: Annotated[bool, Query(description="Make units and roles that are named but not there.")] = False,
    dry_run: Annotated[bool, Query(description="Say what would happen and write nothing.")] = False,
    idempotency_key: IdempotencyKey = None,
) -> ImportResult:
    """CSV, NDJSON or a JSON list. Rows that are wrong are named and the others written; a file that is no table is refused whole.

    Columns: external_id (required), user_name, email, given_name, family_name, display_name, active, hire_date, termination_date,
    birth_date, gender, manager (external_id), unit, role (code or name), legal_entity (code), fte, grade, valid_from, valid_to.
    """
    table = read_rows(
        await request.body(),
        request.headers.get("Content-Type"),
        columns=ImportRow.model_fields,
        required=["external_id"],
        mapping=read_mapping(column_map),
        ignored=ignore,
    )
    return await import_people(viewer, session, table, create_missing=create_missing, dry_run=dry_run)


@router.get("/people/{person_id}", summary="One person")
async def get_person(person_id: UUID, viewer: CurrentViewer, session: Read, response: Response) -> PersonDetail:
    """With every employment line; a manager who is not there yet is flagged."""
    set_etag(response, await queries.person(viewer, session, person_id))
    return await _detail(viewer, session, person_id)


@router.patch("/people/{person_id}", summary="Change a person")
async def patch_person(
    person_id: UUID, change: PersonChange, viewer: CurrentViewer, session: Write, response: Response, if_match: IfMatch = None
) -> PersonDetail:
    """Needs hr_admin or integration."""
    person = await queries.person(viewer, session, person_id)
    require_match(if_match, person)
    set_etag(response, await actions.change_person(viewer, session, person, change))
    return await _detail(viewer, session, person_id)


@router.post("/people/{person_id}/employments", status_code=201, summary="Employ or move a person")
async def post_employment(
    person_id: UUID, given: EmploymentIn, viewer: CurrentViewer, session: Write, idempotency_key: IdempotencyKey = None
) -> PersonDetail:
    """From `valid_from` on. The line in force is cut there; fields that are left out are kept from it. Later lines stay."""
    await actions.employ(viewer, session, await queries.person(viewer, session, person_id), given)
    return await _detail(viewer, session, person_id)


@router.post("/people/{person_id}/leave", summary="State a person's last day")
async def post_leave(person_id: UUID, leaving: Leaving, viewer: CurrentViewer, session: Write) -> PersonDetail:
    """Their lines end with it. From the day after they are no longer active and can no longer sign in."""
    await actions.leave(viewer, session, await queries.person(viewer, session, person_id), leaving.last_day)
    return await _detail(viewer, session, person_id)


async def _detail(viewer: CurrentViewer, session: Read, person_id: UUID) -> PersonDetail:
    person = await queries.person(viewer, session, person_id)
    lines = await queries.employments(viewer, session, [person_id])
    return PersonDetail(**PersonOut.model_validate(person).model_dump(), employments=lines)
