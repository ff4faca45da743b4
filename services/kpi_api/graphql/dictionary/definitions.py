"""Definitions and their versions in the graph, where they are used, and what differs between two versions."""

from datetime import date, datetime
from enum import Enum
from typing import Any, TypeVar
from uuid import UUID

import strawberry

from kpi_api.dictionary import models, schemas
from kpi_api.graphql.dictionary.words import (
    Combine,
    CombineParts,
    Controllability,
    ControllabilityCause,
    DefinitionKind,
    DefinitionStatus,
    Dimension,
    Direction,
    UpdateFrequency,
    UseKind,
)
from kpi_api.graphql.nodes import Info, Node, global_id
from kpi_api.graphql.people import Person, load_person
from kpi_api.graphql.verbs import Verb, verbs_of
from kpi_api.graphql.words import KpiLevel

Word = TypeVar("Word", bound=Enum)


def word(words: type[Word], value: str | None) -> Word | None:
    return None if value is None else words(value)


@strawberry.type(description="One thing that a KPI measures; most have the single part `main`.")
class DefinitionPart:
    code: str
    name: str
    unit: str
    direction: Direction


@strawberry.type(description="The formula of a part, over the version's source measures.")
class PartFormula:
    part: str
    formula: str


@strawberry.type(description="A number that a formula is made of, with its unit.")
class SourceMeasure:
    name: str
    unit: str


@strawberry.type(description="Whom a KPI is for; what is empty or null does not limit it.")
class DefinitionApplicability:
    roles: list[str]
    grades: list[str]
    has_direct_reports: bool | None

    @classmethod
    def of(cls, given: dict[str, Any]) -> "DefinitionApplicability":
        return cls(roles=given.get("roles", []), grades=given.get("grades", []), has_direct_reports=given.get("has_direct_reports"))


@strawberry.type(description="When a proposed version was sent back, by whom and why.")
class SentBack:
    at: datetime
    reason: str
    by_person_id: strawberry.Private[UUID]

    @strawberry.field(description="Null where out of sight.")
    async def by(self, info: Info) -> Person | None:
        return await load_person(info, self.by_person_id)


@strawberry.type(description="The directional commitment that a KPI serves.")
class ServedOutcome:
    uuid: UUID
    code: str
    name: str
    area: str


@strawberry.type(description="What a definition means from a day on. Versions are never edited; a change is a new one.")
class DefinitionVersion:
    uuid: UUID
    number: int
    status: DefinitionStatus
    effective_from: date
    retired_from: date | None
    name: str
    description: str
    direction: Direction
    unit: str
    precision: int
    dimension: Dimension
    combine: Combine
    parts: list[DefinitionPart]
    combine_parts: CombineParts
    formulas: list[PartFormula]
    measures: list[SourceMeasure]
    source_of_truth: str | None
    update_frequency: UpdateFrequency | None
    decision_speed_days: int | None = strawberry.field(description="How soon someone can act on a change.")
    exclusion_rules: str | None
    leading: bool
    leads_to_code: str | None = strawberry.field(description="The lagging KPI that this leading one leads to.")
    leads_to_lag_days: int | None
    kind: DefinitionKind
    competency_code: str | None
    controllability: Controllability
    controllability_cause: ControllabilityCause | None
    applicability: DefinitionApplicability
    note: str = strawberry.field(description="Why it was written or changed.")
    approved_at: datetime | None
    sent_back: SentBack | None = strawberry.field(description="The last time that it was sent back; null once it is approved.")
    outcome_id: strawberry.Private[UUID | None]
    author_id: strawberry.Private[UUID | None]
    approver_id: strawberry.Private[UUID | None]

    @strawberry.field
    async def outcome(self, info: Info) -> ServedOutcome | None:
        row = await info.context.loaders.outcomes.load(self.outcome_id) if self.outcome_id else None
        return ServedOutcome(uuid=row.id, code=row.code, name=row.name, area=row.area) if row else None

    @strawberry.field(description="Null for what the library wrote, and where out of sight.")
    async def author(self, info: Info) -> Person | None:
        return await load_person(info, self.author_id)

    @strawberry.field(description="Null before approval, and where out of sight.")
    async def approver(self, info: Info) -> Person | None:
        return await load_person(info, self.approver_id)

    @strawberry.field(description="What the viewer may do now: try, propose, send_back, approve, retire.")
    async def verbs(self, info: Info) -> list[Verb]:
        return verbs_of(await info.context.loaders.version_verbs.load(self.uuid) or [])

    @classmethod
    def of(cls, row: models.DefinitionVersion) -> "DefinitionVersion":
        same = ("number", "effective_from", "retired_from", "name", "description", "unit", "precision", "source_of_truth",
                "decision_speed_days", "exclusion_rules", "leading", "leads_to_code", "leads_to_lag_days", "competency_code", "note",
                "approved_at", "outcome_id", "author_id", "approver_id")  # fmt: skip
        return cls(
            uuid=row.id,
            status=DefinitionStatus(row.status),
            direction=Direction(row.direction),
            dimension=Dimension(row.dimension),
            combine=Combine(row.combine),
            parts=[DefinitionPart(**part | {"direction": Direction(part["direction"])}) for part in row.parts],
            combine_parts=CombineParts(row.combine_parts),
            formulas=[PartFormula(part=part, formula=formula) for part, formula in sorted(row.formulas.items())],
            measures=[SourceMeasure(name=name, unit=unit) for name, unit in sorted(row.measures.items())],
            update_frequency=word(UpdateFrequency, row.update_frequency),
            kind=DefinitionKind(row.kind),
            controllability=Controllability(row.controllability),
            controllability_cause=word(ControllabilityCause, row.controllability_cause),
            applicability=DefinitionApplicability.of(row.applicability),
            sent_back=SentBack(**row.sent_back) if row.sent_back else None,
            **{name: getattr(row, name) for name in same},
        )


@strawberry.type(description="A KPI's place in the dictionary: its code and who answers for it. What it means stands in its versions.")
class Definition(Node):
    uuid: UUID
    code: str
    origin: str = strawberry.field(description="`organization`, or `library` for one that was installed.")
    state: int = strawberry.field(description="Counts its changes; give it with your own, so that nobody's is overwritten.")
    review_every_months: int | None
    review_due_on: date | None
    version: DefinitionVersion | None = strawberry.field(
        description="The one asked for; else the one in force on the day, or before any is in force the newest in sight."
    )
    owner_id: strawberry.Private[UUID | None]
    steward_id: strawberry.Private[UUID | None]
    merged_into_id: strawberry.Private[UUID | None]

    @strawberry.field(description="Null where out of sight.")
    async def owner(self, info: Info) -> Person | None:
        return await load_person(info, self.owner_id)

    @strawberry.field(description="Who answers for the source of truth; null where that is the owner, or out of sight.")
    async def steward(self, info: Info) -> Person | None:
        return await load_person(info, self.steward_id)

    @strawberry.field(description="The definition to use instead.")
    async def merged_into(self, info: Info) -> "Definition | None":
        return await load_definition(info, self.merged_into_id)

    @strawberry.field(description="Those in sight, newest first.")
    async def versions(self, info: Info) -> list[DefinitionVersion]:
        return [DefinitionVersion.of(row) for row in await info.context.loaders.definition_versions.load(self.uuid) or []]

    @classmethod
    def of(cls, row: models.KpiDefinition, version: models.DefinitionVersion | None) -> "Definition":
        """A definition with a version that the viewer was found to see."""
        same = ("code", "origin", "review_every_months", "review_due_on", "owner_id", "steward_id", "merged_into_id")
        return cls(
            id=global_id("Definition", row.id),
            uuid=row.id,
            state=row.version,
            version=DefinitionVersion.of(version) if version else None,
            **{name: getattr(row, name) for name in same},
        )


@strawberry.type(description="Something that uses a definition.")
class DefinitionUse:
    kind: UseKind
    uuid: UUID
    name: str
    owner_name: str | None = strawberry.field(description="The person or unit that a KPI belongs to.")
    level: KpiLevel | None
    version_number: int | None = strawberry.field(description="Which version a KPI was given.")
    window_end: date | None

    @classmethod
    def of(cls, use: schemas.Use) -> "DefinitionUse":
        same = ("name", "owner_name", "version_number", "window_end")
        return cls(
            kind=UseKind(use.kind), uuid=use.id, level=word(KpiLevel, use.level), **{name: getattr(use, name) for name in same}
        )  # fmt: skip


@strawberry.type(description="One thing in which two versions differ: where, and a sentence that says how.")
class VersionDifference:
    field: str
    sentence: str


@strawberry.type(description="What changed from one version of a definition to another.")
class DefinitionDifference:
    from_number: int
    to_number: int
    note: str = strawberry.field(description="What the author of the later version says about it.")
    differences: list[VersionDifference]

    @classmethod
    def of(cls, found: schemas.DifferenceOutput) -> "DefinitionDifference":
        differences = [VersionDifference(field=one.field, sentence=one.sentence) for one in found.differences]
        return cls(from_number=found.from_number, to_number=found.to_number, note=found.note, differences=differences)


async def load_definition(info: Info, definition_id: UUID | None) -> Definition | None:
    rows = await info.context.loaders.definitions.load(definition_id) if definition_id else None
    return Definition.of(rows.definition, rows.version) if rows else None
