"""Asking for a change of an agreed scorecard, and answering: request, agree, reject, withdraw.

Each locks the cycle against its close, then the scorecard; of two at once the second finds what the first one left.
"""

from collections.abc import Sequence
from uuid import UUID

from sqlalchemy import select

from chassis.access import Viewer
from chassis.database import WriteSession
from chassis.etags import etag, require_match
from chassis.identifiers import new_id
from chassis.problems import FieldError, NotFound
from kpi_api.cascade.actions import fitting_targets, put_targets
from kpi_api.cascade.models import Kpi
from kpi_api.cascade.problems import KpiRefused
from kpi_api.cycles.models import Cycle
from kpi_api.dictionary.target_schemas import Target
from kpi_api.scorecards import queries as scorecards
from kpi_api.scorecards.actions import absent_manager, line_errors
from kpi_api.scorecards.changes import queries
from kpi_api.scorecards.changes.answering import Answer, may_answer, refusal
from kpi_api.scorecards.changes.applying import put_in_force
from kpi_api.scorecards.changes.composing import asked_terms, told
from kpi_api.scorecards.changes.following import follow_up
from kpi_api.scorecards.changes.models import ScorecardChange
from kpi_api.scorecards.changes.problems import ChangeDecided, ChangePending, ChangeRefused, CorrectionAnnounced, MeasurementsFrozen
from kpi_api.scorecards.changes.schemas import ChangedLine, ChangeRequest
from kpi_api.scorecards.changes.steps import note_step, tell
from kpi_api.scorecards.corrections.pending import corrected_until
from kpi_api.scorecards.differences import differences
from kpi_api.scorecards.findings.refusing import findings_brought
from kpi_api.scorecards.lifecycle import Side
from kpi_api.scorecards.models import Scorecard
from kpi_api.scorecards.problems import NotYourTurn, ScorecardRefused, TextChanged, WrongStatus
from kpi_api.scorecards.terms import Document, Terms, errors_in

OPEN_CYCLES = ("planned", "open")


async def request_change(viewer: Viewer, session: WriteSession, scorecard_id: UUID, given: ChangeRequest) -> ScorecardChange:
    """Ask the other side for another text from a day on, signing it.

    Raises NotFound, MeasurementsFrozen, WrongStatus, NotYourTurn, ChangePending, ChangeRefused, ScorecardRefused.
    """
    card = await locked_card(viewer, session, scorecard_id)
    sides = await scorecards.sides(viewer, session, card)
    side = next((side for side in ("person", "manager") if side in sides), None)
    if side is None:
        raise NotYourTurn("Only the person or their manager may ask for a change.")
    signed = await changeable_text(session, card)
    for other in await queries.pending(session, card.id):
        if other.kind == "request":
            raise ChangePending("A request is not answered yet: agree, reject or withdraw it first.", change_id=str(other.id))
    await _require_possible(viewer, session, card, signed, given)
    change = _new_change(session, card, given)
    terms = await asked_terms(session, card, change, signed)
    await _require_sound(session, card, signed, terms)
    await sign_first(viewer, session, card, change, side, terms)
    session.add(change)
    await note_step(session, card, "request_change", side, viewer.subject, given.reason, step_id=change.id)
    await tell(session, "scorecard.change_requested", card, change)
    return change


async def agree(
    viewer: Viewer, session: WriteSession, scorecard_id: UUID, change_id: UUID, if_match: str | None, comment: str | None
) -> ScorecardChange:
    """Sign what is asked for. With both signatures it holds from its day on. Raises what `_begin` raises, CorrectionAnnounced,
    TextChanged, ScorecardRefused.
    """
    card, change, side = await _begin(viewer, session, scorecard_id, change_id, "agree", if_match)
    signed = await changeable_text(session, card)
    if (until := await corrected_until(session, card.id)) is not None:
        message = f"A correction of this scorecard is not decided yet: object to it until {until}, or agree once it is in force."
        raise CorrectionAnnounced(message, objections_until=until.isoformat())
    terms = await asked_terms(session, card, change, signed)
    await _require_sound(session, card, signed, terms)
    if change.side is None:
        await sign_first(viewer, session, card, change, side, terms)
        await note_step(session, card, "sign_change", side, viewer.subject, comment)
        await tell(session, "scorecard.change_signed", card, change)
        return change
    if terms.digest != change.digest:
        changed = differences(change.document or signed, terms.document)
        message = " ".join(["A KPI changed after this was signed.", *changed, "Reject, and ask anew."])
        raise TextChanged(message, signed=change.digest, now=terms.digest, changes=changed)
    result = await put_in_force(viewer, session, card, change, terms, side, comment)
    await _give_targets(session, change)
    await follow_up(session, card, result)
    await tell(session, "scorecard.changed", card, change)
    return change


async def reject(
    viewer: Viewer, session: WriteSession, scorecard_id: UUID, change_id: UUID, if_match: str | None, comment: str | None
) -> ScorecardChange:
    """Leave the signed text as it is. Raises what `_begin` raises."""
    card, change, side = await _begin(viewer, session, scorecard_id, change_id, "reject", if_match)
    change.status, change.decided_at = "rejected", session.now
    await note_step(session, card, "reject_change", side, viewer.subject, comment)
    await tell(session, "scorecard.change_rejected", card, change)
    return change


async def withdraw(
    viewer: Viewer, session: WriteSession, scorecard_id: UUID, change_id: UUID, if_match: str | None, comment: str | None
) -> ScorecardChange:
    """Take one's own request back. Raises what `_begin` raises."""
    card, change, side = await _begin(viewer, session, scorecard_id, change_id, "withdraw", if_match)
    change.status, change.decided_at = "withdrawn", session.now
    await note_step(session, card, "withdraw_change", side, viewer.subject, comment)
    await tell(session, "scorecard.change_withdrawn", card, change)
    return change


async def locked_card(viewer: Viewer, session: WriteSession, scorecard_id: UUID) -> Scorecard:
    """The scorecard in sight, locked, in a cycle that is not closed until the transaction ends. Raises NotFound, MeasurementsFrozen."""
    card = await scorecards.scorecard(viewer, session, scorecard_id)
    status = await session.scalar(select(Cycle.status).where(Cycle.id == card.cycle_id).with_for_update(read=True))
    if status not in OPEN_CYCLES:
        raise MeasurementsFrozen("The cycle's measurements are frozen, so its scorecards stay as they were agreed.", cycle_status=status)
    mine = scorecards.visible(viewer).where(Scorecard.id == scorecard_id)
    found = await session.scalar(mine.with_for_update().execution_options(populate_existing=True))
    if found is None:
        raise NotFound()
    return found


async def changeable_text(session: WriteSession, card: Scorecard) -> Document:
    """The text in force. Raises WrongStatus for a scorecard that is not agreed, or that another one succeeds."""
    if card.agreement is None or card.status not in {"agreed", "active"}:
        message = f"It is {card.status.replace('_', ' ')}: only what is agreed can be changed."
        raise WrongStatus(message, present=card.status, current_etag=etag(card))
    if (successor := await queries.successor_of(session, card.id)) is not None:
        message = f"It ended on {card.window_end} and another scorecard succeeds it; ask for the change there."
        raise WrongStatus(message, present=card.status, current_etag=etag(card), successor_id=str(successor))
    return card.agreement


async def sign_first(
    viewer: Viewer, session: WriteSession, card: Scorecard, change: ScorecardChange, side: Side, terms: Terms
) -> None:
    """Put the viewer's name to what is asked for, before the other side does."""
    change.on_behalf_of_id = await absent_manager(viewer, session, card, side)
    change.side, change.signer_id, change.signed_at = side, viewer.require_person(), session.now
    change.document, change.digest, change.differences = terms.document, terms.digest, told(card.agreement or {}, terms)


async def _begin(
    viewer: Viewer, session: WriteSession, scorecard_id: UUID, change_id: UUID, answer: Answer, if_match: str | None
) -> tuple[Scorecard, ScorecardChange, Side]:
    """Raises NotFound, MeasurementsFrozen, PreconditionRequired, PreconditionFailed, ChangeDecided, NotYourTurn."""
    card = await locked_card(viewer, session, scorecard_id)
    mine = select(ScorecardChange).where(ScorecardChange.id == change_id, ScorecardChange.scorecard_id == card.id)
    change = await session.scalar(mine.with_for_update())
    if change is None:
        raise NotFound()
    require_match(if_match, change)
    sides = await scorecards.sides(viewer, session, card)
    reason = refusal(answer, change.kind, change.status, change.side, sides)
    if change.status != "pending":
        raise ChangeDecided(reason, present=change.status, current_etag=etag(change))
    if reason is not None:
        raise NotYourTurn(reason)
    return card, change, next(side for side in may_answer(answer, change.kind, change.side) if side in sides)


def _new_change(session: WriteSession, card: Scorecard, given: ChangeRequest) -> ScorecardChange:
    return ScorecardChange(
        id=new_id(),
        scorecard_id=card.id,
        kind="request",
        status="pending",
        effective_from=given.effective_from,
        lines=[line.model_dump(mode="json") for line in given.lines],
        takes_time_rules=given.time_rules == "as_today",
        requested_at=session.now,
    )


async def _require_sound(session: WriteSession, card: Scorecard, signed: Document, terms: Terms) -> None:
    """Raises ScorecardRefused for errors, and for warnings that it would bring where they refuse; ChangeRefused where nothing differs."""
    if errors := errors_in(terms.document):
        raise ScorecardRefused(errors[0].message, errors=errors)
    if not told(signed, terms):
        raise ChangeRefused("This is what is agreed already: nothing would change.", field="/lines")
    if warnings := (await findings_brought(session, {card.id: terms.document})).get(card.id):
        raise ScorecardRefused(warnings[0].message, errors=warnings)


async def _require_possible(viewer: Viewer, session: WriteSession, card: Scorecard, signed: Document, given: ChangeRequest) -> None:
    """Raises ChangeRefused for a day outside the scorecard, a KPI that cannot stand on it, or a target that is not the sides' to change."""
    if not card.window_start <= given.effective_from <= card.window_end:
        message = f"The scorecard runs from {card.window_start} to {card.window_end}; the change takes effect on one of its days."
        raise ChangeRefused(message, errors=[FieldError(field="/effective_from", code="outside_window", message=message)])
    known = {line["kpi_id"] for line in signed["lines"]}
    errors = await line_errors(viewer, session, card, [None if str(line.kpi_id) in known else line for line in given.lines])
    errors = errors or await _target_errors(session, card, given.lines)
    if errors:
        raise ChangeRefused(errors[0].message, errors=errors)


async def _target_errors(session: WriteSession, card: Scorecard, lines: Sequence[ChangedLine]) -> list[FieldError]:
    """A shared KPI's target is changed at the KPI, which asks every scorecard that carries it; the person's own one here."""
    errors: list[FieldError] = []
    for number, line in enumerate(lines):
        if line.targets is None:
            continue
        kpi = await session.get_one(Kpi, (card.organization_id, line.kpi_id))
        if kpi.level != "individual":
            message = f"“{kpi.name}” is shared: change its target at the KPI, and every scorecard that carries it is asked."
            errors.append(FieldError(field=f"/lines/{number}/targets", code="shared_target", message=message))
            continue
        try:
            line.targets = list(await fitting_targets(session, kpi, line.targets))
        except KpiRefused as refused:
            at = f"/lines/{number}"
            errors += [error.model_copy(update={"field": f"{at}{error.field}"}) for error in refused.errors]
    return errors


async def _give_targets(session: WriteSession, change: ScorecardChange) -> None:
    """The person's own KPIs get the targets that both sides signed."""
    for line in change.lines or []:
        if line["targets"] is not None:
            kpi = await session.get_one(Kpi, (session.organization_id, UUID(line["kpi_id"])))
            await put_targets(session, kpi, [Target.model_validate(target) for target in line["targets"]])
