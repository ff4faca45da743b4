"""The dictionary's words: what a KPI definition and a target may say (domain terms of S0 and S2)."""

from typing import Literal

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
