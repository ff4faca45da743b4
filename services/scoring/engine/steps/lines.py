"""What the steps that gather lines share: which lines count, and what they mean together."""

from dataclasses import replace
from decimal import Decimal

import numpy as np

from scoring.engine.columns import Column
from scoring.engine.exact import Flags
from scoring.engine.meanings import Level, Meaning
from scoring.engine.numerals import Operand
from scoring.engine.problems import StepProblem
from scoring.engine.reasons import is_null
from scoring.engine.steps.step import Scope, Selection
from scoring.engine.teller import Teller

MOST_LINES = 10_000
"""Lines of one scorecard that bounds are proven for."""


def counted_lines(teller: Teller, of: Operand, only: Selection | None) -> list[tuple[Decimal, Decimal]]:
    """Value and weight of each line that counts for one person."""
    frame = teller.frame
    values, weights = frame.at(Level.LINE, of), frame.column("weight")
    selected = None if only is None else only.flags(frame)
    rows = range(frame.line_count) if selected is None else np.flatnonzero(selected)
    found = [(values.number(int(row)), weights.number(int(row)) or Decimal(0)) for row in rows]
    return [(value, weight) for value, weight in found if value is not None]


def of_lines(of: Operand, scope: Scope, only: Selection | None) -> Meaning:
    meaning = scope.find(of, "of").for_lines(only)
    if meaning.level is not Level.LINE:
        raise StepProblem("level_mismatch", "of", "This needs a value per KPI line, such as an attainment.")
    return replace(meaning, level=Level.PERSON, among=())


def lines_that_count(values: Column, selected: Flags | None) -> Flags | None:
    """The lines that count: selected and not null; None for all."""
    null = is_null(values.reasons)
    if null is None:
        return selected
    return ~null if selected is None else selected & ~null


def flags_or_none(flags: Flags | None, length: int) -> Flags:
    return np.zeros(length, dtype=bool) if flags is None else flags
