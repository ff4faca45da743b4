"""REST doors of the dictionary: definitions with their versions. Templates and the library: `templates`."""

from collections.abc import Sequence
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Path, Query, Response

from chassis.dates import WrittenDate
from chassis.etags import IfMatch, set_etag
from chassis.idempotency import IdempotencyKey
from chassis.pagination import Page, Paging
from chassis.transactions import Read, TransactionalRoute, Write
from kpi_api.access.door import CurrentViewer
from kpi_api.dictionary import actions, approving, comparing, queries, uses
from kpi_api.dictionary.problems import fields_under
from kpi_api.dictionary.schemas import (
    DefinitionChange,
    DefinitionDetail,
    DefinitionOutput,
    DifferenceOutput,
    NewDefinition,
    Retirement,
    SendingBack,
    Uses,
    VersionDetail,
    VersionInput,
    VersionOutput,
)
from kpi_api.dictionary.search.queries import definitions_page
from kpi_api.dictionary.shown import definition_listed, definition_shown, version_shown

router = APIRouter(prefix="/v1", tags=["dictionary"], route_class=TransactionalRoute)

MAX_NUMBER = 1_000_000
VersionNumber = Annotated[int, Path(ge=1, le=MAX_NUMBER, description="1 is the first version.")]

AsOf = Annotated[WrittenDate | None, Query(description="The day whose version in force is shown; today when left out.")]


Search = Annotated[
    str | None,
    Query(
        max_length=200,
        pattern=r"^[^\x00]*$",
        description="Words of code, name, outcome, description or formula, in any script: whole, their beginning, or with a typing error.",
        examples=["win rte"],
    ),
]


@router.get("/definitions", summary="List KPI definitions")
async def list_definitions(
    viewer: CurrentViewer,
    session: Read,
    page: Paging,
    code: Annotated[list[str] | None, Query(description="Only these codes.")] = None,
    search: Search = None,
    as_of: AsOf = None,
) -> Page[DefinitionOutput]:
    """Definitions by code, each with the version in force on a day; with `search` those in force that it finds, the best first."""
    day = as_of or session.today
    rows = await definitions_page(viewer, session, page, search, day, codes=code or ())
    versions = await queries.versions_shown(viewer, session, [row.id for row in rows], day)
    return Page(items=[definition_listed(row, versions.get(row.id)) for row in rows], next=page.link_next(rows))


@router.post("/definitions", status_code=201, summary="Create a KPI definition")
async def create_definition(
    given: NewDefinition, response: Response, viewer: CurrentViewer, session: Write, idempotency_key: IdempotencyKey = None
) -> DefinitionDetail:
    """A new code in the dictionary with its first version, a draft that somebody else must approve."""
    with fields_under("/version"):
        definition, version = await actions.create_definition(viewer, session, given)
    response.headers["Location"] = f"/v1/definitions/{definition.id}"
    set_etag(response, definition)
    return await definition_shown(viewer, session, definition, version)


@router.get("/definitions/{definition_id}", summary="Read a KPI definition")
async def read_definition(
    definition_id: UUID, response: Response, viewer: CurrentViewer, session: Read, as_of: AsOf = None
) -> DefinitionDetail:
    """A definition with the version in force on a day; before any is in force, with the newest that you may see."""
    definition = await queries.definition(viewer, session, definition_id)
    versions = await queries.versions_shown(viewer, session, [definition_id], as_of or session.today)
    set_etag(response, definition)
    return await definition_shown(viewer, session, definition, versions.get(definition_id))


@router.patch("/definitions/{definition_id}", summary="Change who answers for a definition")
async def change_definition(
    definition_id: UUID,
    given: DefinitionChange,
    response: Response,
    viewer: CurrentViewer,
    session: Write,
    if_match: IfMatch = None,
) -> DefinitionDetail:
    """Its owner, the steward of its source of truth, and when it is looked at anew. A stale If-Match is refused with what changed since."""
    definition = await actions.change_definition(viewer, session, definition_id, given, if_match)
    versions = await queries.versions_shown(viewer, session, [definition_id], session.today)
    set_etag(response, definition)
    return await definition_shown(viewer, session, definition, versions.get(definition_id))


@router.get("/definitions/{definition_id}/difference", summary="Compare two versions")
async def read_difference(
    definition_id: UUID,
    viewer: CurrentViewer,
    session: Read,
    from_number: Annotated[int, Query(ge=1, le=MAX_NUMBER, description="The earlier version.")],
    to_number: Annotated[int, Query(ge=1, le=MAX_NUMBER, description="The later version.")],
) -> DifferenceOutput:
    """What changed between two versions, as data and in sentences, so that a break in a trend can be read."""
    return await comparing.difference(viewer, session, definition_id, from_number, to_number)


@router.get("/definitions/{definition_id}/uses", summary="List where a definition is used")
async def list_uses(definition_id: UUID, viewer: CurrentViewer, session: Read) -> Uses:
    """KPIs with the version that they were given, templates, and definitions that lead to it, as far as you see them."""
    return Uses(uses=await uses.uses(viewer, session, definition_id))


@router.get("/definitions/{definition_id}/versions", summary="List a definition's versions")
async def list_versions(definition_id: UUID, viewer: CurrentViewer, session: Read) -> Sequence[VersionOutput]:
    """Every version that you may see, newest first."""
    return [VersionOutput.model_validate(row) for row in await queries.versions(viewer, session, definition_id)]


@router.post("/definitions/{definition_id}/versions", status_code=201, summary="Write a new version")
async def add_version(
    definition_id: UUID,
    given: VersionInput,
    viewer: CurrentViewer,
    session: Write,
    if_match: IfMatch = None,
    idempotency_key: IdempotencyKey = None,
) -> VersionDetail:
    """A draft. Versions are never edited: a mistake is mended by the next one. Send If-Match with the definition's ETag to be refused, and
    told what changed, when somebody else wrote a version meanwhile."""
    return await version_shown(viewer, session, await actions.add_version(viewer, session, definition_id, given, if_match))


@router.get("/definitions/{definition_id}/versions/{number}", summary="Read a version")
async def read_version(definition_id: UUID, number: VersionNumber, viewer: CurrentViewer, session: Read) -> VersionDetail:
    """One version as it stands, such as one that waits for your approval."""
    return await version_shown(viewer, session, await queries.version(viewer, session, definition_id, number))


@router.post("/definitions/{definition_id}/versions/{number}/propose", summary="Propose a version")
async def propose_version(definition_id: UUID, number: VersionNumber, viewer: CurrentViewer, session: Write) -> VersionDetail:
    """Ask for a draft's approval."""
    return await version_shown(viewer, session, await approving.propose(viewer, session, definition_id, number))


@router.post("/definitions/{definition_id}/versions/{number}/approve", summary="Approve a version")
async def approve_version(definition_id: UUID, number: VersionNumber, viewer: CurrentViewer, session: Write) -> VersionDetail:
    """Let a proposed version take effect from its date. Its author cannot approve it."""
    return await version_shown(viewer, session, await approving.approve(viewer, session, definition_id, number))


@router.post("/definitions/{definition_id}/versions/{number}/send-back", summary="Send a version back")
async def send_version_back(
    definition_id: UUID, number: VersionNumber, given: SendingBack, viewer: CurrentViewer, session: Write
) -> VersionDetail:
    """A proposed version is a draft again. Its author reads the reason, and proposes it once more or writes another."""
    return await version_shown(viewer, session, await approving.send_back(viewer, session, definition_id, number, given))


@router.post("/definitions/{definition_id}/versions/{number}/retire", summary="Retire a version")
async def retire_version(
    definition_id: UUID, number: VersionNumber, given: Retirement, viewer: CurrentViewer, session: Write
) -> VersionDetail:
    """End the use of an approved version from a day on. While KPIs or templates use it then, the refusal says which."""
    return await version_shown(viewer, session, await approving.retire(viewer, session, definition_id, number, given.from_day))
