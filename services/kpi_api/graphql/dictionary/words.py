"""The dictionary's enumerations in the graph; their values are the dictionary's own words."""

from enum import Enum

import strawberry


@strawberry.enum(description="Which way is better, or by what a KPI is met.")
class Direction(Enum):
    HIGHER = "higher"
    LOWER = "lower"
    BAND = "band"
    MILESTONE = "milestone"
    RATING = "rating"
    ZERO_TOLERANCE = "zero_tolerance"


@strawberry.enum(description="What kind of contribution a KPI measures.")
class Dimension(Enum):
    OUTPUT = "output"
    QUALITY = "quality"
    BEHAVIOURAL = "behavioural"
    DEVELOPMENT = "development"


@strawberry.enum(description="How periods combine into one value.")
class Combine(Enum):
    TOTAL = "total"
    MEAN = "mean"
    LAST = "last"
    RATIO_OF_SUMS = "ratio_of_sums"
    SHARE_OF_PERIODS_MET = "share_of_periods_met"


@strawberry.enum(description="How parts combine: all are met, their mean, or the first counted as far as the others are met.")
class CombineParts(Enum):
    ALL = "all"
    MEAN = "mean"
    COUNT = "count"


@strawberry.enum
class DefinitionKind(Enum):
    RESULT = "result"
    PROCESS = "process"


@strawberry.enum(description="How much of the result its owner controls.")
class Controllability(Enum):
    HIGH = "high"
    SHARED = "shared"
    LOW = "low"


@strawberry.enum(description="Who or what else has a hand in the result.")
class ControllabilityCause(Enum):
    MARKET = "market"
    COLLEAGUES = "colleagues"
    DECISIONS_ABOVE = "decisions_above"
    OTHER = "other"


@strawberry.enum(description="How often the source is updated.")
class UpdateFrequency(Enum):
    DAY = "day"
    WEEK = "week"
    SPRINT = "sprint"
    MONTH = "month"
    QUARTER = "quarter"
    HALF_YEAR = "half_year"
    YEAR = "year"


@strawberry.enum(description="A version is written as a draft, proposed, approved by another, and may be retired from a day on.")
class DefinitionStatus(Enum):
    DRAFT = "draft"
    PROPOSED = "proposed"
    APPROVED = "approved"
    RETIRED = "retired"


@strawberry.enum(description="A KPI that was given the definition, a template with it, or a definition that leads to it.")
class UseKind(Enum):
    KPI = "kpi"
    TEMPLATE = "template"
    LEADS_TO = "leads_to"


@strawberry.enum(description="What changes in the business.")
class BusinessChangeKind(Enum):
    PROCESS = "process"
    PRICING = "pricing"
    SEGMENT = "segment"
    ORGANIZATION = "organization"


@strawberry.enum(description="Why a definition is to be looked at.")
class DefinitionReviewReason(Enum):
    BUSINESS_CHANGE = "business_change"
    DUE = "due"
    OWNER_LEFT = "owner_left"
    STEWARD_LEFT = "steward_left"


@strawberry.enum(description="What came of looking at it.")
class DefinitionReviewOutcome(Enum):
    CONFIRMED = "confirmed"
    NEW_VERSION = "new_version"
    RETIRED = "retired"
