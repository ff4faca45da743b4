"""How a collaboration looks to who may see it: whole, to each who carries the KPI (S1, "Create Transparency")."""

from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import Any
from uuid import UUID

from sqlalchemy import Row

from chassis.access import Viewer
from chassis.database import ReadSession
from chassis.verbs import VerbOutput, verb_output
from kpi_api.cascade import actions as cascade_actions
from kpi_api.cascade import queries as cascade
from kpi_api.cascade.models import Kpi
from kpi_api.cascade.schemas import PersonName, UnitName
from kpi_api.collaboration import actions, queries
from kpi_api.collaboration.models import KpiCelebration, KpiComment, KpiPartRecord, KpiProposal
from kpi_api.collaboration.reaching import Brought, celebration_text
from kpi_api.collaboration.schemas import (
    CelebrationOutput,
    Collaboration,
    CollaboratorOutput,
    CommentOutput,
    PartRecordOutput,
    ProposalOutput,
    RetrospectiveOutput,
    State,
)
from kpi_api.collaboration.terms import Terms, differences
from kpi_api.dictionary.target_schemas import Target
from kpi_api.dictionary.targets import amount, target_sentence


async def collaboration(viewer: Viewer, session: ReadSession, kpi_id: UUID) -> Collaboration:
    """Everything about the shared KPI. Raises NotFound, NotCollaborative."""
    kpi = await queries.shared_kpi(viewer, session, kpi_id)
    terms = await queries.present_terms(session, kpi)
    stakeholders = await _stakeholders(viewer, session, kpi_id, terms)
    records = await queries.written(session, KpiPartRecord, kpi_id, KpiPartRecord.recorded_by_id)
    unnamed = await queries.unnamed(session, kpi_id)
    celebrated = await queries.celebration(session, kpi_id)
    waiting_for = [_name(one) for one in stakeholders if not one.agreed]
    return Collaboration(
        kpi_id=kpi_id,
        name=kpi.name,
        state=_state(kpi, session, celebrated=celebrated is not None, agreed=bool(stakeholders) and not waiting_for),
        terms=terms.document,
        digest=terms.digest,
        stakeholders=stakeholders,
        waiting_for=waiting_for,
        proposals=[_proposal(row) for row in await queries.written(session, KpiProposal, kpi_id, KpiProposal.author_id)],
        comments=[_comment(row) for row in await queries.written(session, KpiComment, kpi_id, KpiComment.author_id)],
        records=[_record(row) for row in records],
        celebration=_celebration(kpi, celebrated, stakeholders, records, unnamed) if celebrated else None,
        retrospectives=[_retrospective(row) for row in await queries.retrospectives(session, kpi)],
        earlier=[_retrospective(row) for row in await queries.earlier_retrospectives(viewer, session, kpi)],
        named=viewer.person_id not in unnamed,
        verbs=await verbs(viewer, session, kpi),
    )


def _state(kpi: Kpi, session: ReadSession, *, celebrated: bool, agreed: bool) -> State:
    if celebrated:
        return "achieved"
    if kpi.status != "waiting" and kpi.window_end < session.today:
        return "over"
    return "agreed" if agreed else "open"


async def _stakeholders(viewer: Viewer, session: ReadSession, kpi_id: UUID, terms: Terms) -> list[CollaboratorOutput]:
    carriers = (await cascade.stakeholders(session, [kpi_id]))[kpi_id]
    agreed = await queries.agreements(session, kpi_id)
    mine = set(await queries.spoken_for(viewer, session, kpi_id))
    return [_stakeholder(row, agreed.get(row.KpiStakeholder.id, []), terms, yours=row.KpiStakeholder.id in mine) for row in carriers]


def _stakeholder(row: Row[Any], agreed: Sequence[Row[Any]], terms: Terms, *, yours: bool) -> CollaboratorOutput:
    carrier = row.KpiStakeholder
    present = next((one for one in agreed if one.KpiAgreement.digest == terms.digest), None)
    signed = present.KpiAgreement if present else None
    return CollaboratorOutput(
        id=carrier.id,
        person=PersonName(id=carrier.person_id, name=row.person_name) if carrier.person_id else None,
        unit=UnitName(id=carrier.unit_id, name=row.unit_name) if carrier.unit_id else None,
        part=carrier.part,
        credit_share=carrier.credit_share,
        agreed=signed is not None,
        agreed_at=signed.agreed_at if signed else None,
        agreed_by=PersonName(id=signed.signer_id, name=present.name) if signed and present else None,
        changes=differences(agreed[0].KpiAgreement.terms, terms.document) if agreed and not signed else [],
        yours=yours,
    )


def _name(stakeholder: CollaboratorOutput) -> str:
    holder = stakeholder.person or stakeholder.unit
    return holder.name if holder else ""


def _proposal(row: Row[Any]) -> ProposalOutput:
    made = row.KpiProposal
    return ProposalOutput(
        **{name: getattr(made, name) for name in ("id", "text", "status", "reply", "created_at", "answered_at")},
        author=PersonName(id=made.author_id, name=row.name),
        targets=[Target.model_validate(target) for target in made.targets] if made.targets else None,
    )


def _comment(row: Row[Any]) -> CommentOutput:
    said = row.KpiComment
    author = PersonName(id=said.author_id, name=row.name)
    return CommentOutput(id=said.id, author=author, proposal_id=said.proposal_id, text=said.text, created_at=said.created_at)


def _record(row: Row[Any]) -> PartRecordOutput:
    record = row.KpiPartRecord
    same = {name: getattr(record, name) for name in ("id", "stakeholder_id", "day", "value", "unit", "note")}
    return PartRecordOutput(**same, recorded_by=PersonName(id=record.recorded_by_id, name=row.name))


def _retrospective(row: Row[Any]) -> RetrospectiveOutput:
    told = row.KpiRetrospective
    author = PersonName(id=told.author_id, name=row.name)
    same = {"kpi_id": told.kpi_id, "kpi_name": row.kpi_name, "window_end": row.window_end}
    return RetrospectiveOutput(**same, author=author, went_well=told.went_well, to_improve=told.to_improve)


def _celebration(
    kpi: Kpi, celebrated: KpiCelebration, stakeholders: Sequence[CollaboratorOutput], records: Sequence[Row[Any]], unnamed: set[UUID]
) -> CelebrationOutput:
    by_stakeholder: dict[UUID, list[Row[Any]]] = {}
    for row in records:
        by_stakeholder.setdefault(row.KpiPartRecord.stakeholder_id, []).append(row)
    brought = [_brought(one, by_stakeholder.get(one.id, []), unnamed) for one in stakeholders]
    results = [_result_words(result, alone=len(celebrated.results) == 1) for result in celebrated.results]
    return CelebrationOutput(achieved_on=celebrated.achieved_on, text=celebration_text(kpi.name, celebrated.achieved_on, results, brought))


def _brought(stakeholder: CollaboratorOutput, records: Sequence[Row[Any]], unnamed: set[UUID]) -> Brought:
    if stakeholder.person and stakeholder.person.id in unnamed:
        return Brought(None, "", [])
    return Brought(_name(stakeholder), stakeholder.part, [_record_words(stakeholder, row, unnamed) for row in records])


def _record_words(stakeholder: CollaboratorOutput, row: Row[Any], unnamed: set[UUID]) -> str:
    record = row.KpiPartRecord
    figure = "" if record.value is None else f"{amount(record.value, record.unit)}, "
    own = stakeholder.person is not None and stakeholder.person.id == record.recorded_by_id
    by = "" if own or record.recorded_by_id in unnamed else f" ({row.name})"
    return f"{figure}{record.note}{by}"


def _result_words(result: Mapping[str, Any], *, alone: bool) -> str:
    held = {"value": result["target"], "value_high": result["target_high"], "comparison": result["comparison"], "unit": result["unit"]}
    name = "" if alone else f"{result['part']} "
    return f"{name}{amount(Decimal(result['actual']), result['unit'])} of {target_sentence(Target.model_validate(held))}"


async def verbs(viewer: Viewer, session: ReadSession, kpi: Kpi) -> list[VerbOutput]:
    """What the viewer may do in the collaboration now and, where not, why."""

    async def require_looking_back() -> None:
        await actions.require_carrier(viewer, session, kpi.id)
        await actions.require_over(session, kpi)

    part = await verb_output("propose", lambda: actions.require_carrier(viewer, session, kpi.id))
    alike = [part.model_copy(update={"verb": verb}) for verb in ("comment", "record_part", "choose_naming")]
    lead = await verb_output("answer_proposals", lambda: cascade_actions.require_changeable(viewer, session, kpi.id))
    return [
        await verb_output("agree", lambda: actions.require_voice(viewer, session, kpi.id)),
        part,
        *alike,
        lead,
        lead.model_copy(update={"verb": "divide_credit"}),
        await verb_output("look_back", require_looking_back),
    ]
