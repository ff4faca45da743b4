"""Attainment: how far each KPI got, raw and capped, and what the plan does about a KPI that was not measured."""

from typing import ClassVar, Literal

import numpy as np
from pydantic import Field

from scoring.engine.attainment import attainment
from scoring.engine.columns import Column
from scoring.engine.exact import Flags
from scoring.engine.frame import Figures, Frame
from scoring.engine.meanings import LARGEST_ATTAINMENT, Level, Meaning, plain
from scoring.engine.reasons import Reason
from scoring.engine.steps.attainment_words import attainment_words
from scoring.engine.steps.step import Scope, Step
from scoring.engine.teller import Teller

Missing = Literal["block", "renormalise", "zero", "hold_last"]


class Attainment(Step):
    """How far each KPI got, 1 being its target, by its direction. The raw value is kept beside the capped one."""

    kind: Literal["attainment"]
    missing: Missing = Field(
        "block",
        description="A KPI without a measured value: block (the person is not scored), renormalise (left out, the other weights take its"
        " place), zero (counts as nothing), hold_last (the last earlier value).",
    )

    zero_reason: ClassVar[str] = "nothing_attained"

    def meaning(self, scope: Scope) -> Meaning:
        return plain(Level.LINE, -LARGEST_ATTAINMENT, LARGEST_ATTAINMENT)

    def words(self, teller: Teller) -> str:
        return attainment_words(teller)

    def compute(self, frame: Frame, level: Level) -> Column:
        raw = attainment(self._figures(frame.lines), self.places, self.rounding)
        return self._with_missing(raw, frame.lines)

    def limited(self, column: Column, frame: Frame, level: Level) -> Column:
        """A rating counts 1 at most. A value of zero where lower is better takes the cap."""
        frame.raw_attainment = column
        ratings = frame.lines.where_word("direction", {"rating"})
        one = 10**self.places
        if ratings is None:
            column = Column(np.minimum(column.values, one), self.places, column.reasons)
        elif ratings.any():
            column = Column(np.where(ratings, np.minimum(column.values, one), column.values), self.places, column.reasons)
        column = self._best_where_unbounded(column, frame, level)
        return super().limited(column, frame, level)

    def _best_where_unbounded(self, column: Column, frame: Frame, level: Level) -> Column:
        if self.cap is None or column.reasons is None:
            return column
        unbounded = column.reasons == Reason.attainment_unbounded
        cap = frame.at(level, self.cap).at(self.places, self.rounding).values
        reasons = np.where(unbounded, 0, column.reasons).astype(np.int8)
        return Column(np.where(unbounded, cap, column.values), self.places, reasons)

    def _figures(self, lines: Figures) -> Figures:
        return HeldFigures(lines) if self.missing == "hold_last" else lines

    def _with_missing(self, raw: Column, lines: Figures) -> Column:
        if raw.reasons is None or self.missing == "block":
            return raw
        reason = {
            "renormalise": Reason.missing_left_out,
            "zero": Reason.missing_counts_zero,
            "hold_last": Reason.nothing_to_hold,
        }[self.missing]
        return Column(raw.values, raw.places, np.where(raw.reasons == Reason.actual_missing, reason, raw.reasons).astype(np.int8))


class HeldFigures(Figures):
    """Figures whose missing actual values are the last earlier ones."""

    def __init__(self, figures: Figures) -> None:
        super().__init__(figures.columns, figures.start, figures.length)

    def number(self, name: str, missing: int = 0) -> Column:
        column = super().number(name, missing)
        absent: Flags = self.null("actual") if name == "actual" and missing >= 0 else np.zeros(0, dtype=bool)
        if not absent.any():
            return column
        last = super().number("last_actual", missing)
        places = max(column.places, last.places)
        reasons = np.where(absent, 0 if last.reasons is None else last.reasons, 0 if column.reasons is None else column.reasons)
        return Column(np.where(absent, last.at(places).values, column.at(places).values), places, reasons.astype(np.int8))
