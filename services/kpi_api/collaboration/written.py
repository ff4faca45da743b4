"""How proposals, comments and records look: what people wrote about a shared KPI, with the names of who did."""

from collections.abc import Mapping, Sequence
from uuid import UUID

from chassis.database import ReadSession
from kpi_api.cascade.schemas import PersonName
from kpi_api.collaboration import queries
from kpi_api.collaboration.models import KpiComment, KpiPartRecord, KpiProposal
from kpi_api.collaboration.schemas import CommentOutput, PartRecordOutput, ProposalOutput
from kpi_api.dictionary.target_schemas import Target


async def proposals(session: ReadSession, rows: Sequence[KpiProposal]) -> list[ProposalOutput]:
    """Rows that the viewer was found to see, in their order; so of the others."""
    names = await queries.names(session, {row.author_id for row in rows})
    return [_proposal(row, names) for row in rows]


def _proposal(made: KpiProposal, names: Mapping[UUID, str]) -> ProposalOutput:
    return ProposalOutput(
        **{name: getattr(made, name) for name in ("id", "text", "status", "reply", "created_at", "answered_at")},
        author=PersonName(id=made.author_id, name=names[made.author_id]),
        targets=[Target.model_validate(target) for target in made.targets] if made.targets else None,
    )


async def comments(session: ReadSession, rows: Sequence[KpiComment]) -> list[CommentOutput]:
    names = await queries.names(session, {row.author_id for row in rows})
    same = ("id", "proposal_id", "text", "created_at")
    return [
        CommentOutput(**{name: getattr(row, name) for name in same}, author=PersonName(id=row.author_id, name=names[row.author_id]))
        for row in rows
    ]


async def records(session: ReadSession, rows: Sequence[KpiPartRecord]) -> list[PartRecordOutput]:
    names = await queries.names(session, {row.recorded_by_id for row in rows})
    same = ("id", "stakeholder_id", "day", "value", "unit", "note")
    return [
        PartRecordOutput(
            **{name: getattr(row, name) for name in same}, recorded_by=PersonName(id=row.recorded_by_id, name=names[row.recorded_by_id])
        )
        for row in rows
    ]
