"""What a withdrawn KPI does to the scorecards that carry it: their history says so, and they show it until somebody takes it off."""

from collections.abc import Collection, Sequence
from datetime import datetime
from typing import Final
from uuid import UUID

from sqlalchemy import ColumnElement, or_, select, text

from chassis.access import Viewer
from chassis.database import ReadSession, WriteSession
from kpi_api.cascade.models import Kpi
from kpi_api.cascade.queries import among
from kpi_api.scorecards.models import Scorecard, ScorecardLine

# A step into `active` marks the score stale (migration 0008), so that it is computed anew without the KPI's values.
NOTE: Final = text(
    """
    WITH carrying AS (
      SELECT s.id, s.status, gen_random_uuid() AS step FROM scorecard_lines l
      JOIN scorecards s ON s.organization_id = l.organization_id AND s.id = l.scorecard_id
      WHERE l.organization_id = :organization_id AND l.kpi_id = :kpi_id AND s.status NOT IN ('closed', 'closed_not_agreed')
    ),
    steps AS (
      INSERT INTO scorecard_history (organization_id, id, scorecard_id, verb, from_status, to_status, side, actor, happened_at)
      SELECT CAST(:organization_id AS uuid), step, id, 'kpi_withdrawn', status, status, 'cascade', :actor, :now FROM carrying
    ),
    comments AS (
      INSERT INTO scorecard_comments (organization_id, id, scorecard_id, text)
      SELECT CAST(:organization_id AS uuid), step, id, :message FROM carrying
    )
    SELECT id FROM carrying ORDER BY id
    """
)


async def note_withdrawal(viewer: Viewer, session: WriteSession, kpi: Kpi) -> Sequence[UUID]:
    """Write into the history of every open scorecard that carries the KPI that it was withdrawn; gives their ids."""
    message = f"“{kpi.name}” was withdrawn. It counts as a KPI without a value."
    keys = {"organization_id": session.organization_id, "kpi_id": kpi.id, "now": session.now}
    return (await session.scalars(NOTE, keys | {"actor": viewer.subject, "message": message})).all()


def carries_withdrawn() -> ColumnElement[bool]:
    """A scorecard has a line whose KPI was withdrawn."""
    line = (
        select(ScorecardLine.id)
        .join(Kpi, Kpi.id == ScorecardLine.kpi_id)
        .where(ScorecardLine.organization_id == Scorecard.organization_id, ScorecardLine.scorecard_id == Scorecard.id)
    )
    return line.where(Kpi.status == "withdrawn").exists()


async def withdrawn_by(session: ReadSession, kpi_ids: Collection[UUID], as_of: datetime | None) -> frozenset[UUID]:
    """Which of these KPIs were withdrawn at `as_of`, or are now."""
    statement = select(Kpi.id).where(among(Kpi.id, kpi_ids), Kpi.status == "withdrawn")
    if as_of is not None:
        statement = statement.where(or_(Kpi.withdrawn_at.is_(None), Kpi.withdrawn_at <= as_of))
    return frozenset((await session.scalars(statement)).all())
