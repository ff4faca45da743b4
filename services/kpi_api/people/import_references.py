"""Units, roles and legal entities that a people file names by code or by name."""

import re
from collections.abc import Iterable
from uuid import UUID

from sqlalchemy import select

from chassis.database import WriteSession
from chassis.identifiers import new_id
from kpi_api.people.import_rows import Import
from kpi_api.people.models import LegalEntity, OrgUnit
from kpi_api.people.roles.naming import add_named_roles, roles_named

Known = dict[str, UUID | None]
Named = Iterable[tuple[UUID, str, str]]
"""Ids, codes and names."""


async def fill_in_references(session: WriteSession, found: Import, *, create_missing: bool) -> None:
    """Give each row the ids of what it names; a row that names something unknown is refused.

    With `create_missing`, unknown units are made as teams without a parent and unknown roles without responsibilities.
    """
    units = _known(await _named(session, OrgUnit)) if "unit" in found.given else {}
    roles = _known(await roles_named(session)) if "role" in found.given else {}
    entities = _known(await _named(session, LegalEntity)) if "legal_entity" in found.given else {}
    if create_missing:
        for id_, code, name in _missing(units, (i.values.unit for i in found.rows)):
            session.add(OrgUnit(id=id_, code=code, name=name, kind="team"))
        await add_named_roles(session, _missing(roles, (i.values.role for i in found.rows)))
        await session.flush()
    for incoming in found.rows:
        incoming.references = {
            "unit_id": _look_up(found, incoming.row, "unit", incoming.values.unit, units),
            "role_id": _look_up(found, incoming.row, "role", incoming.values.role, roles),
            "legal_entity_id": _look_up(found, incoming.row, "legal_entity", incoming.values.legal_entity, entities),
        }


async def _named(session: WriteSession, table: type[OrgUnit] | type[LegalEntity]) -> Named:
    return [(id_, code, name) for id_, code, name in await session.execute(select(table.id, table.code, table.name))]


def _known(named: Named) -> Known:
    """Ids by code and by lower-case name; a name that two share is None. A code goes before a name."""
    rows = list(named)
    known: Known = {}
    for id_, _, name in rows:
        known[name.lower()] = None if name.lower() in known else id_
    return known | {code.lower(): id_ for id_, code, _ in rows}


def _look_up(found: Import, row: int, column: str, name: str | None, known: Known) -> UUID | None:
    if name is None:
        return None
    if (id_ := known.get(name.lower())) is None:
        reason = "more than one has this name; write its code" if name.lower() in known else "there is none of this code or name"
        found.refuse(row, column, f"unknown_{column}", f"{name!r}: {reason}.")
    return id_


def _missing(known: Known, names: Iterable[str | None]) -> Named:
    """What is named but not there, each with a new id and a free code; known from then on."""
    made = []
    for name in dict.fromkeys(name for name in names if name and name.lower() not in known):
        if name.lower() not in known:
            id_ = known[name.lower()] = new_id()
            made.append((id_, _free_code(known, name), name))
    return made


def _free_code(known: Known, name: str) -> str:
    """The name in lower case with hyphens, numbered when it is taken."""
    code = re.sub(r"[^a-z0-9]+", "-", name.lower()).strip("-") or "unnamed"
    numbered = (code if number == 1 else f"{code}-{number}" for number in range(1, len(known) + 2))
    free = next(candidate for candidate in numbered if candidate == name.lower() or candidate not in known)
    known.setdefault(free, known[name.lower()])
    return free
