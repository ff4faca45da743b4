"""What is done to reviews: opened for many, written by person and manager, released, acknowledged.

Each verb locks the review and compares the tag of what the caller has seen of it; a manager's writing never fails a person's.
"""

from decimal import Decimal
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.dialects.postgresql import insert

from chassis import audit, events
from chassis.access import Viewer
from chassis.bulk import BulkResult, RowResult
from chassis.database import WriteSession
from chassis.etags import require_tag
from chassis.identifiers import new_id
from chassis.problems import FieldError, NotFound
from kpi_api.cascade.queries import among
from kpi_api.cycles.queries import cycle
from kpi_api.people.queries import organization
from kpi_api.reviews import queries
from kpi_api.reviews.lifecycle import AssessmentSide, Verb, not_now, not_yours
from kpi_api.reviews.models import Assessment, Review
from kpi_api.reviews.problems import AssessmentMissing, NotYourReview, RatingInvalid, WrongReviewStatus
from kpi_api.reviews.schemas import AssessmentInput, ReleaseInput, ReviewOpening
from kpi_api.reviews.shown import manager_assessment, review_etag, review_shown
from kpi_api.scorecards.models import Scorecard

DEFAULT_SCALE = {"minimum": "1", "maximum": "5"}


async def open_reviews(viewer: Viewer, session: WriteSession, given: ReviewOpening) -> BulkResult:
    """Open a stage for many scorecards; a review that is there stays. Raises NotAllowed, NotFound for the cycle."""
    viewer.require("reviews.open")
    opened_for = await cycle(viewer, session, given.cycle_code)
    statement = select(Scorecard.id, Scorecard.person_id).where(Scorecard.cycle_id == opened_for.id, Scorecard.agreement.is_not(None))
    if given.scorecard_ids is not None:
        statement = statement.where(among(Scorecard.id, given.scorecard_ids))
    people = {row.id: row.person_id for row in await session.execute(statement.order_by(Scorecard.id))}
    created = await _insert(session, opened_for.id, given.stage, people)
    stored = select(Review.scorecard_id, Review.id).where(Review.cycle_id == opened_for.id, Review.stage == given.stage)
    ids = {row.scorecard_id: row.id for row in await session.execute(stored)}
    await audit.record_all(session, viewer.subject, "review.opened", "review", [ids[card] for card in sorted(created)])
    wanted = list(people) if given.scorecard_ids is None else given.scorecard_ids
    return BulkResult.of(_result(row, card, ids.get(card) if card in people else None, created) for row, card in enumerate(wanted, start=1))


async def _insert(session: WriteSession, cycle_id: UUID, stage: str, people: dict[UUID, UUID]) -> set[UUID]:
    """Store what is not there yet. Returns the scorecards that got a review."""
    common = {"organization_id": session.organization_id, "cycle_id": cycle_id, "stage": stage, "status": "open", "opened_at": session.now}
    rows = [{**common, "id": new_id(), "scorecard_id": card, "person_id": person} for card, person in people.items()]
    if not rows:
        return set()
    return set(await session.scalars(insert(Review).on_conflict_do_nothing().returning(Review.scorecard_id), rows))


def _result(row: int, card: UUID, review_id: UUID | None, created: set[UUID]) -> RowResult:
    if review_id is None:
        message = "There is no agreed scorecard with this id in the cycle."
        error = FieldError(field="/scorecard_ids", code="no_agreed_scorecard", message=message, row=row)
        return RowResult(row=row, status="error", errors=[error])
    return RowResult(row=row, status="created" if card in created else "unchanged", id=review_id)


async def assess_self(viewer: Viewer, session: WriteSession, review_id: UUID, if_match: str | None, given: AssessmentInput) -> Review:
    """Write one's own assessment. Raises what `_begin` raises, RatingInvalid."""
    row = await _begin(viewer, session, review_id, "assess_self", if_match)
    await _write(viewer, session, row, "self", given)
    return row


async def assess(viewer: Viewer, session: WriteSession, review_id: UUID, if_match: str | None, given: AssessmentInput) -> Review:
    """Write the manager's assessment; hidden until it is released. Raises what `_begin` raises, RatingInvalid."""
    row = await _begin(viewer, session, review_id, "assess", if_match)
    await _write(viewer, session, row, "manager", given)
    return row


async def release(viewer: Viewer, session: WriteSession, review_id: UUID, if_match: str | None, given: ReleaseInput) -> Review:
    """Show the review to the person: a manager releases their own assessment, HR the latest. An annual review needs a rating.

    Raises what `_begin` raises, AssessmentMissing, RatingInvalid.
    """
    row = await _begin(viewer, session, review_id, "release", if_match)
    written = await queries.assessments(session, row.id)
    assessment = manager_assessment(viewer, row, await queries.sides(viewer, session, row), written)
    if assessment is None:
        raise AssessmentMissing("There is no manager's assessment to release yet.")
    rating = given.overall_rating if given.overall_rating is not None else assessment.rating
    if rating is None and row.stage == "annual":
        raise RatingInvalid("An annual review is released with an overall rating.", field="/overall_rating")
    await _check_rating(viewer, session, rating, "/overall_rating")
    row.status, row.overall_rating, row.released_assessment_id = "released", rating, assessment.id
    row.released_at, row.released_by = session.now, viewer.subject
    await _tell(viewer, session, row, "review.released")
    return row


async def acknowledge(viewer: Viewer, session: WriteSession, review_id: UUID) -> Review:
    """Say that one has read it; a second time changes nothing. Raises NotFound, NotYourReview, WrongReviewStatus."""
    row = await _locked(viewer, session, review_id)
    if row.status == "acknowledged" and viewer.person_id == row.person_id:
        return row
    await _require(viewer, session, row, "acknowledge")
    row.status, row.acknowledged_at = "acknowledged", session.now
    await _tell(viewer, session, row, "review.acknowledged")
    return row


async def _locked(viewer: Viewer, session: WriteSession, review_id: UUID) -> Review:
    row = await session.scalar(queries.visible(viewer).where(Review.id == review_id).with_for_update())
    if row is None:
        raise NotFound()
    return row


async def _begin(viewer: Viewer, session: WriteSession, review_id: UUID, verb: Verb, if_match: str | None) -> Review:
    """The locked review. Raises NotFound, NotYourReview, WrongReviewStatus, PreconditionRequired, PreconditionFailed."""
    row = await _locked(viewer, session, review_id)
    await _require(viewer, session, row, verb)
    require_tag(if_match, review_etag(await review_shown(viewer, session, row)))
    return row


async def _require(viewer: Viewer, session: WriteSession, row: Review, verb: Verb) -> None:
    if not_theirs := not_yours(verb, await queries.sides(viewer, session, row)):
        raise NotYourReview(not_theirs)
    if wrong := not_now(verb, row.status):
        raise WrongReviewStatus(wrong, present=row.status)


async def _write(viewer: Viewer, session: WriteSession, row: Review, side: AssessmentSide, given: AssessmentInput) -> None:
    await _check_rating(viewer, session, given.rating, "/rating")
    content = {"text": given.text, "rating": given.rating, "written_at": session.now}
    key = {"organization_id": session.organization_id, "review_id": row.id, "author_id": viewer.require_person()}
    statement = insert(Assessment).values(id=new_id(), side=side, **key, **content)
    await session.execute(statement.on_conflict_do_update(index_elements=list(key), set_=content))
    await audit.record(session, viewer.subject, f"review.assessed_by_{side}", "review", row.id)


async def _check_rating(viewer: Viewer, session: WriteSession, rating: Decimal | None, field: str) -> None:
    """Raises RatingInvalid when it lies outside the organization's scale."""
    scale = (await organization(viewer, session)).settings.get("rating_scale", DEFAULT_SCALE)
    if rating is not None and not Decimal(scale["minimum"]) <= rating <= Decimal(scale["maximum"]):
        raise RatingInvalid(f"Ratings here go from {scale['minimum']} to {scale['maximum']}.", field=field)


async def _tell(viewer: Viewer, session: WriteSession, row: Review, what: str) -> None:
    await session.flush()
    await audit.record(session, viewer.subject, what, "review", row.id)
    facts = {"person_id": str(row.person_id), "cycle_id": str(row.cycle_id), "stage": row.stage}
    await events.record(session, what, "review", row.id, scorecard_id=str(row.scorecard_id), **facts)
