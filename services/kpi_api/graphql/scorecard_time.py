"""Time within a scorecard in the graph: what leave and part-time do to it, and would do."""

from datetime import date
from decimal import Decimal
from uuid import UUID

import strawberry

from chassis.problems import NotFound
from kpi_api.graphql.nodes import Info, id_of
from kpi_api.graphql.time_rules import TimeRules, TimeRulesInput, given_with_rules
from kpi_api.graphql.writing import given, validated
from kpi_api.scorecards.presence import schemas
from kpi_api.scorecards.presence.queries import time_of_scorecard


@strawberry.type(description="A leave on days of a scorecard.")
class ScorecardLeave:
    first_day: date
    last_day: date | None
    days: int
    changes_something: bool = strawberry.field(description="The rules let it: it is long enough, and of no kind that they leave alone.")


@strawberry.type(description="A target that time away pro-rates: as it was signed for its whole time, and as it counts.")
class ProRatedTarget:
    kpi_uuid: UUID
    name: str
    part: str
    share: str = strawberry.field(description="A fraction, such as 319/365.")
    signed: Decimal
    counted: Decimal | None = strawberry.field(description="Null where the person was away throughout: then the KPI does not count.")


@strawberry.type(description="What leave and part-time do to a scorecard, by the rules that were signed with it.")
class ScorecardTime:
    scorecard_uuid: UUID
    signed: bool = strawberry.field(description="False: by the rules of today, with which it would be signed.")
    rules: TimeRules
    full_time_share: Decimal = strawberry.field(description="The share of full time that the targets were signed for.")
    days: int
    paid_days: int
    leaves: list[ScorecardLeave]
    targets: list[ProRatedTarget]
    told: list[str] = strawberry.field(description="The same as sentences; none where time does nothing.")

    @classmethod
    def of(cls, time: schemas.ScorecardTime) -> "ScorecardTime":
        return cls(
            scorecard_uuid=time.scorecard_id,
            rules=TimeRules.of(time.rules),
            full_time_share=time.rules.full_time_share,
            leaves=[ScorecardLeave(**leave.model_dump()) for leave in time.leaves],
            targets=[
                ProRatedTarget(kpi_uuid=target.kpi_id, **target.model_dump(exclude={"kpi_id", "pro_rated_by"})) for target in time.targets
            ],
            **{name: getattr(time, name) for name in ("signed", "days", "paid_days", "told")},
        )


@strawberry.input(description="Days of a leave that is tried, both included.")
class SupposedLeaveInput:
    first_day: date
    last_day: date | None = None


@strawberry.input(description="Another share of full time that is tried, from a day on.")
class SupposedPartTimeInput:
    first_day: date
    fte: Decimal


@strawberry.input(description="What is tried. Nothing is kept.")
class TimeSuppositionInput:
    leaves: list[SupposedLeaveInput] = strawberry.field(default_factory=list)
    part_time: SupposedPartTimeInput | None = None
    rules: TimeRulesInput | None = strawberry.field(default=None, description="Other rules than those that were signed.")

    def read(self) -> schemas.Supposition:
        """Raises Invalid."""
        said = given_with_rules(self, "rules")
        part_time = given(self.part_time) if self.part_time else None
        return validated(schemas.Supposition, said | {"leaves": [given(leave) for leave in self.leaves], "part_time": part_time})


@strawberry.type
class ScorecardTimeQuery:
    @strawberry.field(description="What leave and part-time do to a scorecard, or would do; null where it is out of sight.")
    async def scorecard_time(
        self, info: Info, scorecard: strawberry.ID, supposing: TimeSuppositionInput | None = None
    ) -> ScorecardTime | None:
        scorecard_id = id_of("Scorecard", scorecard)
        if scorecard_id is None:
            return None
        supposed = supposing.read() if supposing else schemas.Supposition()
        try:
            async with info.context.read() as session:
                return ScorecardTime.of(await time_of_scorecard(info.context.viewer, session, scorecard_id, supposed))
        except NotFound:
            return None
