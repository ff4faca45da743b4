"""REST of data protection."""

from uuid import UUID

from fastapi import APIRouter, Request

from chassis.idempotency import IdempotencyKey
from chassis.personal_data import PersonExport
from chassis.transactions import Read, TransactionalRoute, Write
from kpi_api.access.door import CurrentViewer
from kpi_api.people.privacy import erasure
from kpi_api.people.privacy.export import export
from kpi_api.people.privacy.schemas import ErasureIn, ErasureOut

router = APIRouter(prefix="/v1/people", tags=["people"], route_class=TransactionalRoute)


@router.get("/{person_id}/export", summary="Export everything about one person")
async def get_export(person_id: UUID, viewer: CurrentViewer, session: Read) -> PersonExport:
    """For the person themself and for hr_admin, as one document with birth date and gender, without pay, which scoring exports. What the
    person may not see yet is left out, and `left_out` says so. The export is recorded."""
    return await export(viewer, session, person_id)


@router.post("/{person_id}/erase", summary="Erase somebody who has left")
async def post_erase(
    person_id: UUID, given: ErasureIn, request: Request, viewer: CurrentViewer, session: Write, idempotency_key: IdempotencyKey = None
) -> ErasureOut:
    """Needs hr_admin, and then another one who asks for the same; where there is no other it is done at once, and `alone` says so. Names,
    addresses, dates of birth, identities and all text about the person go for good; pay records stay under their opaque id. Again it
    changes nothing. While pay is on its way to the person it is refused as `pay_is_due`, unless that is said to be settled."""
    if not given.although_pay_is_due:
        await erasure.require_erasable(viewer, session, request.app.state.resources, person_id)
    done = await erasure.erase(viewer, session, person_id, given.reason, although_pay_is_due=given.although_pay_is_due)
    return ErasureOut.model_validate(done)
