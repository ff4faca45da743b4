"""Conversion: money from the currency it is in into another, at the rate of a policy on a day."""

from dataclasses import replace
from fractions import Fraction
from typing import Any, Literal

import numpy as np

from scoring.engine.columns import Column
from scoring.engine.exact import narrow
from scoring.engine.frame import Frame
from scoring.engine.meanings import Level, Meaning, Unit, finest
from scoring.engine.numerals import Currency, Name
from scoring.engine.problems import StepProblem
from scoring.engine.reasons import Reason, first_of
from scoring.engine.steps.arithmetic import multiplied
from scoring.engine.steps.exchange import Day, Exchange
from scoring.engine.steps.proration import days_of
from scoring.engine.steps.step import Chosen, Scope
from scoring.engine.teller import Teller, digits

DAYS = {"period_start": "period_starts_on", "period_end": "period_ends_on"}


class Conversion(Chosen):
    """`of` × the rate from its currency into another, rounded once. The rate is the last that began on or before the day."""

    kind: Literal["conversion"]
    of: Name
    into: Literal["own"] | Currency
    policy: Name
    at: Literal["period_start", "period_end"] | Day = "period_end"

    def meaning(self, scope: Scope) -> Meaning:
        of, target = scope.find(self.of, "of"), None if self.into in {"own", scope.currency} else self.into
        exchange = Exchange(scope.rates, self.policy)
        if of.unit is not Unit.MONEY or self.only is not None:
            raise StepProblem("unit_mismatch", "of", "Only money is converted, and all of it: a plain number has no currency.")
        if not exchange.between(None, None):
            raise StepProblem("unknown_policy", "policy", f'The plan has no rates of "{self.policy}".')
        source = of.currency or scope.currency
        if source != (target or scope.currency) and not exchange.between(source, target or scope.currency):
            raise StepProblem("rate_missing", "policy", f"{self.policy} has no rate from {source or 'own'} into {target or 'own'}.")
        largest = exchange.largest(source, target or scope.currency)
        fixed = of.currency is not None and target is not None and not isinstance(self.at, str)
        level = of.level if fixed else finest([of.level, Level.PERSON])
        low, high = min(of.low * largest, of.low, Fraction(0)), max(of.high * largest, of.high, Fraction(0))
        return replace(of, level=level, low=low, high=high, among=(), currency=target)

    def words(self, teller: Teller) -> str:
        rate = teller.number(self._rates(teller.frame, teller.level))
        into = "the own currency" if self.into == "own" else self.into
        return f"{teller.text(self.of)} × {digits(rate)}, the {self.policy.replace('_', ' ')} rate into {into}"

    def compute(self, frame: Frame, level: Level) -> Column:
        return multiplied([frame.at(level, self.of), self._rates(frame, level)], self)

    def _rates(self, frame: Frame, level: Level) -> Column:
        """The rate for each person or line, or the one for everybody."""
        source, target = frame.meanings[self.of].currency, frame.meanings[self.name].currency
        if level is Level.EVERYONE:
            return Exchange(frame.rates, self.policy).on(str(source), str(target), self._days(frame, 1)[0])
        rates = self._of_people(frame, source, target)
        if level is Level.PERSON:
            return rates
        reasons = None if rates.reasons is None else np.repeat(rates.reasons, frame.counts)
        return Column(np.repeat(rates.values, frame.counts), rates.places, reasons)

    def _of_people(self, frame: Frame, source: str | None, target: str | None) -> Column:
        exchange, (days, no_day) = Exchange(frame.rates, self.policy), self._days(frame, frame.person_count)
        positions, words = frame.people.words("currency")
        values, reasons = np.zeros(frame.person_count, dtype=object), np.zeros(frame.person_count, dtype=np.int8)
        for place, word in enumerate(words):
            rows, own = np.flatnonzero(positions == place), word or frame.currency
            if own is None:
                reasons[rows] = Reason.currency_missing
                continue
            found = exchange.on(source or own, target or own, days[rows])
            values[rows], reasons[rows] = found.values, 0 if found.reasons is None else found.reasons
        without_day = no_day * np.int8(Reason.period_missing)
        return Column(narrow(values), exchange.places, first_of(reasons, without_day)).without_nulls()

    def _days(self, frame: Frame, length: int) -> tuple[Any, Any]:
        if isinstance(self.at, str):
            return days_of(frame.people.array(DAYS[self.at]), length)
        return np.full(length, np.datetime64(self.at, "D").astype(np.int64)), np.zeros(length, dtype=bool)
