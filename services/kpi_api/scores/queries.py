"""Reads of scores: always the stored one, with how fresh it is. Scoring need not be there."""

from collections.abc import Collection
from uuid import UUID

from sqlalchemy import select

from chassis import audit
from chassis.access import Viewer
from chassis.database import ReadSession
from kpi_api.cascade.queries import among
from kpi_api.scorecards.models import Scorecard
from kpi_api.scorecards.queries import visible
from kpi_api.scores.models import Score


async def scores(viewer: Viewer, session: ReadSession, scorecard_ids: Collection[UUID]) -> dict[UUID, tuple[Scorecard, Score | None]]:
    """By id, the scorecards in sight with their scores; null for one that has never been active. Reading others' scores is recorded."""
    cards = (await session.scalars(visible(viewer).where(among(Scorecard.id, scorecard_ids)))).all()
    found = {score.id: score for score in await session.scalars(select(Score).where(among(Score.id, [card.id for card in cards])))}
    others = sorted(card.id for card in cards if card.id in found and card.person_id != viewer.person_id)
    await audit.record_read(session, viewer.subject, "score.read", "scorecard", others)
    return {card.id: (card, found.get(card.id)) for card in cards}
