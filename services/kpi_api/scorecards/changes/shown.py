"""A change as its viewer sees it: what is asked for, by whom, and what they may answer now."""

from decimal import Decimal

from chassis.access import Viewer
from chassis.database import ReadSession
from chassis.numbers import from_scaled, scaled
from chassis.verbs import VerbOutput
from kpi_api.scorecards import queries as scorecards
from kpi_api.scorecards.changes import queries
from kpi_api.scorecards.changes.answering import ANSWERS, refusal
from kpi_api.scorecards.changes.models import ScorecardChange
from kpi_api.scorecards.changes.schemas import ChangeOutput, ChangeSummary, ProposedLine
from kpi_api.scorecards.corrections.pending import corrected_until
from kpi_api.scorecards.terms import Document


async def change_shown(viewer: Viewer, session: ReadSession, change: ScorecardChange) -> ChangeOutput:
    """A change of a scorecard that the viewer was found to see."""
    return ChangeOutput(
        **ChangeSummary.model_validate(change).model_dump(),
        reason=await queries.reason_of(session, change.id),
        lines=[_line_shown(line) for line in (change.document or {"lines": []})["lines"]],
        verbs=await verbs(viewer, session, change),
    )


def _line_shown(line: Document) -> ProposedLine:
    weight = from_scaled(scaled(Decimal(line["weight"]), 2), 2)
    return ProposedLine(kpi_id=line["kpi_id"], name=line["name"], weight=weight, component=line["component"])


async def verbs(viewer: Viewer, session: ReadSession, change: ScorecardChange) -> list[VerbOutput]:
    """What the viewer may answer now and, where not, why."""
    card = await scorecards.scorecard(viewer, session, change.scorecard_id)
    sides = await scorecards.sides(viewer, session, card)
    reasons = {answer: refusal(answer, change.kind, change.status, change.side, sides) for answer in ANSWERS}
    if reasons["agree"] is None and (until := await corrected_until(session, card.id)) is not None:
        reasons["agree"] = f"A correction of the scorecard is not decided yet; the sides may object until {until}."
    return [VerbOutput(verb=answer, allowed=reason is None, reason=reason) for answer, reason in reasons.items()]
