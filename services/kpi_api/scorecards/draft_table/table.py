"""Drafts in the viewer's sight as a table: one row for each part of each line. `state` is what the row was written from."""

from collections.abc import Collection
from decimal import Decimal
from typing import Final
from uuid import UUID

from sqlalchemy import select

from chassis.access import Viewer
from chassis.database import ReadSession
from chassis.workbooks import Cell
from kpi_api.cascade.copying.queries import with_definitions
from kpi_api.cascade.models import Kpi
from kpi_api.cascade.queries import among, targets
from kpi_api.cycles.models import Cycle
from kpi_api.people.models import Person
from kpi_api.scorecards import queries
from kpi_api.scorecards.draft_table.problems import TooManyDrafts
from kpi_api.scorecards.models import Scorecard, ScorecardLine

READ_ONLY: Final = ("person_external_id", "person_name", "kpi_name", "definition_code", "part", "comparison", "unit", "period")
COLUMNS: Final = (
    "scorecard_id", "state", "person_external_id", "person_name", "kpi_id", "kpi_name", "definition_code", "weight", "component", "part",
    "comparison", "value", "value_high", "unit", "period",
)  # fmt: skip
REQUIRED: Final = ("scorecard_id", "state", "kpi_id", "weight")
MOST_ROWS: Final = 5_000

Row = dict[str, Cell]


async def drafts_of(viewer: Viewer, session: ReadSession, cycle_code: str) -> list[Row]:
    """Every draft of a cycle in the viewer's sight, by person. Raises TooManyDrafts."""
    cycle = select(Cycle.id).where(Cycle.code == cycle_code)
    wanted = queries.visible(viewer).where(Scorecard.status == "draft", Scorecard.cycle_id.in_(cycle)).order_by(Scorecard.id)
    cards = (await session.scalars(wanted.limit(MOST_ROWS + 1))).all()
    rows = [row for of in (await rows_of(session, cards)).values() for row in of]
    if len(rows) > MOST_ROWS:
        raise TooManyDrafts(f"At most {MOST_ROWS} rows fit in one table.", field="/cycle_code")
    return rows


async def rows_of(session: ReadSession, cards: Collection[Scorecard]) -> dict[UUID, list[Row]]:
    """By scorecard, its rows. The caller has found the scorecards in the viewer's sight."""
    statement = select(ScorecardLine).where(among(ScorecardLine.scorecard_id, {card.id for card in cards}))
    lines = (await session.scalars(statement.order_by(ScorecardLine.position))).all()
    kpi_ids = {line.kpi_id for line in lines}
    kpis = {row.Kpi.id: row for row in await session.execute(with_definitions(among(Kpi.id, kpi_ids)))}
    of_kpi = await targets(session, kpi_ids)
    whose = select(Person).where(among(Person.id, {card.person_id for card in cards}))
    people = {person.id: person for person in await session.scalars(whose)}
    found: dict[UUID, list[Row]] = {card.id: [] for card in cards}
    heads = {card.id: _head(card, people[card.person_id]) for card in cards}
    for line in lines:
        kpi, code, *_ = kpis[line.kpi_id]
        own: Row = {"kpi_id": str(kpi.id), "kpi_name": kpi.name, "definition_code": code}
        own |= {"weight": line.weight, "component": line.component}
        for target in of_kpi[kpi.id]:
            facts: Row = {name: getattr(target, name) for name in ("part", "comparison", "value", "value_high", "unit", "period")}
            found[line.scorecard_id].append({**heads[line.scorecard_id], **own, **facts})
    return found


def _head(card: Scorecard, person: Person) -> Row:
    return {
        "scorecard_id": str(card.id), "state": str(card.version), "person_external_id": person.external_id,
        "person_name": person.display_name,
    }  # fmt: skip


def as_text(cell: Cell) -> str:
    return format(cell, "f") if isinstance(cell, Decimal) else cell or ""
