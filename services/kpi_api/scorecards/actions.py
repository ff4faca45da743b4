"""What sides do to a scorecard: propose, counter, agree, reject, withdraw, force, and change the lines of a draft.

Each verb locks the scorecard, compares the ETag that the caller has seen, and asks `lifecycle` whose turn it is; of two at once the second
finds the state that the first one left.
"""

from collections.abc import Sequence
from uuid import UUID

from sqlalchemy import delete, select
from sqlalchemy.orm.attributes import flag_modified

from chassis import audit, events
from chassis.access import Viewer
from chassis.database import WriteSession
from chassis.etags import etag
from chassis.identifiers import new_id
from chassis.problems import FieldError, NotAllowed, NotFound
from kpi_api.cascade.models import Kpi
from kpi_api.cascade.queries import among
from kpi_api.cascade.sight import sees_at_all
from kpi_api.people.queries import manager_on
from kpi_api.scorecards import queries
from kpi_api.scorecards.activation import activate_if_begun
from kpi_api.scorecards.differences import differences
from kpi_api.scorecards.findings.refusing import findings_against
from kpi_api.scorecards.lifecycle import TRANSITIONS, UNDER_NEGOTIATION, Side, Verb, acting_side, allows, refusal
from kpi_api.scorecards.models import Scorecard, ScorecardComment, ScorecardHistory, ScorecardLine, ScorecardSignature
from kpi_api.scorecards.problems import LinesRefused, NotYourTurn, ScorecardRefused, TextChanged, WrongStatus
from kpi_api.scorecards.schemas import COMPONENT, LineInput
from kpi_api.scorecards.terms import Terms, errors_in
from kpi_api.scorecards.texts import keep_before_change, keep_text, require_current, signed_text


async def replace_lines(
    viewer: Viewer, session: WriteSession, scorecard_id: UUID, lines: Sequence[LineInput], if_match: str | None
) -> Scorecard:
    """Give a draft other lines. Raises NotFound, ScorecardChanged, WrongStatus, NotAllowed, LinesRefused."""
    card = await _locked(viewer, session, scorecard_id, if_match)
    sides = await queries.sides(viewer, session, card)
    if card.status != "draft":
        raise _wrong_status(card, "Only a draft takes other lines; answer a proposal with a counter.")
    if not sides:
        raise NotAllowed("Only the person, their manager or HR may change this draft.")
    card.written_by_side = next(side for side in ("person", "manager", "hr") if side in sides)
    await keep_before_change(session, card)
    await put_lines(viewer, session, card, lines)
    await keep_text(session, card, await queries.present_terms(session, card))
    return card


async def propose(viewer: Viewer, session: WriteSession, scorecard_id: UUID, if_match: str | None, comment: str | None) -> Scorecard:
    """Propose a draft to the other side, signing its text. Raises what `_begin` raises, ScorecardRefused."""
    card, side = await _begin(viewer, session, scorecard_id, "propose", if_match)
    card.written_by_side = side
    await _sign(viewer, session, card, side, await _acceptable_terms(session, card))
    return await _finish(viewer, session, card, "propose", side, comment)


async def counter(
    viewer: Viewer, session: WriteSession, scorecard_id: UUID, if_match: str | None, comment: str | None, lines: Sequence[LineInput] | None
) -> Scorecard:
    """Answer with a proposal of one's own. Raises what `_begin` raises, LinesRefused, ScorecardRefused."""
    card, side = await _begin(viewer, session, scorecard_id, "counter", if_match)
    card.written_by_side = side
    if lines is not None:
        await keep_before_change(session, card)
        await put_lines(viewer, session, card, lines)
    await _sign(viewer, session, card, side, await _acceptable_terms(session, card))
    return await _finish(viewer, session, card, "counter", side, comment)


async def agree(viewer: Viewer, session: WriteSession, scorecard_id: UUID, if_match: str | None, comment: str | None) -> Scorecard:
    """Put the second signature to the text that the other side signed. Raises what `_begin` raises, TextChanged, ScorecardRefused."""
    card, side = await _begin(viewer, session, scorecard_id, "agree", if_match)
    terms = await _acceptable_terms(session, card)
    signed = (await queries.signatures(session, card.id))[-1]
    if signed.digest != terms.digest:
        then = await signed_text(session, card.id, signed.digest)
        changes = differences(then, terms.document) if then else []
        message = " ".join(["A KPI was changed after this was signed.", *changes, "Counter with the present text, or reject."])
        raise TextChanged(message, signed=signed.digest, now=terms.digest, changes=changes)
    await _sign(viewer, session, card, side, terms)
    return await _conclude(viewer, session, card, "agree", side, terms, comment)


async def reject(viewer: Viewer, session: WriteSession, scorecard_id: UUID, if_match: str | None, comment: str | None) -> Scorecard:
    """Send a proposal back to draft. Raises what `_begin` raises."""
    card, side = await _begin(viewer, session, scorecard_id, "reject", if_match)
    return await _finish(viewer, session, card, "reject", side, comment)


async def withdraw(viewer: Viewer, session: WriteSession, scorecard_id: UUID, if_match: str | None, comment: str | None) -> Scorecard:
    """Take one's own proposal back to draft. Raises what `_begin` raises."""
    card, side = await _begin(viewer, session, scorecard_id, "withdraw", if_match)
    return await _finish(viewer, session, card, "withdraw", side, comment)


async def force(viewer: Viewer, session: WriteSession, scorecard_id: UUID, if_match: str | None, reason: str) -> Scorecard:
    """Impose the present text, which is shown for good. Errors still refuse. Raises what `_begin` raises, ScorecardRefused."""
    card, side = await _begin(viewer, session, scorecard_id, "force", if_match)
    terms = await _acceptable_terms(session, card, despite_warnings=True)
    card.imposed = True
    await _sign(viewer, session, card, side, terms)
    await audit.record(session, viewer.subject, "scorecard.forced", "scorecard", card.id)
    return await _conclude(viewer, session, card, "force", side, terms, reason)


async def _locked(viewer: Viewer, session: WriteSession, scorecard_id: UUID, if_match: str | None) -> Scorecard:
    """The scorecard in sight, locked until the transaction ends. Raises NotFound, PreconditionRequired, ScorecardChanged."""
    card = await session.scalar(queries.visible(viewer).where(Scorecard.id == scorecard_id).with_for_update())
    if card is None:
        raise NotFound()
    await require_current(session, card, if_match)
    return card


async def _begin(viewer: Viewer, session: WriteSession, scorecard_id: UUID, verb: Verb, if_match: str | None) -> tuple[Scorecard, Side]:
    """The locked scorecard and the side as which the viewer acts. Raises what `_locked` raises, WrongStatus, NotYourTurn."""
    card = await _locked(viewer, session, scorecard_id, if_match)
    sides = await queries.sides(viewer, session, card)
    reason = refusal(card.status, verb, card.written_by_side, sides)
    if not allows(card.status, verb):
        raise _wrong_status(card, reason)
    side = acting_side(verb, card.written_by_side, sides)
    if side is None:
        raise NotYourTurn(reason)
    return card, side


def _wrong_status(card: Scorecard, reason: str | None) -> WrongStatus:
    return WrongStatus(reason, present=card.status, current_etag=etag(card))


async def _acceptable_terms(session: WriteSession, card: Scorecard, *, despite_warnings: bool = False) -> Terms:
    """The present text. Raises ScorecardRefused when it has errors, or warnings where the organization lets them refuse."""
    terms = await queries.present_terms(session, card)
    errors = errors_in(terms.document) or await findings_against(session, card, despite_warnings=despite_warnings)
    if errors:
        raise ScorecardRefused(errors[0].message, errors=errors)
    return terms


async def absent_manager(viewer: Viewer, session: WriteSession, card: Scorecard, side: Side) -> UUID | None:
    """The manager for whom the viewer acts on the manager's side, if they stand in for them."""
    if side != "manager":
        return None
    manager_id = await manager_on(session, card.person_id, viewer.today)
    return manager_id if manager_id in viewer.stands_in_for else None


async def _sign(viewer: Viewer, session: WriteSession, card: Scorecard, side: Side, terms: Terms) -> None:
    """Put the viewer's name to the text; a delegate's names the absent manager for whom they sign."""
    signer, absent = viewer.require_person(), await absent_manager(viewer, session, card, side)
    session.add(
        ScorecardSignature(
            scorecard_id=card.id, side=side, signer_id=signer, signed_at=session.now, digest=terms.digest, on_behalf_of_id=absent
        )
    )


async def _finish(viewer: Viewer, session: WriteSession, card: Scorecard, verb: Verb, side: Side, comment: str | None) -> Scorecard:
    """Set the verb's status, remember the step, and say what happened."""
    begins, card.status = card.status, TRANSITIONS[verb].ends
    card.waiting_since, card.reminders_sent = session.now if card.status in UNDER_NEGOTIATION else None, 0
    step = ScorecardHistory(
        id=new_id(), scorecard_id=card.id, verb=verb, from_status=begins, to_status=card.status, side=side, actor=viewer.subject,
        happened_at=session.now,
    )  # fmt: skip
    session.add(step)
    await session.flush()
    await keep_text(session, card, await queries.present_terms(session, card))
    if comment is not None:
        session.add(ScorecardComment(id=step.id, scorecard_id=card.id, text=comment))
    if card.status in EVENTS:
        facts = {"person_id": str(card.person_id), "cycle_id": str(card.cycle_id), "side": side}
        await events.record(session, EVENTS[card.status], "scorecard", card.id, **facts)
    return card


EVENTS = {"proposed": "scorecard.proposed", "countered": "scorecard.countered", "agreed": "scorecard.agreed"}


async def _conclude(
    viewer: Viewer, session: WriteSession, card: Scorecard, verb: Verb, side: Side, terms: Terms, comment: str | None
) -> Scorecard:
    """Keep the agreed text for good, and begin at once where the window has begun."""
    card.agreement, card.agreement_digest, card.agreed_at = terms.document, terms.digest, session.now
    await _finish(viewer, session, card, verb, side, comment)
    await activate_if_begun(session, card)
    return card


async def put_lines(viewer: Viewer, session: WriteSession, card: Scorecard, lines: Sequence[LineInput]) -> None:
    """Replace the lines of a scorecard. Raises LinesRefused."""
    errors = await line_errors(viewer, session, card, lines)
    if errors:
        raise LinesRefused(errors[0].message, errors=errors)
    mine = (ScorecardLine.organization_id == card.organization_id) & (ScorecardLine.scorecard_id == card.id)
    present = await session.execute(select(ScorecardLine.kpi_id, ScorecardLine.component).where(mine))
    components = {row.kpi_id: row.component for row in present}
    await session.execute(delete(ScorecardLine).where(mine))
    for position, line in enumerate(lines, start=1):
        component = line.component or components.get(line.kpi_id, COMPONENT)
        place = {"weight": line.weight, "component": component, "position": position}
        session.add(ScorecardLine(scorecard_id=card.id, kpi_id=line.kpi_id, **place))
    flag_modified(card, "written_by_side")  # other lines are another state of the scorecard, though none of its own columns differs
    await session.flush()


async def line_errors(
    viewer: Viewer, session: WriteSession, card: Scorecard, lines: Sequence[LineInput | None]
) -> list[FieldError]:
    """What forbids putting these KPIs on a scorecard, by their places; None stands for one that is on it."""
    ids = [line.kpi_id if line else None for line in lines]
    asked = [id_ for id_ in ids if id_ is not None]
    kpis = {kpi.id: kpi for kpi in await session.scalars(select(Kpi).where(among(Kpi.id, asked), sees_at_all(viewer)))}
    return [
        FieldError(field=f"/lines/{number}/kpi_id", code=code, message=message)
        for number, id_ in enumerate(ids)
        for code, message in (_line_error(card, kpis.get(id_)) if id_ else [])
    ]


def _line_error(card: Scorecard, kpi: Kpi | None) -> list[tuple[str, str]]:
    if kpi is None:
        return [("unknown_kpi", "There is no such KPI that you may see.")]
    if kpi.cycle_id != card.cycle_id:
        return [("kpi_of_another_cycle", "This KPI belongs to another cycle.")]
    if kpi.level == "individual" and kpi.owner_person_id != card.person_id:
        return [("kpi_of_another_person", "This individual KPI belongs to somebody else.")]
    return []
