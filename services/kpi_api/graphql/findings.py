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
from kpi_api.scorecards.findings.noted import Noted, NotedOfUnit, quality
from kpi_api.scorecards.findings.units import findings_about_unit


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


@strawberry.type(description="Why a finding is let stand, and until when: everywhere where it names nothing.")
class Muting:
    uuid: UUID
    code: str
    reason: str
    muted_at: datetime
    ends_on: date
    scorecard_uuid: UUID | None
    kpi_uuid: UUID | None
    unit_uuid: UUID | None
    cycle_uuid: UUID | None

    @classmethod
    def of(cls, row: FindingMuting) -> "Muting":
        same = {name: getattr(row, name) for name in ("code", "reason", "muted_at", "ends_on")}
        return cls(**same, uuid=row.id, **{f"{name}_uuid": getattr(row, f"{name}_id") for name in ("scorecard", "kpi", "unit", "cycle")})


@strawberry.type(description="What a rule found about a scorecard, or about a unit.")
class Finding:
    scorecard_uuid: UUID | None
    unit_uuid: UUID | None
    line: int | None = strawberry.field(description="Counted from 1; null where it is about all of the scorecard.")
    kpi_uuid: UUID | None
    sentence: str
    facts: JSON
    rule: FindingRule
    muting: Muting | None

    @classmethod
    def of(cls, noted: Noted | NotedOfUnit) -> "Finding":
        line = noted.finding.line
        return cls(
            scorecard_uuid=noted.card.id if isinstance(noted, Noted) else None,
            unit_uuid=noted.unit_id if isinstance(noted, NotedOfUnit) else None,
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

    @strawberry.field(description="Findings about a unit's own KPIs in a cycle, for who leads it; null where out of sight.")
    async def unit_findings(self, info: Info, unit_id: strawberry.ID, cycle: str) -> list[Finding] | None:
        return await load_unit_findings(info, id_of("Unit", unit_id) or UUID(int=0), cycle)


async def load_unit_findings(info: Info, unit_id: UUID, cycle: str) -> list[Finding] | None:
    """Null where there is no such cycle, or one is not told what is found about the unit."""
    try:
        async with info.context.read() as session:
            return [Finding.of(noted) for noted in await findings_about_unit(info.context.viewer, session, unit_id, cycle)]
    except NotFound:
        return None


@strawberry.type(description="What is muted now, or was until now.")
class MutingChanged:
    muting: Muting


MuteResult = Annotated[
    MutingChanged | NotFoundProblem | NotAllowedProblem | ChangedProblem | ConflictProblem | InvalidProblem,
    strawberry.union("MuteResult", description="The muting, or why nothing changed."),
]


@strawberry.type
class FindingMutation:
    @strawberry.mutation(
        description="Let findings of a rule stand until a day: on a scorecard or a KPI of it, about a unit; in a cycle or everywhere (HR)."
    )
    async def mute_finding(
        self,
        info: Info,
        code: str,
        reason: str,
        ends_on: date,
        scorecard: strawberry.ID | None = None,
        kpi: strawberry.ID | None = None,
        unit: strawberry.ID | None = None,
        cycle: strawberry.ID | None = None,
    ) -> MuteResult:
        async def write(session: WriteSession) -> MutingChanged:
            named = {"Scorecard": scorecard, "Kpi": kpi, "Unit": unit, "Cycle": cycle}
            ids = {f"{name.lower()}_id": found(name, id_) for name, id_ in named.items() if id_ is not None}
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
