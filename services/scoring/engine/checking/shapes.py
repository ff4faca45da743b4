"""Curves, tiers and grids: jumps, and places where more earns less."""

from collections.abc import Iterator
from decimal import Decimal
from itertools import pairwise

from scoring.engine.checking.finding import Finding, found
from scoring.engine.steps import Step
from scoring.engine.steps.curve import Curve, Slope
from scoring.engine.steps.grid import Grid
from scoring.engine.steps.tiers import Tiers
from scoring.engine.teller import digits


def shape_findings(step: Step) -> Iterator[Finding]:
    """What the step's own points, tiers or cells show."""
    if isinstance(step, Curve):
        yield from _curve(step)
    elif isinstance(step, Tiers):
        yield from _tiers(step)
    elif isinstance(step, Grid):
        yield from _grid(step)


def _curve(curve: Curve) -> Iterator[Finding]:
    first, last = curve.points[0], curve.points[-1]
    if curve.below == "zero" and first[1] > 0:
        yield found("cliff", curve.name, "points/0", f"Reaching {digits(first[0])} is worth {digits(first[1])} at once.")
    for place, ((x, y), (next_x, next_y)) in enumerate(pairwise(curve.points), start=1):
        if x == next_x and curve.between == "linear":
            yield found("cliff", curve.name, f"points/{place}", f"At {digits(x)} the result jumps from {digits(y)} to {digits(next_y)}.")
        if next_y < y:
            message = f"Between {digits(x)} and {digits(next_x)} the result falls from {digits(y)} to {digits(next_y)}: more earns less."
            yield found("non_monotonic", curve.name, f"points/{place}", message)
    if isinstance(curve.above, Slope) and curve.above.slope < 0:
        yield found("non_monotonic", curve.name, "above", "Beyond the last point more earns less.")
    if curve.above == "zero" and last[1] > 0:
        yield found("non_monotonic", curve.name, "above", f"Whoever passes {digits(last[0])} earns nothing.")


def _tiers(tiers: Tiers) -> Iterator[Finding]:
    last = tiers.tiers[-1].up_to
    if last is not None:
        message = f"No tier goes on above {digits(last)}: what lies above it earns nothing more."
        yield found("gap", tiers.name, f"tiers/{len(tiers.tiers) - 1}/up_to", message)
    for place, tier in enumerate(tiers.tiers):
        if tier.rate < 0 or (tiers.how == "marginal" and tier.flat < 0):
            yield found("non_monotonic", tiers.name, f"tiers/{place}", "This tier takes away: more earns less.")
    for place, (lower, upper) in enumerate(pairwise(tiers.tiers), start=1):
        bound = lower.up_to or Decimal(0)
        whole = tiers.how == "whole"
        before, after = (bound * lower.rate + lower.flat, bound * upper.rate + upper.flat) if whole else (Decimal(0), upper.flat)
        if after < before and whole:
            message = f"Around {digits(bound)} the amount falls from {digits(before)} to {digits(after)}: more earns less."
            yield found("non_monotonic", tiers.name, f"tiers/{place}", message)
        elif after > before:
            yield found("cliff", tiers.name, f"tiers/{place}", f"Passing {digits(bound)} is worth {digits(after - before)} at once.")


def _grid(grid: Grid) -> Iterator[Finding]:
    """A cell below its neighbour to the left or above, each reported once for the grid's first such place."""
    for row, cells in enumerate(grid.cells):
        for column, cell in enumerate(cells):
            before = [grid.cells[row - 1][column]] if row else []
            before += [cells[column - 1]] if column else []
            if any(cell < earlier for earlier in before):
                where = f"{digits(grid.rows[row])} and {digits(grid.columns[column])}"
                message = f"The cell from {where} on pays {digits(cell)}, less than one before it."
                yield found("non_monotonic", grid.name, f"cells/{row}/{column}", message)
                return
