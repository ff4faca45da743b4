"""What 100 % of each KPI and the full bonus would have needed, and what one more point of attainment pays."""

from collections.abc import Callable, Sequence
from decimal import Decimal
from typing import Any, Final, Literal

import pyarrow as pa
from pydantic import BaseModel

from chassis.numbers import ExactDecimal, minor_digits, rounded
from scoring.engine.checking.closure import behind, references
from scoring.engine.checking.trial import result_step
from scoring.engine.explaining.levels import value_at
from scoring.engine.explaining.searching import Question, smallest_levels
from scoring.engine.explaining.supposing import Supposed, Supposition
from scoring.engine.plan import Plan
from scoring.engine.problems import SnapshotInvalid
from scoring.engine.teller import digits

FINEST: Final = Decimal("1e-12")
POINT: Final = Decimal("0.01")
POINT_PLACES: Final = 6
TARGET: Final = Decimal(1)


class KpiAnswer(BaseModel):
    """One KPI: `at_target` is the value that attains 100 %; `for_goal` the value with which, all else as it is, the goal is reached, null
    where none does; `point_value` and `point_pays` the value one point of attainment better and what it would change."""

    line: int
    kpi_id: str
    title: str
    actual: ExactDecimal | None
    attainment: ExactDecimal | None
    at_target: ExactDecimal | None
    for_goal: ExactDecimal | None
    for_goal_attainment: ExactDecimal | None
    point_value: ExactDecimal | None
    point_pays: ExactDecimal | None
    sentences: list[str]


class Answers(BaseModel):
    """One scorecard: what it comes to, what it would come to with every KPI at its target, the goal (the full target bonus where the plan
    pays one), and the attainment that every KPI below it would have needed to reach the goal."""

    scorecard_id: str
    person_id: str
    plan: str
    plan_digest: str
    of: Literal["payout", "composite"]
    currency: str | None
    result: ExactDecimal | None
    at_target: ExactDecimal | None
    goal: ExactDecimal | None
    together: ExactDecimal | None
    kpis: list[KpiAnswer]
    summary: list[str]

    def sentences(self) -> list[str]:
        """Everything in reading order."""
        return [*self.summary, *(sentence for kpi in self.kpis for sentence in kpi.sentences)]


def answer(plan: Plan, lines: pa.Table, people: pa.Table, scorecard_id: str | None = None) -> Answers:
    """Answers for one scorecard: the only one of `people`, or the named one.

    Raises SnapshotInvalid: `scorecard_id` where there is none, and where the result depends on everybody's (a pool), so that nobody's own
    values say what would have been paid.
    """
    result = result_step(plan)
    if result is None:
        raise SnapshotInvalid(
            "The result depends on everybody's, through a pool or a total; there is no answer for one alone.", field="plan"
        )
    return _Asked(plan, Supposed(plan, lines, people, scorecard_id, result), result).answers()


class _Asked:
    """The questions about one scorecard."""

    def __init__(self, plan: Plan, supposed: Supposed, result: str) -> None:
        self.plan, self.supposed = plan, supposed
        self.pays = result == plan.document.payout
        self.result, self.at_target = supposed.results([{}, self._all_at(TARGET)])
        scored = supposed.scored([{}])
        self.attainments = {row["line"]: row["attainment_raw"] for row in scored.lines.to_pylist()}
        full_bonus = self._full_bonus(result, scored.people.to_pylist()[0]["steps"])
        self.goal = self.at_target if full_bonus is None else self._payable(full_bonus)

    def _full_bonus(self, result: str, values: dict[str, Decimal | None]) -> Decimal | None:
        """The target bonus, prorated where the plan does so; None where the plan pays none."""
        for step in behind(self.plan, [result]):
            if step.kind == "proration" and "target_bonus" in references(step):
                return values[step.name]
        steps = behind(self.plan, [result])
        if not any("target_bonus" in references(step) for step in steps):
            return None
        person = self.supposed.person
        salary, share = person.get("salary"), person.get("target_bonus_share")
        return person.get("target_bonus_amount") or (salary * share if salary is not None and share is not None else None)

    def _payable(self, amount: Decimal) -> Decimal:
        """In the currency's smallest unit, which is as near as anything paid can come."""
        currency = self.supposed.person.get("currency") or self.plan.document.currency
        return amount if currency is None else rounded(amount, minor_digits(currency))

    def _all_at(self, level: Decimal) -> Supposition:
        """Every KPI at the level, to the last place, or where no value attains it, as it is."""
        values = {line["line"]: value_at(line, level, FINEST) for line in self.supposed.lines}
        return {line: value for line, value in values.items() if value is not None}

    def _raised_to(self, level: Decimal) -> Supposition:
        """Every KPI that lies below the level raised to it."""
        return {
            line: value
            for line, value in self._all_at(level).items()
            if (attained := self.attainments.get(line)) is None or attained < level
        }

    def answers(self) -> Answers:
        questions: list[Question] = [self._raised_to, *(_only(line) for line in self.supposed.lines)]
        needed: list[Decimal | None] = [None] * len(questions)
        if self.goal is not None and self.result is not None:
            needed = smallest_levels(self.supposed, self.goal, questions)
        points, values = self._points(), self._values(needed[1:])
        person, document = self.supposed.person, self.plan.document
        kpis = [self._kpi(line, value, point) for line, value, point in zip(self.supposed.lines, values, points, strict=True)]
        return Answers(
            scorecard_id=person["scorecard_id"],
            person_id=person["person_id"],
            plan=self.plan.code,
            plan_digest=self.plan.digest,
            of="payout" if self.pays else "composite",
            currency=person.get("currency") or document.currency,
            result=_short(self.result),
            at_target=_short(self.at_target),
            goal=_short(self.goal),
            together=_short(needed[0]),
            kpis=kpis,
            summary=list(self._summary(needed[0])),
        )

    def _values(self, levels: Sequence[Decimal | None]) -> list[tuple[Decimal, Decimal] | None]:
        """Of each KPI the value at its level, with the attainment it really has; None where there is no level."""
        values = [None if level is None else value_at(line, level) for line, level in zip(self.supposed.lines, levels, strict=True)]
        asked = [{line["line"]: value} for line, value in zip(self.supposed.lines, values, strict=True) if value is not None]
        scored = self.supposed.scored(asked).lines.to_pylist() if asked else []
        attained = {(row["scorecard_id"], row["line"]): row["attainment_raw"] for row in scored}
        names = iter(range(len(asked)))
        return [
            None if value is None else (value, attained[f"{next(names):06}", line["line"]])
            for line, value in zip(self.supposed.lines, values, strict=True)
        ]

    def _points(self) -> list[tuple[Decimal, Decimal] | None]:
        """Of each KPI the value one point better and what it changes; None where there is none."""
        values = [self._one_point_better(line) for line in self.supposed.lines]
        asked = [{line["line"]: value} for line, value in zip(self.supposed.lines, values, strict=True) if value is not None]
        results = iter(self.supposed.results(asked))
        changed = [None if value is None else (value, next(results)) for value in values]
        if self.result is None:
            return [None] * len(changed)
        return [None if one is None or one[1] is None else (one[0], one[1] - self.result) for one in changed]

    def _one_point_better(self, line: dict[str, Any]) -> Decimal | None:
        attained = self.attainments.get(line["line"])
        value = None if attained is None else value_at(line, attained + POINT, FINEST)
        return None if value is None else rounded(value, POINT_PLACES)

    def _kpi(self, line: dict[str, Any], needed: tuple[Decimal, Decimal] | None, point: tuple[Decimal, Decimal] | None) -> KpiAnswer:
        attainment = self.attainments.get(line["line"])
        told = KpiAnswer(
            line=line["line"],
            kpi_id=line["kpi_id"],
            title=line.get("title") or line.get("kpi_code") or line["kpi_id"],
            actual=_short(line["actual"]),
            attainment=_short(attainment),
            at_target=_short(value_at(line, TARGET)),
            for_goal=_short(needed[0]) if needed else None,
            for_goal_attainment=_short(needed[1]) if needed else None,
            point_value=_short(point[0]) if point else None,
            point_pays=_short(point[1]) if point else None,
            sentences=[],
        )
        return told.model_copy(update={"sentences": list(self._sentences(told))})

    def _summary(self, together: Decimal | None) -> list[str]:
        of = "payout" if self.pays else "composite"
        told = [f"The {of} is {digits(self.result)}; with every KPI at its target it would be {digits(self.at_target)}."]
        if self.goal is None or self.result is None or self.result >= self.goal:
            return told
        if together is None:
            return [*told, f"No attainment of the KPIs would have reached {self._goal_words()}."]
        return [*told, f"For {self._goal_words()}, each KPI below {_percent(together)} would have needed that."]

    def _goal_words(self) -> str:
        return f"the full target bonus, {digits(self.goal)}" if self.pays else f"a composite of {digits(self.goal)}"

    def _sentences(self, kpi: KpiAnswer) -> list[str]:
        told = []
        if kpi.at_target is not None:
            was = "nothing was measured" if kpi.actual is None else f"it was {digits(kpi.actual)}"
            told.append(f"{kpi.title}: 100 % needed {digits(kpi.at_target)}; {was}{_attained(kpi.attainment)}.")
        if kpi.point_pays is not None:
            change = f"{digits(abs(kpi.point_pays))} {'less' if kpi.point_pays < 0 else 'more'}" if kpi.point_pays else "nothing more"
            gives = "pay" if self.pays else "score"
            told.append(f"{kpi.title}: one more point ({digits(kpi.point_value)} instead of {digits(kpi.actual)}) would {gives} {change}.")
        if self.goal is not None and self.result is not None and self.result < self.goal:
            if kpi.for_goal is None or kpi.for_goal_attainment is None:
                told.append(f"{kpi.title}: no value of it alone would have reached {self._goal_words()}.")
            else:
                needed = f"{digits(kpi.for_goal)} ({_percent(kpi.for_goal_attainment)})"
                told.append(f"{kpi.title}: alone it would have needed {needed} for {self._goal_words()}.")
        return told


def _only(line: dict[str, Any]) -> Callable[[Decimal], Supposition | None]:
    def supposed(level: Decimal) -> Supposition | None:
        value = value_at(line, level)
        return None if value is None else {line["line"]: value}

    return supposed


def _attained(attainment: Decimal | None) -> str:
    return "" if attainment is None else f", {_percent(attainment)}"


def _percent(level: Decimal) -> str:
    return f"{digits((level * 100).quantize(Decimal('0.01')))} %"


def _short(value: Decimal | None) -> Decimal | None:
    return None if value is None else Decimal(digits(value))
