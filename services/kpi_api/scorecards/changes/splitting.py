"""A mover's scorecard is split: it ends on the day before the move, and a draft for the days after is opened for what they do now.

Nobody's agreed scorecard ends this way unless their job changed on that day. What was signed stays for the days before; the new draft is
agreed to like any other.
"""

from datetime import date, timedelta
from uuid import UUID

from sqlalchemy import select

from chassis import events
from chassis.access import Viewer
from chassis.database import WriteSession
from chassis.etags import etag
from kpi_api.cycles.models import Cycle
from kpi_api.dictionary.models import ScorecardTemplate
from kpi_api.people.models import Employment, Role
from kpi_api.scorecards import opening
from kpi_api.scorecards import queries as scorecards
from kpi_api.scorecards.changes import queries
from kpi_api.scorecards.changes.actions import locked_card
from kpi_api.scorecards.changes.following import lapse
from kpi_api.scorecards.changes.problems import ChangeRefused, NothingMoved
from kpi_api.scorecards.changes.schemas import Split, SplitInput, SplitPay
from kpi_api.scorecards.changes.steps import note_step
from kpi_api.scorecards.lifecycle import Side
from kpi_api.scorecards.models import Scorecard
from kpi_api.scorecards.problems import NotYourTurn, WrongStatus
from kpi_api.scorecards.schemas import NewScorecard, TemplateOpening, TemplatePerson
from kpi_api.scorecards.texts import require_current

ONE_DAY = timedelta(days=1)


async def split(
    viewer: Viewer, session: WriteSession, scorecard_id: UUID, given: SplitInput, if_match: str | None, *, preview: bool
) -> Split:
    """End the scorecard on the day before `given.moved_on` and open a draft from there on. A preview writes nothing and needs no If-Match.

    Raises NotFound, MeasurementsFrozen, ScorecardChanged, NotYourTurn, WrongStatus, NothingMoved, ChangeRefused, OpeningRefused.
    """
    card = await locked_card(viewer, session, scorecard_id)
    if not preview:
        await require_current(session, card, if_match)
    side = await _side(viewer, session, card)
    await _require_split(session, card, given.moved_on)
    savepoint = await session.begin_nested()
    done = await _split(viewer, session, card, given, side)
    if preview:
        await savepoint.rollback()
        return done.model_copy(update={"preview": True, "successor_id": None})
    await savepoint.commit()
    return done


async def _side(viewer: Viewer, session: WriteSession, card: Scorecard) -> Side:
    sides = await scorecards.sides(viewer, session, card)
    side = next((side for side in ("manager", "hr") if side in sides), None)
    if side is None:
        raise NotYourTurn("Only the manager or HR may split a scorecard.")
    return side


async def _require_split(session: WriteSession, card: Scorecard, day: date) -> None:
    """Raises WrongStatus, ChangeRefused for a day outside, NothingMoved without another employment that begins on the day."""
    if card.status in {"closed", "closed_not_agreed"} or await queries.successor_of(session, card.id):
        raise WrongStatus("It is over: it was closed, or another one succeeds it.", present=card.status, current_etag=etag(card))
    if not card.window_start < day <= card.window_end:
        message = f"The scorecard runs from {card.window_start} to {card.window_end}; it is split on a later day of these."
        raise ChangeRefused(message, field="/moved_on")
    mine = (Employment.person_id == card.person_id, Employment.is_primary)
    days = (await session.execute(select(Employment.valid_from, Employment.valid_to).where(*mine))).all()
    if not any(row.valid_from == day for row in days) or not any(row.valid_to == day for row in days):
        raise NothingMoved("No other employment of the person begins on this day. Record the move first.", field="/moved_on")


async def _split(viewer: Viewer, session: WriteSession, card: Scorecard, given: SplitInput, side: Side) -> Split:
    last_day, day = card.window_end, given.moved_on
    card.window_end = day - ONE_DAY
    for change in await queries.pending(session, card.id):
        lapse(session, change)
        await note_step(session, card, "lapse_change", side, viewer.subject)
    await note_step(session, card, "split", side, viewer.subject, given.reason)
    template = given.template_code or await _template_of_role(session, card.person_id, day)
    successor = await _open(viewer, session, card, given, template, (day, last_day))
    successor.succeeds_id = card.id
    await session.flush()
    facts = {"person_id": str(card.person_id), "cycle_id": str(card.cycle_id), "successor_id": str(successor.id)}
    await events.record(session, "scorecard.split", "scorecard", card.id, moved_on=day.isoformat(), **facts)
    lines = await scorecards.lines(session, successor.id)
    cycle = await session.get_one(Cycle, (card.organization_id, card.cycle_id))
    return Split(
        preview=False, scorecard_id=card.id, window_end=card.window_end, successor_id=successor.id, window_start=successor.window_start,
        successor_end=successor.window_end, template_code=template, kpis=[line.kpi.name for line in lines], whole_targets=_whole(card),
        pay=how_paid(days_from(cycle.starts_on, cycle.ends_on), _days(card), _days(successor)),
    )  # fmt: skip


def _days(card: Scorecard) -> int:
    return days_from(card.window_start, card.window_end)


def days_from(first: date, last: date) -> int:
    """How many days there are, both included."""
    return (last - first).days + 1


def how_paid(cycle_days: int, ended_days: int, successor_days: int) -> SplitPay:
    """The days by which a plan pays both scorecards of a pair, and what one does that knows of no days."""
    return SplitPay(
        cycle_days=cycle_days,
        ended_days=ended_days,
        successor_days=successor_days,
        explanation=(
            f"A plan with a `proration` step pays {ended_days}/{cycle_days} by the score of the scorecard that ends and"
            f" {successor_days}/{cycle_days} by that of the one that follows, less days without employment, each by its share of full time."
        ),
        warning="A plan without a `proration` step pays each of the two in full, so twice: see that the person's plan has one.",
    )


def _whole(card: Scorecard) -> list[str]:
    """KPIs whose signed target is for a window that goes on after the scorecard's end: it stays as it was signed."""
    lines = (card.agreement or {"lines": []})["lines"]
    return [
        line["name"]
        for line in lines
        if line["window_end"] > card.window_end.isoformat() and any(part["period"] == "window" for part in line["parts"])
    ]


async def _template_of_role(session: WriteSession, person_id: UUID, day: date) -> str | None:
    """The template of the role that the person has from that day on, if there is exactly one in use."""
    codes = (
        select(ScorecardTemplate.code)
        .join(Role, (Role.organization_id == ScorecardTemplate.organization_id) & (Role.code == ScorecardTemplate.role_code))
        .join(Employment, (Employment.organization_id == Role.organization_id) & (Employment.role_id == Role.id))
        .where(Employment.person_id == person_id, Employment.is_primary, Employment.valid_from == day)
        .where(ScorecardTemplate.retired_on.is_(None))
    )
    found = (await session.scalars(codes)).all()
    return found[0] if len(found) == 1 else None


async def _open(
    viewer: Viewer, session: WriteSession, card: Scorecard, given: SplitInput, template: str | None, days: tuple[date, date]
) -> Scorecard:
    """A draft for the days after, from the template or blank. Raises ChangeRefused, OpeningRefused."""
    cycle = await session.get_one(Cycle, (card.organization_id, card.cycle_id))
    whom = {"person_id": card.person_id, "window_start": days[0], "window_end": days[1]}
    if template is None:
        return await opening.open_scorecard(viewer, session, NewScorecard(cycle_code=cycle.code, **whom))
    people = [TemplatePerson(**whom)]
    wanted = TemplateOpening(template_code=template, cycle_code=cycle.code, people=people, contributes_to=given.contributes_to)
    (row,) = (await opening.open_from_template(viewer, session, wanted)).results
    if row.id is None or row.errors:
        errors = [error.model_copy(update={"row": None}) for error in row.errors]
        raise ChangeRefused(errors[0].message if errors else "The new scorecard cannot be opened.", errors=errors)
    return await session.get_one(Scorecard, (card.organization_id, row.id))
