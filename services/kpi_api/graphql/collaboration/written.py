"""Proposals, comments and records in the graph, page by page."""

import dataclasses
from collections.abc import Awaitable, Callable
from datetime import date, datetime
from decimal import Decimal
from typing import Any, TypeVar
from uuid import UUID

import strawberry

from chassis.database import ReadSession
from kpi_api.cascade.shown import target_shown
from kpi_api.collaboration import models, queries, schemas, written
from kpi_api.graphql.nodes import Connection, Info, connection, page_request
from kpi_api.graphql.targets import Target

Given = TypeVar("Given")


def same(type_: type[Given], given: Any, **others: Any) -> Given:
    """A type of the graph from what the REST door shows, field by field, but for `others`."""
    held = [field.name for field in dataclasses.fields(type_) if field.init and field.name not in others]  # type: ignore[arg-type]
    return type_(**{name: getattr(given, name) for name in held}, **others)


@strawberry.type(description="Other terms that somebody proposed, and the answer.")
class KpiProposal:
    uuid: UUID
    author: str
    text: str
    targets: list[Target] | None = strawberry.field(description="The targets that the KPI would have.")
    status: str
    reply: str | None
    created_at: datetime
    answered_at: datetime | None

    @classmethod
    def of(cls, given: schemas.ProposalOutput) -> "KpiProposal":
        targets = [Target.of(target_shown(target.model_dump())) for target in given.targets] if given.targets else None
        return same(cls, given, uuid=given.id, author=given.author.name, targets=targets)


@strawberry.type(description="What somebody said about a shared KPI, or one of its proposals.")
class KpiComment:
    uuid: UUID
    author: str
    proposal_uuid: UUID | None
    text: str
    created_at: datetime

    @classmethod
    def of(cls, given: schemas.CommentOutput) -> "KpiComment":
        return same(cls, given, uuid=given.id, author=given.author.name, proposal_uuid=given.proposal_id)


@strawberry.type(description="What a stakeholder brought; not summed into the joint result.")
class PartRecord:
    uuid: UUID
    stakeholder_uuid: UUID
    recorded_by: str
    day: date
    value: Decimal | None
    unit: str | None
    note: str

    @classmethod
    def of(cls, given: schemas.PartRecordOutput) -> "PartRecord":
        return same(cls, given, uuid=given.id, stakeholder_uuid=given.stakeholder_id, recorded_by=given.recorded_by.name)


async def proposals_page(info: Info, kpi_id: UUID, first: int, after: str | None) -> Connection[KpiProposal]:
    return await _page(info, models.KpiProposal, written.proposals, KpiProposal.of, kpi_id, first, after)


async def comments_page(info: Info, kpi_id: UUID, first: int, after: str | None, proposal_id: UUID | None) -> Connection[KpiComment]:
    return await _page(info, models.KpiComment, written.comments, KpiComment.of, kpi_id, first, after, proposal_id)


async def records_page(info: Info, kpi_id: UUID, first: int, after: str | None) -> Connection[PartRecord]:
    return await _page(info, models.KpiPartRecord, written.records, PartRecord.of, kpi_id, first, after)


async def _page(
    info: Info,
    table: type[Any],
    named: Callable[[ReadSession, Any], Awaitable[list[Any]]],
    of: Callable[[Any], Given],
    kpi_id: UUID,
    first: int,
    after: str | None,
    proposal_id: UUID | None = None,
) -> Connection[Given]:
    page = page_request(info, first, after)
    async with info.context.read() as session:
        rows = await queries.written_page(info.context.viewer, session, page, table, kpi_id, proposal_id)
        shown = {row.id: row for row in await named(session, rows)}
    return connection(rows, after, lambda row: of(shown[row.id]))
