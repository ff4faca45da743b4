"""What people are on a day, as far as it decides which definitions are for them."""

from collections.abc import Collection
from datetime import date
from typing import NamedTuple
from uuid import UUID

from sqlalchemy import select

from chassis.access import Viewer, on_day
from chassis.database import ReadSession
from kpi_api.access.models import ReportingLine
from kpi_api.people.models import Employment, Role


class Standing(NamedTuple):
    """Role and grade of the primary employment, null where there is none, and whether somebody directly reports to the person."""

    role_code: str | None = None
    grade: str | None = None
    has_direct_reports: bool = False


async def standings(viewer: Viewer, session: ReadSession, person_ids: Collection[UUID], day: date) -> dict[UUID, Standing]:
    """What each of these people is on `day`. The caller has checked that the viewer sees them."""
    line = ReportingLine
    leads = select(line.manager_id).where(line.manager_id.in_(person_ids), line.depth == 1, on_day(line.valid_from, line.valid_to, day))
    leading = set(await session.scalars(leads.where(line.organization_id == viewer.organization_id).distinct()))
    statement = (
        select(Employment.person_id, Role.code, Employment.grade)
        .outerjoin(Role, Role.id == Employment.role_id)
        .where(Employment.person_id.in_(person_ids), Employment.is_primary, on_day(Employment.valid_from, Employment.valid_to, day))
    )
    working = {person_id: Standing(code, grade) for person_id, code, grade in await session.execute(statement)}
    return {id_: working.get(id_, Standing())._replace(has_direct_reports=id_ in leading) for id_ in person_ids}
