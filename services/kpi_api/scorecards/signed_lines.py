"""The lines of a signed scorecard as scoring takes them: each target held against its whole window, and how far time away shrinks it."""

from collections.abc import Collection, Iterator, Mapping, Sequence
from datetime import date
from decimal import Decimal
from fractions import Fraction
from functools import lru_cache
from typing import Any, Final, NamedTuple, Self
from uuid import UUID

import orjson
from asyncpg.pgproto import pgproto

from chassis.numbers import plain_text, round_half_up
from kpi_api.cycles.periods import Days, Length, Window
from kpi_api.dictionary.lateness import Lateness
from kpi_api.dictionary.vocabulary import QUALIFIED_TOTAL
from kpi_api.measurements.actuals import Recorded, Target, combined, held_against
from kpi_api.measurements.measurable import measured_per, span_of
from kpi_api.measurements.milestones.late_days import deduction_per_day, share_done
from kpi_api.scorecards.lateness import Due
from kpi_api.scorecards.part_of_year import days_apart, periods_of_scorecard
from kpi_api.scorecards.presence.rules import ProRating, SignedRules, signed_rules
from kpi_api.scorecards.presence.shares import Presence, share

Document = dict[str, Any]

NUMBERS: Final = {
    "target": "value", "target_high": "value_high", "baseline": "baseline", "threshold": "threshold", "stretch": "stretch",
    "scale_minimum": "scale_minimum", "scale_maximum": "scale_maximum",
}  # fmt: skip
"""What scoring calls a target's numbers, and what the signed text calls them."""
PRO_RATED: Final = ("target", "target_high", "baseline", "threshold", "stretch")
PRO_RATED_PLACES: Final = 4
"""A pro-rated figure is rounded half-up at so many places."""


class SignedCard(NamedTuple):
    """A scorecard with its text, and when its person was there where the text says what time away does."""

    id: UUID
    person_id: UUID
    window_start: date
    window_end: date
    agreement: Document
    presence: Presence = Presence()


class SignedPart(NamedTuple):
    """A signed part: how it is measured, what it costs to be late, and its document as yet without an actual.

    `share` is how much of the target's days its person was there, by what pro-rates it; null where nothing does, and of 0 nothing counts.
    """

    measured: tuple[str, Window, Length, Target]
    lateness: tuple[date, Lateness] | None
    document: Document
    share: Fraction | None = None

    def pro_rated(self, rules: SignedRules, by: Collection[ProRating], presence: Presence) -> Self:
        """With its figures for the share of its days that somebody was there; a part without days stays as it is."""
        _, window, _, _ = self.measured
        if window.end < window.start:
            return self
        there = share(rules, by, presence, window.start, window.end)
        figures = {name: _pro_rated(self.document[name], there) for name in PRO_RATED if self.document[name] is not None}
        return self._replace(document=self.document | (figures if there else {}), share=there)

    def with_actual(self, sums: Recorded, *, milestone: bool) -> Document:
        if self.share == 0:
            return self.document
        combine, *_, target = self.measured
        actual = combined(combine, target.unit, sums)
        return self.document | {"actual": text_of(share_done(actual, target.value) if milestone else actual)}

    def with_lateness(self, days: int | None) -> Document:
        if days is None or self.lateness is None:
            return {}
        return {"days_late": str(days), "deduction_per_day": text_of(deduction_per_day(self.lateness[1]))}


class SignedLine(NamedTuple):
    """A signed line. `words` is its document as yet without parts and line of sight."""

    kpi_id: UUID
    words: Document
    parts: Sequence[SignedPart]

    @classmethod
    def signed(cls, card: SignedCard, line: Document, sprints: Mapping[UUID, tuple[Days, ...]]) -> Self:
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
        if by := line.get("pro_rated_by"):
            parts = [part.pro_rated(signed_rules(card.agreement), by, card.presence) for part in parts]
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


def _pro_rated(figure: str, there: Fraction) -> str | None:
    return text_of(round_half_up(Fraction(figure) * there, PRO_RATED_PLACES))


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
) -> SignedPart:
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
    figures = {name: text_of(getattr(stated, own)) for name, own in NUMBERS.items()}
    return SignedPart((combine, window, per, target), lateness, words | figures)


def _signed_target(part: Document) -> Target:
    words = {name: part[name] for name in ("part", "comparison", "unit", "period")}
    numbers = {name: Decimal(part[name]) if name in part else None for name in NUMBERS.values()}
    phasing = tuple(Decimal(value) for value in part["phasing"]) if "phasing" in part else None
    return Target(**words | numbers | {"phasing": phasing})


def text_of(number: Decimal | None) -> str | None:
    """Digits without trailing zeros, so that 30 and 30.000 are the same bytes."""
    if number is None:
        return None
    text = plain_text(number)
    return text.rstrip("0").rstrip(".") if "." in text else text
