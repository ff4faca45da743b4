"""Background work of collaboration: notice, once, that a shared target was reached."""

from collections.abc import Collection, Mapping
from typing import Any, Final
from uuid import UUID

from sqlalchemy import or_, select, update
from sqlalchemy.dialects.postgresql import insert

from chassis import events
from chassis.database import WriteSession
from chassis.identifiers import new_id
from chassis.jobs import Job
from chassis.numbers import plain_text
from kpi_api.cascade.models import Kpi
from kpi_api.cascade.queries import among
from kpi_api.collaboration.models import KpiCelebration
from kpi_api.collaboration.reaching import Result, reached
from kpi_api.dictionary.models import DefinitionVersion
from kpi_api.measurements.actuals import Actual
from kpi_api.measurements.queries import actuals

CELEBRATE: Final = "collaboration.celebrate"
CELEBRATE_SECONDS: Final = 3600


async def celebrate_reached(job: Job) -> None:
    """After `measurement.recorded`: the KPIs that it names. Periodically: those of which nothing was noticed yet, since a window ends by
    itself; a target that was missed then is looked at again only when measurements name it."""
    named = job.payload.get("kpi_ids")
    async with job.database.write(job.organization_id) as session:
        shared = await _not_celebrated(session, None if named is None else [UUID(kpi_id) for kpi_id in named])
        found = await actuals(session, shared.keys())
        missed = []
        for kpi_id, (kpi, version) in shared.items():
            results, over = [_result(actual) for actual in found.get(kpi_id, {}).values()], kpi.window_end < session.today
            if reached(results, combine=version.combine, direction=version.direction, over=over):
                await _notice(session, kpi_id, results)
            elif over:
                missed.append(kpi_id)
        await session.execute(update(Kpi).where(among(Kpi.id, missed)).values(missed_on=session.today))


async def _not_celebrated(session: WriteSession, named: Collection[UUID] | None) -> Mapping[UUID, tuple[Kpi, DefinitionVersion]]:
    noticed = select(KpiCelebration.id).where(KpiCelebration.organization_id == Kpi.organization_id, KpiCelebration.kpi_id == Kpi.id)
    statement = (
        select(Kpi, DefinitionVersion)
        .join(DefinitionVersion, DefinitionVersion.id == Kpi.definition_version_id)
        .where(Kpi.collaborative, Kpi.status.in_(("active", "closed")), ~noticed.exists())
        .order_by(Kpi.id)
    )
    # A window that was moved since is judged anew.
    open_still = or_(Kpi.missed_on.is_(None), Kpi.missed_on <= Kpi.window_end)
    rows = await session.execute(statement.where(open_still if named is None else among(Kpi.id, named)))
    return {kpi.id: (kpi, version) for kpi, version in rows}


def _result(actual: Actual) -> Result:
    return Result(actual.part, actual.comparison, actual.actual, actual.target, actual.target_high, actual.unit)  # type: ignore[arg-type]  # a word of Comparison


async def _notice(session: WriteSession, kpi_id: UUID, results: Collection[Result]) -> None:
    kept = [_kept(result) for result in results]
    values = {"organization_id": session.organization_id, "id": new_id(), "kpi_id": kpi_id, "achieved_on": session.today, "results": kept}
    made = await session.scalar(insert(KpiCelebration).values(values).on_conflict_do_nothing().returning(KpiCelebration.id))
    if made is not None:
        await events.record(session, "kpi.achieved_together", "kpi", kpi_id)


def _kept(result: Result) -> dict[str, Any]:
    numbers = {"actual": result.actual, "target": result.target, "target_high": result.target_high}
    texts = {name: None if number is None else plain_text(number) for name, number in numbers.items()}
    return {"part": result.part, "comparison": result.comparison, "unit": result.unit, **texts}
