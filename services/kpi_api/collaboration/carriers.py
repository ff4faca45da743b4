"""Who carries a KPI together: taking a stakeholder off, and dividing the credit among them for plans that divide a sum."""

from collections.abc import Iterator, Sequence
from typing import Final
from uuid import UUID

from sqlalchemy import select, update

from chassis.access import Viewer
from chassis.database import ReadSession, WriteSession
from chassis.problems import FieldError, NotFound
from kpi_api.cascade import actions as cascade
from kpi_api.cascade import storing
from kpi_api.cascade.models import Kpi, KpiStakeholder
from kpi_api.cascade.sights import refresh_sights_of_kpis
from kpi_api.collaboration.agreeing import require_present
from kpi_api.collaboration.problems import CreditDivided, SharesRefused
from kpi_api.collaboration.schemas import Share
from kpi_api.collaboration.steps import locked, tell
from kpi_api.cycles.models import Cycle
from kpi_api.cycles.problems import CycleNotOpen

FULL_CREDIT: Final = 100


async def take_off(viewer: Viewer, session: WriteSession, kpi_id: UUID, stakeholder_id: UUID, reason: str) -> None:
    """Somebody carries the KPI no more, and sees it no more for that. What they agreed to and recorded stays; others are asked anew.

    Raises NotFound, NotCollaborative, NotAllowed, CycleNotOpen, CreditDivided. Events: `kpi.stakeholder_left`, `kpi.changed`.
    """
    await storing.lock_contributions(session)
    kpi = await _changeable(viewer, session, kpi_id)
    mine = (KpiStakeholder.kpi_id == kpi.id, KpiStakeholder.id == stakeholder_id, KpiStakeholder.left_at.is_(None))
    stakeholder = await session.scalar(select(KpiStakeholder).where(*mine))
    if stakeholder is None:
        raise NotFound()
    if stakeholder.credit_share is not None:
        raise CreditDivided(f"{stakeholder.credit_share:.2f} % of the credit is theirs: take the shares away first, then divide them anew.")
    stakeholder.left_at, stakeholder.left_reason = session.now, reason
    await session.flush()
    await refresh_sights_of_kpis(session, [kpi_id])
    await tell(session, "kpi.stakeholder_left", kpi_id, stakeholder_id=str(stakeholder_id))
    await storing.record_events(session, "kpi.changed", [kpi_id])


async def divide_credit(viewer: Viewer, session: WriteSession, kpi_id: UUID, shares: Sequence[Share], digest: str) -> None:
    """Say how a plan that divides a sum divides it, or with no shares that everybody carries the whole. Asks everybody anew.

    `digest` is that of the terms that were read. Scores are reckoned anew. Raises NotFound, NotCollaborative, NotAllowed, CycleNotOpen,
    TermsChanged, SharesRefused.
    """
    kpi = await _changeable(viewer, session, kpi_id)
    await require_present(session, kpi, digest)
    statement = select(KpiStakeholder).where(KpiStakeholder.kpi_id == kpi_id, KpiStakeholder.left_at.is_(None))
    rows = (await session.scalars(statement)).all()
    if errors := list(_share_errors(shares, {row.id for row in rows})):
        raise SharesRefused(errors[0].message, errors=errors)
    given = {share.stakeholder_id: share.share for share in shares}
    for row in rows:
        row.credit_share = given.get(row.id)
    await session.flush()
    await session.execute(update(Kpi).where(Kpi.id == kpi.id).values(credit_divided_at=session.now))
    await storing.record_events(session, "kpi.changed", [kpi_id])


async def _changeable(viewer: Viewer, session: WriteSession, kpi_id: UUID) -> Kpi:
    """The KPI, locked. Raises NotFound, NotCollaborative, NotAllowed, CycleNotOpen."""
    kpi = await locked(viewer, session, kpi_id)
    await require_leading(viewer, session, kpi)
    return kpi


async def require_leading(viewer: Viewer, session: ReadSession, kpi: Kpi) -> None:
    """Whoever may change the KPI, as long as nobody is paid by it. Raises NotAllowed, CycleNotOpen."""
    await cascade.require_changeable(viewer, session, kpi.id)
    status = await session.scalar(select(Cycle.status).where(Cycle.id == kpi.cycle_id))
    if status not in {"planned", "open"}:
        raise CycleNotOpen(f"Who carries it, and with which share, stands: the cycle is {status}.")


def _share_errors(shares: Sequence[Share], stakeholders: set[UUID]) -> Iterator[FieldError]:
    ids = [share.stakeholder_id for share in shares]
    strangers = [number for number, id_ in enumerate(ids) if id_ not in stakeholders or ids.index(id_) < number]
    for number in strangers:
        message = "This is no stakeholder of the KPI, or named twice."
        yield FieldError(field=f"/shares/{number}/stakeholder_id", code="unknown_stakeholder", message=message)
    if not shares or strangers:
        return
    total = sum(share.share for share in shares)
    if len(ids) < len(stakeholders):
        message = f"{len(stakeholders) - len(ids)} of {len(stakeholders)} stakeholders have no share; give each one, or nobody."
        yield FieldError(field="/shares", code="stakeholder_missing", message=message)
    elif total != FULL_CREDIT:
        yield FieldError(field="/shares", code="shares_total", message=f"The shares total {total:.2f}; they must total 100.00.")
