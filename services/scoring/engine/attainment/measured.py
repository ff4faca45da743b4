"""The figures of lines that agree in direction, as a rule of attainment sees them."""

import numpy as np

from chassis.numbers import RoundingMode
from scoring.engine.columns import Column
from scoring.engine.exact import Flags, Integers
from scoring.engine.frame import Figures


class Measured:
    """The lines of a slice that agree in direction: `rows` are their positions, None for all."""

    def __init__(self, figures: Figures, rows: Integers | None, places: int, rounding: RoundingMode) -> None:
        self._figures, self._rows, self.places, self.rounding = figures, rows, places, rounding

    def number(self, name: str, missing: int) -> Column:
        column = self._figures.number(name, missing)
        if self._rows is None:
            return column
        reasons = None if column.reasons is None else column.reasons[self._rows]
        return Column(column.values[self._rows], column.places, reasons)

    def is_null(self, name: str) -> Flags:
        null = self._figures.null(name)
        return null if self._rows is None else null[self._rows]

    def strict(self) -> Flags | None:
        """Where equality does not meet the target; None for nowhere."""
        positions, words = self._figures.words("comparison")
        strict = [place for place, word in enumerate(words) if word in {"above", "below"}]
        if not strict:
            return None
        found = np.isin(positions, strict)
        return found if self._rows is None else found[self._rows]
