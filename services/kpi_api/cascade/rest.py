"""REST doors of the cascade."""

from typing import Annotated, Any, cast
from uuid import UUID

from fastapi import APIRouter, Query, Response
from pydantic import Field, SkipValidation, ValidationError

from chassis.bulk import BulkResult, RowResult, errors_of_row
from chassis.etags import IfMatch, set_etag
from chassis.idempotency import IdempotencyKey
from chassis.pagination import Page, Paging
from chassis.problems import FieldError
from chassis.transactions import Read, TransactionalRoute, Write
from kpi_api.access.door import CurrentViewer
from kpi_api.cascade import actions, contributing, editing, lines, queries
from kpi_api.cascade.drafts import Draft
from kpi_api.cascade.editing import KpiChange
from kpi_api.cascade.fit import misfits_of_drafts
from kpi_api.cascade.levels import Level
from kpi_api.cascade.queries import KpiFilter
from kpi_api.cascade.schemas import KpiDetailView, KpiView, LineOfSight, NewContribution, NewKpi, NewStakeholder, RollUpChoice
from kpi_api.cascade.shown import kpi_view, kpi_views
from kpi_api.cascade.subtrees.reading import line_of_sight_down
from kpi_api.cascade.subtrees.rest import Direction, HowMuch
from kpi_api.cascade.subtrees.schemas import LineOfSightDown
from kpi_api.dictionary.fields import Input
from kpi_api.dictionary.target_schemas import Target

router = APIRouter(prefix="/v1", tags=["cascade"], route_class=TransactionalRoute)

MAX_ROWS = 20_000

LineOfSightView = Annotated[LineOfSight | LineOfSightDown, Field(discriminator="direction")]


class NewKpis(Input):
    """Each row is read by itself, so that a wrong one is named and stops only itself."""

    kpis: list[SkipValidation[NewKpi]] = Field(min_length=1, max_length=MAX_ROWS)


class CreatedKpis(BulkResult):
    """What became of all rows, and what is worth a look in those that are right, such as a definition that is not for the owner."""

    warnings: list[FieldError] = Field(default=[])


class KpiPage(Page[KpiView]):
    """One page of KPIs; `next` is null on the last."""


class NewContributions(Input):
    contributions: list[NewContribution] = Field(min_length=1, max_length=MAX_ROWS)


class NewStakeholders(Input):
    stakeholders: list[NewStakeholder] = Field(min_length=1, max_length=200)


class NewTargets(Input):
    targets: list[Target] = Field(min_length=1, max_length=20)


@router.get("/kpis", summary="List KPIs")
async def list_kpis(
    viewer: CurrentViewer,
    session: Read,
    page: Paging,
    cycle_id: UUID | None = None,
    level: Level | None = None,
    owner_person_id: UUID | None = None,
    owner_unit_id: UUID | None = None,
    code: Annotated[list[str] | None, Query(description="Only these codes.")] = None,
) -> KpiPage:
    """KPIs that you see whole, oldest first. Those that only stand on your line of sight are read by it."""
    wanted = KpiFilter(cycle_id, level, owner_person_id, owner_unit_id, tuple(code) if code else None)
    rows = await queries.kpis_page(viewer, session, page, wanted)
    return KpiPage(items=await kpi_views(viewer, session, [row.id for row in rows]), next=page.link_next(rows))


@router.post("/kpis", status_code=201, summary="Create a KPI")
async def create_kpi(
    given: NewKpi, response: Response, viewer: CurrentViewer, session: Write, idempotency_key: IdempotencyKey = None
) -> KpiDetailView:
    """Give a definition to an owner for a window, with its targets, what it contributes to and who carries it together."""
    result = await actions.create_kpi(viewer, session, given)
    kpi_id = cast("UUID", result.id)
    response.headers["Location"] = f"/v1/kpis/{kpi_id}"
    if result.status == "unchanged":
        response.status_code = 200
    set_etag(response, await queries.kpi(viewer, session, kpi_id))
    return await kpi_view(viewer, session, kpi_id)


@router.post("/kpis/bulk", summary="Create many KPIs")
async def create_kpis(given: NewKpis, viewer: CurrentViewer, session: Write, idempotency_key: IdempotencyKey = None) -> CreatedKpis:
    """Thousands of KPIs in one call, with contributions among them by their codes. Each row is created, unchanged or an error by itself."""
    drafts, refused = read_drafts(given.kpis)
    created = CreatedKpis.of([*refused, *await actions.create_kpis(viewer, session, drafts)])
    return created.model_copy(update={"warnings": await misfits_of_drafts(viewer, session, drafts)})


def read_drafts(rows: list[Any]) -> tuple[list[Draft], list[RowResult]]:
    """Rows that can be read, and the results of those that cannot."""
    drafts, refused = [], []
    for row, values in enumerate(rows, start=1):
        try:
            drafts.append(Draft(row, NewKpi.model_validate(values)))
        except ValidationError as error:
            refused.append(RowResult(row=row, status="error", errors=errors_of_row(error, row)))
    return drafts, refused


@router.get("/kpis/{kpi_id}", summary="Read a KPI")
async def read_kpi(kpi_id: UUID, response: Response, viewer: CurrentViewer, session: Read) -> KpiDetailView:
    """A KPI whole, or its ancestor view (no person, no measurements) where it stands above yours on your line of sight."""
    view = await kpi_view(viewer, session, kpi_id)
    if view.view == "full":
        set_etag(response, await queries.kpi(viewer, session, kpi_id))
    return view


@router.patch("/kpis/{kpi_id}", summary="Change a KPI")
async def change_kpi(
    kpi_id: UUID, given: KpiChange, response: Response, viewer: CurrentViewer, session: Write, if_match: IfMatch = None
) -> KpiDetailView:
    """Its name, why it exists, how far it can be controlled, whose it is, or that it is withdrawn. What was signed stays."""
    kpi = await editing.change_kpi(viewer, session, kpi_id, given, if_match)
    set_etag(response, kpi)
    return await kpi_view(viewer, session, kpi_id)


@router.put("/kpis/{kpi_id}/targets", summary="Change a KPI's targets")
async def change_targets(
    kpi_id: UUID, given: NewTargets, response: Response, viewer: CurrentViewer, session: Write, if_match: IfMatch = None
) -> KpiDetailView:
    """Replace the targets. Scorecards that were agreed keep what was signed."""
    set_etag(response, await actions.change_targets(viewer, session, kpi_id, given.targets, if_match))
    return await kpi_view(viewer, session, kpi_id)


@router.put("/kpis/{kpi_id}/roll-up", summary="Say how a KPI comes about")
async def change_roll_up(
    kpi_id: UUID, given: RollUpChoice, response: Response, viewer: CurrentViewer, session: Write, if_match: IfMatch = None
) -> KpiDetailView:
    """Measured on its own, or the sum, mean or weighted mean of the values or attainments of the KPIs that contribute to it."""
    set_etag(response, await actions.change_roll_up(viewer, session, kpi_id, given, if_match))
    return await kpi_view(viewer, session, kpi_id)


@router.get("/kpis/{kpi_id}/line-of-sight", summary="Read a KPI's line of sight")
async def read_line_of_sight(
    kpi_id: UUID, viewer: CurrentViewer, session: Read, how_much: HowMuch, direction: Direction = "up"
) -> LineOfSightView:
    """Every way from the KPI up to strategic KPIs and the mission, as data and as a sentence; or `down`, everything in sight that
    contributes to it, by level and unit (`fold`, `depth` and `limit` say how much of it)."""
    if direction == "down":
        return await line_of_sight_down(viewer, session, kpi_id, how_much)
    return await lines.line_of_sight(viewer, session, kpi_id)


@router.post("/kpis/{kpi_id}/stakeholders", summary="Add stakeholders of a shared KPI")
async def add_stakeholders(
    kpi_id: UUID, given: NewStakeholders, viewer: CurrentViewer, session: Write, idempotency_key: IdempotencyKey = None
) -> BulkResult:
    """Name persons or units who carry a collaborative KPI together; from then on they see it whole."""
    return BulkResult.of(await actions.add_stakeholders(viewer, session, kpi_id, given.stakeholders))


@router.post("/contributions", summary="Link KPIs upward")
async def contribute(given: NewContributions, viewer: CurrentViewer, session: Write, idempotency_key: IdempotencyKey = None) -> BulkResult:
    """Weighted links from KPIs to those above. A link that is there takes the weight given; circles and downward links are refused."""
    return BulkResult.of(await contributing.contribute(viewer, session, given.contributions))


@router.delete("/kpis/{kpi_id}/contributions/{parent_id}", status_code=204, summary="Unlink a KPI from one above")
async def end_contribution(kpi_id: UUID, parent_id: UUID, viewer: CurrentViewer, session: Write) -> None:
    """Take a contribution away; lines of sight that went through it end there."""
    await contributing.end_contribution(viewer, session, kpi_id, parent_id)


@router.get("/orphans", summary="List orphans")
async def list_orphans(viewer: CurrentViewer, session: Read, page: Paging) -> KpiPage:
    """KPIs below strategic that lead to no strategic KPI, among those that you see whole."""
    rows = await queries.orphans_page(viewer, session, page)
    return KpiPage(items=await kpi_views(viewer, session, [row.id for row in rows]), next=page.link_next(rows))
