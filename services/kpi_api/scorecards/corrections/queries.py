"""Reads of corrections: those who run them see all, and whoever sees a scorecard sees what is corrected on it."""

from collections.abc import Collection
from uuid import UUID

from sqlalchemy import func, select

from chassis.access import Viewer
from chassis.database import ReadSession
from chassis.pagination import PageRequest, Rows, fetch_page
from chassis.problems import NotFound
from kpi_api.cascade.queries import among
from kpi_api.scorecards import queries as scorecards
from kpi_api.scorecards.corrections.models import CorrectionResult, ResultStatus, ScorecardCorrection
from kpi_api.scorecards.corrections.schemas import CorrectionCounts, CorrectionOfScorecard, CorrectionOutput, CorrectionResultOutput
from kpi_api.scorecards.models import Scorecard


async def corrections(viewer: Viewer, session: ReadSession, page: PageRequest) -> Rows[ScorecardCorrection]:
    """All of them, oldest first. Raises NotAllowed."""
    viewer.require("scorecards.read_corrections")
    keys = [(ScorecardCorrection.id, lambda row: row.id)]
    return await fetch_page(session, select(ScorecardCorrection), page, keys=keys, scope=f"corrections {viewer.subject}")


async def correction(viewer: Viewer, session: ReadSession, correction_id: UUID, *, for_update: bool = False) -> ScorecardCorrection:
    """Raises NotAllowed, NotFound."""
    viewer.require("scorecards.read_corrections")
    statement = select(ScorecardCorrection).where(ScorecardCorrection.id == correction_id)
    found = await session.scalar(statement.with_for_update() if for_update else statement)
    if found is None:
        raise NotFound()
    return found


async def shown(session: ReadSession, rows: Collection[ScorecardCorrection]) -> list[CorrectionOutput]:
    """Corrections with how far they are."""
    result = CorrectionResult
    counted = select(result.correction_id, result.status, func.count()).group_by(result.correction_id, result.status)
    counts: dict[UUID, dict[str, int]] = {}
    for id_, status, count in await session.execute(counted.where(among(result.correction_id, [row.id for row in rows]))):
        counts.setdefault(id_, {})[status] = count
    return [_shown(row, counts.get(row.id, {})) for row in rows]


def _shown(row: ScorecardCorrection, counts: dict[str, int]) -> CorrectionOutput:
    own = {name: getattr(row, name) for name in CorrectionOutput.model_fields if name != "scorecards"}
    return CorrectionOutput(**own, scorecards=CorrectionCounts(**counts))


async def results(
    viewer: Viewer, session: ReadSession, page: PageRequest, correction_id: UUID, *, status: ResultStatus | None = None
) -> Rows[CorrectionResult]:
    """What became of a correction's scorecards, by scorecard. Raises NotAllowed, NotFound."""
    found = await correction(viewer, session, correction_id)
    statement = select(CorrectionResult).where(CorrectionResult.correction_id == found.id)
    if status is not None:
        statement = statement.where(CorrectionResult.status == status)
    keys = [(CorrectionResult.scorecard_id, lambda row: row.scorecard_id)]
    return await fetch_page(session, statement, page, keys=keys, scope=f"correction {viewer.subject} {correction_id} {status}")


async def of_scorecard(viewer: Viewer, session: ReadSession, scorecard_id: UUID) -> list[CorrectionOfScorecard]:
    """The corrections of a scorecard in sight, oldest first. Raises NotFound."""
    card = await scorecards.scorecard(viewer, session, scorecard_id)
    return (await corrections_of_cards(viewer, session, [card.id])).get(card.id, [])


async def corrections_of_cards(
    viewer: Viewer, session: ReadSession, scorecard_ids: Collection[UUID]
) -> dict[UUID, list[CorrectionOfScorecard]]:
    """By scorecard in sight its corrections, oldest first."""
    seen = scorecards.visible(viewer).where(among(Scorecard.id, scorecard_ids)).with_only_columns(Scorecard.id)
    same = ScorecardCorrection.id == CorrectionResult.correction_id
    rows = select(CorrectionResult, ScorecardCorrection).join(ScorecardCorrection, same).where(CorrectionResult.scorecard_id.in_(seen))
    found: dict[UUID, list[CorrectionOfScorecard]] = {}
    for result, whole in await session.execute(rows.order_by(CorrectionResult.correction_id)):
        own = CorrectionResultOutput.model_validate(result).model_dump()
        shown = CorrectionOfScorecard(**own, reason=whole.reason, objections_until=whole.objections_until)
        found.setdefault(result.scorecard_id, []).append(shown)
    return found
