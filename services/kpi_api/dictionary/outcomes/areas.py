"""Outcome areas: those that ship with the library, which every organization has, and those that it adds."""

from collections.abc import Sequence

from sqlalchemy import select
from sqlalchemy.exc import IntegrityError

from chassis import events
from chassis.access import Viewer
from chassis.database import ReadSession, WriteSession
from kpi_api.dictionary.library import load_library
from kpi_api.dictionary.models import OutcomeArea
from kpi_api.dictionary.outcomes.schemas import OutcomeAreaInput, OutcomeAreaOutput
from kpi_api.dictionary.problems import CodeTaken, UnknownReference

KNOWN_NAMED = 30
"""So many known codes a refusal names."""


def shipped_areas() -> dict[str, OutcomeAreaOutput]:
    """S1's and S2's areas by code, in the library's order."""
    return {area.code: OutcomeAreaOutput(code=area.code, name=area.name, description="", shipped=True) for area in load_library().areas}


async def outcome_areas(viewer: Viewer, session: ReadSession) -> Sequence[OutcomeAreaOutput]:
    """Every area: the shipped ones first, then the organization's own by code."""
    own = select(OutcomeArea).where(OutcomeArea.organization_id == viewer.organization_id).order_by(OutcomeArea.code)
    return [*shipped_areas().values(), *(_shown(row) for row in await session.scalars(own))]


async def create_outcome_area(viewer: Viewer, session: WriteSession, given: OutcomeAreaInput) -> OutcomeAreaOutput:
    """Raises NotAllowed, CodeTaken."""
    viewer.require("outcome_areas.write")
    if given.code in shipped_areas():
        raise CodeTaken(f"`{given.code}` ships with the library. Choose another code.", field="/code")
    area = OutcomeArea(**given.model_dump())
    try:
        async with session.begin_nested():
            session.add(area)
            await session.flush()
    except IntegrityError:
        raise CodeTaken(f"`{given.code}` is taken. Choose another code.", field="/code") from None
    await events.record(session, "outcome_area.created", "outcome_area", area.id, code=area.code)
    return _shown(area)


async def require_area(viewer: Viewer, session: ReadSession, code: str) -> None:
    """Raises UnknownReference, naming the areas there are."""
    known = [area.code for area in await outcome_areas(viewer, session)]
    if code not in known:
        raise UnknownReference(unknown_area(code, known), field="/area")


def unknown_area(code: str, known: Sequence[str]) -> str:
    """Why an area is refused, in words."""
    more = f" and {len(known) - KNOWN_NAMED} more" if len(known) > KNOWN_NAMED else ""
    return f"There is no outcome area `{code}`. There are: {', '.join(f'`{one}`' for one in known[:KNOWN_NAMED])}{more}."


def _shown(row: OutcomeArea) -> OutcomeAreaOutput:
    return OutcomeAreaOutput(code=row.code, name=row.name, description=row.description, shipped=False)
