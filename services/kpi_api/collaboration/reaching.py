"""When a shared target is reached, and the words in which that is celebrated. Pure.

Rule [ours]: a total that is to be at least so much, and a milestone, are reached for good as soon as they are; everything else may still
turn, so it is reached when the window is over. S1: the joint result comes first, then what each brought; who does not want to be named is
not.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from kpi_api.dictionary.vocabulary import Comparison
from kpi_api.measurements.difficulty.judging import meets


@dataclass(frozen=True)
class Result:
    """One part's actual (null without a value) and what it is held against, over the whole window."""

    part: str
    comparison: Comparison
    actual: Decimal | None
    target: Decimal
    target_high: Decimal | None
    unit: str


@dataclass(frozen=True)
class Brought:
    """What one stakeholder brought: a name, or null for who does not want to be named; what they are there for; what was recorded."""

    name: str | None
    part: str
    records: Sequence[str]


def reached(results: Sequence[Result], *, combine: str, direction: str, over: bool) -> bool:
    """Whether every part is met, and can only stay so."""
    return bool(results) and all(_met(result) and (over or _for_good(result, combine, direction)) for result in results)


def _met(result: Result) -> bool:
    return result.actual is not None and meets(result.actual, result.comparison, result.target, result.target_high)


def _for_good(result: Result, combine: str, direction: str) -> bool:
    return direction == "milestone" or (combine == "total" and result.comparison in ("at_least", "above"))


def celebration_text(kpi: str, achieved_on: date, results: Sequence[str], brought: Sequence[Brought]) -> str:
    """Some paragraphs: the joint result, then who brought what."""
    together = f"Together you reached it: {kpi}, {'; '.join(results)}, on {achieved_on}."
    lines = [_line(one) for one in brought if one.name is not None]
    unnamed = sum(one.name is None for one in brought)
    if unnamed:
        lines.append("And one who would rather not be named." if unnamed == 1 else f"And {unnamed} who would rather not be named.")
    return "\n".join([together, *(["What each brought:", *lines] if lines else [])])


def _line(one: Brought) -> str:
    said = "; ".join([*([one.part] if one.part else []), *one.records])
    return f"{one.name}: {said}." if said else f"{one.name}."
