"""The days of a scorecard that pay counts: employed, by share of full time, and not on leave where leave is signed as unpaid."""

from collections.abc import Collection, Sequence
from datetime import date, timedelta
from typing import Any, Final
from uuid import UUID

from sqlalchemy import or_, select

from chassis.database import ReadSession
from kpi_api.cascade.queries import among
from kpi_api.people.models import Employment
from kpi_api.scorecards.presence.rules import signed_rules
from kpi_api.scorecards.presence.shares import Away, affecting, is_away, pieces
from kpi_api.scorecards.signed_lines import SignedCard, text_of

Segment = dict[str, Any]
ONE_DAY: Final = timedelta(days=1)


async def segments_of(session: ReadSession, cards: Collection[SignedCard]) -> dict[UUID, list[Segment]]:
    """By scorecard, the days of its window on which the person was employed, divided where their share of full time changes, and where
    unpaid leave begins or ends.
    """
    people = {card.person_id for card in cards}
    columns = (Employment.person_id, Employment.valid_from, Employment.valid_to, Employment.fte)
    primary = select(*columns).where(among(Employment.person_id, people), Employment.is_primary)
    if cards:
        first, last = min(card.window_start for card in cards), max(card.window_end for card in cards)
        primary = primary.where(Employment.valid_from <= last, or_(Employment.valid_to.is_(None), Employment.valid_to > first))
    employments: dict[UUID, list[Any]] = {}
    for employment in await session.execute(primary.order_by(Employment.person_id, Employment.valid_from)):
        employments.setdefault(employment.person_id, []).append(employment)
    return {card.id: _without_unpaid(card, _employed(card, employments.get(card.person_id, []))) for card in cards}


def _employed(card: SignedCard, employments: Sequence[Any]) -> list[Segment]:
    segments: list[Segment] = []
    for employment in employments:
        start = max(card.window_start, employment.valid_from)
        end = min(card.window_end, employment.valid_to - ONE_DAY) if employment.valid_to else card.window_end
        if end < start:
            continue
        fte = text_of(employment.fte)
        if segments and segments[-1]["fte"] == fte and date.fromisoformat(segments[-1]["to"]) + ONE_DAY == start:
            segments[-1]["to"] = end.isoformat()
        else:
            segments.append({"from": start.isoformat(), "to": end.isoformat(), "fte": fte, "counted": True})
    return segments


def _without_unpaid(card: SignedCard, segments: list[Segment]) -> list[Segment]:
    rules = signed_rules(card.agreement)
    away = affecting(rules, card.presence.away) if rules.leave_days == "unpaid" else []
    return [part for segment in segments for part in _divided(segment, away)] if away else segments


def _divided(segment: Segment, away: Sequence[Away]) -> list[Segment]:
    days = pieces(date.fromisoformat(segment["from"]), date.fromisoformat(segment["to"]), away)
    return [
        segment | {"from": first.isoformat(), "to": last.isoformat(), "counted": not is_away(away, first)} for first, last in days
    ]
