"""The facts of many scorecards, read set-wise: three statements for one scorecard, and the same three for a
thousand; some more where KPIs are carried together.

Nothing here asks for a viewer: callers hand in the ids of scorecards that the viewer was found to see.
"""

from collections.abc import Collection, Iterator, Mapping, Sequence
from datetime import date
from itertools import groupby
from typing import Any, Final
from uuid import UUID

from sqlalchemy import text

from chassis.database import ReadSession
from kpi_api.cascade.levels import LEVELS
from kpi_api.collaboration.queries import agreed_shares
from kpi_api.findings.facts import Card, Line, Part
from kpi_api.scorecards.findings.definitions import Definitions

# The role is that of the window's day nearest to today. What was said about any KPI of the person in the window counts as looking at it.
CARDS: Final = text(
    """
    SELECT s.id, s.person_id, s.cycle_id, s.status, s.imposed, s.window_start, s.window_end, c.mid_year_on, r.code AS role_code,
      EXISTS (SELECT FROM check_ins i WHERE i.organization_id = s.organization_id AND i.person_id = s.person_id
        AND i.period_start BETWEEN s.window_start AND s.window_end) AS checked_in,
      EXISTS (SELECT FROM reviews v WHERE v.organization_id = s.organization_id AND v.scorecard_id = s.id AND v.stage = 'mid_year'
        AND v.status <> 'open') AS assessed,
      CASE WHEN s.window_end = c.ends_on THEN c.year_end_on END AS year_end_on,
      c.year_end_on IS NOT NULL AND EXISTS (SELECT FROM reviews v WHERE v.organization_id = s.organization_id AND v.scorecard_id = s.id
        AND v.stage = 'annual' AND v.status <> 'open') AS appraised
    FROM scorecards s
    JOIN cycles c ON c.organization_id = s.organization_id AND c.id = s.cycle_id
    LEFT JOIN employments e ON e.organization_id = s.organization_id AND e.person_id = s.person_id AND e.is_primary
      AND e.valid_from <= least(greatest(:today, s.window_start), s.window_end)
      AND (e.valid_to IS NULL OR e.valid_to > least(greatest(:today, s.window_start), s.window_end))
    LEFT JOIN roles r ON r.organization_id = e.organization_id AND r.id = e.role_id
    WHERE s.organization_id = :organization AND s.id = ANY(:cards)
    """
)
LINES: Final = text(
    """
    SELECT l.scorecard_id, l.position, l.kpi_id, k.name, k.status, l.weight, k.level, k.controllability, k.definition_version_id,
      k.collaborative, t.value, t.value_high, t.baseline
    FROM scorecard_lines l
    JOIN kpis k ON k.organization_id = l.organization_id AND k.id = l.kpi_id
    LEFT JOIN kpi_targets t ON t.organization_id = k.organization_id AND t.kpi_id = k.id
    WHERE l.organization_id = :organization AND l.scorecard_id = ANY(:cards)
    ORDER BY l.scorecard_id, l.position, t.position
    """
)
LINKS: Final = text(
    """
    WITH RECURSIVE up (child_id, parent_id) AS (
      SELECT c.child_id, c.parent_id FROM contributions c WHERE c.organization_id = :organization AND c.child_id = ANY(:kpis)
      UNION
      SELECT c.child_id, c.parent_id FROM (SELECT DISTINCT parent_id FROM up) AS above
      JOIN contributions c ON c.organization_id = :organization AND c.child_id = above.parent_id
    )
    SELECT up.child_id, up.parent_id, p.level, p.roll_up <> 'measured' AS sums
    FROM up JOIN kpis p ON p.organization_id = :organization AND p.id = up.parent_id
    """
)


async def read_cards(session: ReadSession, card_ids: Collection[UUID], definitions: Definitions) -> list[Card]:
    """The facts of these scorecards, in the order of their ids. It knows as many of `definitions` as it needs."""
    keys = {"organization": session.organization_id, "cards": list(card_ids)}
    lines = (await session.execute(LINES, keys)).all()
    await definitions.know(session, {row.definition_version_id for row in lines})
    links = (await session.execute(LINKS, {"organization": session.organization_id, "kpis": [row.kpi_id for row in lines]})).all()
    above = Above(links)
    agreed = await agreed_shares(session, {row.kpi_id for row in lines if row.collaborative})
    by_card = {id_: tuple(_lines(list(rows), definitions, above, agreed)) for id_, rows in groupby(lines, key=lambda row: row.scorecard_id)}
    heads = await session.execute(CARDS, keys | {"today": session.today})
    return sorted((_card(row, by_card.get(row.id, ()), above, session.today) for row in heads), key=lambda card: card.id)


NOBODY_ASKED: Final = (0, 0)


class Above:
    """What lies above KPIs: which of them reach a strategic one, and into which sums they go."""

    def __init__(self, links: Sequence[Any]) -> None:
        self.parents: dict[UUID, list[UUID]] = {}
        self.levels: dict[UUID, str] = {}
        self.sums: set[UUID] = set()
        for child_id, parent_id, level, sums in links:
            self.parents.setdefault(child_id, []).append(parent_id)
            self.levels[parent_id] = level
            if sums:
                self.sums.add(parent_id)
        self._reached: dict[UUID, bool] = {}

    def reaches_strategy(self, kpi_id: UUID) -> bool:
        """Contributions have no circles, so the walk ends."""
        if kpi_id not in self._reached:
            self._reached[kpi_id] = self.levels.get(kpi_id) == "strategic" or any(map(self.reaches_strategy, self.parents.get(kpi_id, ())))
        return self._reached[kpi_id]

    def skips(self, kpi_id: UUID, level: str) -> tuple[str, ...]:
        """The levels of parents that lie more than one level up."""
        place = LEVELS.index(level)
        far = {above for parent in self.parents.get(kpi_id, ()) if place - LEVELS.index(above := self.levels[parent]) > 1}
        return tuple(sorted(far))

    def counted_in(self, kpi_ids: Collection[UUID]) -> frozenset[tuple[UUID, UUID]]:
        """Of these, each that is rolled up into another of them."""
        totals = self.sums.intersection(kpi_ids)
        return (
            frozenset((kpi_id, total) for total in totals for kpi_id in kpi_ids if self._goes_into(kpi_id, total))
            if totals
            else frozenset()
        )

    def _goes_into(self, kpi_id: UUID, total: UUID) -> bool:
        """By sums all the way."""
        parents = self.sums.intersection(self.parents.get(kpi_id, ()))
        return total in parents or any(self._goes_into(parent, total) for parent in parents)


def _lines(rows: Sequence[Any], definitions: Definitions, above: Above, agreed: Mapping[UUID, tuple[int, int]]) -> Iterator[Line]:
    known: Mapping[UUID, Any] = definitions.by_version
    for number, (_, parts) in enumerate(groupby(rows, key=lambda row: row.position), start=1):
        targets = list(parts)
        (_, _, kpi_id, name, status, weight, level, controllability, version_id, *_) = targets[0]
        yield Line(
            number,
            name,
            status,
            weight,
            tuple(Part(row.value, row.value_high, row.baseline) for row in targets if row.value is not None),
            kpi_id,
            known[version_id],
            level,
            controllability,
            level == "strategic" or above.reaches_strategy(kpi_id),
            above.skips(kpi_id, level),
            *agreed.get(kpi_id, NOBODY_ASKED),
        )


def _card(row: Any, lines: tuple[Line, ...], above: Above, today: date) -> Card:
    return Card(
        lines=lines,
        id=row.id,
        person_id=row.person_id,
        cycle_id=row.cycle_id,
        status=row.status,
        imposed=row.imposed,
        window_start=row.window_start,
        window_end=row.window_end,
        mid_year_on=row.mid_year_on,
        year_end_on=row.year_end_on or date.max,
        today=today,
        role_code=row.role_code,
        discussed=row.checked_in or row.assessed,
        assessed=row.assessed,
        appraised=row.appraised,
        counted_in=above.counted_in({line.kpi_id for line in lines}),
    )
