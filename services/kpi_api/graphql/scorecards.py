"""Scorecards, their scores with freshness, and reviews in the graph."""

from datetime import date, datetime
from decimal import Decimal
from uuid import UUID

import strawberry

from kpi_api.cascade.shown import target_shown
from kpi_api.graphql.agreements import (
    ScorecardComment,
    ScorecardCorrection,
    SignedScorecard,
    load_agreement,
    load_comments,
    load_corrections,
)
from kpi_api.graphql.cycles import Cycle, load_cycle
from kpi_api.graphql.findings import Finding, ScorecardQuality, load_findings
from kpi_api.graphql.kpis import Kpi, load_kpi
from kpi_api.graphql.nodes import Info, Node, global_id
from kpi_api.graphql.people import Person, load_person
from kpi_api.graphql.reads import LineRows
from kpi_api.graphql.scorecard_changes import ScorecardChange, load_changes
from kpi_api.graphql.targets import Target
from kpi_api.graphql.verbs import Verb, verbs_of
from kpi_api.graphql.words import AssessmentState, Freshness, KpiStatus, ReviewStage, ReviewStatus, ScorecardStatus, Side
from kpi_api.reviews import models as review_models
from kpi_api.scorecards import models, schemas
from kpi_api.scores.schemas import ScoreOutput


@strawberry.type(description="How one KPI counted. `reason` says why a value is null or zero.")
class ScoredLine:
    line: int
    kpi_uuid: UUID
    name: str
    weight: Decimal
    attainment_raw: Decimal | None
    attainment_capped: Decimal | None
    score: Decimal | None
    reason: str | None


@strawberry.type(description="A scorecard's last computed score and how fresh it is.")
class Score:
    freshness: Freshness
    stale_since: datetime | None = strawberry.field(description="When something it depends on first changed after it was computed.")
    computed_at: datetime | None
    composite: Decimal | None
    lines: list[ScoredLine]
    error_code: str | None
    error_message: str | None
    engine_version: int | None
    plan_digest: str | None

    @classmethod
    def of(cls, score: ScoreOutput) -> "Score":
        return cls(
            freshness=Freshness(score.freshness),
            stale_since=score.stale_since,
            computed_at=score.computed_at,
            composite=score.composite,
            lines=[ScoredLine(kpi_uuid=line.kpi_id, **line.model_dump(exclude={"kpi_id"})) for line in score.lines],
            error_code=score.error.code if score.error else None,
            error_message=score.error.message if score.error else None,
            engine_version=score.engine_version,
            plan_digest=score.plan_digest,
        )


@strawberry.type(description="One KPI on a scorecard with its weight in percent.")
class ScorecardLine:
    uuid: UUID
    name: str
    weight: Decimal | None = strawberry.field(description="Null while a draft has none.")
    component: str
    kpi_status: KpiStatus = strawberry.field(description="One that was withdrawn is scored as one without a value.")
    targets: list[Target]
    kpi_id: strawberry.Private[UUID]

    @strawberry.field(description="The KPI itself; null where the viewer sees it on the scorecard only.")
    async def kpi(self, info: Info) -> Kpi | None:
        return await load_kpi(info, self.kpi_id)

    @classmethod
    def of(cls, rows: LineRows) -> "ScorecardLine":
        line = rows.line
        return cls(
            uuid=line.id,
            name=rows.name,
            weight=line.weight,
            component=line.component,
            kpi_status=KpiStatus(rows.kpi_status),
            targets=[Target.of(target_shown(target)) for target in rows.targets],
            kpi_id=line.kpi_id,
        )


@strawberry.type(description="A formal assessment of a scorecard: by when its review is to be released, and whether it was.")
class DueAssessment:
    stage: ReviewStage
    due_on: date
    released_on: date | None
    state: AssessmentState

    @classmethod
    def of(cls, due: schemas.DueAssessment) -> "DueAssessment":
        return cls(stage=ReviewStage(due.stage), due_on=due.due_on, released_on=due.released_on, state=AssessmentState(due.state))


@strawberry.type(description="The KPIs that a person and their manager agree on for a cycle.")
class Scorecard(Node):
    uuid: UUID
    status: ScorecardStatus
    written_by_side: Side
    window_start: date
    window_end: date
    imposed: bool = strawberry.field(description="Forced by HR rather than agreed.")
    agreed_at: datetime | None
    waiting_for: Side | None = strawberry.field(description="The side whose answer is awaited.")
    waiting_since: datetime | None
    imposed_by_correction_uuid: UUID | None = strawberry.field(description="The correction to which nobody objected.")
    version: int = strawberry.field(description="Send it with a change, so that nobody's change is overwritten.")
    person_id: strawberry.Private[UUID]
    cycle_id: strawberry.Private[UUID]

    @strawberry.field
    async def person(self, info: Info) -> Person | None:
        return await load_person(info, self.person_id)

    @strawberry.field
    async def cycle(self, info: Info) -> Cycle | None:
        return await load_cycle(info, self.cycle_id)

    @strawberry.field
    async def lines(self, info: Info) -> list[ScorecardLine]:
        return [ScorecardLine.of(rows) for rows in await info.context.loaders.scorecard_lines.load(self.uuid) or []]

    @strawberry.field
    async def verbs(self, info: Info) -> list[Verb]:
        return verbs_of(await info.context.loaders.verbs.load(self.uuid) or [])

    @strawberry.field(description="Its formal assessments by date.")
    async def assessments(self, info: Info) -> list[DueAssessment]:
        return [DueAssessment.of(due) for due in await info.context.loaders.assessments.load(self.uuid) or []]

    @strawberry.field(description="The agreement, or what was signed here under a digest at any time; null before both signed.")
    async def agreement(self, info: Info, digest: str | None = None) -> SignedScorecard | None:
        return await load_agreement(info, self.uuid, digest)

    @strawberry.field(description="What was said about it, oldest first.")
    async def comments(self, info: Info) -> list[ScorecardComment]:
        return await load_comments(info, self.uuid)

    @strawberry.field(description="Corrections of many scorecards as they concern this one.")
    async def corrections(self, info: Info) -> list[ScorecardCorrection]:
        return await load_corrections(info, self.uuid)

    @strawberry.field(description="Other texts asked for since it was agreed, oldest first; the pending ones are not answered yet.")
    async def changes(self, info: Info) -> list[ScorecardChange]:
        return await load_changes(info, self.uuid)

    @strawberry.field(description="What the design linter finds, errors first.")
    async def findings(self, info: Info) -> list[Finding]:
        return [Finding.of(noted) for noted in await load_findings(info, self.uuid)]

    @strawberry.field(description="What the findings leave of 100 points.")
    async def quality(self, info: Info) -> ScorecardQuality:
        return ScorecardQuality.of(await load_findings(info, self.uuid))

    @strawberry.field(description="The stored score; scoring need not be there.")
    async def score(self, info: Info) -> Score | None:
        found = await info.context.loaders.scores.load(self.uuid)
        return Score.of(ScoreOutput.of(*found)) if found else None

    @classmethod
    def of(cls, row: models.Scorecard) -> "Scorecard":
        return cls(
            id=global_id("Scorecard", row.id),
            uuid=row.id,
            status=ScorecardStatus(row.status),
            written_by_side=Side(row.written_by_side),
            window_start=row.window_start,
            window_end=row.window_end,
            imposed=row.imposed,
            agreed_at=row.agreed_at,
            waiting_for=Side(row.waiting_for) if row.waiting_for else None,
            waiting_since=row.waiting_since,
            imposed_by_correction_uuid=row.imposed_by_correction_id,
            version=row.version,
            person_id=row.person_id,
            cycle_id=row.cycle_id,
        )


@strawberry.type(description="A review of a scorecard at one stage; texts are read by REST.")
class Review(Node):
    uuid: UUID
    stage: ReviewStage
    status: ReviewStatus
    overall_rating: Decimal | None = strawberry.field(description="Null until it is released.")
    released_at: datetime | None
    acknowledged_at: datetime | None
    person_id: strawberry.Private[UUID]

    @strawberry.field
    async def person(self, info: Info) -> Person | None:
        return await load_person(info, self.person_id)

    @classmethod
    def of(cls, row: review_models.Review) -> "Review":
        return cls(
            id=global_id("Review", row.id),
            uuid=row.id,
            stage=ReviewStage(row.stage),
            status=ReviewStatus(row.status),
            overall_rating=row.overall_rating,
            released_at=row.released_at,
            acknowledged_at=row.acknowledged_at,
            person_id=row.person_id,
        )
