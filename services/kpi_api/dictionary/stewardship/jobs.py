"""Background work of stewardship: reviews that fall due, and what leavers answered for."""

from typing import Final
from uuid import UUID

from sqlalchemy import select, text

from chassis.database import WriteSession
from chassis.jobs import Job
from kpi_api.dictionary.models import KpiDefinition
from kpi_api.dictionary.stewardship.actions import hand_on, open_reviews
from kpi_api.people.models import Person

OPEN_DUE: Final = "definitions.open_due_reviews"
OPEN_DUE_SECONDS: Final = 3600
FOLLOW_LEAVERS: Final = "definitions.follow_leavers"
FOLLOW_LEAVERS_SECONDS: Final = 3600

# Who answered for something and has left, with whoever led them last and is still here.
LEAVERS = text(
    """
    SELECT p.id, (
      SELECT m.id FROM employments e JOIN persons m ON m.organization_id = e.organization_id AND m.id = e.manager_id AND m.active
      WHERE e.organization_id = p.organization_id AND e.person_id = p.id AND e.is_primary ORDER BY e.valid_from DESC LIMIT 1
    ) AS manager_id
    FROM persons p
    WHERE p.organization_id = :organization_id AND NOT p.active AND EXISTS (
      SELECT FROM kpi_definitions d WHERE d.organization_id = p.organization_id AND p.id IN (d.owner_id, d.steward_id))
    ORDER BY p.id
    """
)
ANY_HR_ADMIN = text(
    """
    SELECT g.person_id FROM grants g JOIN persons p ON p.organization_id = g.organization_id AND p.id = g.person_id AND p.active
    WHERE g.organization_id = :organization_id AND g.role = 'hr_admin' AND g.approved_at IS NOT NULL
      AND g.valid_from <= :today AND (g.valid_to IS NULL OR g.valid_to > :today)
    ORDER BY g.id LIMIT 1
    """
)


async def open_due_reviews(job: Job) -> None:
    """Open the review of each definition whose day has come."""
    async with job.database.write(job.organization_id) as session:
        due = select(KpiDefinition.id).where(KpiDefinition.review_due_on <= session.today)
        await open_reviews(session, (await session.scalars(due)).all(), "due", session.today)


async def follow_leavers(job: Job) -> None:
    """What somebody who has left answered for passes to whoever led them, or to an hr_admin, and is to be looked at by them."""
    async with job.database.write(job.organization_id) as session:
        keys = {"organization_id": session.organization_id, "today": session.today}
        for leaver_id, manager_id in (await session.execute(LEAVERS, keys)).all():
            follower_id = manager_id or await session.scalar(ANY_HR_ADMIN, keys)
            if follower_id is not None:
                await _follow(session, leaver_id, follower_id)


async def _follow(session: WriteSession, leaver_id: UUID, follower_id: UUID) -> None:
    await session.execute(select(Person.id).where(Person.id == leaver_id).with_for_update())
    owned, stewarded = await hand_on(session, leaver_id, follower_id)
    await open_reviews(session, owned, "owner_left", session.today)
    await open_reviews(session, stewarded, "steward_left", session.today)
