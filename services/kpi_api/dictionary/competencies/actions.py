"""Adding and changing competencies."""

from uuid import UUID

from sqlalchemy import select
from sqlalchemy.exc import IntegrityError

from chassis import events
from chassis.access import Viewer
from chassis.database import ReadSession, WriteSession
from chassis.etags import require_match
from chassis.problems import PreconditionFailed
from kpi_api.dictionary.competencies import queries
from kpi_api.dictionary.competencies.schemas import CompetencyChange, NewCompetency
from kpi_api.dictionary.models import Competency
from kpi_api.dictionary.problems import CodeTaken, UnknownReference

KNOWN_NAMED = 20
"""So many known codes a refusal names."""


async def create_competency(viewer: Viewer, session: WriteSession, given: NewCompetency) -> Competency:
    """Raises NotAllowed, CodeTaken."""
    viewer.require("competencies.write")
    competency = Competency(**given.model_dump())
    try:
        async with session.begin_nested():
            session.add(competency)
            await session.flush()
    except IntegrityError:
        raise CodeTaken(f"`{given.code}` is taken. Choose another code.", field="/code") from None
    await events.record(session, "competency.changed", "competency", competency.id, fields=sorted(type(given).model_fields))
    return competency


async def change_competency(
    viewer: Viewer, session: WriteSession, competency_id: UUID, given: CompetencyChange, if_match: str | None
) -> Competency:
    """Write a competency anew; its code stays. Raises NotFound, NotAllowed, PreconditionRequired, PreconditionFailed."""
    competency = await queries.competency(viewer, session, competency_id)
    viewer.require("competencies.write")
    await session.refresh(competency, with_for_update=True)
    changed = [name for name, value in given.model_dump().items() if getattr(competency, name) != value]
    _require_current(competency, if_match, changed)
    for name in changed:
        setattr(competency, name, getattr(given, name))
    if changed:
        await session.flush()
        await events.record(session, "competency.changed", "competency", competency.id, fields=sorted(changed))
    return competency


def _require_current(competency: Competency, if_match: str | None, differing: list[str]) -> None:
    """Raises PreconditionRequired, PreconditionFailed saying in which fields what stands there now differs from what was sent."""
    try:
        require_match(if_match, competency)
    except PreconditionFailed as failed:
        told = f"What stands there now differs from yours in {', '.join(differing)}." if differing else "It says what you sent already."
        raise PreconditionFailed(f"It was changed since you read it. {told} Read it again, then decide.", **failed.facts) from None


async def require_known(session: ReadSession, code: str | None) -> None:
    """Raises UnknownReference, naming the competencies there are."""
    if code is None or await session.scalar(select(Competency.id).where(Competency.code == code)):
        return
    known = (await session.scalars(select(Competency.code).order_by(Competency.code).limit(KNOWN_NAMED))).all()
    there = f"There are: {', '.join(f'`{one}`' for one in known)}." if known else "There are none yet; add it, or install the library."
    raise UnknownReference(f"There is no competency `{code}`. {there}", field="/competency_code")
