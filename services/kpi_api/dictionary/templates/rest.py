"""REST doors of scorecard templates and of the role library."""

from uuid import UUID

from fastapi import APIRouter, Response

from chassis.etags import IfMatch, set_etag
from chassis.idempotency import IdempotencyKey
from chassis.pagination import Page, Paging, fetch_page
from chassis.transactions import Read, TransactionalRoute, Write
from kpi_api.access.door import CurrentViewer
from kpi_api.dictionary import installation, queries
from kpi_api.dictionary.models import ScorecardTemplate
from kpi_api.dictionary.templates import actions
from kpi_api.dictionary.templates.queries import template_versions, templates_shown
from kpi_api.dictionary.templates.schemas import Installed, TemplateContent, TemplateInput, TemplateOutput, TemplateVersionOutput

router = APIRouter(prefix="/v1", tags=["dictionary"], route_class=TransactionalRoute)


@router.get("/templates", summary="List scorecard templates")
async def list_templates(viewer: CurrentViewer, session: Read, page: Paging) -> Page[TemplateOutput]:
    """Templates by code, with their lines."""
    rows = await fetch_page(
        session,
        queries.templates(viewer),
        page,
        keys=[(ScorecardTemplate.code, lambda row: row.code)],
        scope=f"templates {viewer.subject}",
    )
    shown = await templates_shown(session, rows, session.today)
    return Page(items=[shown[row.id] for row in rows], next=page.link_next(rows))


@router.post("/templates", status_code=201, summary="Create a scorecard template")
async def create_template(
    given: TemplateInput, response: Response, viewer: CurrentViewer, session: Write, idempotency_key: IdempotencyKey = None
) -> TemplateOutput:
    """A set of KPIs with weights that total 100.00; each target is checked against its definition."""
    template = await actions.create_template(viewer, session, given)
    response.headers["Location"] = f"/v1/templates/{template.id}"
    return await _answer(session, response, template)


@router.get("/templates/{template_id}", summary="Read a scorecard template")
async def read_template(template_id: UUID, response: Response, viewer: CurrentViewer, session: Read) -> TemplateOutput:
    """A template with its lines in order."""
    return await _answer(session, response, await queries.template(viewer, session, template_id))


@router.put("/templates/{template_id}", summary="Change a scorecard template")
async def change_template(
    template_id: UUID, given: TemplateContent, response: Response, viewer: CurrentViewer, session: Write, if_match: IfMatch = None
) -> TemplateOutput:
    """Write its next version. Scorecards keep what they have and are offered the difference."""
    return await _answer(session, response, await actions.change_template(viewer, session, template_id, given, if_match))


@router.post("/templates/{template_id}/retire", summary="Retire a scorecard template")
async def retire_template(
    template_id: UUID, response: Response, viewer: CurrentViewer, session: Write, if_match: IfMatch = None
) -> TemplateOutput:
    """Give it to nobody any more from today on; scorecards keep what they have."""
    return await _answer(session, response, await actions.retire_template(viewer, session, template_id, if_match))


@router.get("/templates/{template_id}/versions", summary="Read a template's versions")
async def read_template_versions(template_id: UUID, viewer: CurrentViewer, session: Read) -> list[TemplateVersionOutput]:
    """What the template said in each of its versions, newest first."""
    return await template_versions(viewer, session, template_id)


@router.post("/library/install", summary="Install the role library")
async def install_library(viewer: CurrentViewer, session: Write) -> Installed:
    """Add the shipped definitions, competencies, outcomes and role templates to your dictionary. What has the same code stays as it is."""
    return await installation.install_library(viewer, session)


async def _answer(session: Read, response: Response, template: ScorecardTemplate) -> TemplateOutput:
    set_etag(response, template)
    return (await templates_shown(session, [template], session.today))[template.id]
