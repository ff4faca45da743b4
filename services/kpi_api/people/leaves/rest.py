"""REST doors of leave."""

from uuid import UUID

from fastapi import APIRouter, Response

from chassis.etags import IfMatch, set_etag
from chassis.idempotency import IdempotencyKey
from chassis.transactions import Read, TransactionalRoute, Write
from kpi_api.access.door import CurrentViewer
from kpi_api.people import queries as people
from kpi_api.people.leaves import actions, queries
from kpi_api.people.leaves.schemas import LeaveInput, LeaveOutput

router = APIRouter(prefix="/v1/people/{person_id}/leaves", tags=["people"], route_class=TransactionalRoute)


@router.get("", summary="List a person's leaves")
async def list_leaves(person_id: UUID, viewer: CurrentViewer, session: Read) -> list[LeaveOutput]:
    """When they are or were away, oldest first. The kind is shown to the person and to who keeps people's facts."""
    person = await people.person(viewer, session, person_id)
    return (await queries.leaves(viewer, session, [person.id])).get(person.id, [])


@router.post("", status_code=201, summary="Record a leave")
async def post_leave(
    person_id: UUID, given: LeaveInput, viewer: CurrentViewer, session: Write, response: Response, idempotency_key: IdempotencyKey = None
) -> LeaveOutput:
    """Needs hr_admin or integration. What it does to a scorecard is said by the rules signed with it: `GET /v1/scorecards/{id}/time`."""
    row = await actions.record(viewer, session, await people.person(viewer, session, person_id), given)
    set_etag(response, row)
    return queries.shown(viewer, row)


@router.put("/{leave_id}", summary="Change a leave")
async def put_leave(
    person_id: UUID, leave_id: UUID, given: LeaveInput, viewer: CurrentViewer, session: Write, response: Response, if_match: IfMatch = None
) -> LeaveOutput:
    """Other days or another kind; a last day that is left out is not known yet."""
    row = await actions.change(viewer, session, person_id, leave_id, given, if_match)
    set_etag(response, row)
    return queries.shown(viewer, row)


@router.delete("/{leave_id}", status_code=204, summary="Take back a leave")
async def delete_leave(person_id: UUID, leave_id: UUID, viewer: CurrentViewer, session: Write, if_match: IfMatch = None) -> None:
    """It was not to be; who ends one early changes its last day."""
    await actions.remove(viewer, session, person_id, leave_id, if_match)
