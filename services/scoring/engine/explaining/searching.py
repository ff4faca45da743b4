"""The smallest level at which a result is reached, for several questions at once: each round narrows all of them together."""

from collections.abc import Callable, Sequence
from decimal import Decimal
from typing import Final

from scoring.engine.explaining.supposing import Supposed, Supposition

STEP: Final = Decimal("0.0001")
"""A level is found to a hundredth of a point."""
HIGHEST: Final = 100_000
"""1000 % of target, in steps."""
TRIES: Final = 48
"""Levels tried for each question in a round; three rounds find any of 48³ levels."""

Question = Callable[[Decimal], Supposition | None]
"""What to suppose at a level; None where no value attains it."""


def smallest_levels(supposed: Supposed, goal: Decimal, questions: Sequence[Question]) -> list[Decimal | None]:
    """For each question the smallest level that reaches the goal, None where none does. Results are taken to rise with the level."""
    spans: list[tuple[int, int] | None] = [(-1, HIGHEST)] * len(questions)
    while any(span is not None and span[1] - span[0] > 1 for span in spans):
        spans = _narrowed(supposed, goal, questions, spans)
    return [None if span is None else span[1] * STEP for span in spans]


def _narrowed(
    supposed: Supposed, goal: Decimal, questions: Sequence[Question], spans: Sequence[tuple[int, int] | None]
) -> list[tuple[int, int] | None]:
    """Each span between the last level that misses the goal and the first that reaches it, as tried; None where none reaches it."""
    tries = [
        (place, level, supposition)
        for place, span in enumerate(spans)
        for level in _levels(span)
        if (supposition := questions[place](level * STEP)) is not None
    ]
    results = supposed.results([supposition for _, _, supposition in tries])
    found: list[tuple[int, int] | None] = list(spans)
    for place, span in enumerate(spans):
        own = [(level, result) for (owner, level, _), result in zip(tries, results, strict=True) if owner == place]
        if span is not None and own:
            found[place] = _between(span[0], own, goal)
        elif span is not None and span[1] - span[0] > 1:
            found[place] = None
    return found


def _levels(span: tuple[int, int] | None) -> list[int]:
    if span is None or span[1] - span[0] <= 1:
        return []
    low, high = span
    return sorted({low + max(1, (high - low) * part // TRIES) for part in range(1, TRIES + 1)})


def _between(low: int, tried: Sequence[tuple[int, Decimal | None]], goal: Decimal) -> tuple[int, int] | None:
    for level, result in tried:
        if result is not None and result >= goal:
            return low, level
        low = level
    return None
