"""Copy one scorecard at once, or begin to copy those of many people."""

from decimal import Decimal
from uuid import UUID

from sqlalchemy import select

from chassis.access import Viewer
from chassis.database import WriteSession
from chassis.problems import Conflict, NotAllowed
from kpi_api.cascade.copying.drafts import Cycles
from kpi_api.cycles.models import Cycle
from kpi_api.scorecards import queries
from kpi_api.scorecards.assignments.actions import begin, open_cycle
from kpi_api.scorecards.assignments.models import TemplateAssignment
from kpi_api.scorecards.assignments.problems import AssignmentRefused
from kpi_api.scorecards.copying.copying import Copy, copy_settled
from kpi_api.scorecards.copying.schemas import CopiedLine, CopiedScorecard, CopyScorecard, NewCopies
from kpi_api.scorecards.models import Scorecard
from kpi_api.scorecards.opening import Opening, lock_cycle, settle
from kpi_api.scorecards.problems import OpeningRefused
from kpi_api.scorecards.schemas import TemplatePerson


async def copy_scorecard(viewer: Viewer, session: WriteSession, scorecard_id: UUID, given: CopyScorecard) -> CopiedScorecard:
    """Open a draft for the same person in another cycle, with the lines that can be copied; a preview writes nothing.

    Raises NotFound, NotAllowed, Conflict when the person has a scorecard for these days, OpeningRefused.
    """
    card = await queries.scorecard(viewer, session, scorecard_id)
    target = await lock_cycle(session, given.to_cycle)
    if target.id == card.cycle_id:
        raise OpeningRefused("Name another cycle to copy into.", field="/to_cycle")
    cycles = Cycles(await session.get_one(Cycle, (card.organization_id, card.cycle_id)), target)
    opening = Opening(1, TemplatePerson(person_id=card.person_id))
    await settle(viewer, session, target, [opening])
    async with session.begin_nested() as written:
        found = await copy_settled(viewer, session, cycles, [opening], {card.person_id: card}, given.target_change_percent)
        _refuse(opening)
        if given.preview:
            await written.rollback()
    return _shown(card, opening, found[opening.id], preview=given.preview)


def _refuse(opening: Opening) -> None:
    """Raises NotAllowed, OpeningRefused, Conflict."""
    if opening.errors:
        error = opening.errors[0].model_copy(update={"row": None})
        raise (NotAllowed if error.code == "not_allowed" else OpeningRefused)(error.message, errors=[error])
    if opening.existing_id:
        raise Conflict("This person has a scorecard for days of this window.", scorecard_id=str(opening.existing_id))
    if opening.skipped:
        raise OpeningRefused(opening.skipped.message, field="/to_cycle")


def _shown(card: Scorecard, opening: Opening, lines: list[Copy], *, preview: bool) -> CopiedScorecard:
    if opening.window is None:
        raise TypeError("an opening without a window was not copied")
    total = sum((copy.line.weight or Decimal(0) for copy in lines if copy.kpi_id), Decimal("0.00"))
    return CopiedScorecard(
        preview=preview, source_id=card.id, scorecard_id=None if preview else opening.id, person_id=card.person_id,
        window_start=opening.window[0], window_end=opening.window[1], weights_total=total,
        lines=[_line(copy, preview=preview) for copy in lines],
    )  # fmt: skip


def _line(copy: Copy, *, preview: bool) -> CopiedLine:
    code, message = copy.left_out or (None, None)
    return CopiedLine(
        source_kpi_id=copy.line.kpi_id, name=copy.original.kpi.name, weight=copy.line.weight, component=copy.line.component,
        status="left_out" if copy.left_out else "copied" if copy.is_new else "kept", code=code, message=message,
        kpi_id=None if preview and copy.is_new else copy.kpi_id, dropped_parents=copy.dropped_parents,
    )  # fmt: skip


async def begin_copies(viewer: Viewer, session: WriteSession, given: NewCopies) -> TemplateAssignment:
    """Begin to copy many people's scorecards; the answer does not wait for the work.

    Raises NotAllowed for an integration, AssignmentRefused.
    """
    source = await session.scalar(select(Cycle).where(Cycle.code == given.from_cycle))
    if source is None:
        raise AssignmentRefused(f"There is no cycle “{given.from_cycle}”.", field="/from_cycle")
    if given.from_cycle == given.to_cycle:
        raise AssignmentRefused("Name another cycle to copy into.", field="/to_cycle")
    target = await open_cycle(session, given.to_cycle, "/to_cycle")
    change = given.target_change_percent
    return await begin(viewer, session, given, target, preview=given.preview, from_cycle_id=source.id, target_change_percent=change)
