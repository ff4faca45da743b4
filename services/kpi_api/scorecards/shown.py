"""How a scorecard looks to a viewer."""

from chassis.access import Viewer
from chassis.database import ReadSession
from chassis.verbs import VerbOutput
from kpi_api.cascade.shown import target_shown
from kpi_api.scorecards import queries
from kpi_api.scorecards.assessments import assessments_of
from kpi_api.scorecards.lifecycle import TRANSITIONS, refusal
from kpi_api.scorecards.models import Scorecard
from kpi_api.scorecards.presence.queries import time_of
from kpi_api.scorecards.queries import LineFacts
from kpi_api.scorecards.schemas import LineOutput, ScorecardOutput, ScorecardSummary, SignatureOutput


async def scorecard_shown(viewer: Viewer, session: ReadSession, card: Scorecard) -> ScorecardOutput:
    """A scorecard that the viewer was found to see, whole."""
    return ScorecardOutput(
        **ScorecardSummary.model_validate(card).model_dump(),
        lines=[_line_shown(facts) for facts in await queries.lines(session, card.id)],
        signatures=[SignatureOutput.model_validate(row) for row in await queries.signatures(session, card.id)],
        history=await queries.history(session, card.id),
        assessments=await assessments_of(session, card),
        time=(await time_of(session, card)).told,
        verbs=await verbs(viewer, session, card),
    )


def _line_shown(facts: LineFacts) -> LineOutput:
    return LineOutput(
        id=facts.line.id,
        kpi_id=facts.kpi.id,
        name=facts.kpi.name,
        kpi_status=facts.kpi.status,
        definition_code=facts.definition_code,
        weight=facts.line.weight,
        component=facts.line.component,
        targets=[target_shown(target) for target in facts.targets],
    )


async def verbs(viewer: Viewer, session: ReadSession, card: Scorecard) -> list[VerbOutput]:
    """What the viewer may do with a scorecard now and, where not, why."""
    sides = await queries.sides(viewer, session, card)
    reasons = {verb: refusal(card.status, verb, card.written_by_side, sides) for verb in TRANSITIONS}
    return [VerbOutput(verb=verb, allowed=reason is None, reason=reason) for verb, reason in reasons.items()]
