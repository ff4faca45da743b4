"""Reads of reviews. That there is one, everybody sees who sees the person's performance; what stands in it, only who may."""

from collections.abc import Sequence
from datetime import datetime
from decimal import Decimal
from uuid import UUID

from sqlalchemy import ColumnElement, Select, and_, or_, select

from chassis import audit
from chassis.access import Viewer
from chassis.audit import AuditRecord
from chassis.audit.readings import Whose
from chassis.database import ReadSession
from chassis.pagination import PageRequest, Rows, fetch_page
from chassis.problems import NotFound
from kpi_api.access.models import Grant
from kpi_api.access.sight import sees_of_person
from kpi_api.cycles.models import Cycle
from kpi_api.people.models import Person
from kpi_api.people.queries import manager_on
from kpi_api.reviews.lifecycle import Side, Stage
from kpi_api.reviews.models import Assessment, Review
from kpi_api.scorecards.models import Scorecard


def visible(viewer: Viewer) -> Select[Review]:
    """Reviews of people in sight."""
    return select(Review).where(Review.organization_id == viewer.organization_id, sees_of_person(viewer, "review", Review.person_id))


async def review(viewer: Viewer, session: ReadSession, review_id: UUID) -> Review:
    """A review in sight; reading somebody else's is recorded. Raises NotFound."""
    found = await session.scalar(visible(viewer).where(Review.id == review_id))
    if found is None:
        raise NotFound()
    await record_read(viewer, session, [found])
    return found


async def record_read(viewer: Viewer, session: ReadSession, rows: Sequence[Review]) -> None:
    """Record that somebody else's reviews are read, unless this transaction has recorded what it changed of them."""
    others = [row.id for row in rows if row.person_id != viewer.person_id]
    await audit.record_read(session, viewer.subject, "review.read", "review", others)


def reads_of(person_id: UUID) -> ColumnElement[bool]:
    """The audit records that tell of reads of a person's reviews and scores."""
    reviews_of = select(Review.id).where(Review.person_id == person_id)
    cards = select(Scorecard.id).where(Scorecard.person_id == person_id)
    return or_(
        and_(AuditRecord.subject_type == "review", AuditRecord.action == "review.read", AuditRecord.subject_id.in_(reviews_of)),
        and_(AuditRecord.subject_type == "scorecard", AuditRecord.action == "score.read", AuditRecord.subject_id.in_(cards)),
        and_(AuditRecord.subject_type == "person", AuditRecord.action == "person.exported", AuditRecord.subject_id == person_id),
    )


WHOSE = Whose(reads_of, Person, Grant)


async def reviews(
    viewer: Viewer,
    session: ReadSession,
    page: PageRequest,
    *,
    cycle_code: str | None = None,
    stage: Stage | None = None,
    person_id: UUID | None = None,
) -> Rows[Review]:
    """Reviews in sight by age, without texts; reading others' ratings is recorded."""
    statement = visible(viewer)
    if cycle_code is not None:
        statement = statement.where(Review.cycle_id.in_(select(Cycle.id).where(Cycle.code == cycle_code)))
    if stage is not None:
        statement = statement.where(Review.stage == stage)
    if person_id is not None:
        statement = statement.where(Review.person_id == person_id)
    rows = await fetch_page(
        session,
        statement,
        page,
        keys=[(Review.id, lambda row: row.id)],
        scope=f"reviews {viewer.subject} {cycle_code} {stage} {person_id}",
    )
    await record_read(viewer, session, [row for row in rows if row.overall_rating is not None])
    return rows


async def sides(viewer: Viewer, session: ReadSession, row: Review) -> set[Side]:
    """As what the viewer acts on a review. Whoever it is about is that person and nothing else, also when they are HR.

    The manager is who leads the person today; for whoever has none it is the board (S0).
    """
    if viewer.person_id == row.person_id:
        return {"person"}
    found: set[Side] = {"hr"} if viewer.may("reviews.act_as_hr") else set()
    manager_id = await manager_on(session, row.person_id, viewer.today)
    if manager_id in viewer.leads_as or (manager_id is None and viewer.may("reviews.act_as_board")):
        found.add("manager")
    return found


async def assessments(session: ReadSession, review_id: UUID) -> Sequence[Assessment]:
    """Everything written for a review, the latest last. For `shown`, which decides what the viewer gets of it."""
    found = await session.scalars(
        select(Assessment).where(Assessment.review_id == review_id).order_by(Assessment.written_at, Assessment.id)
    )
    return found.all()


async def released_ratings(session: ReadSession, cycle_id: UUID, *, as_of: datetime | None = None) -> dict[UUID, Decimal]:
    """By person the overall rating of their annual review released by `as_of` (now when null); of several windows the last one's.

    Asks for no viewer: it feeds scores and the closing of the cycle, never a door.
    """
    statement = (
        select(Review.person_id, Review.overall_rating)
        .join(Scorecard, Scorecard.id == Review.scorecard_id)
        .where(
            Review.cycle_id == cycle_id,
            Review.stage == "annual",
            Review.overall_rating.is_not(None),
            Review.released_at <= (as_of or session.now),
        )
        .order_by(Scorecard.window_start)
    )
    return {person_id: rating for person_id, rating in await session.execute(statement) if rating is not None}
