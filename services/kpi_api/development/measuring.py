"""A development KPI that measures a goal: which may, and the share of steps done as its value (S0, "Development KPIs").

The share is kept as steps done and steps there are, so that a third stays a third. That asks for a KPI which adds up numerators and
denominators and is measured once for its window; any other is measured by records, as every KPI.
"""

from typing import Final
from uuid import UUID

from sqlalchemy import select

from chassis.access import Viewer
from chassis.database import ReadSession, WriteSession
from chassis.problems import FieldError
from kpi_api.cascade.models import Kpi
from kpi_api.cascade.sight import sees_whole
from kpi_api.development.lifecycle import MeasuredBy
from kpi_api.development.models import DevelopmentGoal
from kpi_api.development.problems import GoalRefused, ValueRefused
from kpi_api.development.queries import steps_of
from kpi_api.dictionary.models import DefinitionVersion
from kpi_api.measurements.actions import record_measurements
from kpi_api.measurements.queries import measured_parts

SOURCE: Final = "Development goal"


async def require_development_kpi(
    viewer: Viewer, session: ReadSession, goal_id: UUID | None, person_id: UUID, kpi_id: UUID, measured_by: MeasuredBy
) -> None:
    """Raises GoalRefused for a KPI that is not the person's, measures no development, or cannot take the share of steps."""
    statement = select(Kpi, DefinitionVersion).join(DefinitionVersion, DefinitionVersion.id == Kpi.definition_version_id)
    mine = (Kpi.id == kpi_id, Kpi.owner_person_id == person_id, sees_whole(viewer))
    found = (await session.execute(statement.where(*mine))).one_or_none()
    if found is None:
        raise _refused("unknown_kpi", "The person has no such KPI that you may see.")
    if found.DefinitionVersion.dimension != "development":
        raise _refused("not_a_development_kpi", f"It measures {found.DefinitionVersion.dimension}, not development.")
    taken = select(DevelopmentGoal.id).where(DevelopmentGoal.kpi_id == kpi_id, DevelopmentGoal.status.in_(("proposed", "agreed")))
    if await session.scalar(taken.where(DevelopmentGoal.id != goal_id) if goal_id else taken):
        raise _refused("measured_already", "It measures another goal of the person; a development KPI measures one.")
    if measured_by == "steps" and not await _takes_a_share(session, kpi_id):
        message = "Steps are counted by a KPI that adds up numerators and denominators, once for its window. Use measured_by records."
        raise _refused("not_measured_by_steps", message)


def _refused(code: str, message: str) -> GoalRefused:
    return GoalRefused(message, errors=[FieldError(field="/kpi_id", code=code, message=message)])


async def _takes_a_share(session: ReadSession, kpi_id: UUID) -> bool:
    parts = await measured_parts(session, [kpi_id])
    return len(parts) == 1 and parts[0].combine == "ratio_of_sums" and parts[0].per == "window"


async def record_share(viewer: Viewer, session: WriteSession, goal: DevelopmentGoal) -> None:
    """Give the KPI the share of steps done; of a goal that is measured otherwise nothing. Raises ValueRefused."""
    if goal.kpi_id is None or goal.measured_by != "steps":
        return
    steps = (await steps_of(session, [goal.id]))[goal.id]
    (part,) = await measured_parts(session, [goal.kpi_id])
    row = {
        "kpi_id": str(goal.kpi_id), "part": part.target.part, "period_start": part.window.start.isoformat(), "source": SOURCE,
        "numerator": str(sum(step.done_on is not None for step in steps)), "denominator": str(len(steps)),
    }  # fmt: skip
    outcomes = await record_measurements(viewer, session, {name: [text] for name, text in row.items()})
    if outcomes.errors:
        (errors,) = outcomes.errors.values()
        raise ValueRefused(errors[0].message, refused=errors[0].code)
