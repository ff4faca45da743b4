"""Reads of collaboration. Whoever sees a KPI whole sees all of it: definition, data and everybody's parts (S1, "Create Transparency")."""

from collections.abc import Collection, Sequence
from typing import Any, TypeVar
from uuid import UUID

from sqlalchemy import ColumnElement, Row, Select, or_, select

from chassis.access import Conditions, Viewer, sees
from chassis.database import ReadSession
from chassis.pagination import PageRequest, Rows, fetch_page
from kpi_api.access.sight import is_self, leads_as
from kpi_api.cascade import queries as cascade
from kpi_api.cascade.models import Kpi, KpiStakeholder
from kpi_api.cascade.queries import among
from kpi_api.cascade.sight import sees_whole
from kpi_api.collaboration.models import (
    KpiAgreement,
    KpiAgreementTakenBack,
    KpiCelebration,
    KpiComment,
    KpiPartRecord,
    KpiProposal,
    KpiRetrospective,
    KpiUnnamed,
)
from kpi_api.collaboration.problems import NotCollaborative
from kpi_api.collaboration.terms import Document, Terms, make_terms
from kpi_api.dictionary.models import DefinitionVersion, KpiDefinition
from kpi_api.people.models import OrgUnit, Person

Written = TypeVar("Written", KpiProposal, KpiComment, KpiPartRecord)

MOST_EARLIER = 20
TARGET_TERMS = ("part", "comparison", "value", "value_high", "unit", "period", "baseline", "threshold", "stretch", "phasing", "due_on")


async def shared_kpi(viewer: Viewer, session: ReadSession, kpi_id: UUID) -> Kpi:
    """A collaborative KPI that the viewer sees whole. Raises NotFound, NotCollaborative."""
    kpi = await cascade.kpi(viewer, session, kpi_id)
    require_shared(kpi)
    return kpi


def require_shared(kpi: Kpi) -> None:
    """Raises NotCollaborative."""
    if not kpi.collaborative:
        raise NotCollaborative("Only a collaborative KPI has stakeholders who agree on it.")


def speaks_for(viewer: Viewer) -> ColumnElement[bool]:
    """Over stakeholders outer joined with their units: the viewer is the person, or heads the unit or stands in for who does."""
    own: Conditions = {"party": lambda: or_(is_self(viewer, KpiStakeholder.person_id), leads_as(viewer, OrgUnit.head_id))}
    return sees(viewer, "kpi_voice", own)


async def spoken_for(viewer: Viewer, session: ReadSession, kpi_id: UUID) -> list[UUID]:
    """Ids of the stakeholders of a KPI for whom the viewer speaks."""
    statement = select(KpiStakeholder.id).outerjoin(OrgUnit, OrgUnit.id == KpiStakeholder.unit_id)
    here = (KpiStakeholder.organization_id == viewer.organization_id, KpiStakeholder.kpi_id == kpi_id, KpiStakeholder.left_at.is_(None))
    mine = statement.where(*here, speaks_for(viewer))
    return list(await session.scalars(mine.order_by(KpiStakeholder.id)))


async def present_terms(session: ReadSession, kpi: Kpi) -> Terms:
    """What the stakeholders of this KPI are to agree to, as it stands now. Asks for no viewer: callers have checked."""
    return (await terms_of(session, [kpi.id]))[kpi.id]


async def terms_of(session: ReadSession, kpi_ids: Collection[UUID]) -> dict[UUID, Terms]:
    """The same of many KPIs."""
    statement = select(Kpi, DefinitionVersion, KpiDefinition.code).join(
        DefinitionVersion, DefinitionVersion.id == Kpi.definition_version_id
    )
    statement = statement.join(KpiDefinition, KpiDefinition.id == DefinitionVersion.definition_id)
    heads = (await session.execute(statement.where(among(Kpi.id, kpi_ids)))).all()
    targets = await cascade.targets(session, kpi_ids)
    carriers: dict[UUID, list[dict[str, Any]]] = {}
    present = select(KpiStakeholder).where(among(KpiStakeholder.kpi_id, kpi_ids), KpiStakeholder.left_at.is_(None))
    for row in await session.scalars(present):
        carriers.setdefault(row.kpi_id, []).append(_carrier(row))
    return {
        kpi.id: make_terms(_head(kpi, version, code), [_target(row) for row in targets[kpi.id]], carriers.get(kpi.id, []))
        for kpi, version, code in heads
    }


def _head(kpi: Kpi, version: DefinitionVersion, code: str) -> dict[str, Any]:
    waiting = kpi.status == "waiting"
    return {
        "kpi_id": str(kpi.id),
        "name": kpi.name,
        "definition_code": code,
        "definition_version": version.number,
        "source_of_truth": version.source_of_truth,
        "update_frequency": version.update_frequency,
        "combine": version.combine,
        "direction": version.direction,
        "window_event": kpi.window_event,
        "window_days": kpi.window_days,
        "window_start": None if waiting else kpi.window_start.isoformat(),
        "window_end": None if waiting else kpi.window_end.isoformat(),
    }


def _target(row: Any) -> dict[str, Any]:
    values = {name: getattr(row, name) for name in TARGET_TERMS}
    return values | {"due_on": row.due_on.isoformat() if row.due_on else None}


def _carrier(row: KpiStakeholder) -> dict[str, Any]:
    return {"id": str(row.id), "credit_share": None if row.credit_share is None else f"{row.credit_share:.2f}"}


def standing_agreements() -> Select[KpiAgreement]:
    """Agreements that nobody took back. Asks for no viewer: callers have checked."""
    back = select(KpiAgreementTakenBack.id).where(
        KpiAgreementTakenBack.organization_id == KpiAgreement.organization_id, KpiAgreementTakenBack.agreement_id == KpiAgreement.id
    )
    return select(KpiAgreement).where(~back.exists())


async def agreed_shares(session: ReadSession, kpi_ids: Collection[UUID]) -> dict[UUID, tuple[int, int]]:
    """Of shared KPIs, how many stakeholders agree to the present terms, and of how many. Asks for no viewer: callers have checked."""
    if not kpi_ids:
        return {}
    terms = await terms_of(session, kpi_ids)
    standing = standing_agreements().with_only_columns(KpiAgreement.kpi_id, KpiAgreement.stakeholder_id, KpiAgreement.digest)
    found = await session.execute(standing.where(among(KpiAgreement.kpi_id, kpi_ids)))
    agreed = {(row.kpi_id, str(row.stakeholder_id)) for row in found if terms[row.kpi_id].digest == row.digest}
    return {kpi_id: _counted(kpi_id, terms_.document, agreed) for kpi_id, terms_ in terms.items()}


def _counted(kpi_id: UUID, document: Document, agreed: set[tuple[UUID, str]]) -> tuple[int, int]:
    carriers = [carrier["id"] for carrier in document["stakeholders"]]
    return sum((kpi_id, id_) in agreed for id_ in carriers), len(carriers)


async def agreements(session: ReadSession, kpi_id: UUID) -> dict[UUID, list[Row[Any]]]:
    """By stakeholder the agreements that stand, newest first: `KpiAgreement`, `name` of who signed."""
    statement = standing_agreements().add_columns(Person.display_name.label("name")).join(Person, Person.id == KpiAgreement.signer_id)
    newest_first = (KpiAgreement.agreed_at.desc(), KpiAgreement.id.desc())
    by_stakeholder: dict[UUID, list[Any]] = {}
    for row in await session.execute(statement.where(KpiAgreement.kpi_id == kpi_id).order_by(*newest_first)):
        by_stakeholder.setdefault(row.KpiAgreement.stakeholder_id, []).append(row)
    return by_stakeholder


async def former_stakeholders(session: ReadSession, kpi_id: UUID) -> Sequence[Any]:
    """Who carried the KPI and left, the latest first: `KpiStakeholder`, `person_name`, `unit_name`."""
    statement = select(KpiStakeholder, Person.display_name.label("person_name"), OrgUnit.name.label("unit_name"))
    statement = statement.outerjoin(Person, Person.id == KpiStakeholder.person_id).outerjoin(OrgUnit, OrgUnit.id == KpiStakeholder.unit_id)
    left = statement.where(KpiStakeholder.kpi_id == kpi_id, KpiStakeholder.left_at.is_not(None))
    return (await session.execute(left.order_by(KpiStakeholder.left_at.desc(), KpiStakeholder.id))).all()


async def written_page(
    viewer: Viewer, session: ReadSession, page: PageRequest, table: type[Written], kpi_id: UUID, proposal_id: UUID | None = None
) -> Rows[Written]:
    """Proposals, comments or records of a shared KPI, oldest first; of comments, also those on one proposal.

    Raises NotFound, NotCollaborative.
    """
    kpi = await shared_kpi(viewer, session, kpi_id)
    statement = select(table).where(table.kpi_id == kpi.id)
    if proposal_id is not None:
        statement = statement.where(KpiComment.proposal_id == proposal_id)
    scope = f"{table.__tablename__} {viewer.subject} {kpi_id} {proposal_id}"
    return await fetch_page(session, statement, page, keys=[(table.id, lambda row: row.id)], scope=scope)


async def latest(session: ReadSession, table: type[Written], kpi_id: UUID, most: int | None = None) -> list[Written]:
    """The latest rows about a KPI, or all of them, oldest first. Asks for no viewer: callers have checked."""
    statement = select(table).where(table.kpi_id == kpi_id).order_by(table.id.desc())
    return list((await session.scalars(statement.limit(most) if most else statement)).all())[::-1]


async def names(session: ReadSession, person_ids: Collection[UUID]) -> dict[UUID, str]:
    """What people are called who wrote something that the viewer was found to see."""
    found = await session.execute(select(Person.id, Person.display_name).where(among(Person.id, person_ids)))
    return {row.id: row.display_name for row in found}


async def unnamed(session: ReadSession, kpi_id: UUID) -> set[UUID]:
    """Who would rather not be named when the KPI is celebrated."""
    return set(await session.scalars(select(KpiUnnamed.person_id).where(KpiUnnamed.kpi_id == kpi_id)))


async def celebration(session: ReadSession, kpi_id: UUID) -> KpiCelebration | None:
    return (await session.scalars(select(KpiCelebration).where(KpiCelebration.kpi_id == kpi_id))).one_or_none()


async def retrospectives(session: ReadSession, kpi: Kpi) -> Sequence[Row[Any]]:
    """Of the KPI itself: `KpiRetrospective`, `kpi_name`, `window_end`, `name` of the author."""
    return (await session.execute(_looked_back().where(Kpi.id == kpi.id).order_by(KpiRetrospective.id))).all()


async def earlier_retrospectives(viewer: Viewer, session: ReadSession, kpi: Kpi) -> Sequence[Row[Any]]:
    """Of KPIs of the same definition or owning unit whose window began before, as far as the viewer sees them whole, newest first."""
    definition = select(DefinitionVersion.definition_id).where(DefinitionVersion.id == kpi.definition_version_id).scalar_subquery()
    alike = Kpi.definition_version_id.in_(select(DefinitionVersion.id).where(DefinitionVersion.definition_id == definition))
    related = or_(alike, Kpi.owner_unit_id == kpi.owner_unit_id) if kpi.owner_unit_id else alike
    before = (Kpi.id != kpi.id, Kpi.window_start < kpi.window_start, Kpi.organization_id == viewer.organization_id, sees_whole(viewer))
    statement = _looked_back().where(related, *before).order_by(Kpi.window_end.desc(), KpiRetrospective.id)
    return (await session.execute(statement.limit(MOST_EARLIER))).all()


def _looked_back() -> Any:
    columns = (KpiRetrospective, Kpi.name.label("kpi_name"), Kpi.window_end, Person.display_name.label("name"))
    return select(*columns).join(Kpi, Kpi.id == KpiRetrospective.kpi_id).join(Person, Person.id == KpiRetrospective.author_id)
