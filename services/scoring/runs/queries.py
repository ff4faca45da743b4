"""Reading runs and their lines."""

from uuid import UUID

from sqlalchemy import Select, select

from chassis.access import Viewer
from chassis.database import ReadSession
from chassis.problems import NotFound
from scoring.runs.models import Run, RunLine


def runs(viewer: Viewer, *, cycle_code: str | None = None) -> Select[Run]:
    """The organization's runs. Raises NotAllowed."""
    viewer.require_sight("run")
    return select(Run) if cycle_code is None else select(Run).where(Run.cycle_code == cycle_code)


async def run(viewer: Viewer, session: ReadSession, run_id: UUID) -> Run:
    """A run. Raises NotFound for whoever may not see runs, too."""
    found = await session.scalar(select(Run).where(Run.id == run_id)) if viewer.sees_all("run") else None
    if found is None:
        raise NotFound()
    return found


async def run_lines(viewer: Viewer, session: ReadSession, run_id: UUID) -> Select[RunLine]:
    """The lines of a run, for those who approve and manage pay. Raises NotFound, NotAllowed."""
    await run(viewer, session, run_id)
    viewer.require_sight("run_line")
    return select(RunLine).where(RunLine.run_id == run_id)
