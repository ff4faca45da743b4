"""Business changes and reviews of definitions in the graph."""

from datetime import date, datetime
from uuid import UUID

import strawberry

from kpi_api.dictionary.stewardship import models, schemas
from kpi_api.graphql.dictionary.definitions import Definition, load_definition, word
from kpi_api.graphql.dictionary.words import BusinessChangeKind, DefinitionReviewOutcome, DefinitionReviewReason
from kpi_api.graphql.nodes import Info
from kpi_api.graphql.verbs import Verb, verbs_of


@strawberry.type(description="A process, price, segment or the organization changes, so that definitions may no longer fit.")
class BusinessChange:
    uuid: UUID
    kind: BusinessChangeKind
    name: str
    description: str
    effective_on: date
    recorded_at: datetime
    definition_ids: strawberry.Private[list[UUID]]

    @strawberry.field(description="Those that it touches, which are to be reviewed because of it.")
    async def definitions(self, info: Info) -> list[Definition]:
        found = await info.context.loaders.definitions.load_many(self.definition_ids)
        return [Definition.of(rows.definition, rows.version) for rows in found if rows]

    @classmethod
    def of(cls, row: models.BusinessChange, touched: list[UUID]) -> "BusinessChange":
        same = ("name", "description", "effective_on", "recorded_at")
        return cls(
            uuid=row.id, kind=BusinessChangeKind(row.kind), definition_ids=touched, **{name: getattr(row, name) for name in same}
        )  # fmt: skip


@strawberry.type(description="A definition to be looked at by whoever owns it.")
class DefinitionReview:
    uuid: UUID
    definition_code: str
    reason: DefinitionReviewReason
    opened_on: date
    due_on: date
    outcome: DefinitionReviewOutcome | None = strawberry.field(description="Null while it is open.")
    note: str
    completed_at: datetime | None
    verbs: list[Verb] = strawberry.field(description="Whether the viewer may complete it.")
    definition_id: strawberry.Private[UUID]
    business_change_id: strawberry.Private[UUID | None]

    @strawberry.field
    async def definition(self, info: Info) -> Definition | None:
        return await load_definition(info, self.definition_id)

    @strawberry.field(description="What opened it, where that is the reason.")
    async def business_change(self, info: Info) -> BusinessChange | None:
        rows = await info.context.loaders.business_changes.load(self.business_change_id) if self.business_change_id else None
        return BusinessChange.of(rows.change, rows.definition_ids) if rows else None

    @classmethod
    def of(cls, shown: schemas.ReviewOutput) -> "DefinitionReview":
        same = ("definition_code", "opened_on", "due_on", "note", "completed_at", "definition_id", "business_change_id")
        return cls(
            uuid=shown.id,
            reason=DefinitionReviewReason(shown.reason),
            outcome=word(DefinitionReviewOutcome, shown.outcome),
            verbs=verbs_of(shown.verbs),
            **{name: getattr(shown, name) for name in same},
        )
