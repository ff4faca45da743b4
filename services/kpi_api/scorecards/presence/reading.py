"""When people worked and were on leave, read at once for many, and the rules of today for it.

Asks for no viewer: callers have checked, and tell no kind of leave.
"""

from collections.abc import Collection
from datetime import date, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import select

from chassis.database import ReadSession
from kpi_api.cascade.queries import among
from kpi_api.people.leaves.queries import leaves_of
from kpi_api.people.leaves.rules import TimeRules
from kpi_api.people.models import Employment, OrganizationProfile
from kpi_api.people.queries import employment_on
from kpi_api.scorecards.presence.rules import FULL_TIME, rules_terms
from kpi_api.scorecards.presence.shares import Away, Presence, Work

ONE_DAY = timedelta(days=1)


async def presence_of(session: ReadSession, person_ids: Collection[UUID]) -> dict[UUID, Presence]:
    """By person; whoever never worked and was never away has an empty one."""
    columns = (Employment.person_id, Employment.valid_from, Employment.valid_to, Employment.fte)
    statement = select(*columns).where(among(Employment.person_id, person_ids), Employment.is_primary).order_by(Employment.valid_from)
    work: dict[UUID, list[Work]] = {}
    for person_id, first, until, fte in await session.execute(statement):
        work.setdefault(person_id, []).append(Work(first, until - ONE_DAY if until else None, fte))
    leaves = await leaves_of(session, person_ids)
    away = {id_: [Away(row.first_day, row.last_day, row.kind) for row in rows] for id_, rows in leaves.items()}
    return {id_: Presence(work.get(id_, []), away.get(id_, [])) for id_ in person_ids}


async def rules_of_today(session: ReadSession, person_id: UUID, first_day: date) -> tuple[TimeRules, dict[str, Any]]:
    """The organization's rules for time away, and what a text says of them that is signed now and holds from `first_day` on."""
    profile = await session.get_one(OrganizationProfile, (session.organization_id, session.organization_id))
    if profile.time_rules == TimeRules():
        return profile.time_rules, {}
    works = await employment_on(session, [person_id], first_day)
    return profile.time_rules, rules_terms(profile.time_rules, works[person_id].fte if works else FULL_TIME)
