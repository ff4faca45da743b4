"""What the doors of findings take and give."""

from datetime import date, datetime
from decimal import Decimal
from typing import Annotated, Any, Literal, Self
from uuid import UUID

from pydantic import BaseModel, ConfigDict, Field, StringConstraints, model_validator
from pydantic_core import PydanticCustomError

from chassis.dates import PlausibleDate
from chassis.numbers import ExactDecimal
from chassis.texts import NOT_BLANK
from kpi_api.dictionary.fields import Code
from kpi_api.findings import RULES, Finding, Rule, Severity
from kpi_api.findings.quality import Quality, mean_points
from kpi_api.scorecards.findings.models import FindingMuting
from kpi_api.scorecards.findings.noted import Noted, NotedOfUnit

Reason = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=1000), NOT_BLANK]


class OriginOutput(BaseModel):
    """`source` is one of our sources (docs/sources.md), the field, or ours; `section` its section."""

    source: Literal["S0", "S1", "S2", "field", "ours"]
    section: str


class RuleOutput(BaseModel):
    """A rule: why what it finds is worth a word, what follows from leaving it, and what to do."""

    code: str
    severity: Severity
    subject: Literal["scorecard", "line", "unit"]
    title: str
    reason: str
    consequence: str
    fix: str
    origin: OriginOutput

    @classmethod
    def of(cls, rule: Rule[Any]) -> Self:
        same = {name: getattr(rule, name) for name in cls.model_fields if name != "origin"}
        return cls(**same, origin=OriginOutput(source=rule.origin.source, section=rule.origin.section))


class MutingOutput(BaseModel):
    """`rule_exists` is false of one whose rule is gone; it mutes nothing any more."""

    model_config = ConfigDict(from_attributes=True)

    id: UUID
    code: str
    scorecard_id: UUID | None
    kpi_id: UUID | None
    unit_id: UUID | None
    cycle_id: UUID | None
    reason: str
    muted_by_id: UUID
    muted_at: datetime
    ends_on: date
    rule_exists: bool
    holds: bool = Field(description="It has not ended.")


class FindingOutput(BaseModel):
    """What a rule found. `line` counts from 1, and is null where it is about all of the scorecard; numbers in `facts` are text."""

    scorecard_id: UUID | None
    person_id: UUID | None
    unit_id: UUID | None
    line: int | None
    kpi_id: UUID | None
    sentence: str
    facts: dict[str, Any]
    rule: RuleOutput
    muting: MutingOutput | None

    @classmethod
    def of(cls, noted: Noted, today: date) -> Self:
        muting = muting_shown(noted.muting, today) if noted.muting else None
        return cls._of(noted.finding, scorecard_id=noted.card.id, person_id=noted.card.person_id, unit_id=None, muting=muting)

    @classmethod
    def of_unit(cls, noted: NotedOfUnit, today: date) -> Self:
        muting = muting_shown(noted.muting, today) if noted.muting else None
        return cls._of(noted.finding, scorecard_id=None, person_id=None, unit_id=noted.unit_id, muting=muting)

    @classmethod
    def _of(cls, finding: Finding, **subject: Any) -> Self:
        line = finding.line
        return cls(
            line=line.number if line else None,
            kpi_id=line.kpi_id if line else None,
            sentence=finding.sentence,
            facts=dict(finding.facts),
            rule=RuleOutput.of(finding.rule),
            **subject,
        )


class QualityOutput(BaseModel):
    """Points of 100, less 25 for each error, 10 for each warning, 1 for each information that is not muted."""

    points: int
    errors: int
    warnings: int
    information: int

    @classmethod
    def of(cls, quality: Quality) -> Self:
        return cls(**quality._asdict())


class QualityOnDay(QualityOutput):
    """The quality as it was found on a day; it held until the next one."""

    model_config = ConfigDict(from_attributes=True)

    day: date


class ScorecardFindings(BaseModel):
    """Everything found about a scorecard, errors first, its quality now and how that came about."""

    scorecard_id: UUID
    findings: list[FindingOutput]
    quality: QualityOutput
    history: list[QualityOnDay]


class MeanQuality(BaseModel):
    """Of the scorecards there were on a day: how many, their mean points, and what was found in all."""

    day: date
    scorecards: int
    mean_points: ExactDecimal
    errors: int
    warnings: int
    information: int

    @classmethod
    def of(cls, day: date, scorecards: int, points: int, *counts: int) -> Self:
        mean = mean_points(points, scorecards) or Decimal()
        return cls(
            day=day, scorecards=scorecards, mean_points=mean, **dict(zip(("errors", "warnings", "information"), counts, strict=True))
        )


class QualityOverTime(BaseModel):
    """By day on which one of the scorecards changed. `unit_id` null: everybody in sight."""

    cycle_code: str
    unit_id: UUID | None
    days: list[MeanQuality]


class NewMuting(BaseModel):
    """What to let stand: a rule everywhere, in a cycle, about a unit, on one scorecard, or on one KPI of it, until a day (included)."""

    model_config = ConfigDict(
        extra="forbid",
        json_schema_extra={
            "examples": [{"code": "too_many_kpis", "reason": "Two roles until the vacancy is filled.", "ends_on": "2026-06-30"}]
        },
    )

    code: Code
    scorecard_id: UUID | None = None
    kpi_id: UUID | None = None
    unit_id: UUID | None = None
    cycle_id: UUID | None = None
    reason: Reason
    ends_on: PlausibleDate

    @model_validator(mode="after")
    def is_about_one(self) -> Self:
        if sum(id_ is not None for id_ in (self.scorecard_id, self.unit_id, self.cycle_id)) > 1:
            raise PydanticCustomError("muted_subject", "Give `scorecard_id`, `unit_id` or `cycle_id`, or none of them for everywhere")
        return self


def muting_shown(muting: FindingMuting, today: date) -> MutingOutput:
    """With what is known of its rule today."""
    values = {column: getattr(muting, column) for column in MutingOutput.model_fields if hasattr(muting, column)}
    return MutingOutput(**values, rule_exists=muting.code in RULES, holds=muting.ends_on >= today)
