"""Scorecards as scoring takes them: what was agreed, what was measured, where the person worked, and what each KPI leads up to.

One JSON object per scorecard, with decimals as text; the same facts give the same bytes, whatever else is asked for with them.
"""

from collections.abc import Collection, Mapping
from datetime import datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

import orjson
from sqlalchemy import Text, cast, select

from chassis.database import ReadSession
from kpi_api.cascade.lines import lines_of_sight
from kpi_api.cascade.queries import among
from kpi_api.cascade.windows.queries import sprints_of_kpis
from kpi_api.measurements.queries import MeasuredPart, sums_of
from kpi_api.scorecards.credit import credit_shares
from kpi_api.scorecards.lateness import days_late_of
from kpi_api.scorecards.models import Scorecard
from kpi_api.scorecards.presence.reading import presence_of
from kpi_api.scorecards.presence.segments import segments_of
from kpi_api.scorecards.signed_lines import SignedCard, SignedLine, text_of
from kpi_api.scorecards.withdrawals import withdrawn_by

Document = dict[str, Any]


async def scoring_document(
    session: ReadSession,
    scorecard_ids: Collection[UUID],
    *,
    as_of: datetime | None = None,
    ratings: Mapping[UUID, Decimal] | None = None,
) -> list[Document]:
    """The agreed ones among these scorecards, by id, with what was known at `as_of` (now when null) and people's released `ratings`.

    Asks for no viewer: it feeds jobs, never a door.
    """
    cards = await _agreed(session, scorecard_ids)
    sprints = await sprints_of_kpis(session, {UUID(line["kpi_id"]) for card in cards for line in _per_sprint(card.agreement)})
    lines = {card.id: [SignedLine.signed(card, line, sprints) for line in card.agreement["lines"]] for card in cards}
    all_lines = [line for own in lines.values() for line in own]
    paths = await lines_of_sight(session, {line.kpi_id for line in all_lines})
    parts = [MeasuredPart(line.kpi_id, *part.measured) for line in all_lines for part in line.parts]
    sums = iter(await sums_of(session, parts, as_of=as_of))
    late = await days_late_of(session, [due for line in all_lines for due in line.due()], as_of=as_of)
    withdrawn = await withdrawn_by(session, {line.kpi_id for line in all_lines}, as_of)
    shares = await credit_shares(session, {line.kpi_id for line in all_lines}, {card.person_id for card in cards})
    segments = await segments_of(session, cards)
    return [
        {
            "scorecard_id": str(card.id),
            "person_id": str(card.person_id),
            "period_start": card.window_start.isoformat(),
            "period_end": card.window_end.isoformat(),
            "rating": text_of((ratings or {}).get(card.person_id)),
            "segments": segments[card.id],
            "lines": [
                line.document(sums, late, paths.get(line.kpi_id, []), withdrawn)
                | _credit(shares.of(line.kpi_id, card.person_id, card.window_end))
                for line in lines[card.id]
            ],
        }
        for card in cards
    ]


def _credit(share: Decimal | None) -> Document:
    return {} if share is None else {"credit_share": f"{share:.2f}"}


async def _agreed(session: ReadSession, scorecard_ids: Collection[UUID]) -> list[SignedCard]:
    columns = (Scorecard.id, Scorecard.person_id, Scorecard.window_start, Scorecard.window_end, cast(Scorecard.agreement, Text))
    agreed = select(*columns).where(among(Scorecard.id, scorecard_ids), Scorecard.agreement.is_not(None)).order_by(Scorecard.id)
    found = await session.execute(agreed)
    cards = [SignedCard(id_, person_id, first, last, orjson.loads(text)) for id_, person_id, first, last, text in found]
    ruled = {card.person_id for card in cards if "time_rules" in card.agreement}
    presence = await presence_of(session, ruled) if ruled else {}
    return [card._replace(presence=presence[card.person_id]) if card.person_id in ruled else card for card in cards]


def _per_sprint(agreement: Document) -> list[Document]:
    """The signed lines that are measured per sprint."""
    return [line for line in agreement["lines"] if "sprint" in {line.get("update_frequency"), *(part["period"] for part in line["parts"])}]
