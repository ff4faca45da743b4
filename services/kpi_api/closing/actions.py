"""Closing a cycle, and correcting a closed one. What follows is the worker's: see `sending` and `following`."""

from typing import Final

from sqlalchemy import select

from chassis import audit, jobs
from chassis.access import Viewer
from chassis.database import WriteSession
from chassis.identifiers import new_id
from kpi_api.closing.models import Closing, Kind
from kpi_api.closing.problems import ClosingStands, NotReleased
from kpi_api.closing.queries import closed_scorecards, latest
from kpi_api.cycles.actions import change_status, require_closable
from kpi_api.cycles.models import Cycle
from kpi_api.scorecards.freezing import freeze_scorecards

ADVANCE: Final = "closing.advance"
"""The job that brings closings on."""


async def close_cycle(viewer: Viewer, session: WriteSession, cycle: Cycle) -> Closing:
    """Freeze the cycle's scorecards and have them sent to scoring. Again: the closing that is there, unless its run was superseded, then a
    new one of the same scorecards with what is known by now. Raises NotAllowed, CycleTransition unless the cycle was open.
    """
    viewer.require("closings.begin")
    viewer.require_person()
    present = await _latest_alone(session, cycle)
    if present and present.status != "superseded":
        return present
    if present:
        require_closable_again(viewer, present)
    else:
        require_closable(viewer, cycle)
        await change_status(session, cycle.id, "open", "closing")
        await freeze_scorecards(viewer, session, cycle.id)
    return await _begin(viewer, session, cycle, "regular")


async def correct_cycle(viewer: Viewer, session: WriteSession, cycle: Cycle) -> Closing:
    """Send the scorecards of a released cycle again, with the corrections made since; scoring pays the differences.

    Raises NotAllowed, NotReleased.
    """
    viewer.require("closings.begin")
    viewer.require_person()
    present = await _latest_alone(session, cycle)
    if present and present.kind == "correction" and present.status in {"frozen", "sent"}:
        return present
    require_correctable(viewer, present)
    return await _begin(viewer, session, cycle, "correction")


def require_closable_again(viewer: Viewer, present: Closing) -> None:
    """Raises NotAllowed, ClosingStands."""
    viewer.require("closings.begin")
    viewer.require_person()
    if present.status != "superseded":
        raise ClosingStands("The closing stands. It is begun again once its run was superseded.", closing_status=present.status)


def require_correctable(viewer: Viewer, present: Closing | None) -> None:
    """Raises NotAllowed, NotReleased."""
    viewer.require("closings.begin")
    viewer.require_person()
    if present is None or not (present.status == "released" or (present.kind == "correction" and present.status == "superseded")):
        raise NotReleased("A correction pays the differences to what was released, so the run before it must be released first.")


async def _latest_alone(session: WriteSession, cycle: Cycle) -> Closing | None:
    """The cycle's last closing; of two who close at once the second waits here for the first."""
    await session.scalar(select(Cycle).where(Cycle.id == cycle.id).with_for_update().execution_options(populate_existing=True))
    return await latest(session, cycle.id)


async def _begin(viewer: Viewer, session: WriteSession, cycle: Cycle, kind: Kind) -> Closing:
    closing = Closing(
        id=new_id(),
        cycle_id=cycle.id,
        kind=kind,
        status="frozen",
        as_of=session.now,
        closed_by=viewer.require_person(),
        scorecard_count=len(await closed_scorecards(session, cycle.id)),
        followed_number=0,
    )
    session.add(closing)
    await session.flush()
    await audit.record(session, viewer.subject, "cycle.closing_begun", "cycle", cycle.id, closing_id=str(closing.id), kind=kind)
    await jobs.enqueue(session, ADVANCE, once_key=ADVANCE)
    return closing
