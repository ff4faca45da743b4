"""Adding and changing outcomes."""

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.exc import IntegrityError

from chassis import events
from chassis.access import Viewer
from chassis.database import WriteSession
from chassis.etags import require_current
from chassis.problems import Invalid
from kpi_api.dictionary.models import Outcome
from kpi_api.dictionary.outcomes import queries
from kpi_api.dictionary.outcomes.areas import require_area
from kpi_api.dictionary.outcomes.schemas import OutcomeChange, OutcomeInput
from kpi_api.dictionary.problems import CodeTaken, UnknownReference
from kpi_api.dictionary.search.indexing import index_outcome
from kpi_api.people.models import OrgUnit, Role

OWNERS: Mapping[str, tuple[type[Any], str]] = {"owner_unit_id": (OrgUnit, "unit"), "owner_role_id": (Role, "role")}


async def create_outcome(viewer: Viewer, session: WriteSession, given: OutcomeInput) -> Outcome:
    """Raises NotAllowed, CodeTaken, UnknownReference for an area or an owner that is not there."""
    viewer.require("definitions.write")
    await _check(viewer, session, given.model_dump())
    outcome = Outcome(**given.model_dump())
    try:
        async with session.begin_nested():
            session.add(outcome)
            await session.flush()
    except IntegrityError:
        raise CodeTaken(f"`{given.code}` is taken. Choose another code.", field="/code") from None
    await events.record(session, "outcome.changed", "outcome", outcome.id, fields=sorted(type(given).model_fields))
    return outcome


async def change_outcome(viewer: Viewer, session: WriteSession, outcome_id: UUID, given: OutcomeChange, if_match: str | None) -> Outcome:
    """Change what is given; another name is found by search at once.

    Raises NotFound, NotAllowed, PreconditionRequired, PreconditionFailed, UnknownReference, Invalid for two owners.
    """
    outcome = await queries.outcome(viewer, session, outcome_id)
    viewer.require("definitions.write")
    await session.refresh(outcome, with_for_update=True)
    wanted = given.model_dump(exclude_unset=True)
    changed = {name: value for name, value in wanted.items() if getattr(outcome, name) != value}
    require_current(if_match, outcome, changed)
    await _check(viewer, session, changed)
    for name, value in changed.items():
        setattr(outcome, name, value)
    _require_one_owner(outcome)
    if changed:
        await session.flush()
        await events.record(session, "outcome.changed", "outcome", outcome.id, fields=sorted(changed))
    if "name" in changed:
        await index_outcome(session, outcome.id)
    return outcome


def _require_one_owner(outcome: Outcome) -> None:
    if outcome.owner_unit_id is not None and outcome.owner_role_id is not None:
        raise Invalid("A unit or a role owns an outcome, not both. Set the other to null.", field="/owner_unit_id")


async def _check(viewer: Viewer, session: WriteSession, said: Mapping[str, Any]) -> None:
    if "area" in said:
        await require_area(viewer, session, said["area"])
    for name, (table, word) in OWNERS.items():
        if said.get(name) is not None and not await _is_there(viewer, session, table, said[name]):
            raise UnknownReference(f"There is no {word} {said[name]}.", field=f"/{name}")


async def _is_there(viewer: Viewer, session: WriteSession, table: type[Any], id_: UUID) -> bool:
    statement = select(table.id).where(table.organization_id == viewer.organization_id, table.id == id_)
    return await session.scalar(statement) is not None
