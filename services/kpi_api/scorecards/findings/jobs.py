"""Once a day: the quality of every scorecard of the cycles that are not closed, kept where it differs from what was kept last."""

from collections.abc import Sequence
from typing import Final
from uuid import UUID

from sqlalchemy import select, text

from chassis.database import WriteSession
from chassis.identifiers import new_id
from chassis.jobs import Job
from kpi_api.cycles.models import Cycle
from kpi_api.findings.quality import Quality
from kpi_api.scorecards.findings.noted import Linter, quality
from kpi_api.scorecards.models import Scorecard

KEEP_QUALITY: Final = "findings.keep_quality"
KEEP_QUALITY_SECONDS: Final = 24 * 3600
BATCH: Final = 500

KEEP: Final = text(
    """
    INSERT INTO scorecard_quality (organization_id, id, scorecard_id, day, points, errors, warnings, information)
    SELECT :organization, n.id, n.scorecard_id, :today, n.points, n.errors, n.warnings, n.information
    FROM unnest(CAST(:ids AS uuid[]), CAST(:cards AS uuid[]), CAST(:points AS bigint[]), CAST(:errors AS bigint[]),
      CAST(:warnings AS bigint[]), CAST(:information AS bigint[])) AS n (id, scorecard_id, points, errors, warnings, information)
    JOIN scorecards s ON s.organization_id = :organization AND s.id = n.scorecard_id
    LEFT JOIN LATERAL (
      SELECT q.points, q.errors, q.warnings, q.information FROM scorecard_quality q
      WHERE q.organization_id = :organization AND q.scorecard_id = n.scorecard_id ORDER BY q.day DESC LIMIT 1
    ) AS last ON true
    WHERE (last.points, last.errors, last.warnings, last.information) IS DISTINCT FROM (n.points, n.errors, n.warnings, n.information)
    ON CONFLICT (organization_id, scorecard_id, day) DO UPDATE
      SET points = excluded.points, errors = excluded.errors, warnings = excluded.warnings, information = excluded.information
    """
)


async def keep_quality(job: Job) -> None:
    """Again on the same day it replaces that day's; a scorecard that did not change gets no row."""
    after = UUID(int=0)
    linter = None
    while True:
        async with job.database.write(job.organization_id) as session:
            linter = linter or await Linter.of(session)
            open_cycles = select(Cycle.id).where(Cycle.status != "closed")
            here = select(Scorecard.id).where(Scorecard.cycle_id.in_(open_cycles), Scorecard.id > after)
            ids = (await session.scalars(here.order_by(Scorecard.id).limit(BATCH))).all()
            await _keep(session, [(card.id, quality(found)) for card, found in await linter.noted(session, ids)])
        if len(ids) < BATCH:
            return
        after = ids[-1]


async def _keep(session: WriteSession, found: Sequence[tuple[UUID, Quality]]) -> None:
    counts = {name: [getattr(of, name) for _, of in found] for name in Quality._fields}
    keys = {"organization": session.organization_id, "today": session.today, "ids": [new_id() for _ in found]}
    await session.execute(KEEP, keys | {"cards": [card_id for card_id, _ in found]} | counts)
