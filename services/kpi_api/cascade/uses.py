"""The KPIs that use a definition, for the dictionary's list of uses."""

from collections.abc import Sequence
from uuid import UUID

from sqlalchemy import func, select
from sqlalchemy.orm import aliased

from chassis.access import Viewer
from chassis.database import ReadSession
from kpi_api.cascade.models import Kpi
from kpi_api.cascade.sight import sees_whole
from kpi_api.dictionary.models import DefinitionVersion
from kpi_api.dictionary.schemas import Use
from kpi_api.people.models import OrgUnit, Person


async def kpi_uses(viewer: Viewer, session: ReadSession, definition_id: UUID) -> Sequence[Use]:
    """Live KPIs in sight that were given a version of the definition, the oldest first."""
    unit = aliased(OrgUnit)
    statement = (
        select(Kpi, DefinitionVersion.number, func.coalesce(Person.display_name, unit.name).label("owner_name"))
        .join(DefinitionVersion, DefinitionVersion.id == Kpi.definition_version_id)
        .outerjoin(Person, Person.id == Kpi.owner_person_id)
        .outerjoin(unit, unit.id == Kpi.owner_unit_id)
        .where(Kpi.organization_id == viewer.organization_id, DefinitionVersion.definition_id == definition_id)
        .where(Kpi.status == "active", sees_whole(viewer))
        .order_by(Kpi.id)
    )
    return [
        Use(
            kind="kpi", id=row.Kpi.id, name=row.Kpi.name, owner_name=row.owner_name, level=row.Kpi.level,
            version_number=row.number, window_end=row.Kpi.window_end,
        )
        for row in await session.execute(statement)
    ]  # fmt: skip
