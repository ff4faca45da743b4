"""How a review looks to a viewer, and the entity tag of exactly that: what somebody may not see changes neither."""

from collections.abc import Sequence

from chassis.access import Viewer
from chassis.database import ReadSession
from chassis.etags import content_etag
from chassis.verbs import VerbOutput
from kpi_api.reviews import queries
from kpi_api.reviews.lifecycle import VERBS, Side, not_now, not_yours
from kpi_api.reviews.models import Assessment, Review
from kpi_api.reviews.schemas import AssessmentOutput, ReviewOutput, ReviewSummary


async def review_shown(viewer: Viewer, session: ReadSession, row: Review) -> ReviewOutput:
    """A review that the viewer was found to see, with the texts that are theirs to read."""
    sides = await queries.sides(viewer, session, row)
    written = await queries.assessments(session, row.id)
    return ReviewOutput(
        **ReviewSummary.model_validate(row).model_dump(),
        self_assessment=_output(self_assessment(row, sides, written)),
        manager_assessment=_output(manager_assessment(viewer, row, sides, written)),
        verbs=_verbs(row, sides),
    )


def self_assessment(row: Review, sides: set[Side], written: Sequence[Assessment]) -> Assessment | None:
    """Until the release for the person, whoever leads them today and HR; then for all who see the review."""
    own = next((assessment for assessment in written if assessment.side == "self"), None)
    return own if sides or row.status != "open" else None


def manager_assessment(viewer: Viewer, row: Review, sides: set[Side], written: Sequence[Assessment]) -> Assessment | None:
    """The released one; until then the viewer's own if they lead the person today, and for HR the latest."""
    managers = [assessment for assessment in written if assessment.side == "manager"]
    if row.status != "open":
        return next((assessment for assessment in managers if assessment.id == row.released_assessment_id), None)
    own = next((assessment for assessment in managers if assessment.author_id == viewer.person_id), None)
    latest = managers[-1] if managers and "hr" in sides else None
    return own or latest if sides & {"manager", "hr"} else None


def review_etag(shown: ReviewOutput) -> str:
    """The tag of what the viewer sees; what they may do depends on it and on the day, and is left out."""
    return content_etag(shown.model_dump_json(exclude={"verbs"}))


def _output(assessment: Assessment | None) -> AssessmentOutput | None:
    return AssessmentOutput.model_validate(assessment) if assessment else None


def _verbs(row: Review, sides: set[Side]) -> list[VerbOutput]:
    reasons = {verb: not_yours(verb, sides) or not_now(verb, row.status) for verb in VERBS}
    return [VerbOutput(verb=verb, allowed=reason is None, reason=reason) for verb, reason in reasons.items()]
