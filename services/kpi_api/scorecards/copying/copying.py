"""Copies scorecards into another cycle, for any number of people in a few statements.

A KPI of the person's own is copied with its targets, on the definition in force then. One that others carry, too, is not copied for one of
them: it stands on the new scorecard once the cascade has been copied. What cannot be copied is left out with the reason.
"""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Final
from uuid import UUID

from sqlalchemy import select

from chassis.access import Viewer
from chassis.database import ReadSession, WriteSession
from kpi_api.cascade.actions import prepare, store_new
from kpi_api.cascade.copying.drafts import Cycles, Original, copy_of
from kpi_api.cascade.copying.queries import copies, originals, with_definitions
from kpi_api.cascade.drafts import Draft
from kpi_api.cascade.models import Kpi
from kpi_api.cascade.queries import among
from kpi_api.cascade.sight import sees_at_all
from kpi_api.cascade.storing import insert_rows
from kpi_api.dictionary.templates.eligibility import Reason
from kpi_api.scorecards import queries
from kpi_api.scorecards.models import Scorecard, ScorecardLine
from kpi_api.scorecards.opening import Opening, store_drafts

LEFT: Final = Reason("person_left", "They have left.")
WITHDRAWN: Final = Reason("kpi_withdrawn", "It was withdrawn.")
RETIRED: Final = Reason("definition_retired", "Its definition is in force no more.")
NOT_COPIED: Final = Reason("shared_kpi_not_copied", "Others carry it, too, and the cycle has no copy of it. Copy the cascade first.")


@dataclass
class Copy:
    """A line on its way to the new scorecard: the KPI that is to stand there, new or not, or why the line is left out."""

    line: ScorecardLine
    original: Original
    kpi_id: UUID | None = None
    draft: Draft | None = None
    left_out: Reason | None = None
    dropped_parents: list[UUID] = field(default_factory=list)

    @property
    def is_new(self) -> bool:
        return self.draft is not None and self.draft.is_new

    def settle(self) -> None:
        """Take over what became of the draft."""
        if self.draft is None:
            return
        if self.draft.errors:
            error = self.draft.errors[0]
            self.left_out = RETIRED if error.code == "unknown_definition" else Reason(error.code, error.message)
        else:
            self.kpi_id = self.draft.existing_id or self.draft.id

    def as_left_out(self, reason: Reason) -> dict[str, str]:
        """What is kept of a line that is left out."""
        return {"kpi_id": str(self.line.kpi_id), "name": self.original.kpi.name, **reason._asdict()}


async def latest_cards(viewer: Viewer, session: ReadSession, cycle_id: UUID, person_ids: Collection[UUID]) -> dict[UUID, Scorecard]:
    """By person, the last scorecard of a cycle in the viewer's sight."""
    wanted = queries.visible(viewer).where(Scorecard.cycle_id == cycle_id, among(Scorecard.person_id, person_ids))
    return {card.person_id: card for card in await session.scalars(wanted.order_by(Scorecard.window_start))}


async def copy_settled(
    viewer: Viewer, session: WriteSession, cycles: Cycles, openings: Sequence[Opening], cards: Mapping[UUID, Scorecard], change: Decimal
) -> dict[UUID, list[Copy]]:
    """Open a draft after each person's scorecard in `cards`. Returns the lines by opening; who gets none is told why in their opening."""
    new = [opening for opening in openings if opening.is_new]
    for opening in new:
        _refuse(opening, cards)
    new = [opening for opening in new if opening.is_new]
    found = await _copies(viewer, session, cycles, new, cards, change)
    drafts = [copy.draft for lines in found.values() for copy in lines if copy.draft]
    await prepare(viewer, session, drafts)
    for opening in new:
        _settle(opening, found[opening.id])
    new = [opening for opening in new if opening.is_new]
    await store_new(session, [copy.draft for opening in new for copy in found[opening.id] if copy.draft])
    await store_drafts(viewer, session, cycles.target, new)
    await _store_lines(session, new, found)
    return found


def _refuse(opening: Opening, cards: Mapping[UUID, Scorecard]) -> None:
    if opening.person is None or not opening.person.active:
        opening.refuse("/person_id", *LEFT)
    elif opening.person.id not in cards:
        opening.skipped = Reason("no_scorecard", "They have no scorecard of that cycle to copy.")


def _settle(opening: Opening, lines: Sequence[Copy]) -> None:
    for copy in lines:
        copy.settle()
    standing = [copy for copy in lines if copy.kpi_id]
    opening.kpi_ids = [copy.kpi_id for copy in standing if copy.kpi_id]
    opening.created_kpi_ids = [copy.kpi_id for copy in standing if copy.kpi_id and copy.is_new]
    if not standing:
        opening.skipped = Reason("nothing_to_copy", "Nothing of it can be copied.")


async def _copies(
    viewer: Viewer, session: WriteSession, cycles: Cycles, openings: Sequence[Opening], cards: Mapping[UUID, Scorecard], change: Decimal
) -> dict[UUID, list[Copy]]:
    of = {opening.id: cards[opening.person.id] for opening in openings if opening.person}
    statement = select(ScorecardLine).where(among(ScorecardLine.scorecard_id, {card.id for card in of.values()}))
    lines = (await session.scalars(statement.order_by(ScorecardLine.position))).all()
    rows = (await session.execute(with_definitions(among(Kpi.id, {line.kpi_id for line in lines})))).all()
    known = {original.kpi.id: original for original in await originals(session, rows)}
    parents = {link.parent_id for original in known.values() for link in original.contributions}
    there = await copies(session, cycles.target, known.keys() | parents, Kpi.status != "withdrawn", sees_at_all(viewer))
    by_card: dict[UUID, list[Copy]] = {card.id: [] for card in of.values()}
    for line in lines:
        by_card[line.scorecard_id].append(Copy(line, known[line.kpi_id]))
    for opening in openings:
        for copy in by_card[of[opening.id].id]:
            _place(copy, opening, of[opening.id], cycles, there, change)
    return {id_: by_card[card.id] for id_, card in of.items()}


def _place(copy: Copy, opening: Opening, card: Scorecard, cycles: Cycles, there: Mapping[UUID, UUID], change: Decimal) -> None:
    kpi = copy.original.kpi
    if kpi.status == "withdrawn":
        copy.left_out = WITHDRAWN
    elif kpi.id in there:
        copy.kpi_id = there[kpi.id]
    elif kpi.owner_person_id != card.person_id:
        copy.left_out = NOT_COPIED
    else:
        parents = [link.parent_id for link in copy.original.contributions]
        copy.dropped_parents = [id_ for id_ in parents if id_ not in there]
        links = [(id_, str(there[id_])) for id_ in parents if id_ in there]
        copy.draft = copy_of(opening.row, copy.original, cycles, links, change)
        _follow_window(copy.draft, kpi, opening, card, cycles)


def _follow_window(draft: Draft, kpi: Kpi, opening: Opening, card: Scorecard, cycles: Cycles) -> None:
    """A KPI that ran for the whole cycle, or as long as the scorecard did, runs as long as the new one."""
    whole = (card.window_start, card.window_end), (cycles.source.starts_on, cycles.source.ends_on)
    if opening.window and kpi.window_event is None and (kpi.window_start, kpi.window_end) in whole:
        days = dict(zip(("window_start", "window_end"), opening.window, strict=True))
        draft.given = draft.given.model_copy(update=days)


async def _store_lines(session: WriteSession, openings: Sequence[Opening], found: Mapping[UUID, Sequence[Copy]]) -> None:
    rows = (
        {"scorecard_id": opening.id, "kpi_id": copy.kpi_id, "weight": copy.line.weight, "component": copy.line.component, "position": n}
        for opening in openings
        for n, copy in enumerate((copy for copy in found[opening.id] if copy.kpi_id), start=1)
    )
    await insert_rows(session, ScorecardLine, rows)
