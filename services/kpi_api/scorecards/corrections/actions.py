"""Ordering a correction of many signed scorecards, taking it back, and objecting to it on one of them."""

from collections import Counter
from uuid import UUID

from sqlalchemy import select, update

from chassis import audit, events, jobs
from chassis.access import Viewer
from chassis.database import ReadSession, WriteSession
from chassis.identifiers import new_id
from chassis.problems import FieldError, NotFound
from kpi_api.cycles import queries as cycles
from kpi_api.cycles.models import Cycle
from kpi_api.dictionary import queries as dictionary
from kpi_api.dictionary.models import KpiDefinition
from kpi_api.people.models import OrgUnit
from kpi_api.scorecards import queries as scorecards
from kpi_api.scorecards.corrections import queries
from kpi_api.scorecards.corrections.applying import CORRECT
from kpi_api.scorecards.corrections.correcting import Refusal
from kpi_api.scorecards.corrections.models import CorrectionResult, ScorecardCorrection
from kpi_api.scorecards.corrections.problems import CorrectionOver, CorrectionRefused, ObjectionsClosed
from kpi_api.scorecards.corrections.schemas import CorrectionPreview, NewCorrection, PreviewedScorecard, RefusedCount, Selection
from kpi_api.scorecards.corrections.selecting import chunks
from kpi_api.scorecards.lifecycle import Side
from kpi_api.scorecards.models import Scorecard, ScorecardComment, ScorecardHistory
from kpi_api.scorecards.problems import NotYourTurn

FIRST = 20


async def preview(viewer: Viewer, session: WriteSession, given: Selection) -> CorrectionPreview:
    """What a correction would do now. Raises NotAllowed, CorrectionRefused."""
    viewer.require("scorecards.correct")
    correction = await _correction(viewer, session, given)
    first: list[PreviewedScorecard] = []
    refused: Counter[tuple[str, str]] = Counter()
    selected = would_change = 0
    async for found in chunks(session, correction, session.today):
        selected += len(found)
        for one in found:
            if isinstance(one.made, Refusal):
                refused[one.made.code, one.made.message] += 1
            elif one.made.changes:
                would_change += 1
                if len(first) < FIRST:
                    first.append(PreviewedScorecard(scorecard_id=one.scorecard_id, person_id=one.person_id, changes=one.made.changes))
    return CorrectionPreview(
        selected=selected,
        would_change=would_change,
        unchanged=selected - would_change - refused.total(),
        refused=[RefusedCount(code=code, message=message, scorecards=count) for (code, message), count in refused.most_common(FIRST)],
        first=first,
    )


async def order(viewer: Viewer, session: WriteSession, given: NewCorrection) -> ScorecardCorrection:
    """Begin a correction: its scorecards are noted by a job, the sides may object until its day is over, then the rest is corrected.

    Event: `scorecard.correction_ordered`. Raises NotAllowed, CorrectionRefused.
    """
    viewer.require("scorecards.correct")
    correction = await _correction(viewer, session, given)
    cycle = await session.get_one(Cycle, (viewer.organization_id, correction.cycle_id))
    if not session.today < given.objections_until <= cycle.ends_on:
        message = f"The sides need time to object: name a day after today and not after {cycle.ends_on}."
        raise CorrectionRefused(message, field="/objections_until")
    correction.reason, correction.objections_until = given.reason, given.objections_until
    correction.ordered_by_id, correction.ordered_at = viewer.require_person(), session.now
    session.add(correction)
    await session.flush()
    await audit.record(session, viewer.subject, "scorecard.correction_ordered", "scorecard_correction", correction.id)
    await _tell(session, correction, "ordered")
    await jobs.enqueue(session, CORRECT, once_key="correct")
    return correction


async def withdraw(viewer: Viewer, session: WriteSession, correction_id: UUID) -> ScorecardCorrection:
    """Take a correction back before its day is over: no scorecard changes. Raises NotAllowed, NotFound, CorrectionOver."""
    viewer.require("scorecards.correct")
    correction = await queries.correction(viewer, session, correction_id, for_update=True)
    if correction.status not in {"preparing", "open"} or session.today > correction.objections_until:
        raise CorrectionOver("It took effect or was withdrawn already.", present=correction.status)
    correction.status = "withdrawn"
    mine = (CorrectionResult.organization_id == viewer.organization_id, CorrectionResult.correction_id == correction.id)
    pending = update(CorrectionResult).where(*mine, CorrectionResult.status == "pending")
    await session.execute(pending.values(status="withdrawn", decided_at=session.now))
    await session.flush()
    await audit.record(session, viewer.subject, "scorecard.correction_withdrawn", "scorecard_correction", correction.id)
    await _tell(session, correction, "withdrawn")
    return correction


async def object_to(viewer: Viewer, session: WriteSession, scorecard_id: UUID, correction_id: UUID, reason: str) -> CorrectionResult:
    """Keep the signed text of one scorecard, as one of its sides. Raises NotFound, NotYourTurn, ObjectionsClosed.

    Event: `scorecard.correction_objected`.
    """
    card = await scorecards.scorecard(viewer, session, scorecard_id)
    await session.refresh(card, with_for_update=True)
    result = await session.scalar(
        select(CorrectionResult).where(CorrectionResult.scorecard_id == card.id, CorrectionResult.correction_id == correction_id)
    )
    if result is None:
        raise NotFound()
    side = await _objecting_side(viewer, session, card)
    correction = await session.get_one(ScorecardCorrection, (viewer.organization_id, correction_id))
    if result.status != "pending" or session.today > correction.objections_until:
        raise ObjectionsClosed(f"It is {result.status} here; objections were possible until {correction.objections_until}.")
    result.status, result.objection, result.decided_at = "objected", reason, session.now
    result.objected_by_id, result.objected_side = viewer.require_person(), side
    step = ScorecardHistory(
        id=new_id(), scorecard_id=card.id, verb="object_to_correction", from_status=card.status, to_status=card.status, side=side,
        actor=viewer.subject, happened_at=session.now,
    )  # fmt: skip
    session.add(step)
    await session.flush()
    session.add(ScorecardComment(id=step.id, scorecard_id=card.id, text=reason))
    await events.record(session, "scorecard.correction_objected", "scorecard", card.id, correction_id=str(correction_id), side=side)
    return result


async def _objecting_side(viewer: Viewer, session: ReadSession, card: Scorecard) -> Side:
    sides = await scorecards.sides(viewer, session, card)
    if not sides & {"person", "manager"}:
        raise NotYourTurn("Only the person or their manager objects.")
    return "person" if "person" in sides else "manager"


async def _correction(viewer: Viewer, session: ReadSession, given: Selection) -> ScorecardCorrection:
    """Not stored yet. Raises CorrectionRefused."""
    try:
        cycle = await cycles.cycle(viewer, session, given.cycle_code)
    except NotFound:
        raise CorrectionRefused(f"There is no cycle “{given.cycle_code}”.", field="/cycle_code") from None
    if cycle.status not in {"planned", "open"}:
        raise CorrectionRefused(f"The cycle “{cycle.code}” is {cycle.status}: its scorecards stay as they are.", field="/cycle_code")
    if given.unit_id is not None and await session.get(OrgUnit, (viewer.organization_id, given.unit_id)) is None:
        raise CorrectionRefused("There is no such unit.", field="/unit_id")
    await _require_definitions(session, given)
    return ScorecardCorrection(
        id=new_id(),
        organization_id=viewer.organization_id,
        cycle_id=cycle.id,
        template_id=await _template_id(viewer, session, given.template_code) if given.template_code else None,
        unit_id=given.unit_id,
        lines=[line.model_dump(mode="json", exclude_none=True) for line in given.lines],
        status="preparing",
        noted_until_id=None,
    )


async def _template_id(viewer: Viewer, session: ReadSession, code: str) -> UUID:
    try:
        return (await dictionary.template(viewer, session, code)).id
    except NotFound:
        raise CorrectionRefused(f"There is no template “{code}”.", field="/template_code") from None


async def _require_definitions(session: ReadSession, given: Selection) -> None:
    codes = [line.definition_code for line in given.lines]
    known = set(await session.scalars(select(KpiDefinition.code).where(KpiDefinition.code.in_(codes))))
    errors = [
        FieldError(field=f"/lines/{number}/definition_code", code="unknown_definition", message=f"There is no definition “{code}”.")
        for number, code in enumerate(codes)
        if code not in known
    ]
    if errors:
        raise CorrectionRefused(errors[0].message, errors=errors)


async def _tell(session: WriteSession, correction: ScorecardCorrection, step: str) -> None:
    facts = {"cycle_id": str(correction.cycle_id), "objections_until": correction.objections_until.isoformat()}
    await events.record(session, f"scorecard.correction_{step}", "scorecard_correction", correction.id, **facts)
