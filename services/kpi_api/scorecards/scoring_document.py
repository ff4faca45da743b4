"""Scorecards as scoring takes them: what was agreed, what was measured, where the person worked, and what each KPI leads up to.

One JSON object per scorecard, with decimals as text; the same facts give the same bytes, whatever else is asked for with them.
"""

from collections.abc import Collection, Iterator, Mapping, Sequence
from datetime import date, datetime, timedelta
from decimal import Decimal
from functools import lru_cache
from typing import Any, Final, NamedTuple, Self
from uuid import UUID

import orjson
from asyncpg.pgproto import pgproto
from sqlalchemy import Text, cast, or_, select

from chassis.database import ReadSession
from chassis.numbers import plain_text
from kpi_api.cascade.lines import lines_of_sight
from kpi_api.cascade.queries import among
from kpi_api.cycles.periods import Length, Window
from kpi_api.measurements.actuals import Recorded, Target, combined, held_against
from kpi_api.measurements.measurable import measured_per, span_of
from kpi_api.measurements.queries import MeasuredPart, sums_of
from kpi_api.people.models import Employment
from kpi_api.scorecards.models import Scorecard

Document = dict[str, Any]

ONE_DAY: Final = timedelta(days=1)
NUMBERS: Final = {
    "target": "value", "target_high": "value_high", "baseline": "baseline", "threshold": "threshold", "stretch": "stretch",
    "scale_minimum": "scale_minimum", "scale_maximum": "scale_maximum",
}  # fmt: skip
"""What scoring calls a target's numbers, and what the signed text calls them."""


class _Card(NamedTuple):
    id: UUID
    person_id: UUID
    window_start: date
    window_end: date
    agreement: Document


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
    lines = {card.id: [_Line.signed(card.agreement, line) for line in card.agreement["lines"]] for card in cards}
    all_lines = [line for own in lines.values() for line in own]
    paths = await lines_of_sight(session, {line.kpi_id for line in all_lines})
    parts = [MeasuredPart(line.kpi_id, *part.measured) for line in all_lines for part in line.parts]
    sums = iter(await sums_of(session, parts, as_of=as_of))
    segments = await _segments(session, cards)
    return [
        {
            "scorecard_id": str(card.id),
            "person_id": str(card.person_id),
            "period_start": card.window_start.isoformat(),
            "period_end": card.window_end.isoformat(),
            "rating": _text((ratings or {}).get(card.person_id)),
            "segments": segments[card.id],
            "lines": [line.document(sums, paths.get(line.kpi_id, [])) for line in lines[card.id]],
        }
        for card in cards
    ]


async def _agreed(session: ReadSession, scorecard_ids: Collection[UUID]) -> list[_Card]:
    columns = (Scorecard.id, Scorecard.person_id, Scorecard.window_start, Scorecard.window_end, cast(Scorecard.agreement, Text))
    agreed = select(*columns).where(among(Scorecard.id, scorecard_ids), Scorecard.agreement.is_not(None)).order_by(Scorecard.id)
    found = await session.execute(agreed)
    return [_Card(id_, person_id, first, last, orjson.loads(text)) for id_, person_id, first, last, text in found]


class _Part(NamedTuple):
    """A signed part: how it is measured, and its document as yet without an actual."""

    measured: tuple[str, Window, Length, Target]
    document: Document

    def with_actual(self, sums: Recorded) -> Document:
        combine, *_, target = self.measured
        return self.document | {"actual": _text(combined(combine, target.unit, sums))}


class _Line(NamedTuple):
    """A signed line. `words` is its document as yet without parts and line of sight."""

    kpi_id: UUID
    words: Document
    parts: Sequence[_Part]

    @classmethod
    def signed(cls, agreement: Document, line: Document) -> Self:
        window, combine = (line["window_start"], line["window_end"], agreement["cycle"]["starts_on"]), line["combine"]
        words = {
            "line": line["line"],
            "kpi_id": line["kpi_id"],
            "kpi_code": line["kpi_code"],
            "name": line["name"],
            "component": line["component"],
            "weight": _percent(line["weight"]),
            # A share of periods met counts upward, whatever the KPI's own direction.
            "direction": "higher" if combine == "share_of_periods_met" else line["direction"],
            "combine_parts": line["combine_parts"],
        }
        parts = [_signed_part(window, combine, line.get("update_frequency"), orjson.dumps(part)) for part in line["parts"]]
        return cls(pgproto.UUID(line["kpi_id"]), words, parts)  # the driver's own UUID hashes in C

    def document(self, sums: Iterator[Recorded], paths: list[list[str]]) -> Document:
        """In full, with the next sums for its parts."""
        return self.words | {"parts": [part.with_actual(next(sums)) for part in self.parts], "line_of_sight": paths}


# A template gives the same weights, windows and targets to thousands of people.
@lru_cache(maxsize=4096)
def _percent(weight: str) -> str:
    return f"{Decimal(weight):.2f}"


@lru_cache(maxsize=4096)
def _signed_part(days: tuple[str, str, str], combine: str, update_frequency: str | None, signed: bytes) -> _Part:
    window, target = Window(*map(date.fromisoformat, days)), _signed_target(orjson.loads(signed))
    per = measured_per(target.period, update_frequency)
    stated = held_against(combine, target, span_of(window, per))
    words = {"part": stated.part, "comparison": stated.comparison, "unit": stated.unit, "actual": None}
    return _Part((combine, window, per, target), words | {name: _text(getattr(stated, own)) for name, own in NUMBERS.items()})


def _signed_target(part: Document) -> Target:
    words = {name: part[name] for name in ("part", "comparison", "unit", "period")}
    numbers = {name: Decimal(part[name]) if name in part else None for name in NUMBERS.values()}
    phasing = tuple(Decimal(value) for value in part["phasing"]) if "phasing" in part else None
    return Target(**words | numbers | {"phasing": phasing})


def _text(number: Decimal | None) -> str | None:
    """Digits without trailing zeros, so that 30 and 30.000 are the same bytes."""
    if number is None:
        return None
    text = plain_text(number)
    return text.rstrip("0").rstrip(".") if "." in text else text


async def _segments(session: ReadSession, cards: Sequence[_Card]) -> dict[UUID, list[Document]]:
    """By scorecard, the days of its window on which the person was employed, divided where their share of full time changes."""
    people = {card.person_id for card in cards}
    columns = (Employment.person_id, Employment.valid_from, Employment.valid_to, Employment.fte)
    primary = select(*columns).where(among(Employment.person_id, people), Employment.is_primary)
    if cards:
        first, last = min(card.window_start for card in cards), max(card.window_end for card in cards)
        primary = primary.where(Employment.valid_from <= last, or_(Employment.valid_to.is_(None), Employment.valid_to > first))
    employments: dict[UUID, list[Any]] = {}
    for employment in await session.execute(primary.order_by(Employment.person_id, Employment.valid_from)):
        employments.setdefault(employment.person_id, []).append(employment)
    return {card.id: _segments_of(card.window_start, card.window_end, employments.get(card.person_id, [])) for card in cards}


def _segments_of(first: date, last: date, employments: Sequence[Any]) -> list[Document]:
    segments: list[Document] = []
    for employment in employments:
        start = max(first, employment.valid_from)
        end = min(last, employment.valid_to - ONE_DAY) if employment.valid_to else last
        if end < start:
            continue
        fte = _text(employment.fte)
        if segments and segments[-1]["fte"] == fte and date.fromisoformat(segments[-1]["to"]) + ONE_DAY == start:
            segments[-1]["to"] = end.isoformat()
        else:
            segments.append({"from": start.isoformat(), "to": end.isoformat(), "fte": fte, "counted": True})
    return segments
