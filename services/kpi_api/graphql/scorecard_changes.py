"""Changes of agreed scorecards in the graph: what is asked for, the story, asking, answering, and splitting a mover's scorecard."""

from datetime import date, datetime
from decimal import Decimal
from enum import Enum
from typing import Annotated
from uuid import UUID

import strawberry

from chassis.database import WriteSession
from chassis.problems import NotFound
from kpi_api.graphql.cascade.inputs import TargetInput
from kpi_api.graphql.nodes import Info, id_of
from kpi_api.graphql.problems import ChangedProblem, ConflictProblem, InvalidProblem, NotAllowedProblem, NotFoundProblem
from kpi_api.graphql.words import Side
from kpi_api.graphql.writing import attempt, found, tag, validated
from kpi_api.scorecards.changes import actions, schemas
from kpi_api.scorecards.changes.models import ScorecardChange as Row
from kpi_api.scorecards.changes.splitting import split
from kpi_api.scorecards.changes.story import story


@strawberry.enum(description="Who asks: one side, or a KPI whose target changed or that was withdrawn.")
class ScorecardChangeKind(Enum):
    REQUEST = "request"
    KPI_CHANGED = "kpi_changed"
    KPI_WITHDRAWN = "kpi_withdrawn"


@strawberry.enum(description="Lapsed: what was asked for does not fit the text any more, or the cycle closed.")
class ScorecardChangeStatus(Enum):
    PENDING = "pending"
    AGREED = "agreed"
    REJECTED = "rejected"
    WITHDRAWN = "withdrawn"
    LAPSED = "lapsed"


@strawberry.enum(description="An answer to what is asked of a scorecard.")
class ScorecardChangeAnswer(Enum):
    AGREE = "agree"
    REJECT = "reject"
    WITHDRAW = "withdraw"


@strawberry.type(description="Another text asked for of an agreed scorecard, from a day on. While it is pending, the signed text holds.")
class ScorecardChange:
    uuid: UUID
    scorecard_uuid: UUID
    kind: ScorecardChangeKind
    status: ScorecardChangeStatus
    effective_from: date
    differences: list[str] = strawberry.field(description="What would be different, as sentences.")
    side: Side | None = strawberry.field(description="Who signed first; null while neither has.")
    digest: str | None = strawberry.field(description="Of the text that was signed.")
    result_uuid: UUID | None = strawberry.field(description="The scorecard that carries the agreed text.")
    requested_at: datetime
    decided_at: datetime | None
    version: int = strawberry.field(description="Send it with an answer.")

    @classmethod
    def of(cls, row: Row) -> "ScorecardChange":
        same = ("effective_from", "differences", "digest", "requested_at", "decided_at", "version")
        return cls(
            uuid=row.id,
            scorecard_uuid=row.scorecard_id,
            kind=ScorecardChangeKind(row.kind),
            status=ScorecardChangeStatus(row.status),
            side=Side(row.side) if row.side else None,
            result_uuid=row.result_id,
            **{name: getattr(row, name) for name in same},
        )


@strawberry.type(description="A step of a scorecard's life as a sentence, with what was asked for and what was said.")
class ScorecardStep:
    scorecard_uuid: UUID
    happened_at: datetime
    verb: str
    side: str
    sentence: str
    changes: list[str]
    comment: str | None

    @classmethod
    def of(cls, step: schemas.StoryStep) -> "ScorecardStep":
        return cls(scorecard_uuid=step.scorecard_id, **step.model_dump(exclude={"scorecard_id"}))


async def load_changes(info: Info, scorecard_id: UUID) -> list[ScorecardChange]:
    return [ScorecardChange.of(row) for row in await info.context.loaders.scorecard_changes.load(scorecard_id) or []]


@strawberry.type
class ScorecardChangeQuery:
    @strawberry.field(description="What happened to somebody's scorecards in a cycle, by one of them; null where it is out of sight.")
    async def scorecard_story(self, info: Info, scorecard: strawberry.ID) -> list[ScorecardStep] | None:
        scorecard_id = id_of("Scorecard", scorecard)
        if scorecard_id is None:
            return None
        try:
            async with info.context.read() as session:
                told = await story(info.context.viewer, session, scorecard_id)
        except NotFound:
            return None
        return [ScorecardStep.of(step) for step in told.steps]


@strawberry.input(description="A KPI as it is to stand from then on; without targets, the signed ones stay.")
class ChangedLineInput:
    kpi: strawberry.ID
    weight: Decimal
    component: str | None = None
    targets: list[TargetInput] | None = None

    def read(self) -> dict[str, object]:
        line: dict[str, object] = {"kpi_id": found("Kpi", self.kpi), "weight": self.weight, "component": self.component}
        return line | ({"targets": [target.values() for target in self.targets]} if self.targets is not None else {})


@strawberry.type(description="The change as it stands now.")
class ScorecardChangeChanged:
    change: ScorecardChange


@strawberry.type(description="How the two scorecards of a split are paid, in days of the cycle.")
class ScorecardSplitPay:
    cycle_days: int
    ended_days: int
    successor_days: int
    explanation: str
    warning: str = strawberry.field(description="What a plan does that has no proration.")


@strawberry.type(description="What a split did, or would do.")
class ScorecardSplit:
    preview: bool
    window_end: date = strawberry.field(description="The last day of the one that ends.")
    successor_uuid: UUID | None = strawberry.field(description="Null in a preview, which writes nothing.")
    window_start: date
    successor_end: date
    template_code: str | None
    kpis: list[str]
    whole_targets: list[str] = strawberry.field(description="KPIs whose signed target is for a longer window and stays as it was signed.")
    pay: ScorecardSplitPay


ScorecardChangeResult = Annotated[
    ScorecardChangeChanged | NotFoundProblem | NotAllowedProblem | ChangedProblem | ConflictProblem | InvalidProblem,
    strawberry.union("ScorecardChangeResult", description="The change, or why it does not stand so."),
]
ScorecardSplitResult = Annotated[
    ScorecardSplit | NotFoundProblem | NotAllowedProblem | ChangedProblem | ConflictProblem | InvalidProblem,
    strawberry.union("ScorecardSplitResult", description="Both scorecards, or why there is one."),
]


@strawberry.type
class ScorecardChangeMutation:
    @strawberry.mutation(description="Ask for another text of an agreed scorecard from a day on, and sign it. The other side answers.")
    async def request_scorecard_change(
        self,
        info: Info,
        scorecard: strawberry.ID,
        effective_from: date,
        reason: str,
        lines: list[ChangedLineInput],
        time_rules_of_today: bool = False,
    ) -> ScorecardChangeResult:
        async def write(session: WriteSession) -> ScorecardChangeChanged:
            wanted = {"effective_from": effective_from, "reason": reason, "lines": [line.read() for line in lines]}
            wanted["time_rules"] = "as_today" if time_rules_of_today else "as_signed"
            given_ = validated(schemas.ChangeRequest, wanted)
            row = await actions.request_change(info.context.viewer, session, found("Scorecard", scorecard), given_)
            return ScorecardChangeChanged(change=ScorecardChange.of(row))

        result: ScorecardChangeResult = await attempt(info, write)
        return result

    @strawberry.mutation(description="Agree to a change, reject it, or take one's own back.")
    async def answer_scorecard_change(
        self, info: Info, scorecard: strawberry.ID, change: UUID, version: int, answer: ScorecardChangeAnswer, comment: str | None = None
    ) -> ScorecardChangeResult:
        async def write(session: WriteSession) -> ScorecardChangeChanged:
            verb = {"agree": actions.agree, "reject": actions.reject, "withdraw": actions.withdraw}[answer.value]
            row = await verb(info.context.viewer, session, found("Scorecard", scorecard), change, tag(version), comment)
            return ScorecardChangeChanged(change=ScorecardChange.of(row))

        result: ScorecardChangeResult = await attempt(info, write)
        return result

    @strawberry.mutation(description="End a mover's scorecard on the day before, and open a draft for the days after.")
    async def split_scorecard(
        self,
        info: Info,
        scorecard: strawberry.ID,
        moved_on: date,
        preview: bool = False,
        version: int | None = None,
        template: str | None = None,
        reason: str | None = None,
    ) -> ScorecardSplitResult:
        async def write(session: WriteSession) -> ScorecardSplit:
            wanted = validated(schemas.SplitInput, {"moved_on": moved_on, "template_code": template, "reason": reason})
            seen = None if version is None else tag(version)
            done = await split(info.context.viewer, session, found("Scorecard", scorecard), wanted, seen, preview=preview)
            told = done.model_dump(exclude={"scorecard_id", "successor_id", "pay"})
            return ScorecardSplit(successor_uuid=done.successor_id, pay=ScorecardSplitPay(**done.pay.model_dump()), **told)

        result: ScorecardSplitResult = await attempt(info, write)
        return result
