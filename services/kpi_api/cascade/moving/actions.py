"""The move itself: of two at once the second finds the tree that the first one left, so that together they make no circle."""

from uuid import UUID

from chassis import events
from chassis.access import Viewer
from chassis.database import WriteSession
from chassis.etags import require_match
from kpi_api.cascade import storing
from kpi_api.cascade.moving.consequences import consequences
from kpi_api.cascade.moving.schemas import UnitMove
from kpi_api.people import queries as people
from kpi_api.people import reporting, structure
from kpi_api.people.models import OrgUnit
from kpi_api.people.schemas import UnitIn, UnitOut

NAMED = 1000


async def move_unit(
    viewer: Viewer, session: WriteSession, unit_id: UUID, parent_id: UUID | None, if_match: str | None, *, preview: bool
) -> UnitMove:
    """Put a unit with all below it and their KPIs under another parent, from today on, or only say what would come of it.

    Contributions stay as they are; those that lead upward no more are named. Raises NotAllowed, NotFound, PreconditionRequired,
    PreconditionFailed, UnknownReference, CircularUnits.
    """
    viewer.require("structure.write")
    await reporting.lock(session)
    await storing.lock_contributions(session)
    unit = await people.structure_row(viewer, session, OrgUnit, unit_id)
    if not preview or if_match is not None:
        require_match(if_match, unit)
    await structure.require_parent(viewer, session, unit, parent_id)
    move, astray = await consequences(viewer, session, unit, parent_id)
    if preview or parent_id == unit.parent_id:
        return move
    return await _carry_out(viewer, session, unit, parent_id, move, astray)


async def _carry_out(
    viewer: Viewer, session: WriteSession, unit: OrgUnit, parent_id: UUID | None, move: UnitMove, astray: list[UUID]
) -> UnitMove:
    given = UnitIn.model_validate({name: getattr(unit, name) for name in UnitIn.model_fields} | {"parent_id": parent_id})
    from_parent_id = unit.parent_id
    changed = await structure.change_unit(viewer, session, unit, given)
    facts = {name: str(id_) if id_ else None for name, id_ in (("from_parent_id", from_parent_id), ("to_parent_id", parent_id))}
    named = [str(id_) for id_ in astray[:NAMED]]
    await events.record(session, "unit.moved", "unit", unit.id, **facts, astray_count=len(astray), contribution_ids=named)
    return move.model_copy(update={"unit": UnitOut.model_validate(changed), "moved": True})
