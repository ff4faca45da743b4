"""Muting findings, and taking that back.

A rule is muted everywhere or in a cycle by HR; on a scorecard by its other side (the manager of the day, the board for whoever has none) or
HR, never by the person it judges; about a unit by whoever leads it from above or HR, never by its head alone.
"""

from typing import Final
from uuid import UUID

from sqlalchemy import delete, select
from sqlalchemy.dialects.postgresql import insert

from chassis import audit, events
from chassis.access import Viewer
from chassis.database import WriteSession
from chassis.identifiers import new_id
from chassis.problems import NotAllowed, NotFound
from kpi_api.cascade.sight import portfolio
from kpi_api.cycles import queries as cycles
from kpi_api.findings import RULES
from kpi_api.people.models import OrgUnit
from kpi_api.scorecards import queries as scorecards
from kpi_api.scorecards.findings.models import FindingMuting
from kpi_api.scorecards.findings.problems import AlreadyMuted, MutingRefused
from kpi_api.scorecards.findings.queries import led_units, mutings
from kpi_api.scorecards.findings.schemas import NewMuting
from kpi_api.scorecards.models import ScorecardLine

SUBJECT: Final = ("scorecard_id", "kpi_id", "unit_id", "cycle_id")
"""What a muting may be about, besides its rule: nothing of it means everywhere."""


async def mute(viewer: Viewer, session: WriteSession, given: NewMuting) -> FindingMuting:
    """Let findings of a rule stand until a day; of two at once the second is told. Event: `finding.muted`.

    Raises NotFound, NotAllowed, MutingRefused, AlreadyMuted.
    """
    await _require_may_mute(viewer, session, given)
    await _check(viewer, session, given)
    subject = given.model_dump(include={"code", *SUBJECT})
    await session.execute(
        delete(FindingMuting).filter_by(organization_id=session.organization_id, **subject).where(FindingMuting.ends_on < session.today)
    )
    made = {"reason": given.reason, "ends_on": given.ends_on, "muted_by_id": viewer.require_person(), "muted_at": session.now}
    row = {"organization_id": session.organization_id, "id": new_id(), **subject, **made}
    muting: FindingMuting | None = await session.scalar(insert(FindingMuting).values(row).on_conflict_do_nothing().returning(FindingMuting))
    if muting is None:
        raise AlreadyMuted("This is muted already. Take that back before muting it anew.", field="/code")
    await _tell(viewer, session, "finding.muted", muting)
    return muting


async def unmute(viewer: Viewer, session: WriteSession, muting_id: UUID) -> FindingMuting:
    """Take a muting back, and give what it was. Raises NotFound, NotAllowed. Event: `finding.unmuted`."""
    muting: FindingMuting | None = await session.scalar(
        mutings(viewer).where(FindingMuting.id == muting_id).with_for_update(of=FindingMuting)
    )
    if muting is None:
        raise NotFound()
    await _require_may_mute(viewer, session, muting)
    await session.delete(muting)
    await _tell(viewer, session, "finding.unmuted", muting)
    return muting


async def _require_may_mute(viewer: Viewer, session: WriteSession, what: NewMuting | FindingMuting) -> None:
    """Raises NotFound, NotAllowed."""
    if what.scorecard_id is not None:
        await _require_side(viewer, session, what.scorecard_id)
    elif what.unit_id is not None:
        await _require_above(viewer, session, what.unit_id)
    else:
        viewer.require("findings.mute_everywhere")


async def _require_above(viewer: Viewer, session: WriteSession, unit_id: UUID) -> None:
    unit = await session.scalar(led_units(viewer).where(OrgUnit.id == unit_id))
    if unit is None:
        raise NotFound()
    if unit.head_id == viewer.person_id:
        raise NotAllowed("Nobody mutes what is found about the unit that they head.")
    above = select(OrgUnit.id).where(OrgUnit.id == unit.parent_id, OrgUnit.id.in_(portfolio(viewer)))
    if not viewer.may("findings.mute_everywhere") and await session.scalar(above) is None:
        raise NotAllowed("Only whoever leads the unit from above, or HR, may mute what is found about it.")


async def _require_side(viewer: Viewer, session: WriteSession, scorecard_id: UUID) -> None:
    card = await scorecards.scorecard(viewer, session, scorecard_id)
    if not {"manager", "hr"} & await scorecards.sides(viewer, session, card):
        raise NotAllowed("Only the manager or HR may mute what is found about this scorecard.")


async def _check(viewer: Viewer, session: WriteSession, given: NewMuting) -> None:
    rule = RULES.get(given.code)
    if rule is None:
        raise MutingRefused(f"There is no rule “{given.code}”; GET /v1/findings/rules lists them.", field="/code")
    if rule.severity == "error":
        raise MutingRefused(f"“{rule.title}” is an error, which must be mended before anybody agrees.", field="/code")
    if rule.subject == "unit" and given.scorecard_id is not None:
        raise MutingRefused(f"“{rule.title}” is about units, not about scorecards.", field="/code")
    if rule.subject != "unit" and given.unit_id is not None:
        raise MutingRefused(f"“{rule.title}” is about scorecards, not about units.", field="/code")
    if given.cycle_id is not None:
        await cycles.cycle(viewer, session, str(given.cycle_id))
    if given.ends_on < session.today:
        raise MutingRefused("The last day is over already.", field="/ends_on")
    if given.kpi_id is not None and not await _stands_on(session, given):
        raise MutingRefused("This KPI is not on the scorecard.", field="/kpi_id")


async def _stands_on(session: WriteSession, given: NewMuting) -> bool:
    line = select(ScorecardLine.id).where(ScorecardLine.scorecard_id == given.scorecard_id, ScorecardLine.kpi_id == given.kpi_id)
    return await session.scalar(line) is not None


async def _tell(viewer: Viewer, session: WriteSession, what: str, muting: FindingMuting) -> None:
    ids = {name: str(id_) if (id_ := getattr(muting, name)) else None for name in SUBJECT}
    await audit.record(session, viewer.subject, what, "finding_muting", muting.id, code=muting.code)
    await events.record(session, what, "finding_muting", muting.id, code=muting.code, **ids)
