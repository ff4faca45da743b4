"""Which scorecards wait for an answer, as SQL: the viewer's own answer, or one that is late."""

from datetime import datetime, timedelta

from sqlalchemy import ColumnElement, DateTime, and_, case, func, literal, or_, select

from chassis.access import Viewer, on_day
from chassis.database import ReadSession
from kpi_api.access.models import ReportingLine
from kpi_api.access.sight import is_self, leads_as, without_manager
from kpi_api.people.leaves.models import Leave
from kpi_api.people.models import OrganizationProfile
from kpi_api.scorecards.lifecycle import UNDER_NEGOTIATION
from kpi_api.scorecards.models import Scorecard


def waits_for(viewer: Viewer) -> ColumnElement[bool]:
    """The scorecard awaits the viewer's answer: as the person, or as the manager of the day, their delegate, or the board."""
    own = is_self(viewer, Scorecard.person_id)
    others = and_(~own, or_(_led_directly(viewer), *_for_board(viewer)))
    turn = or_(and_(Scorecard.written_by_side == "manager", own), and_(Scorecard.written_by_side == "person", others))
    return and_(Scorecard.status.in_(UNDER_NEGOTIATION), turn)


def _led_directly(viewer: Viewer) -> ColumnElement[bool]:
    line = ReportingLine
    today = on_day(line.valid_from, line.valid_to, viewer.today)
    mine = select(line.person_id).where(line.organization_id == viewer.organization_id, line.depth == 1, leads_as(viewer, line.manager_id))
    return Scorecard.person_id.in_(mine.where(today))


def _for_board(viewer: Viewer) -> list[ColumnElement[bool]]:
    return [without_manager(viewer, Scorecard.person_id)] if viewer.may("scorecards.act_as_board") else []


async def reminder_days(session: ReadSession) -> int:
    """After how many days without an answer the organization reminds, and again after as many."""
    return (await session.scalars(select(OrganizationProfile))).one().agreement_reminder_days


def is_late(now: datetime, days: int) -> ColumnElement[bool]:
    """The answer has been awaited for as long as the organization lets pass before it reminds. It waits for whoever is on leave."""
    return and_(Scorecard.status.in_(UNDER_NEGOTIATION), awaited_since(now) <= now - timedelta(days=days))


def reminders_due(now: datetime, days: int) -> ColumnElement[int]:
    """How many times who is waited for is to be reminded by now: once for each full interval."""
    waited = func.extract("epoch", literal(now) - awaited_since(now))
    return func.floor(waited / (days * 86_400))


def awaited_since(now: datetime) -> ColumnElement[datetime]:
    """Since when the answer is awaited. Of the person, from the day on which they are back from leave; while they are away, not yet."""
    back = select(func.max(func.coalesce(Leave.last_day, now.date()) + 1).cast(DateTime(timezone=True))).where(
        Leave.organization_id == Scorecard.organization_id, Leave.person_id == Scorecard.person_id, Leave.first_day <= now.date()
    )
    since = func.greatest(Scorecard.waiting_since, back.scalar_subquery())
    return case((Scorecard.written_by_side == "manager", since), else_=Scorecard.waiting_since)
