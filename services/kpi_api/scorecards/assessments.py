"""The formal assessments of a scorecard (S0, Characteristics, tied to review cycles): by when each is due, and whether it was held."""

from collections.abc import Collection
from typing import Any, Final
from uuid import UUID

from sqlalchemy import text

from chassis.access import Viewer
from chassis.database import ReadSession
from kpi_api.cascade.queries import among
from kpi_api.scorecards import queries
from kpi_api.scorecards.models import Scorecard
from kpi_api.scorecards.schemas import DueAssessment

# The mid-year review is due on the scorecard on whose days its date lies, the annual one on the last of the cycle, where a day is set.
DUE: Final = text(
    """
    SELECT s.id AS scorecard_id, d.stage, d.due_on, CAST(v.released_at AS date) AS released_on
    FROM scorecards s
    JOIN cycles c ON c.organization_id = s.organization_id AND c.id = s.cycle_id
    CROSS JOIN LATERAL (VALUES
      ('mid_year', CASE WHEN c.mid_year_on BETWEEN s.window_start AND s.window_end THEN c.mid_year_on END),
      ('annual', CASE WHEN s.window_end = c.ends_on THEN c.year_end_on END)
    ) AS d (stage, due_on)
    LEFT JOIN reviews v ON v.organization_id = s.organization_id AND v.scorecard_id = s.id AND v.stage = d.stage
    WHERE s.organization_id = :organization AND s.id = ANY(CAST(:cards AS uuid[])) AND d.due_on IS NOT NULL
    ORDER BY s.id, d.due_on
    """
)


async def assessments_of(session: ReadSession, card: Scorecard) -> list[DueAssessment]:
    """Of a scorecard that the viewer was found to see, by date; one that was not released by its day is missed from the day after."""
    return (await _due(session, [card.id]))[card.id]


async def assessments_of_cards(viewer: Viewer, session: ReadSession, scorecard_ids: Collection[UUID]) -> dict[UUID, list[DueAssessment]]:
    """By scorecard in sight its assessments, by date."""
    seen = queries.visible(viewer).where(among(Scorecard.id, scorecard_ids)).with_only_columns(Scorecard.id)
    return await _due(session, (await session.scalars(seen)).all())


async def _due(session: ReadSession, scorecard_ids: Collection[UUID]) -> dict[UUID, list[DueAssessment]]:
    rows = await session.execute(DUE, {"organization": session.organization_id, "cards": list(scorecard_ids)})
    found: dict[UUID, list[DueAssessment]] = {id_: [] for id_ in scorecard_ids}
    for row in rows:
        due = DueAssessment(stage=row.stage, due_on=row.due_on, released_on=row.released_on, state=_state(session, row))
        found[row.scorecard_id].append(due)
    return found


def _state(session: ReadSession, row: Any) -> Any:
    if row.released_on is not None:
        return "held"
    return "missed" if session.today > row.due_on else "to_come"
