"""Units, roles and legal entities that a people file names by code or by name."""

import re
from collections.abc import Callable, Iterable
from typing import Literal
from uuid import UUID

from sqlalchemy import select

from chassis.database import WriteSession
from chassis.identifiers import new_id
from kpi_api.people.import_rows import Import
from kpi_api.people.models import LegalEntity, OrgUnit, Role

Known = dict[str, UUID | None]
Make = Callable[[UUID, str, str], OrgUnit | Role]

MAKERS: dict[Literal["unit", "role"], Make] = {
    "unit": lambda id_, code, name: OrgUnit(id=id_, code=code, name=name, kind="team"),
    "role": lambda id_, code, name: Role(id=id_, code=code, name=name, core_responsibilities=[]),
}


async def fill_in_references(session: WriteSession, found: Import, *, create_missing: bool) -> None:
    """Give each row the ids of what it names; a row that names something unknown is refused.

    With `create_missing`, unknown units are made as teams without a parent and unknown roles without responsibilities.
    """
    units = await _known(session, OrgUnit) if "unit" in found.given else {}
    roles = await _known(session, Role) if "role" in found.given else {}
    entities = await _known(session, LegalEntity) if "legal_entity" in found.given else {}
    if create_missing:
        _add_missing(session, units, "unit", (i.values.unit for i in found.rows))
        _add_missing(session, roles, "role", (i.values.role for i in found.rows))
        await session.flush()
    for incoming in found.rows:
        incoming.references = {
            "unit_id": _look_up(found, incoming.row, "unit", incoming.values.unit, units),
            "role_id": _look_up(found, incoming.row, "role", incoming.values.role, roles),
            "legal_entity_id": _look_up(found, incoming.row, "legal_entity", incoming.values.legal_entity, entities),
        }


async def _known(session: WriteSession, table: type[OrgUnit] | type[Role] | type[LegalEntity]) -> Known:
    """Ids by code and by lower-case name; a name that two share is None. A code goes before a name."""
    rows = (await session.execute(select(table.id, table.code, table.name))).all()
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


def _add_missing(session: WriteSession, known: Known, kind: Literal["unit", "role"], names: Iterable[str | None]) -> None:
    for name in dict.fromkeys(name for name in names if name and name.lower() not in known):
        if name.lower() not in known:
            id_ = known[name.lower()] = new_id()
            session.add(MAKERS[kind](id_, _free_code(known, name), name))


def _free_code(known: Known, name: str) -> str:
    """The name in lower case with hyphens, numbered when it is taken."""
    code = re.sub(r"[^a-z0-9]+", "-", name.lower()).strip("-") or "unnamed"
    numbered = (code if number == 1 else f"{code}-{number}" for number in range(1, len(known) + 2))
    free = next(candidate for candidate in numbered if candidate == name.lower() or candidate not in known)
    known.setdefault(free, known[name.lower()])
    return free
