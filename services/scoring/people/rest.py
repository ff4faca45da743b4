"""People over REST."""

from uuid import UUID

from fastapi import APIRouter

from chassis.transactions import Read, TransactionalRoute, Write
from scoring.access.door import CurrentViewer
from scoring.people import actions, queries
from scoring.people.schemas import PeopleApplied, PeopleIn, PersonOut

router = APIRouter(prefix="/v1/people", tags=["people"], route_class=TransactionalRoute)


@router.put("", summary="Push person references")
async def put_people(content: PeopleIn, viewer: CurrentViewer, session: Write) -> PeopleApplied:
    """Writes each person whole, with grants and reporting chain, as the sender knew them at `as_of`. An older `as_of` never
    overwrites a newer one; whoever is sent as inactive is refused from the next request on."""
    return await actions.put_people(viewer, session, content)


@router.get("/{person_id}", summary="Read a person reference")
async def get_person(person_id: UUID, viewer: CurrentViewer, session: Read) -> PersonOut:
    """Oneself, somebody below in the reporting line of today, or anybody by role."""
    return PersonOut.model_validate(await queries.person(viewer, session, person_id))
