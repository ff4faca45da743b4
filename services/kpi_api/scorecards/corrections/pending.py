"""Whether a correction of a scorecard is announced and not decided yet."""

from datetime import date
from uuid import UUID

from sqlalchemy import select

from chassis.database import ReadSession
from kpi_api.scorecards.corrections.models import CorrectionResult, ScorecardCorrection


async def corrected_until(session: ReadSession, scorecard_id: UUID) -> date | None:
    """Until when the sides may object to what is announced; null where nothing is. Whoever has locked the scorecard is told for good."""
    until = select(ScorecardCorrection.objections_until).join(CorrectionResult, CorrectionResult.correction_id == ScorecardCorrection.id)
    return await session.scalar(until.where(CorrectionResult.scorecard_id == scorecard_id, CorrectionResult.status == "pending"))
