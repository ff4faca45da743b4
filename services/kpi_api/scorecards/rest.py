"""REST doors of scorecards. Verbs are sub-paths; each asks for If-Match and answers the scorecard as the viewer then sees it."""

from typing import Annotated, Literal
from uuid import UUID

from fastapi import APIRouter, Query, Response

from chassis.bulk import BulkResult
from chassis.etags import IfMatch, set_etag
from chassis.idempotency import IdempotencyKey
from chassis.pagination import Page, Paging
from chassis.transactions import Read, TransactionalRoute, Write
from kpi_api.access.door import CurrentViewer
from kpi_api.scorecards import actions, opening, queries
from kpi_api.scorecards.lifecycle import Status
from kpi_api.scorecards.schemas import (
    CounterInput,
    ForceInput,
    LinesInput,
    MaybeComment,
    NewScorecard,
    ScorecardOutput,
    ScorecardSummary,
    TemplateOpening,
)
from kpi_api.scorecards.shown import scorecard_shown

router = APIRouter(prefix="/v1/scorecards", tags=["scorecards"], route_class=TransactionalRoute)


@router.post("", summary="Open a scorecard", status_code=201)
async def open_scorecard(
    given: NewScorecard, response: Response, viewer: CurrentViewer, session: Write, idempotency_key: IdempotencyKey = None
) -> ScorecardOutput:
    """Open a draft for one person, with lines or blank. The person, their manager or HR may."""
    card = await opening.open_scorecard(viewer, session, given)
    response.headers["Location"] = f"{router.prefix}/{card.id}"
    set_etag(response, card)
    return await scorecard_shown(viewer, session, card)


@router.post("/bulk", summary="Open scorecards from a template")
async def open_from_template(
    given: TemplateOpening, viewer: CurrentViewer, session: Write, idempotency_key: IdempotencyKey = None
) -> BulkResult:
    """Open a draft from one template for each of many people, with individual KPIs of their own that contribute to the KPIs named.

    Each person has their own result: `unchanged` keeps the scorecard that is there, an error stops only that person.
    """
    return await opening.open_from_template(viewer, session, given)


@router.get("", summary="List scorecards")
async def scorecards(
    viewer: CurrentViewer,
    session: Read,
    page: Paging,
    cycle_code: str | None = None,
    person_id: UUID | None = None,
    status: Annotated[Status | None, Query()] = None,
    withdrawn: Annotated[bool | None, Query(description="Only those that carry a withdrawn KPI, or only those that carry none.")] = None,
    waiting_for: Annotated[Literal["me"] | None, Query(description="Only those that await your answer.")] = None,
    late: Annotated[bool | None, Query(description="Only those whose answer is overdue, or only the others.")] = None,
) -> Page[ScorecardSummary]:
    """Scorecards in sight: one's own, those of reports and subtree, all for HR."""
    rows = await queries.scorecards(
        viewer, session, page, cycle_code=cycle_code, person_id=person_id, status=status, withdrawn=withdrawn,
        waiting_for_me=waiting_for == "me", late=late,
    )  # fmt: skip
    return Page(items=[ScorecardSummary.model_validate(card) for card in rows], next=page.link_next(rows))


@router.get("/{scorecard_id}", summary="Read a scorecard")
async def scorecard(scorecard_id: UUID, response: Response, viewer: CurrentViewer, session: Read) -> ScorecardOutput:
    """A scorecard with its lines, signatures and history, and what the viewer may do with it now."""
    card = await queries.scorecard(viewer, session, scorecard_id)
    set_etag(response, card)
    return await scorecard_shown(viewer, session, card)


@router.put("/{scorecard_id}/lines", summary="Change a draft's lines")
async def replace_lines(
    scorecard_id: UUID, given: LinesInput, response: Response, viewer: CurrentViewer, session: Write, if_match: IfMatch = None
) -> ScorecardOutput:
    """Replace all lines of a draft. A draft may hold anything; proposing it asks for weights that total 100.00."""
    card = await actions.replace_lines(viewer, session, scorecard_id, given.lines, if_match)
    set_etag(response, card)
    return await scorecard_shown(viewer, session, card)


@router.post("/{scorecard_id}/propose", summary="Propose a scorecard")
async def propose(
    scorecard_id: UUID, given: MaybeComment, response: Response, viewer: CurrentViewer, session: Write, if_match: IfMatch = None
) -> ScorecardOutput:
    """Propose a draft to the other side and sign its text. Either side may."""
    card = await actions.propose(viewer, session, scorecard_id, if_match, given.comment)
    set_etag(response, card)
    return await scorecard_shown(viewer, session, card)


@router.post("/{scorecard_id}/counter", summary="Counter a proposal")
async def counter(
    scorecard_id: UUID, given: CounterInput, response: Response, viewer: CurrentViewer, session: Write, if_match: IfMatch = None
) -> ScorecardOutput:
    """Answer the other side's text with a comment, other lines, or both; it becomes the viewer's own proposal."""
    card = await actions.counter(viewer, session, scorecard_id, if_match, given.comment, given.lines)
    set_etag(response, card)
    return await scorecard_shown(viewer, session, card)


@router.post("/{scorecard_id}/agree", summary="Agree to a scorecard")
async def agree(
    scorecard_id: UUID, given: MaybeComment, response: Response, viewer: CurrentViewer, session: Write, if_match: IfMatch = None
) -> ScorecardOutput:
    """Put the second signature to the other side's text. It becomes active on the first day of its window, or at once."""
    card = await actions.agree(viewer, session, scorecard_id, if_match, given.comment)
    set_etag(response, card)
    return await scorecard_shown(viewer, session, card)


@router.post("/{scorecard_id}/reject", summary="Reject a proposal")
async def reject(
    scorecard_id: UUID, given: MaybeComment, response: Response, viewer: CurrentViewer, session: Write, if_match: IfMatch = None
) -> ScorecardOutput:
    """Send the other side's text back to draft."""
    card = await actions.reject(viewer, session, scorecard_id, if_match, given.comment)
    set_etag(response, card)
    return await scorecard_shown(viewer, session, card)


@router.post("/{scorecard_id}/withdraw", summary="Withdraw a proposal")
async def withdraw(
    scorecard_id: UUID, given: MaybeComment, response: Response, viewer: CurrentViewer, session: Write, if_match: IfMatch = None
) -> ScorecardOutput:
    """Take one's own proposal back to draft."""
    card = await actions.withdraw(viewer, session, scorecard_id, if_match, given.comment)
    set_etag(response, card)
    return await scorecard_shown(viewer, session, card)


@router.post("/{scorecard_id}/force", summary="Impose a scorecard")
async def force(
    scorecard_id: UUID, given: ForceInput, response: Response, viewer: CurrentViewer, session: Write, if_match: IfMatch = None
) -> ScorecardOutput:
    """Make the present text binding without agreement (HR). It must be free of errors, and is shown as imposed for good."""
    card = await actions.force(viewer, session, scorecard_id, if_match, given.reason)
    set_etag(response, card)
    return await scorecard_shown(viewer, session, card)
