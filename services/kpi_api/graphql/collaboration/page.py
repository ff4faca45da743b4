"""Everything about a shared KPI in one query."""

from collections.abc import Mapping
from datetime import date, datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

import strawberry

from chassis.problems import NotFound
from kpi_api.cascade.shown import target_shown
from kpi_api.collaboration import schemas
from kpi_api.collaboration.problems import NotCollaborative
from kpi_api.collaboration.shown import collaboration
from kpi_api.graphql.collaboration.written import KpiComment, KpiProposal, PartRecord, comments_page, proposals_page, records_page, same
from kpi_api.graphql.nodes import DEFAULT_FIRST, After, Connection, First, Info
from kpi_api.graphql.targets import Target
from kpi_api.graphql.verbs import Verb, verbs_of


@strawberry.type(description="One who carries a KPI together with others: a person or a unit, and whether they agree to the present terms.")
class Collaborator:
    uuid: UUID
    name: str
    part: str
    credit_share: Decimal | None
    agreed: bool
    agreed_at: datetime | None
    agreed_by: str | None
    changes: list[str] = strawberry.field(description="What is different since they agreed, where they have not agreed anew.")
    yours: bool = strawberry.field(description="You speak for them.")

    @classmethod
    def of(cls, given: schemas.CollaboratorOutput) -> "Collaborator":
        return same(cls, given, uuid=given.id, name=_name(given), agreed_by=given.agreed_by.name if given.agreed_by else None)


@strawberry.type(description="One who carried the KPI and left, and when they had agreed to its terms last.")
class FormerCollaborator:
    uuid: UUID
    name: str
    part: str
    left_at: datetime
    reason: str
    agreed_at: datetime | None

    @classmethod
    def of(cls, given: schemas.FormerCollaboratorOutput) -> "FormerCollaborator":
        return same(cls, given, uuid=given.id, name=_name(given))


def _name(given: schemas.CollaboratorOutput | schemas.FormerCollaboratorOutput) -> str:
    holder = given.person or given.unit
    return holder.name if holder else ""


@strawberry.type(description="What is agreed to: definition, measurement, benchmark, timeline. Credit shares stand with the stakeholders.")
class KpiTerms:
    name: str
    definition_code: str
    definition_version: int
    source_of_truth: str | None
    update_frequency: str | None
    combine: str
    direction: str
    targets: list[Target]
    window_start: date | None = strawberry.field(description="Null while the event with which the window begins is waited for.")
    window_end: date | None
    window_event: str | None
    window_days: int | None

    @classmethod
    def of(cls, terms: Mapping[str, Any]) -> "KpiTerms":
        said: dict[str, Any] = {name: terms.get(name) for name in cls.__dataclass_fields__}
        days = {name: date.fromisoformat(said[name]) if said[name] else None for name in ("window_start", "window_end")}
        return cls(**said | days | {"targets": [Target.of(target_shown(target)) for target in terms["targets"]]})


@strawberry.type(description="What one of those who carried a KPI learned.")
class Retrospective:
    kpi_uuid: UUID
    kpi_name: str
    window_end: date
    author: str
    went_well: str
    to_improve: str

    @classmethod
    def of(cls, given: schemas.RetrospectiveOutput) -> "Retrospective":
        return same(cls, given, kpi_uuid=given.kpi_id, author=given.author.name)


@strawberry.type(description="That the shared target was reached; the joint result comes first.")
class Celebration:
    achieved_on: date
    text: str


@strawberry.type(description="A collaborative KPI as those who carry it work on it.")
class Collaboration:
    kpi_uuid: UUID
    state: str = strawberry.field(description="open, agreed, achieved or over.")
    terms: KpiTerms
    digest: str
    stakeholders: list[Collaborator]
    former: list[FormerCollaborator]
    waiting_for: list[str]
    celebration: Celebration | None
    retrospectives: list[Retrospective]
    earlier: list[Retrospective] = strawberry.field(description="What was learned from earlier ones of the same definition or owner.")
    named: bool = strawberry.field(description="Whether you are named when it is celebrated.")
    verbs: list[Verb]

    @strawberry.field(description="Oldest first.")
    async def proposals(self, info: Info, first: First = DEFAULT_FIRST, after: After = None) -> Connection[KpiProposal]:
        return await proposals_page(info, self.kpi_uuid, first, after)

    @strawberry.field(description="Oldest first; all, or those on one proposal.")
    async def comments(
        self, info: Info, first: First = DEFAULT_FIRST, after: After = None, proposal: UUID | None = None
    ) -> Connection[KpiComment]:
        return await comments_page(info, self.kpi_uuid, first, after, proposal)

    @strawberry.field(description="Everybody's parts, oldest first.")
    async def records(self, info: Info, first: First = DEFAULT_FIRST, after: After = None) -> Connection[PartRecord]:
        return await records_page(info, self.kpi_uuid, first, after)

    @classmethod
    def of(cls, given: schemas.Collaboration) -> "Collaboration":
        return same(
            cls,
            given,
            kpi_uuid=given.kpi_id,
            terms=KpiTerms.of(given.terms),
            stakeholders=[Collaborator.of(one) for one in given.stakeholders],
            former=[FormerCollaborator.of(one) for one in given.former],
            celebration=Celebration(achieved_on=given.celebration.achieved_on, text=given.celebration.text) if given.celebration else None,
            retrospectives=[Retrospective.of(one) for one in given.retrospectives],
            earlier=[Retrospective.of(one) for one in given.earlier],
            verbs=verbs_of(given.verbs),
        )


async def load_collaboration(info: Info, kpi_id: UUID) -> Collaboration | None:
    """Null where the KPI is not seen whole, or nobody carries it together."""
    try:
        async with info.context.read() as session:
            return Collaboration.of(await collaboration(info.context.viewer, session, kpi_id))
    except (NotFound, NotCollaborative):
        return None
