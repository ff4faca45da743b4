"""The kinds of steps a plan is made of, one class each; `AnyStep` is what a plan's list may hold."""

from typing import Annotated

from pydantic import Field

from scoring.engine.steps.amount import Amount, Rounding
from scoring.engine.steps.arithmetic import Add, Divide, FirstKnown, Maximum, Minimum, Multiply, Subtract
from scoring.engine.steps.attainment import Attainment
from scoring.engine.steps.conversion import Conversion
from scoring.engine.steps.curve import Curve
from scoring.engine.steps.gate import Gate
from scoring.engine.steps.grid import Grid
from scoring.engine.steps.interpolation import Interpolation
from scoring.engine.steps.over_lines import OverLines, WeightedSum
from scoring.engine.steps.pool import OverEveryone, Pool, Total
from scoring.engine.steps.proration import Proration
from scoring.engine.steps.rank import Rank
from scoring.engine.steps.running import Running
from scoring.engine.steps.step import Scope, Step
from scoring.engine.steps.tiers import Tiers
from scoring.engine.steps.weighted_mean import WeightedMean

AnyStep = Annotated[
    Attainment
    | Curve
    | Interpolation
    | Tiers
    | Grid
    | WeightedMean
    | WeightedSum
    | OverLines
    | Running
    | Gate
    | Multiply
    | Add
    | Subtract
    | Divide
    | Minimum
    | Maximum
    | FirstKnown
    | Amount
    | Proration
    | Rounding
    | Conversion
    | Total
    | Pool
    | Rank,
    Field(discriminator="kind"),
]

__all__ = ["AnyStep", "Attainment", "OverEveryone", "Scope", "Step", "WeightedMean"]
