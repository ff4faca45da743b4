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
from kpi_api.cascade.windows.queries import sprints_of_kpis
from kpi_api.cycles.periods import Days, Length, Window
from kpi_api.dictionary.lateness import Lateness
from kpi_api.dictionary.vocabulary import QUALIFIED_TOTAL
from kpi_api.measurements.actuals import Recorded, Target, combined, held_against
from kpi_api.measurements.measurable import measured_per, span_of
from kpi_api.measurements.milestones.late_days import deduction_per_day, share_done
from kpi_api.measurements.queries import MeasuredPart, sums_of
from kpi_api.people.models import Employment
from kpi_api.scorecards.credit import credit_shares
from kpi_api.scorecards.lateness import Due, days_late_of
from kpi_api.scorecards.models import Scorecard
from kpi_api.scorecards.part_of_year import days_apart, periods_of_scorecard
from kpi_api.scorecards.withdrawals import withdrawn_by

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
    sprints = await sprints_of_kpis(session, {UUID(line["kpi_id"]) for card in cards for line in _per_sprint(card.agreement)})
    lines = {card.id: [_Line.signed(card, line, sprints) for line in card.agreement["lines"]] for card in cards}
    all_lines = [line for own in lines.values() for line in own]
    paths = await lines_of_sight(session, {line.kpi_id for line in all_lines})
    parts = [MeasuredPart(line.kpi_id, *part.measured) for line in all_lines for part in line.parts]
    sums = iter(await sums_of(session, parts, as_of=as_of))
    late = await days_late_of(session, [due for line in all_lines for due in line.due()], as_of=as_of)
    withdrawn = await withdrawn_by(session, {line.kpi_id for line in all_lines}, as_of)
    shares = await credit_shares(session, {line.kpi_id for line in all_lines}, {card.person_id for card in cards})
    segments = await _segments(session, cards)
    return [
        {
            "scorecard_id": str(card.id),
            "person_id": str(card.person_id),
            "period_start": card.window_start.isoformat(),
            "period_end": card.window_end.isoformat(),
            "rating": _text((ratings or {}).get(card.person_id)),
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


async def _agreed(session: ReadSession, scorecard_ids: Collection[UUID]) -> list[_Card]:
    columns = (Scorecard.id, Scorecard.person_id, Scorecard.window_start, Scorecard.window_end, cast(Scorecard.agreement, Text))
    agreed = select(*columns).where(among(Scorecard.id, scorecard_ids), Scorecard.agreement.is_not(None)).order_by(Scorecard.id)
    found = await session.execute(agreed)
    return [_Card(id_, person_id, first, last, orjson.loads(text)) for id_, person_id, first, last, text in found]


def _per_sprint(agreement: Document) -> list[Document]:
    """The signed lines that are measured per sprint."""
    return [line for line in agreement["lines"] if "sprint" in {line.get("update_frequency"), *(part["period"] for part in line["parts"])}]


class _Part(NamedTuple):
    """A signed part: how it is measured, what it costs to be late, and its document as yet without an actual."""

    measured: tuple[str, Window, Length, Target]
    lateness: tuple[date, Lateness] | None
    document: Document

    def with_actual(self, sums: Recorded, *, milestone: bool) -> Document:
        combine, *_, target = self.measured
        actual = combined(combine, target.unit, sums)
        return self.document | {"actual": _text(share_done(actual, target.value) if milestone else actual)}

    def with_lateness(self, days: int | None) -> Document:
        if days is None or self.lateness is None:
            return {}
        return {"days_late": str(days), "deduction_per_day": _text(deduction_per_day(self.lateness[1]))}


class _Line(NamedTuple):
    """A signed line. `words` is its document as yet without parts and line of sight."""

    kpi_id: UUID
    words: Document
    parts: Sequence[_Part]

    @classmethod
    def signed(cls, card: _Card, line: Document, sprints: Mapping[UUID, tuple[Days, ...]]) -> Self:
        line = _counted(line) if "counted_part" in line else line
        window, combine = (line["window_start"], line["window_end"], card.agreement["cycle"]["starts_on"]), line["combine"]
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
        kpi_id = pgproto.UUID(line["kpi_id"])  # the driver's own UUID hashes in C
        own = sprints.get(kpi_id, ()) if sprints else ()
        days = days_apart((card.window_start, card.window_end), (line["window_start"], line["window_end"]))
        parts = [_signed_part(window, own, combine, line.get("update_frequency"), orjson.dumps(part), days) for part in line["parts"]]
        return cls(kpi_id, words, parts)

    @property
    def is_milestone(self) -> bool:
        return bool(self.words["direction"] == "milestone")

    def due(self) -> Iterator[Due]:
        """The parts that lose something when they are late."""
        for part in self.parts if self.is_milestone else ():
            _, window, _, target = part.measured
            if part.lateness:
                yield Due(self.kpi_id, target.part, *part.lateness, target.value, window.end)

    def document(
        self, sums: Iterator[Recorded], late: Mapping[tuple[UUID, str], int], paths: list[list[str]], withdrawn: Collection[UUID]
    ) -> Document:
        """In full, with the next sums for its parts. Of a withdrawn KPI nothing counts: the plan says what becomes of what is missing."""
        parts = [
            part.with_actual(next(sums), milestone=self.is_milestone) | part.with_lateness(late.get((self.kpi_id, part.document["part"])))
            for part in self.parts
        ]
        if self.kpi_id in withdrawn:
            parts = [part.document for part in self.parts]
        return self.words | {"parts": parts, "line_of_sight": paths}


def _counted(line: Document) -> Document:
    """The line with the part that counts alone: the targets of the others are met, or not, by each thing counted."""
    parts = [part for part in line["parts"] if part["part"] == line["counted_part"]]
    return line | {"combine": QUALIFIED_TOTAL, "parts": parts, "direction": parts[0]["direction"]}


# A template gives the same weights, windows and targets to thousands of people.
@lru_cache(maxsize=4096)
def _percent(weight: str) -> str:
    return f"{Decimal(weight):.2f}"


@lru_cache(maxsize=4096)
def _signed_part(
    window_days: tuple[str, str, str],
    sprints: tuple[Days, ...],
    combine: str,
    update_frequency: str | None,
    signed: bytes,
    card_days: tuple[date, date] | None,
) -> _Part:
    part = orjson.loads(signed)
    start, end, anchor = map(date.fromisoformat, window_days)
    window, target = Window(start, end, anchor, sprints), _signed_target(part)
    per = measured_per(target.period, update_frequency)
    span = span_of(window, per)
    if card_days and target.period != "window":
        window, target, span = periods_of_scorecard(window, target, per, *card_days)
    stated = held_against(combine, target, span)
    words = {"part": stated.part, "comparison": stated.comparison, "unit": stated.unit, "actual": None}
    lateness = (date.fromisoformat(part["due_on"]), Lateness.model_validate(part["lateness"])) if "lateness" in part else None
    return _Part((combine, window, per, target), lateness, words | {name: _text(getattr(stated, own)) for name, own in NUMBERS.items()})


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
