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
from kpi_api.collaboration import actions, agreeing, carriers, queries, written
from kpi_api.collaboration.models import KpiCelebration, KpiComment, KpiPartRecord, KpiProposal
from kpi_api.collaboration.reaching import Brought, celebration_text
from kpi_api.collaboration.schemas import (
    CelebrationOutput,
    Collaboration,
    CollaboratorOutput,
    FormerCollaboratorOutput,
    PartRecordOutput,
    RetrospectiveOutput,
    State,
)
from kpi_api.collaboration.steps import require_carrier
from kpi_api.collaboration.terms import Terms, differences
from kpi_api.dictionary.target_schemas import Target
from kpi_api.dictionary.targets import amount, target_sentence

LATEST = 20


async def collaboration(viewer: Viewer, session: ReadSession, kpi_id: UUID) -> Collaboration:
    """Everything about the shared KPI. Raises NotFound, NotCollaborative."""
    kpi = await queries.shared_kpi(viewer, session, kpi_id)
    terms = await queries.present_terms(session, kpi)
    stakeholders = await _stakeholders(viewer, session, kpi_id, terms)
    former = await _former(session, kpi_id)
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
        former=former,
        waiting_for=waiting_for,
        proposals=await written.proposals(session, await queries.latest(session, KpiProposal, kpi_id, LATEST)),
        comments=await written.comments(session, await queries.latest(session, KpiComment, kpi_id, LATEST)),
        records=await written.records(session, await queries.latest(session, KpiPartRecord, kpi_id, LATEST)),
        celebration=await _celebration(session, kpi, celebrated, [*stakeholders, *former], unnamed) if celebrated else None,
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


async def _former(session: ReadSession, kpi_id: UUID) -> list[FormerCollaboratorOutput]:
    rows = await queries.former_stakeholders(session, kpi_id)
    agreed = await queries.agreements(session, kpi_id) if rows else {}
    return [_left(row, agreed.get(row.KpiStakeholder.id, [])) for row in rows]


def _left(row: Row[Any], agreed: Sequence[Row[Any]]) -> FormerCollaboratorOutput:
    left = row.KpiStakeholder
    return FormerCollaboratorOutput(
        id=left.id,
        person=PersonName(id=left.person_id, name=row.person_name) if left.person_id else None,
        unit=UnitName(id=left.unit_id, name=row.unit_name) if left.unit_id else None,
        part=left.part,
        left_at=left.left_at,
        reason=left.left_reason,
        agreed_at=agreed[0].KpiAgreement.agreed_at if agreed else None,
    )


def _name(stakeholder: CollaboratorOutput | FormerCollaboratorOutput) -> str:
    holder = stakeholder.person or stakeholder.unit
    return holder.name if holder else ""


def _retrospective(row: Row[Any]) -> RetrospectiveOutput:
    told = row.KpiRetrospective
    author = PersonName(id=told.author_id, name=row.name)
    same = {"kpi_id": told.kpi_id, "kpi_name": row.kpi_name, "window_end": row.window_end}
    return RetrospectiveOutput(**same, author=author, went_well=told.went_well, to_improve=told.to_improve)


async def _celebration(
    session: ReadSession,
    kpi: Kpi,
    celebrated: KpiCelebration,
    carriers: Sequence[CollaboratorOutput | FormerCollaboratorOutput],
    unnamed: set[UUID],
) -> CelebrationOutput:
    """It names who carries the KPI, and of those who left who had recorded something."""
    records: dict[UUID, list[PartRecordOutput]] = {}
    for record in await written.records(session, await queries.latest(session, KpiPartRecord, kpi.id)):
        records.setdefault(record.stakeholder_id, []).append(record)
    named = [one for one in carriers if isinstance(one, CollaboratorOutput) or one.id in records]
    brought = [_brought(one, records.get(one.id, []), unnamed) for one in named]
    results = [_result_words(result, alone=len(celebrated.results) == 1) for result in celebrated.results]
    return CelebrationOutput(achieved_on=celebrated.achieved_on, text=celebration_text(kpi.name, celebrated.achieved_on, results, brought))


def _brought(
    stakeholder: CollaboratorOutput | FormerCollaboratorOutput, records: Sequence[PartRecordOutput], unnamed: set[UUID]
) -> Brought:
    if stakeholder.person and stakeholder.person.id in unnamed:
        return Brought(None, "", [])
    own = stakeholder.person.id if stakeholder.person else None
    return Brought(_name(stakeholder), stakeholder.part, [_record_words(own, record, unnamed) for record in records])


def _record_words(own: UUID | None, record: PartRecordOutput, unnamed: set[UUID]) -> str:
    figure = "" if record.value is None or record.unit is None else f"{amount(record.value, record.unit)}, "
    by = "" if record.recorded_by.id in {own, *unnamed} else f" ({record.recorded_by.name})"
    return f"{figure}{record.note}{by}"


def _result_words(result: Mapping[str, Any], *, alone: bool) -> str:
    held = {"value": result["target"], "value_high": result["target_high"], "comparison": result["comparison"], "unit": result["unit"]}
    name = "" if alone else f"{result['part']} "
    return f"{name}{amount(Decimal(result['actual']), result['unit'])} of {target_sentence(Target.model_validate(held))}"


async def verbs(viewer: Viewer, session: ReadSession, kpi: Kpi) -> list[VerbOutput]:
    """What the viewer may do in the collaboration now and, where not, why."""

    async def require_looking_back() -> None:
        await require_carrier(viewer, session, kpi.id)
        await actions.require_over(session, kpi)

    async def require_taking_back() -> None:
        await agreeing.require_voice(viewer, session, kpi.id)
        agreeing.require_not_begun(session, kpi)

    part = await verb_output("propose", lambda: require_carrier(viewer, session, kpi.id))
    lead = await verb_output("divide_credit", lambda: carriers.require_leading(viewer, session, kpi))
    return [
        await verb_output("agree", lambda: agreeing.require_voice(viewer, session, kpi.id)),
        await verb_output("take_back_agreement", require_taking_back),
        part,
        *(part.model_copy(update={"verb": verb}) for verb in ("comment", "record_part", "choose_naming")),
        await verb_output("answer_proposals", lambda: cascade_actions.require_changeable(viewer, session, kpi.id)),
        lead,
        lead.model_copy(update={"verb": "take_off_stakeholders"}),
        await verb_output("look_back", require_looking_back),
    ]
