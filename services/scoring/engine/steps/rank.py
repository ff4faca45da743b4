"""Rank: where everybody stands among everybody, or among their group."""

from fractions import Fraction
from typing import Any, Literal

import numpy as np
from pydantic import Field

from scoring.engine.columns import Column
from scoring.engine.exact import Integers, constant, multiplied_quotient
from scoring.engine.frame import Frame
from scoring.engine.meanings import Level, Meaning, Unit
from scoring.engine.reasons import Reason, first_of, is_null, marked, only_nulls
from scoring.engine.steps.pool import MOST_PEOPLE, OverEveryone
from scoring.engine.steps.step import Scope
from scoring.engine.teller import Teller


class Rank(OverEveryone):
    """position: 1 for the best, equal values sharing the better place. percentile: the share of the others who are below, 1 for the best
    and 0 for the last; somebody alone has none. Whoever has no value has no rank and counts for nobody."""

    kind: Literal["rank"]
    how: Literal["position", "percentile"]
    best: Literal["highest", "lowest"] = Field("highest", description="Which value is the best.")

    def meaning(self, scope: Scope) -> Meaning:
        self.of_people(scope)
        return Meaning(Level.PERSON, Unit.PLAIN, Fraction(0), Fraction(MOST_PEOPLE if self.how == "position" else 1))

    def words(self, teller: Teller) -> str:
        among = "everybody" if self.per is None else f"everybody with the same {self.per.replace('_', ' ')}"
        return f"the {self.how} of {teller.text(self.of)} among {among}, the {self.best} being the best"

    def compute(self, frame: Frame, level: Level) -> Column:
        column = frame.column(self.of)
        values, null = np.broadcast_to(column.values, frame.person_count), is_null(column.reasons)
        groups, outside = self.groups(frame)
        found: Any = np.zeros(frame.person_count, dtype=np.int64)
        alone = np.zeros(frame.person_count, dtype=bool)
        for group in groups:
            rows = group if null is None else group[~np.broadcast_to(null, frame.person_count)[group]]
            found[rows] = self._of_group(values[rows] if self.best == "highest" else -values[rows])
            alone[rows] = len(rows) == 1 and self.how == "percentile"
        return Column(found, self.places, marked(first_of(only_nulls(column.reasons), outside), alone, Reason.nobody_counts))

    def _of_group(self, values: Integers) -> Integers:
        """The rank of each value, the largest being the best."""
        ascending = np.sort(values)
        if self.how == "position":
            places: Integers = (len(values) - np.searchsorted(ascending, values, side="right") + 1) * 10**self.places
            return places
        below = np.searchsorted(ascending, values, side="left")
        return multiplied_quotient(below, constant(10**self.places), constant(max(len(values) - 1, 1)), self.rounding)
