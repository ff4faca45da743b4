"""Whether a KPI may be given as asked: owner and level, window and cycle, targets and definition, contributions upward. Pure.

Each function writes what is wrong into the draft, under the field that it concerns.
"""

from collections.abc import Mapping, Sequence
from datetime import date, timedelta
from uuid import UUID

from chassis.bulk import RowResult
from chassis.problems import FieldError
from kpi_api.cascade.drafts import Carrier, Draft, FollowedCalendar, Link
from kpi_api.cascade.levels import UNIT_KIND_OF, Place, UnitTree, leads_upward
from kpi_api.cascade.models import WindowEvent
from kpi_api.cascade.references import Kpis, People, PersonFacts
from kpi_api.cascade.schemas import Holder
from kpi_api.cascade.windows.dates import phasing_errors, window_after, with_due_days
from kpi_api.cycles.models import Cycle
from kpi_api.dictionary.target_schemas import Part
from kpi_api.dictionary.targets_fit import misfits


def place_owner(draft: Draft, people: People, units: UnitTree, led: frozenset[object]) -> None:
    """Settle who owns the draft (S0: each level has its owner; an individual KPI has exactly one person)."""
    level, owner = draft.given.level, draft.given.owner
    if level == "individual" and not owner.is_person:
        draft.refuse("/owner", "owner_must_be_person", "An individual KPI belongs to one person.")
    elif level not in {"individual", "strategic"} and owner.is_person:
        draft.refuse("/owner", "owner_must_be_unit", f"A KPI of level {level} belongs to a unit of kind {UNIT_KIND_OF[level]}.")
    elif owner.is_person:
        _place_person(draft, people.get(owner))
    else:
        _place_unit(draft, units, led)


def _place_person(draft: Draft, person: PersonFacts | None) -> None:
    if person is None:
        draft.refuse("/owner", "unknown_owner", "There is no such person that you may see.")
    elif not person.led:
        draft.refuse("/owner", "not_allowed", "Only they, whoever leads them, or HR may give this person KPIs.")
    elif draft.given.level == "strategic" and not person.at_the_top:
        draft.refuse("/owner", "owner_not_at_the_top", "A person's strategic KPI is the board's or the chief executive's.")
    else:
        draft.owner_person_id = person.id
        draft.place = Place(draft.given.level, person.unit_id)


def _place_unit(draft: Draft, units: UnitTree, led: frozenset[object]) -> None:
    level, owner = draft.given.level, draft.given.owner
    unit = units.get(owner.unit_id) or units.by_code(owner.unit_code)
    if unit is None:
        draft.refuse("/owner", "unknown_owner", "There is no such unit.")
    elif unit.kind != UNIT_KIND_OF[level]:
        message = f"A KPI of level {level} belongs to a unit of kind {UNIT_KIND_OF[level]}; {unit.name} is a {unit.kind}."
        draft.refuse("/owner", "owner_unit_kind", message)
    elif unit.id not in led:
        draft.refuse("/owner", "not_allowed", "Only the unit's head, whoever leads them, or HR may give this unit KPIs.")
    else:
        draft.owner_unit_id = unit.id
        draft.place = Place(level, unit.id)


def place_in_time(draft: Draft) -> None:
    """Settle the window: the cycle's, or the KPI's own, which must touch the cycle."""
    given, cycle = draft.given, draft.cycle
    if cycle is None:
        draft.refuse("/cycle_code", "unknown_cycle", f"There is no cycle `{given.cycle_code}`.")
        return
    start, end = _window(draft, cycle)
    if cycle.status in {"closing", "closed"}:
        draft.refuse("/cycle_code", "cycle_closed", f"The cycle `{cycle.code}` is {cycle.status}.")
    elif end < start:
        draft.refuse("/window_end", "window_order", f"The window ends on {end}, before it starts on {start}.")
    elif end < cycle.starts_on or start > cycle.ends_on:
        draft.refuse("/window_start", "window_outside_cycle", f"The cycle runs from {cycle.starts_on} to {cycle.ends_on}.")
    else:
        draft.window = start, end


def _window(draft: Draft, cycle: Cycle) -> tuple[date, date]:
    """The first and last day; those of the cycle while an event is waited for."""
    given = draft.given
    if given.window_event is None or given.window_days is None:
        start = given.window_start or cycle.starts_on
        return start, start + timedelta(days=given.window_days - 1) if given.window_days else given.window_end or cycle.ends_on
    occurred_on = draft.event.occurred_on if draft.event else given.window_event.occurred_on
    draft.waiting = occurred_on is None
    return window_after(occurred_on, given.window_days) if occurred_on else (cycle.starts_on, cycle.ends_on)


def find_event(draft: Draft, events: Mapping[str, WindowEvent]) -> None:
    """Settle which event of many KPIs begins the window, where one is named by its code."""
    code = draft.given.window_event.code if draft.given.window_event else None
    if code is None:
        return
    draft.event = events.get(code)
    if draft.event is None:
        draft.refuse("/window_event/code", "unknown_window_event", f"There is no event `{code}`.")


def follow_calendar(draft: Draft, owner: PersonFacts | None, calendars: Mapping[UUID | None, FollowedCalendar]) -> None:
    """Settle the calendar: that of the owner's legal entity, else the organization's, if there is one; and the days it gives to targets."""
    own = calendars.get(owner.legal_entity_id) if owner and owner.legal_entity_id else None
    draft.calendar = own or calendars.get(None) or FollowedCalendar()
    if draft.window is None:
        return
    dated = with_due_days(draft.given.targets, draft.calendar.business, draft.window[0])
    if dated != draft.given.targets:
        draft.given = draft.given.model_copy(update={"targets": dated})


def check_targets(draft: Draft, parts: Sequence[Part], survivor: str | None = None) -> None:
    """The targets fit the definition's parts, and a phased target has a value for each period of the window."""
    if draft.version is None:
        code = draft.given.definition_code
        if survivor:
            draft.refuse("/definition_code", "definition_merged", f"`{code}` was merged into `{survivor}`. Use that one.")
        else:
            draft.refuse("/definition_code", "unknown_definition", f"There is no approved definition `{code}` in force.")
        return
    for error in misfits(parts, draft.given.targets):
        draft.refuse(error.field, error.code, error.message)
    if draft.window is not None:
        for error in phasing_errors(draft.given.targets, draft.window_known):
            draft.refuse(error.field, error.code, error.message)


def link_upward(draft: Draft, drafts: Mapping[str, Draft], kpis: Kpis, units: UnitTree) -> None:
    """Settle what the draft contributes to: KPIs in sight, or others of the same request by their codes."""
    for n, given in enumerate(draft.given.contributes_to):
        field = f"/contributes_to/{n}/parent"
        beside = drafts.get(given.parent)
        existing = kpis.get(given.parent)
        place = beside.place if beside else existing.place if existing else None
        parent_id = (beside.existing_id or beside.id) if beside else existing.id if existing else None
        if parent_id is None:
            draft.refuse(field, "unknown_parent", "There is no such KPI that you may see.")
        elif parent_id in {link.parent_id for link in draft.links}:
            draft.refuse(field, "duplicate_parent", "This KPI is named twice.")
        elif draft.place and place and not leads_upward(draft.place, place, units):
            draft.refuse(field, "not_upward", not_upward(draft.place, place))
        else:
            draft.links.append(Link(parent_id, given.weight, field))


def not_upward(child: Place, parent: Place) -> str:
    if child.level == parent.level:
        return f"Both KPIs are of level {child.level}, so the parent's unit must lie above the child's."
    if child.level == "strategic":
        return "A strategic KPI stands at the top: it contributes to none."
    return f"A KPI of level {child.level} contributes to a higher level, not to {parent.level}."


def name_carriers(draft: Draft, people: People, units: UnitTree) -> None:
    """Settle who carries the draft together."""
    if draft.given.stakeholders and not draft.given.collaborative:
        draft.refuse("/stakeholders", "not_collaborative", "Only a collaborative KPI has stakeholders.")
    for n, given in enumerate(draft.given.stakeholders):
        carrier = find_carrier(given, given.part, people, units)
        if carrier is None:
            draft.refuse(f"/stakeholders/{n}", "unknown_stakeholder", "There is no such person or unit that you may see.")
        else:
            draft.carriers.append(carrier)


def find_carrier(holder: Holder, part: str, people: People, units: UnitTree) -> Carrier | None:
    if holder.is_person:
        person = people.get(holder)
        return Carrier(person.id, None, part) if person else None
    unit = units.get(holder.unit_id) or units.by_code(holder.unit_code)
    return Carrier(None, unit.id, part) if unit else None


def refused(row: int, field: str, code: str, message: str) -> RowResult:
    return RowResult(row=row, status="error", errors=[FieldError(field=field, code=code, message=message, row=row)])
