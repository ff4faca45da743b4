"""Doors for plans in the making: nothing is read of the organization and nothing is kept, so they are open to everybody signed in."""

import asyncio
from typing import Annotated, Any, Literal

from fastapi import APIRouter, Query, Request, Response

from chassis.pictures.forms import FORMS, ByAccept, picture_response
from chassis.transactions import Read, TransactionalRoute, end_transaction
from scoring.access.door import CurrentViewer
from scoring.engine import new_plan, plan_json_schema, snapshot_json_schema
from scoring.plans import queries
from scoring.plans.drafts import looking
from scoring.plans.drafts.schemas import DraftIn, DraftsIn, FilledTemplate, PlanCheck, PlanDifferences, PlanTemplate, TemplateFilling
from scoring.plans.rest import VersionNumber

router = APIRouter(prefix="/v1", tags=["plans"], route_class=TransactionalRoute)

VersionNumberAsked = Annotated[int, Query(ge=1, le=1_000_000, description="The earlier version.")]
Structure = Literal["gate_based", "linear_payout", "accelerator", "weighted_composite", "balanced_scorecard"]


@router.get("/plan-schema", summary="Read the plan language")
async def read_plan_schema(viewer: CurrentViewer) -> dict[str, Any]:
    """The JSON Schema (2020-12) of a plan: every kind of step with its fields, for editors that complete and check."""
    return plan_json_schema()


@router.get("/snapshot-schema", summary="Read what the engine scores")
async def read_snapshot_schema(viewer: CurrentViewer) -> dict[str, Any]:
    """The JSON Schema (2020-12) of the lines and people that a plan is reckoned on."""
    return snapshot_json_schema()


@router.get("/plan-templates", summary="List plan templates")
async def list_templates(viewer: CurrentViewer) -> list[PlanTemplate]:
    """The five structures that link results to pay, with the choices each leaves open."""
    return looking.templates()


@router.post("/plan-templates/{structure}/fill", summary="Write a plan from a template")
async def fill_template(structure: Structure, viewer: CurrentViewer, content: TemplateFilling | None = None) -> FilledTemplate:
    """A readable plan with comments. Nothing is kept: change it as you like and create a plan with it."""
    return FilledTemplate(document=new_plan(structure, **(content.parameters if content else {})))


@router.post("/plan-checks", summary="Check a plan")
async def check_plan(content: DraftIn, viewer: CurrentViewer, session: Read, request: Request) -> PlanCheck:
    """Everything that stands against a plan, or what each step gives and what is worth a second look, by trying the plan. Nothing is kept.

    What cannot be used is told as `errors` with their paths, not refused.
    """
    await end_transaction(request)
    return await asyncio.to_thread(looking.checked, content.document)


@router.post("/plan-pictures", summary="See what a plan pays", responses=FORMS, response_class=Response)
async def see_plan(content: DraftIn, viewer: CurrentViewer, session: Read, request: Request, form: ByAccept) -> Response:
    """The payout curve: what is paid with every KPI at the same level, from nothing to twice the target."""
    await end_transaction(request)
    return await picture_response(request, await asyncio.to_thread(looking.drawn, content.document), form)


@router.post("/plan-differences", summary="Compare two plans")
async def compare_plans(content: DraftsIn, viewer: CurrentViewer, session: Read, request: Request) -> PlanDifferences:
    """What was removed, added, changed and moved, in words. Layout and comments make no difference."""
    await end_transaction(request)
    return await asyncio.to_thread(looking.compared, content.before, content.after)


@router.get("/plans/{code}/versions/{number}/picture", summary="See what a plan version pays", responses=FORMS, response_class=Response)
async def see_version(code: str, number: VersionNumber, viewer: CurrentViewer, session: Read, request: Request, form: ByAccept) -> Response:
    """The payout curve of a version, for whoever sees plans."""
    version = await queries.version(viewer, session, code, number)
    await end_transaction(request)
    return await picture_response(request, await asyncio.to_thread(looking.drawn, version.source), form)


@router.get("/plans/{code}/versions/{number}/differences", summary="Compare two versions of a plan")
async def compare_versions(
    code: str, number: VersionNumber, before: VersionNumberAsked, viewer: CurrentViewer, session: Read, request: Request
) -> PlanDifferences:
    """What a version changed since an earlier one, `before`, in words."""
    after = await queries.version(viewer, session, code, number)
    earlier = await queries.version(viewer, session, code, before)
    await end_transaction(request)
    return await asyncio.to_thread(looking.compared, earlier.source, after.source)
