"""How far a KPI got: one exact number per line, 1 being the target, by the KPI's direction.

- higher: actual ÷ target. lower: target ÷ actual; at actual 0 there is no finite ratio (`attainment_unbounded`), and a cap or a curve gives
  its best. Both need a target above 0 and an actual of 0 or more, else the definition measures the span from a baseline:
  (actual − baseline) ÷ (target − baseline), in either direction.
- band: 1 from `target` to `target_high`, both included; outside 1 − distance × `slope`, never below 0; without a slope 0.
- milestone: the share done (1 is done), less `deduction_per_day` for each of `days_late`, never below 0.
- rating: actual ÷ target, counting 1 at most; without a target the position on the scale.
- zero_tolerance: 1 up to the target (0 if there is none), else 0.
- parts: each by these rules; `all` takes the lowest, `mean` the mean, `count` the share of parts that attained 1.

An attainment of 1 or more says that the target is met, with the comparison as written: "below 6" is not met at 6. So a ratio that reaches 1
without that, by equality or by rounding, is one unit of its last place less.

Rules: "Individual KPIs by Role" and, for the field's standard forms, the published plans in tests/cases.
"""

from chassis.numbers import RoundingMode
from scoring.engine.attainment.directions import by_direction
from scoring.engine.attainment.parts import with_parts
from scoring.engine.columns import Column
from scoring.engine.frame import Figures


def attainment(figures: Figures, places: int, rounding: RoundingMode) -> Column:
    """Raw attainment of every line at `places`. Errors are reasons: `actual_missing`, `target_missing`, `target_not_positive`, ..."""
    whole = by_direction(figures, places, rounding)
    combined = figures.where_word("combine", {"all", "mean", "count"})
    if combined is not None and not combined.any():
        return whole
    return with_parts(figures, whole, combined, places, rounding)
