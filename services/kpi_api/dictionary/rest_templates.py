"""REST doors of scorecard templates and of the role library."""

from uuid import UUID

from fastapi import APIRouter, Response

from chassis.etags import set_etag
from chassis.idempotency import IdempotencyKey
from chassis.pagination import Page, Paging, fetch_page
from chassis.transactions import Read, TransactionalRoute, Write
from kpi_api.access.door import CurrentViewer
from kpi_api.dictionary import installation, queries, templates
from kpi_api.dictionary.models import ScorecardTemplate, TemplateLine
from kpi_api.dictionary.template_schemas import Installed, TemplateInput, TemplateLineOutput, TemplateOutput

router = APIRouter(prefix="/v1", tags=["dictionary"], route_class=TransactionalRoute)


def shown(template: ScorecardTemplate, lines: list[TemplateLine]) -> TemplateOutput:
    return TemplateOutput(
        id=template.id,
        code=template.code,
        name=template.name,
        role_code=template.role_code,
        lines=[TemplateLineOutput.model_validate(line) for line in lines],
    )


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
    lines = await queries.template_lines(session, [row.id for row in rows])
    return Page(items=[shown(row, lines[row.id]) for row in rows], next=page.link_next(rows))


@router.post("/templates", status_code=201, summary="Create a scorecard template")
async def create_template(
    given: TemplateInput, response: Response, viewer: CurrentViewer, session: Write, idempotency_key: IdempotencyKey = None
) -> TemplateOutput:
    """A set of KPIs with weights that total 100.00; each target is checked against its definition."""
    template = await templates.create_template(viewer, session, given)
    response.headers["Location"] = f"/v1/templates/{template.id}"
    set_etag(response, template)
    return shown(template, (await queries.template_lines(session, [template.id]))[template.id])


@router.get("/templates/{template_id}", summary="Read a scorecard template")
async def read_template(template_id: UUID, response: Response, viewer: CurrentViewer, session: Read) -> TemplateOutput:
    """A template with its lines in order."""
    template = await queries.template(viewer, session, template_id)
    set_etag(response, template)
    return shown(template, (await queries.template_lines(session, [template.id]))[template.id])


@router.post("/library/install", summary="Install the role library")
async def install_library(viewer: CurrentViewer, session: Write) -> Installed:
    """Add the shipped definitions, competencies, outcomes and role templates to your dictionary. What has the same code stays as it is."""
    return await installation.install_library(viewer, session)
