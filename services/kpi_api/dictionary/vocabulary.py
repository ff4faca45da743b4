"""The dictionary's words: what a KPI definition and a target may say (domain terms of S0 and S2)."""

from typing import Final, Literal

Direction = Literal["higher", "lower", "band", "milestone", "rating", "zero_tolerance"]
Dimension = Literal["output", "quality", "behavioural", "development"]
Combine = Literal["total", "mean", "last", "ratio_of_sums", "share_of_periods_met"]
CombineParts = Literal["all", "mean", "count"]
Kind = Literal["result", "process"]
Controllability = Literal["high", "shared", "low"]
ControllabilityCause = Literal["market", "colleagues", "decisions_above", "other"]
Frequency = Literal["day", "week", "sprint", "month", "quarter", "half_year", "year"]
Comparison = Literal["at_least", "at_most", "above", "below", "within"]
TargetPeriod = Literal["day", "week", "sprint", "month", "quarter", "half_year", "year", "window"]
VersionStatus = Literal["draft", "proposed", "approved", "retired"]

QUALIFIED_TOTAL: Final = "qualified_total"
"""How the periods of a part combine of which only what also meets the quality counts: numerators add up (see `counting`)."""

TOTALS: Final = {"total", QUALIFIED_TOTAL}
PAIRED: Final = {"ratio_of_sums", QUALIFIED_TOTAL}
"""What is recorded as a numerator and a denominator."""
