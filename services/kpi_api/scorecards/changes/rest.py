"""REST doors of changes in mid-year. Answers ask for If-Match with the request's ETag."""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Query, Response

from chassis.etags import IfMatch, set_etag
from chassis.idempotency import IdempotencyKey
from chassis.pagination import Page, Paging
from chassis.transactions import Read, TransactionalRoute, Write
from kpi_api.access.door import CurrentViewer
from kpi_api.scorecards.changes import actions, queries
from kpi_api.scorecards.changes.models import ChangeStatus
from kpi_api.scorecards.changes.schemas import ChangeOutput, ChangeRequest, ChangeSummary, Split, SplitInput, Story
from kpi_api.scorecards.changes.shown import change_shown
from kpi_api.scorecards.changes.splitting import split
from kpi_api.scorecards.changes.story import story
from kpi_api.scorecards.schemas import MaybeComment

router = APIRouter(prefix="/v1", tags=["scorecards"], route_class=TransactionalRoute)
CHANGE = "/scorecards/{scorecard_id}/changes/{change_id}"


@router.post("/scorecards/{scorecard_id}/changes", summary="Ask for a change of an agreed scorecard", status_code=201)
async def request_change(
    scorecard_id: UUID, given: ChangeRequest, response: Response, viewer: CurrentViewer, session: Write,
    idempotency_key: IdempotencyKey = None,
) -> ChangeOutput:  # fmt: skip
    """Ask for other targets, weights or KPIs from a day on, with a reason, and sign that text. The other side answers."""
    change = await actions.request_change(viewer, session, scorecard_id, given)
    response.headers["Location"] = f"/v1/scorecard-changes/{change.id}"
    set_etag(response, change)
    return await change_shown(viewer, session, change)


@router.get("/scorecard-changes", summary="List changes of scorecards")
async def changes(
    viewer: CurrentViewer,
    session: Read,
    page: Paging,
    scorecard_id: UUID | None = None,
    status: Annotated[ChangeStatus | None, Query()] = None,
) -> Page[ChangeSummary]:
    """Changes asked for of scorecards in sight; `status=pending` are the unanswered ones, whose scorecards keep their signed text."""
    rows = await queries.changes(viewer, session, page, scorecard_id=scorecard_id, status=status)
    return Page(items=[ChangeSummary.model_validate(row) for row in rows], next=page.link_next(rows))


@router.get("/scorecard-changes/{change_id}", summary="Read a change of a scorecard")
async def change(change_id: UUID, response: Response, viewer: CurrentViewer, session: Read) -> ChangeOutput:
    """What is asked for line by line, why, who signed, and what the viewer may answer now."""
    found = await queries.change(viewer, session, change_id)
    set_etag(response, found)
    return await change_shown(viewer, session, found)


@router.post(f"{CHANGE}/agree", summary="Agree to a change")
async def agree(
    scorecard_id: UUID, change_id: UUID, given: MaybeComment, response: Response, viewer: CurrentViewer, session: Write,
    if_match: IfMatch = None,
) -> ChangeOutput:  # fmt: skip
    """Sign what is asked for. With both signatures it holds from its day on; what was agreed before stays for the days before."""
    found = await actions.agree(viewer, session, scorecard_id, change_id, if_match, given.comment)
    set_etag(response, found)
    return await change_shown(viewer, session, found)


@router.post(f"{CHANGE}/reject", summary="Reject a change")
async def reject(
    scorecard_id: UUID, change_id: UUID, given: MaybeComment, response: Response, viewer: CurrentViewer, session: Write,
    if_match: IfMatch = None,
) -> ChangeOutput:  # fmt: skip
    """Leave the signed text as it is."""
    found = await actions.reject(viewer, session, scorecard_id, change_id, if_match, given.comment)
    set_etag(response, found)
    return await change_shown(viewer, session, found)


@router.post(f"{CHANGE}/withdraw", summary="Withdraw a request for a change")
async def withdraw(
    scorecard_id: UUID, change_id: UUID, given: MaybeComment, response: Response, viewer: CurrentViewer, session: Write,
    if_match: IfMatch = None,
) -> ChangeOutput:  # fmt: skip
    """Take one's own request back."""
    found = await actions.withdraw(viewer, session, scorecard_id, change_id, if_match, given.comment)
    set_etag(response, found)
    return await change_shown(viewer, session, found)


@router.get("/scorecards/{scorecard_id}/history", summary="Read a scorecard's story")
async def history(scorecard_id: UUID, viewer: CurrentViewer, session: Read) -> Story:
    """What happened to the scorecard, and to those before and after it in the cycle, step by step in sentences."""
    return await story(viewer, session, scorecard_id)


@router.post("/scorecards/{scorecard_id}/split", summary="Split a mover's scorecard")
async def split_scorecard(
    scorecard_id: UUID,
    given: SplitInput,
    viewer: CurrentViewer,
    session: Write,
    preview: Annotated[bool, Query(description="Say what would come of it and write nothing; needs no If-Match.")] = False,
    if_match: IfMatch = None,
) -> Split:
    """End it on the day before the person's job changed and open a draft for the days after, from the template of the new role. The
    manager or HR may. What was signed stays for the days before."""
    return await split(viewer, session, scorecard_id, given, if_match, preview=preview)
