"""Reading pay bases. Whoever reads somebody else's is written down by the door before the answer leaves."""

from uuid import UUID

from sqlalchemy import Select, select

from chassis.access import Viewer
from scoring.access.sight import sees_of_person
from scoring.pay_bases.models import PayBasis


def pay_bases(viewer: Viewer, *, person_id: UUID | None = None) -> Select[PayBasis]:
    """The pay bases that the viewer may see: one's own, or all by role."""
    statement = select(PayBasis).where(sees_of_person(viewer, "pay_basis", PayBasis.person_id))
    return statement if person_id is None else statement.where(PayBasis.person_id == person_id)
