"""Targets, milestones and the difficulty of targets in the graph."""

from datetime import date, datetime
from decimal import Decimal
from uuid import UUID

import strawberry

from chassis.problems import Invalid, NotFound
from kpi_api.cascade import schemas
from kpi_api.graphql.nodes import Info
from kpi_api.graphql.words import Comparison, TargetPeriod
from kpi_api.measurements.difficulty import queries as difficulty
from kpi_api.measurements.difficulty.schemas import TargetDifficulty
from kpi_api.measurements.milestones.schemas import MilestoneRecordOutput


@strawberry.type(description="The target of one part of a KPI.")
class Target:
    part: str
    sentence: str = strawberry.field(description='In words, such as "at least 450,000 USD per quarter".')
    comparison: Comparison
    value: Decimal
    value_high: Decimal | None = strawberry.field(description="The upper end of `WITHIN`.")
    unit: str
    period: TargetPeriod
    baseline: Decimal | None
    threshold: Decimal | None
    stretch: Decimal | None
    due_on: date | None

    @classmethod
    def of(cls, target: schemas.TargetOutput) -> "Target":
        return cls(
            part=target.part,
            sentence=target.sentence,
            comparison=Comparison(target.comparison),
            value=target.value,
            value_high=target.value_high,
            unit=target.unit,
            period=TargetPeriod(target.period),
            baseline=target.baseline,
            threshold=target.threshold,
            stretch=target.stretch,
            due_on=target.due_on,
        )


@strawberry.type(description="How often a target would have been met; what has no value is not counted as missed.")
class JudgedTarget:
    met: int
    measured: int = strawberry.field(description="How many periods, or whole windows, have a value.")
    without_value: int
    share: Decimal | None = strawberry.field(description="Percent of those measured; null without a value.")
    owners: int | None = strawberry.field(description="How many others, where it is others that are judged by.")


@strawberry.type(name="TargetDifficulty", description="How often a KPI's target would have been met, by its owner before and by others.")
class Difficulty:
    part: str
    target: str = strawberry.field(description="In words.")
    counted: str = strawberry.field(description="What is counted, such as months.")
    own: JudgedTarget
    peers: JudgedTarget | None = strawberry.field(description="Others all together; null where fewer than 5 had the same KPI.")
    sentence: str

    @classmethod
    def of(cls, found: TargetDifficulty) -> "Difficulty":
        return cls(
            part=found.part,
            target=found.target,
            counted=found.counted,
            own=JudgedTarget(**dict(found.own), owners=None),
            peers=JudgedTarget(**dict(found.peers)) if found.peers else None,
            sentence=found.sentence,
        )


@strawberry.type(description="A milestone that was done, and what shows it.")
class Milestone:
    part: str
    done_on: date
    due_on: date | None
    days_late: int
    evidence: str | None
    evidence_link: str | None
    recorded_at: datetime

    @classmethod
    def of(cls, record: MilestoneRecordOutput) -> "Milestone":
        names = ("part", "done_on", "due_on", "days_late", "evidence", "evidence_link", "recorded_at")
        return cls(**{name: getattr(record, name) for name in names})


async def load_difficulty(info: Info, kpi_id: UUID, part: str) -> Difficulty | None:
    """Null where the KPI is not seen whole, or has no such part."""
    try:
        async with info.context.read() as session:
            return Difficulty.of(await difficulty.target_difficulty(info.context.viewer, session, kpi_id, part=part))
    except (NotFound, Invalid):
        return None


async def load_milestones(info: Info, kpi_id: UUID) -> list[Milestone] | None:
    """Null where the KPI is not seen whole."""
    records = await info.context.loaders.milestones.load(kpi_id)
    return None if records is None else [Milestone.of(record) for record in records]
