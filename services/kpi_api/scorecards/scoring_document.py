"""Scorecards as scoring takes them: what was agreed, what was measured, where the person worked, and what each KPI leads up to.

One JSON object per scorecard, with decimals as text; the same facts give the same bytes, whatever else is asked for with them.
"""

from collections.abc import Collection, Mapping, Sequence
from datetime import date, datetime, timedelta
from decimal import Decimal
from functools import lru_cache
from typing import Any, Final
from uuid import UUID

import orjson
from sqlalchemy import or_, select

from chassis.database import ReadSession
from chassis.numbers import plain_text
from kpi_api.cascade.lines import lines_of_sight
from kpi_api.cascade.queries import among
from kpi_api.cycles.periods import Window
from kpi_api.measurements.actuals import Actual, Target
from kpi_api.measurements.measurable import measured_per
from kpi_api.measurements.queries import MeasuredPart, actuals_of
from kpi_api.people.models import Employment
from kpi_api.scorecards.models import Scorecard

Document = dict[str, Any]

ONE_DAY: Final = timedelta(days=1)
NUMBERS: Final = ("target", "target_high", "baseline", "threshold", "stretch", "actual", "scale_minimum", "scale_maximum")


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
    agreed = select(Scorecard).where(among(Scorecard.id, scorecard_ids), Scorecard.agreement.is_not(None)).order_by(Scorecard.id)
    cards = (await session.scalars(agreed)).all()
    lines = [(card, line) for card in cards for line in _agreement(card)["lines"]]
    paths = await lines_of_sight(session, {UUID(line["kpi_id"]) for _, line in lines})
    parts = [(card.id, line["line"], part) for card, line in lines for part in _measured_parts(_agreement(card), line)]
    actuals: dict[tuple[UUID, int], list[Actual]] = {}
    for (card_id, number, _), actual in zip(parts, await actuals_of(session, [part for *_, part in parts], as_of=as_of), strict=True):
        actuals.setdefault((card_id, number), []).append(actual)
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
                _line(line, actuals[card.id, line["line"]], paths.get(UUID(line["kpi_id"]), [])) for line in _agreement(card)["lines"]
            ],
        }
        for card in cards
    ]


def _agreement(card: Scorecard) -> Document:
    return card.agreement or {"lines": []}


def _measured_parts(agreement: Document, line: Document) -> list[MeasuredPart]:
    """The parts of a signed line, with the targets that were signed."""
    kpi_id, window = UUID(line["kpi_id"]), _window(line["window_start"], line["window_end"], agreement["cycle"]["starts_on"])
    return [
        MeasuredPart(
            kpi_id=kpi_id,
            combine=line["combine"],
            window=window,
            per=measured_per(part["period"], line.get("update_frequency")),
            target=_signed_target(orjson.dumps(part)),
        )
        for part in line["parts"]
    ]


# A template gives the same windows and targets to thousands of people.
@lru_cache(maxsize=4096)
def _window(first: str, last: str, anchor: str) -> Window:
    return Window(date.fromisoformat(first), date.fromisoformat(last), date.fromisoformat(anchor))


@lru_cache(maxsize=4096)
def _signed_target(signed: bytes) -> Target:
    part = orjson.loads(signed)
    words = {name: part[name] for name in ("part", "comparison", "unit", "period")}
    names = ("value", "value_high", "baseline", "threshold", "stretch", "scale_minimum", "scale_maximum")
    numbers = {name: Decimal(part[name]) if name in part else None for name in names}
    phasing = tuple(Decimal(value) for value in part["phasing"]) if "phasing" in part else None
    return Target(**words | numbers | {"phasing": phasing})


def _line(line: Document, actuals: Sequence[Actual], paths: list[list[str]]) -> Document:
    """A signed line with its actuals. A share of periods met counts upward, whatever the KPI's own direction."""
    return {
        "line": line["line"],
        "kpi_id": line["kpi_id"],
        "kpi_code": line["kpi_code"],
        "name": line["name"],
        "component": line["component"],
        "weight": f"{Decimal(line['weight']):.2f}",
        "direction": "higher" if line["combine"] == "share_of_periods_met" else line["direction"],
        "combine_parts": line["combine_parts"],
        "parts": [_part(actual) for actual in actuals],
        "line_of_sight": paths,
    }


def _part(actual: Actual) -> Document:
    words = {"part": actual.part, "comparison": actual.comparison, "unit": actual.unit}
    return words | {name: _text(getattr(actual, name)) for name in NUMBERS}


def _text(number: Decimal | None) -> str | None:
    """Digits without trailing zeros, so that 30 and 30.000 are the same bytes."""
    if number is None:
        return None
    text = plain_text(number)
    return text.rstrip("0").rstrip(".") if "." in text else text


async def _segments(session: ReadSession, cards: Sequence[Scorecard]) -> dict[UUID, list[Document]]:
    """By scorecard, the days of its window on which the person was employed, divided where their share of full time changes."""
    people = {card.person_id for card in cards}
    primary = select(Employment).where(among(Employment.person_id, people), Employment.is_primary)
    if cards:
        first, last = min(card.window_start for card in cards), max(card.window_end for card in cards)
        primary = primary.where(Employment.valid_from <= last, or_(Employment.valid_to.is_(None), Employment.valid_to > first))
    employments: dict[UUID, list[Employment]] = {}
    for employment in await session.scalars(primary.order_by(Employment.person_id, Employment.valid_from)):
        employments.setdefault(employment.person_id, []).append(employment)
    return {card.id: _segments_of(card.window_start, card.window_end, employments.get(card.person_id, [])) for card in cards}


def _segments_of(first: date, last: date, employments: Sequence[Employment]) -> list[Document]:
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
