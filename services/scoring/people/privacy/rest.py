"""REST of data protection. Erasure comes by the push of people, as whatever else is to be known of them."""

from uuid import UUID

from fastapi import APIRouter

from chassis.personal_data import PersonExport
from chassis.transactions import Read, TransactionalRoute
from scoring.access.door import CurrentViewer
from scoring.people.privacy.export import export

router = APIRouter(prefix="/v1/people", tags=["people"], route_class=TransactionalRoute)


@router.get("/{person_id}/export", summary="Export everything about one person")
async def get_export(person_id: UUID, viewer: CurrentViewer, session: Read) -> PersonExport:
    """For the person themself, comp_admin and auditor, as one document with pay bases and released payouts. What the person may not see
    yet is left out, and `left_out` says so. The export is recorded."""
    return await export(viewer, session, person_id)
