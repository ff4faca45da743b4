"""Findings in the graph: the rules, what they find about scorecards, and muting."""

from datetime import date, datetime
from enum import Enum
from typing import Annotated, Any
from uuid import UUID

import strawberry
from strawberry.scalars import JSON

from chassis.database import WriteSession
from chassis.problems import NotFound
from kpi_api.findings import RULES, Rule
from kpi_api.findings.quality import Quality
from kpi_api.graphql.nodes import DEFAULT_FIRST, After, Connection, First, Info, connection, id_of, page_request
from kpi_api.graphql.problems import ChangedProblem, ConflictProblem, InvalidProblem, NotAllowedProblem, NotFoundProblem
from kpi_api.graphql.writing import attempt, found, validated
from kpi_api.scorecards.findings import actions, queries, schemas
from kpi_api.scorecards.findings.models import FindingMuting
from kpi_api.scorecards.findings.noted import Noted, quality


@strawberry.enum(description="Errors refuse an agreement, warnings may, information never does.")
class FindingSeverity(Enum):
    ERROR = "error"
    WARNING = "warning"
    INFORMATION = "information"


@strawberry.type(description="A rule of the design linter. `source` is one of our sources, the field, or ours, with its section.")
class FindingRule:
    code: str
    severity: FindingSeverity
    subject: str = strawberry.field(description="scorecard, line or unit.")
    title: str
    reason: str
    consequence: str
    fix: str
    source: str
    section: str

    @classmethod
    def of(cls, rule: Rule[Any]) -> "FindingRule":
        same = {name: getattr(rule, name) for name in ("code", "subject", "title", "reason", "consequence", "fix")}
        return cls(**same, severity=FindingSeverity(rule.severity), source=rule.origin.source, section=rule.origin.section)


@strawberry.type(description="Why a finding is let stand, and until when.")
class Muting:
    uuid: UUID
    code: str
    reason: str
    muted_at: datetime
    ends_on: date

    @classmethod
    def of(cls, row: FindingMuting) -> "Muting":
        return cls(uuid=row.id, code=row.code, reason=row.reason, muted_at=row.muted_at, ends_on=row.ends_on)


@strawberry.type(description="What a rule found about a scorecard.")
class Finding:
    scorecard_uuid: UUID
    line: int | None = strawberry.field(description="Counted from 1; null where it is about all of the scorecard.")
    kpi_uuid: UUID | None
    sentence: str
    facts: JSON
    rule: FindingRule
    muting: Muting | None

    @classmethod
    def of(cls, noted: Noted) -> "Finding":
        line = noted.finding.line
        return cls(
            scorecard_uuid=noted.card.id,
            line=line.number if line else None,
            kpi_uuid=line.kpi_id if line else None,
            sentence=noted.finding.sentence,
            facts=JSON(noted.finding.facts),
            rule=FindingRule.of(noted.finding.rule),
            muting=Muting.of(noted.muting) if noted.muting else None,
        )


@strawberry.type(description="Of 100 points, less 25 for each error, 10 for each warning and 1 for each information that is not muted.")
class ScorecardQuality:
    points: int
    errors: int
    warnings: int
    information: int

    @classmethod
    def of(cls, found: list[Noted]) -> "ScorecardQuality":
        of: Quality = quality(found)
        return cls(points=of.points, errors=of.errors, warnings=of.warnings, information=of.information)


async def load_findings(info: Info, scorecard_id: UUID) -> list[Noted]:
    return await info.context.loaders.findings.load(scorecard_id) or []


@strawberry.type
class FindingQuery:
    @strawberry.field(description="Every rule of the design linter.")
    def finding_rules(self, info: Info) -> list[FindingRule]:
        return [FindingRule.of(rule) for rule in RULES.values()]

    @strawberry.field(description="Findings about a cycle's scorecards in sight; null where there is no such cycle or unit.")
    async def findings(
        self,
        info: Info,
        cycle: str,
        first: First = DEFAULT_FIRST,
        after: After = None,
        unit_id: strawberry.ID | None = None,
        severity: FindingSeverity | None = None,
        code: str | None = None,
        muted: bool = False,
    ) -> Connection[Finding] | None:
        wanted: dict[str, Any] = {"severity": severity.value if severity else None, "code": code, "muted": muted}
        unit = None if unit_id is None else id_of("Unit", unit_id) or UUID(int=0)
        page = page_request(info, first, after)
        try:
            async with info.context.read() as session:
                rows = await queries.findings_page(info.context.viewer, session, page, cycle=cycle, unit_id=unit, **wanted)
        except NotFound:
            return None
        return connection(rows, after, Finding.of)


@strawberry.type(description="What is muted now, or was until now.")
class MutingChanged:
    muting: Muting


MuteResult = Annotated[
    MutingChanged | NotFoundProblem | NotAllowedProblem | ChangedProblem | ConflictProblem | InvalidProblem,
    strawberry.union("MuteResult", description="The muting, or why nothing changed."),
]


@strawberry.type
class FindingMutation:
    @strawberry.mutation(description="Let findings of a rule stand until a day: on a scorecard or one KPI of it, or everywhere (HR).")
    async def mute_finding(
        self, info: Info, code: str, reason: str, ends_on: date, scorecard: strawberry.ID | None = None, kpi: strawberry.ID | None = None
    ) -> MuteResult:
        async def write(session: WriteSession) -> MutingChanged:
            ids = {
                "scorecard_id": found("Scorecard", scorecard) if scorecard is not None else None,
                "kpi_id": found("Kpi", kpi) if kpi is not None else None,
            }
            given = validated(schemas.NewMuting, {"code": code, "reason": reason, "ends_on": ends_on, **ids})
            return MutingChanged(muting=Muting.of(await actions.mute(info.context.viewer, session, given)))

        result: MuteResult = await attempt(info, write)
        return result

    @strawberry.mutation(description="Take a muting back.")
    async def unmute_finding(self, info: Info, muting: UUID) -> MuteResult:
        async def write(session: WriteSession) -> MutingChanged:
            return MutingChanged(muting=Muting.of(await actions.unmute(info.context.viewer, session, muting)))

        result: MuteResult = await attempt(info, write)
        return result
