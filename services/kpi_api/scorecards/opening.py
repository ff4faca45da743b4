"""Opening scorecards: one draft, or one from a template for each of many people with KPIs of their own."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any
from uuid import UUID

from sqlalchemy import ARRAY, Text, any_, literal, or_, select, text

from chassis.access import Viewer, on_day
from chassis.bulk import BulkResult, RowResult
from chassis.database import WriteSession
from chassis.identifiers import new_id
from chassis.problems import Conflict, FieldError
from kpi_api.access.models import ReportingLine
from kpi_api.access.sight import leads_as, sees_person
from kpi_api.cascade.from_template import Recipient, create_kpis_from_template
from kpi_api.cascade.queries import among
from kpi_api.cascade.schemas import Parent
from kpi_api.cascade.storing import insert_rows
from kpi_api.cycles.models import Cycle
from kpi_api.dictionary import queries as dictionary
from kpi_api.dictionary.models import TemplateLine
from kpi_api.dictionary.problems import TemplateRetired
from kpi_api.dictionary.templates.eligibility import Reason
from kpi_api.people.models import Person
from kpi_api.scorecards.actions import put_lines
from kpi_api.scorecards.lifecycle import Side
from kpi_api.scorecards.models import Scorecard, ScorecardHistory, ScorecardLine
from kpi_api.scorecards.problems import OpeningRefused
from kpi_api.scorecards.schemas import NewScorecard, PersonReference, TemplateOpening, TemplateParent, TemplatePerson


@dataclass
class Opening:
    """A scorecard on its way to being opened: for whom, for which window, what is wrong with it so far, or why it is not for them."""

    row: int
    given: NewScorecard | TemplatePerson
    id: UUID = field(default_factory=new_id)
    person: Person | None = None
    side: Side | None = None
    window: tuple[date, date] | None = None
    existing_id: UUID | None = None
    skipped: Reason | None = None
    kpi_ids: list[UUID] = field(default_factory=list)
    created_kpi_ids: list[UUID] = field(default_factory=list)
    errors: list[FieldError] = field(default_factory=list)

    def refuse(self, field: str, code: str, message: str) -> None:
        self.errors.append(FieldError(row=self.row, field=field, code=code, message=message))

    @property
    def is_new(self) -> bool:
        return not self.errors and self.existing_id is None and self.skipped is None

    def result(self) -> RowResult:
        if self.errors:
            return RowResult(row=self.row, status="error", errors=self.errors)
        if self.existing_id:
            return RowResult(row=self.row, status="unchanged", id=self.existing_id)
        return RowResult(row=self.row, status="created", id=self.id)


async def open_scorecard(viewer: Viewer, session: WriteSession, given: NewScorecard) -> Scorecard:
    """Open a draft, with lines or blank. Raises OpeningRefused, Conflict when the person has one for these days, LinesRefused."""
    cycle = await lock_cycle(session, given.cycle_code)
    opening = Opening(1, given)
    await settle(viewer, session, cycle, [opening])
    if opening.errors:
        raise OpeningRefused(opening.errors[0].message, errors=[error.model_copy(update={"row": None}) for error in opening.errors])
    if opening.existing_id:
        raise Conflict("This person has a scorecard for days of this window.", scorecard_id=str(opening.existing_id))
    await store_drafts(viewer, session, cycle, [opening])
    card = await session.get_one(Scorecard, (session.organization_id, opening.id))
    if given.lines:
        await put_lines(viewer, session, card, given.lines)
    return card


async def open_from_template(viewer: Viewer, session: WriteSession, given: TemplateOpening) -> BulkResult:
    """Open a draft from a template for each of many people, creating their individual KPIs (S0's role KPIs) and what they contribute to.

    Somebody who has a scorecard for these days keeps it (`unchanged`). Whoever cannot get one is named and stops only themselves.
    Raises OpeningRefused for an unknown cycle or one that is not open any more, NotFound for an unknown template.
    """
    template = await dictionary.template(viewer, session, given.template_code)
    if template.retired_on is not None:
        raise TemplateRetired(f"It was retired on {template.retired_on}.", field="/template_code")
    lines = (await dictionary.template_lines(session, [template.id]))[template.id]
    cycle = await lock_cycle(session, given.cycle_code)
    openings = [Opening(row, person) for row, person in enumerate(given.people, start=1)]
    await settle(viewer, session, cycle, openings)
    await open_settled(viewer, session, Pattern(template.id, template.number, lines, cycle, given.contributes_to), openings)
    return BulkResult.of(opening.result() for opening in openings)


@dataclass(frozen=True)
class Pattern:
    """What many scorecards are opened after: a version of a template, its lines, the cycle, and the parents of everybody's KPIs."""

    template_id: UUID
    template_number: int
    lines: Sequence[TemplateLine]
    cycle: Cycle
    contributes_to: Sequence[TemplateParent]


async def open_settled(viewer: Viewer, session: WriteSession, pattern: Pattern, openings: Sequence[Opening]) -> None:
    """Open those that are new, with KPIs of their own; who cannot get one is told why in their opening."""
    await _create_kpis(viewer, session, pattern, [opening for opening in openings if opening.is_new])
    new = [opening for opening in openings if opening.is_new]
    await store_drafts(viewer, session, pattern.cycle, new, pattern)
    await _store_lines(session, new, pattern.lines)


async def lock_cycle(session: WriteSession, code: str) -> Cycle:
    """The cycle, open or planned. One request at a time opens scorecards of a cycle, so that nobody gets two. Raises OpeningRefused."""
    cycle = await session.scalar(select(Cycle).where(Cycle.code == code).with_for_update(read=True))
    if cycle is None:
        raise OpeningRefused(f"There is no cycle “{code}”.", field="/cycle_code")
    if cycle.status not in {"planned", "open"}:
        raise OpeningRefused(f"The cycle “{code}” is {cycle.status}.", field="/cycle_code")
    await session.execute(text("SELECT pg_advisory_xact_lock(hashtextextended('scorecards:' || :cycle, 0))"), {"cycle": str(cycle.id)})
    return cycle


async def settle(viewer: Viewer, session: WriteSession, cycle: Cycle, openings: Sequence[Opening]) -> None:
    """Find each opening's person, window and any scorecard that is there already."""
    people = await _people(viewer, session, [opening.given for opening in openings])
    led = await _led(viewer, session, [person.id for person in people.values()])
    seen: set[UUID] = set()
    for opening in openings:
        person = people.get(opening.given.person_id or opening.given.person_external_id or "")
        if person is None:
            opening.refuse("/person_id", "unknown_person", "There is no such person that you may see.")
        elif person.id in seen:
            opening.refuse("/person_id", "duplicate_person", "This person is named twice.")
        else:
            seen.add(person.id)
            opening.person, opening.side = person, _side(viewer, person, led)
            _settle_window(opening, person, cycle)
    await _find_existing(session, cycle, [opening for opening in openings if not opening.errors])


async def _people(viewer: Viewer, session: WriteSession, references: Iterable[PersonReference]) -> Mapping[UUID | str, Person]:
    references = list(references)
    ids = [reference.person_id for reference in references if reference.person_id]
    external_ids = [reference.person_external_id for reference in references if reference.person_external_id]
    named = or_(among(Person.id, ids), Person.external_id == any_(literal(external_ids, ARRAY(Text))))
    found = (await session.scalars(select(Person).where(named, sees_person(viewer, Person.id)))).all()
    return {person.id: person for person in found} | {person.external_id: person for person in found}


async def _led(viewer: Viewer, session: WriteSession, person_ids: Collection[UUID]) -> set[UUID]:
    """Those of them whom the viewer leads directly today."""
    line = ReportingLine
    today = on_day(line.valid_from, line.valid_to, viewer.today)
    found = select(line.person_id).where(leads_as(viewer, line.manager_id), line.depth == 1, among(line.person_id, person_ids), today)
    return set((await session.scalars(found)).all())


def _side(viewer: Viewer, person: Person, led: set[UUID]) -> Side | None:
    if viewer.person_id == person.id:
        return "person"
    if person.id in led:
        return "manager"
    return "hr" if viewer.may("scorecards.open") else None


def _settle_window(opening: Opening, person: Person, cycle: Cycle) -> None:
    """The cycle's window, or the one asked for, cut to the days the person is here: a joiner's starts on the hire date."""
    given = opening.given
    start = max(filter(None, (given.window_start or cycle.starts_on, person.hire_date)))
    end = min(filter(None, (given.window_end or cycle.ends_on, person.termination_date)))
    if opening.side is None:
        opening.refuse("/person_id", "not_allowed", "Only the person, their manager or HR may open this scorecard.")
    elif not cycle.starts_on <= (given.window_start or start) or not (given.window_end or end) <= cycle.ends_on:
        opening.refuse("/window_start", "window_outside_cycle", f"The cycle runs from {cycle.starts_on} to {cycle.ends_on}.")
    elif end < start:
        opening.refuse("/window_start", "not_employed", "The person is not employed on any day of this window.")
    else:
        opening.window = start, end


async def _find_existing(session: WriteSession, cycle: Cycle, openings: Sequence[Opening]) -> None:
    ids = [opening.person.id for opening in openings if opening.person]
    columns = (Scorecard.id, Scorecard.person_id, Scorecard.window_start, Scorecard.window_end)
    found = (await session.execute(select(*columns).where(Scorecard.cycle_id == cycle.id, among(Scorecard.person_id, ids)))).all()
    for opening in openings:
        for id_, person_id, start, end in found:
            mine = opening.person is not None and opening.person.id == person_id
            if mine and opening.window and start <= opening.window[1] and end >= opening.window[0]:
                opening.existing_id = id_


async def _create_kpis(viewer: Viewer, session: WriteSession, pattern: Pattern, openings: Sequence[Opening]) -> None:
    """A KPI of their own for each person and line; who cannot have all of them gets none."""
    recipients = [Recipient(opening.person.id, *opening.window) for opening in openings if opening.person and opening.window]
    parents: dict[str, list[Parent]] = {}
    for parent in pattern.contributes_to:
        parents.setdefault(parent.definition_code, []).append(Parent(parent=parent.parent, weight=parent.weight))
    made = await create_kpis_from_template(viewer, session, pattern.lines, pattern.cycle, recipients, parents)
    for opening, personal in zip(openings, made, strict=True):
        opening.kpi_ids = [personal.kpi_ids[line.id] for line in pattern.lines] if not personal.errors else []
        opening.created_kpi_ids = personal.created
        opening.errors = [error.model_copy(update={"row": opening.row}) for error in personal.errors]


async def store_drafts(
    viewer: Viewer, session: WriteSession, cycle: Cycle, openings: Sequence[Opening], pattern: Pattern | None = None
) -> None:
    """Insert drafts with the step that opened them."""
    await insert_rows(session, Scorecard, [_card(session, opening, cycle, pattern) for opening in openings])
    step = {"verb": "open", "from_status": None, "to_status": "draft", "actor": viewer.subject, "happened_at": session.now}
    steps = [{**step, "scorecard_id": opening.id, "side": opening.side} for opening in openings]
    await insert_rows(session, ScorecardHistory, steps)


def _card(session: WriteSession, opening: Opening, cycle: Cycle, pattern: Pattern | None) -> dict[str, Any]:
    if opening.person is None or opening.window is None:
        raise TypeError("an opening without person and window cannot be stored")
    return {
        "id": opening.id,
        "person_id": opening.person.id,
        "cycle_id": cycle.id,
        "template_id": pattern.template_id if pattern else None,
        "template_number": pattern.template_number if pattern else None,
        "status": "draft",
        "written_by_side": opening.side,
        "window_start": opening.window[0],
        "window_end": opening.window[1],
        "imposed": False,
        "created_at": session.now,
        "version": 1,
    }


async def _store_lines(session: WriteSession, openings: Sequence[Opening], lines: Sequence[TemplateLine]) -> None:
    places = [
        {"weight": line.weight, "component": line.component, "position": position} for position, line in enumerate(lines, start=1)
    ]
    rows = (
        {"scorecard_id": opening.id, "kpi_id": kpi_id, **place}
        for opening in openings
        for kpi_id, place in zip(opening.kpi_ids, places, strict=True)
    )
    await insert_rows(session, ScorecardLine, rows)
