"""Changing units and legal entities."""

from typing import Any, TypeVar
from uuid import UUID

from sqlalchemy import text
from sqlalchemy.exc import IntegrityError

from chassis.access import Viewer
from chassis.database import WriteSession
from kpi_api.people import changes, reporting
from kpi_api.people.models import UNIT_KINDS, LegalEntity, OrgUnit, Person, Role
from kpi_api.people.problems import CircularUnits, DuplicateCode, UnknownReference
from kpi_api.people.schemas import LegalEntityIn, UnitIn

Coded = TypeVar("Coded", OrgUnit, Role, LegalEntity)

RANK: dict[str, int] = {kind: rank for rank, kind in enumerate(UNIT_KINDS)}

UNITS_ABOVE = text(
    """
    WITH RECURSIVE above (id) AS (
      SELECT CAST(:parent_id AS uuid)
      UNION
      SELECT u.parent_id FROM above a JOIN org_units u ON u.organization_id = :organization_id AND u.id = a.id WHERE u.parent_id IS NOT NULL
    )
    SELECT id FROM above
    """
)


async def create_unit(viewer: Viewer, session: WriteSession, given: UnitIn) -> OrgUnit:
    """Add a unit. Raises NotAllowed, DuplicateCode, UnknownReference."""
    viewer.require("structure.write")
    unit = OrgUnit(**given.model_dump())
    await _check_place(viewer, session, unit)
    return await store(session, unit)


async def change_unit(viewer: Viewer, session: WriteSession, unit: OrgUnit, given: UnitIn) -> OrgUnit:
    """Write a unit anew, also under another parent. Raises NotAllowed, DuplicateCode, UnknownReference, CircularUnits."""
    viewer.require("structure.write")
    await reporting.lock(session)
    head_before, parent_before = unit.head_id, unit.parent_id
    for name, value in given.model_dump().items():
        setattr(unit, name, value)
    with session.no_autoflush:
        await _check_place(viewer, session, unit)
    stored = await store(session, unit)
    if (head_before, parent_before) != (unit.head_id, unit.parent_id):
        heads = {head for head in (head_before, unit.head_id) if head}
        await changes.record_unit_changed(session, unit.id, heads if parent_before == unit.parent_id else None)
    return stored


def differing(unit: OrgUnit, given: UnitIn) -> dict[str, Any]:
    """What would be different, by field."""
    return {name: value for name, value in given.model_dump().items() if value != getattr(unit, name)}


async def _check_place(viewer: Viewer, session: WriteSession, unit: OrgUnit) -> None:
    if unit.head_id is not None and await session.get(Person, (viewer.organization_id, unit.head_id)) is None:
        raise UnknownReference(f"There is no person {unit.head_id}.", field="/head_id")
    await require_parent(viewer, session, unit, unit.parent_id)


async def require_parent(viewer: Viewer, session: WriteSession, unit: OrgUnit, parent_id: UUID | None) -> None:
    """Whether the unit may stand under `parent_id`, or under nothing. Raises UnknownReference, CircularUnits."""
    if parent_id is None:
        return
    parent = await session.get(OrgUnit, (viewer.organization_id, parent_id))
    if parent is None:
        raise UnknownReference(f"There is no unit {parent_id}.", field="/parent_id")
    if unit.id in await _units_above(session, parent_id):
        raise CircularUnits(f"{unit.name} stands above {parent.name} already.", field="/parent_id")
    if RANK[parent.kind] > RANK[unit.kind]:
        raise UnknownReference(f"A {unit.kind} cannot stand under a {parent.kind}.", field="/parent_id")


async def _units_above(session: WriteSession, parent_id: UUID) -> set[UUID]:
    keys = {"organization_id": session.organization_id, "parent_id": parent_id}
    return set((await session.scalars(UNITS_ABOVE, keys)).all())


async def create_legal_entity(viewer: Viewer, session: WriteSession, given: LegalEntityIn) -> LegalEntity:
    """Add a legal entity. Raises NotAllowed, DuplicateCode."""
    viewer.require("structure.write")
    return await store(session, LegalEntity(**given.model_dump()))


async def store(session: WriteSession, row: Coded) -> Coded:
    """Write a row whose code must be its own. Raises DuplicateCode."""
    try:
        async with session.begin_nested():
            session.add(row)
            await session.flush()
    except IntegrityError:
        raise DuplicateCode(f"The code {row.code!r} is taken.", field="/code") from None
    return row
