"""The quality of a scorecard as one number [ours]: 100 points, less 25 for each error, 10 for each warning and 1 for each information
that is not muted, never under 0. Of many scorecards it is the mean, to two places, half-up."""

from collections import Counter
from collections.abc import Iterable, Mapping
from decimal import ROUND_HALF_UP, Decimal
from typing import Final, NamedTuple

from kpi_api.findings.rule import Severity

FULL: Final = 100
COSTS: Final[Mapping[Severity, int]] = {"error": 25, "warning": 10, "information": 1}


class Quality(NamedTuple):
    """A scorecard's points, and how many findings of each severity cost them."""

    points: int
    errors: int
    warnings: int
    information: int


def quality_of(severities: Iterable[Severity]) -> Quality:
    """From the severities of its findings that are not muted."""
    counts = Counter(severities)
    points = max(0, FULL - sum(cost * counts[severity] for severity, cost in COSTS.items()))
    return Quality(points, counts["error"], counts["warning"], counts["information"])


def mean_points(points: int, scorecards: int) -> Decimal | None:
    """Null without a scorecard."""
    return (Decimal(points) / scorecards).quantize(Decimal("0.01"), ROUND_HALF_UP) if scorecards else None
