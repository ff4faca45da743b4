"""Reads of time within a scorecard: what leave and part-time do to it, and would do."""

from collections.abc import Sequence
from datetime import date, timedelta
from decimal import Decimal
from fractions import Fraction
from typing import Any
from uuid import UUID

from sqlalchemy import select

from chassis.access import Viewer
from chassis.database import ReadSession
from kpi_api.cascade.models import Kpi
from kpi_api.cascade.queries import among
from kpi_api.cascade.windows.queries import sprints_of_kpis
from kpi_api.people.leaves.rules import TimeRules
from kpi_api.people.queries import employment_on
from kpi_api.scorecards import queries as scorecards
from kpi_api.scorecards.models import Scorecard
from kpi_api.scorecards.presence.reading import presence_of
from kpi_api.scorecards.presence.rules import AS_SHIPPED, FULL_TIME, SignedRules, pro_rating, rules_terms, signed_rules
from kpi_api.scorecards.presence.schemas import LeaveInTime, ScorecardTime, SupposedPartTime, Supposition, TargetInTime
from kpi_api.scorecards.presence.shares import Away, Presence, Work, affecting, is_away, pieces
from kpi_api.scorecards.presence.told import fraction, sentences
from kpi_api.scorecards.signed_lines import Document, SignedCard, SignedLine, SignedPart

ONE_DAY = timedelta(days=1)
NOTHING = Supposition()


async def time_of_scorecard(viewer: Viewer, session: ReadSession, scorecard_id: UUID, supposed: Supposition = NOTHING) -> ScorecardTime:
    """Raises NotFound."""
    return await time_of(session, await scorecards.scorecard(viewer, session, scorecard_id), supposed)


async def time_of(session: ReadSession, card: Scorecard, supposed: Supposition = NOTHING) -> ScorecardTime:
    """Of a scorecard that the viewer was found to see."""
    text = card.agreement or (await scorecards.present_terms(session, card)).document
    if supposed.rules is not None:
        text = await _with_rules(session, card, text, supposed.rules)
    recorded = (await presence_of(session, [card.person_id]))[card.person_id]
    presence = _supposed(recorded, supposed)
    return await _time(session, card, SignedCard(card.id, card.person_id, card.window_start, card.window_end, text, presence))


async def _with_rules(session: ReadSession, card: Scorecard, text: Document, rules: TimeRules) -> Document:
    """The text as if it had been signed with these rules."""
    ids = [UUID(line["kpi_id"]) for line in text["lines"]]
    own = set(await session.scalars(select(Kpi.id).where(Kpi.level == "individual", among(Kpi.id, ids))))
    works = await employment_on(session, [card.person_id], card.window_start)
    share = works[card.person_id].fte if works else FULL_TIME
    lines = [line | {"pro_rated_by": pro_rating(rules, line, own=UUID(line["kpi_id"]) in own)} for line in text["lines"]]
    head = {name: value for name, value in text.items() if name != "time_rules"}
    return head | rules_terms(rules, share) | {"lines": lines}


def _supposed(presence: Presence, supposed: Supposition) -> Presence:
    away = [*presence.away, *(Away(leave.first_day, leave.last_day, None) for leave in supposed.leaves)]
    work = _part_time(presence.work, supposed.part_time) if supposed.part_time else presence.work
    return Presence(work, sorted(away, key=lambda leave: leave.first))


def _part_time(work: Sequence[Work], other: SupposedPartTime) -> list[Work]:
    """Every day of work from a day on with another share of full time."""
    before = [line._replace(last=min(line.last or date.max, other.first_day - ONE_DAY)) for line in work if line.first < other.first_day]
    after = [
        Work(max(line.first, other.first_day), line.last, other.fte)
        for line in work if line.last is None or line.last >= other.first_day
    ]  # fmt: skip
    return [*before, *after]


async def _time(session: ReadSession, card: Scorecard, signed: SignedCard) -> ScorecardTime:
    rules, days = signed_rules(signed.agreement), (card.window_start, card.window_end)
    leaves = [_leave(leave, rules, days) for leave in signed.presence.away if leave.first <= days[1] and (leave.last or days[1]) >= days[0]]
    targets = await _targets(session, signed)
    paid = _paid_days(rules, days, signed.presence)
    return ScorecardTime(
        scorecard_id=card.id, signed=card.agreement is not None, rules=rules, days=_length(*days), paid_days=paid, leaves=leaves,
        targets=targets, told=sentences(rules, days, signed.presence, leaves, targets, paid),
    )  # fmt: skip


def _length(first: date, last: date) -> int:
    return (last - first).days + 1


def _leave(leave: Away, rules: SignedRules, days: tuple[date, date]) -> LeaveInTime:
    here = _length(max(leave.first, days[0]), min(leave.last or days[1], days[1]))
    matters = (rules.leave_days, rules.leave_targets) != (AS_SHIPPED.leave_days, AS_SHIPPED.leave_targets)
    changes = matters and bool(affecting(rules, [leave]))
    return LeaveInTime(first_day=leave.first, last_day=leave.last, days=here, changes_something=changes)


def _paid_days(rules: SignedRules, days: tuple[date, date], presence: Presence) -> int:
    """Days of employment, less those of leave where it is unpaid."""
    away = affecting(rules, presence.away) if rules.leave_days == "unpaid" else []
    stretches = pieces(*days, [*presence.work, *away])
    return sum(_length(*stretch) for stretch in stretches if _works(presence.work, stretch[0]) and not is_away(away, stretch[0]))


def _works(work: Sequence[Work], day: date) -> bool:
    return any(line.first <= day and (line.last is None or day <= line.last) for line in work)


async def _targets(session: ReadSession, card: SignedCard) -> list[TargetInTime]:
    pro_rated = [line for line in card.agreement["lines"] if line.get("pro_rated_by")]
    sprints = await sprints_of_kpis(session, {UUID(line["kpi_id"]) for line in pro_rated}) if pro_rated else {}
    return [target for line in pro_rated for target in _of_line(card, {"weight": "0", **line}, sprints)]


def _of_line(card: SignedCard, line: Document, sprints: Any) -> list[TargetInTime]:
    whole = SignedLine.signed(card, line | {"pro_rated_by": None}, sprints)
    counted = SignedLine.signed(card, line, sprints)
    return [
        _of_part(line, *parts) for parts in zip(whole.parts, counted.parts, strict=True) if parts[1].share is not None
    ]


def _of_part(line: Document, whole: SignedPart, counted: SignedPart) -> TargetInTime:
    _, window, _, _ = counted.measured
    there = counted.share or Fraction()
    return TargetInTime(
        kpi_id=line["kpi_id"], name=line["name"], part=whole.document["part"], pro_rated_by=line["pro_rated_by"],
        share=fraction(there, _length(window.start, window.end)),
        signed=Decimal(whole.document["target"]), counted=Decimal(counted.document["target"]) if there else None,
    )  # fmt: skip
