"""The graph's enumerations; their values are the domains' own words."""

from enum import Enum

import strawberry


@strawberry.enum(description="The five levels of the cascade.")
class KpiLevel(Enum):
    STRATEGIC = "strategic"
    BUSINESS_UNIT = "business_unit"
    FUNCTIONAL = "functional"
    TEAM = "team"
    INDIVIDUAL = "individual"


@strawberry.enum(description="How much of a KPI the viewer sees: the whole of it, or what those below may see of what stands above them.")
class KpiSight(Enum):
    FULL = "full"
    ANCESTOR = "ancestor"


@strawberry.enum
class KpiStatus(Enum):
    WAITING = "waiting"
    ACTIVE = "active"
    CLOSED = "closed"
    WITHDRAWN = "withdrawn"


@strawberry.enum(description="`ABOVE` and `BELOW` are strict; `WITHIN` includes both ends.")
class Comparison(Enum):
    AT_LEAST = "at_least"
    AT_MOST = "at_most"
    ABOVE = "above"
    BELOW = "below"
    WITHIN = "within"


@strawberry.enum(description="What a target holds for: each such period, or the whole window.")
class TargetPeriod(Enum):
    DAY = "day"
    WEEK = "week"
    SPRINT = "sprint"
    MONTH = "month"
    QUARTER = "quarter"
    HALF_YEAR = "half_year"
    YEAR = "year"
    WINDOW = "window"


@strawberry.enum(description="How a KPI comes about: measured on its own, or rolled up from the KPIs that contribute to it.")
class RollUpMethod(Enum):
    MEASURED = "measured"
    SUM = "sum"
    MEAN = "mean"
    WEIGHTED_MEAN = "weighted_mean"


@strawberry.enum(description="What is rolled up of the KPIs below.")
class RollUpOf(Enum):
    VALUES = "values"
    ATTAINMENTS = "attainments"


@strawberry.enum
class ScorecardStatus(Enum):
    DRAFT = "draft"
    PROPOSED = "proposed"
    COUNTERED = "countered"
    AGREED = "agreed"
    ACTIVE = "active"
    CLOSED = "closed"
    CLOSED_NOT_AGREED = "closed_not_agreed"


@strawberry.enum(description="As what somebody acts on a scorecard.")
class Side(Enum):
    PERSON = "person"
    MANAGER = "manager"
    HR = "hr"


@strawberry.enum(description="Whether a score has seen everything that it depends on.")
class Freshness(Enum):
    NOT_COMPUTED = "not_computed"
    STALE = "stale"
    FRESH = "fresh"


@strawberry.enum
class ReviewStage(Enum):
    MID_YEAR = "mid_year"
    ANNUAL = "annual"


@strawberry.enum(description="Whether a formal assessment was held, is still to come, or its day went by.")
class AssessmentState(Enum):
    TO_COME = "to_come"
    HELD = "held"
    MISSED = "missed"


@strawberry.enum
class ReviewStatus(Enum):
    OPEN = "open"
    RELEASED = "released"
    ACKNOWLEDGED = "acknowledged"
