"""Reads of findings, mutings and quality. Whoever sees a scorecard sees what is found about it, and nobody else."""

from collections.abc import AsyncIterator, Collection
from datetime import date
from typing import Any, Final
from uuid import UUID

from sqlalchemy import Integer, Select, case, cast, exists, func, or_, select

from chassis.access import Viewer, on_day
from chassis.database import ReadSession
from chassis.pagination import PageRequest, Rows, fetch_page
from chassis.problems import NotFound
from kpi_api.cascade.queries import among
from kpi_api.cascade.sight import portfolio
from kpi_api.cycles import queries as cycles
from kpi_api.findings import Severity
from kpi_api.people.models import Employment, OrgUnit
from kpi_api.scorecards.findings.models import FindingMuting, ScorecardQuality
from kpi_api.scorecards.findings.noted import Linter, Noted
from kpi_api.scorecards.findings.schemas import MeanQuality, QualityOverTime
from kpi_api.scorecards.models import Scorecard
from kpi_api.scorecards.queries import visible

CHUNK: Final = 500
EVERY_FINDING: Final = 10_000
"""More than any scorecard has: a cursor with it begins behind the scorecard."""
LOOKED_AT: Final = 5_000
"""So many scorecards are looked at for one page at most: a page may be short, and its `next` goes on behind them."""


async def noted_of_cards(viewer: Viewer, session: ReadSession, card_ids: Collection[UUID]) -> dict[UUID, list[Noted]]:
    """By scorecard in sight everything that is found about it."""
    seen = (await session.scalars(visible(viewer).where(among(Scorecard.id, card_ids)).with_only_columns(Scorecard.id))).all()
    linter = await Linter.of(session)
    return {card.id: found for card, found in await linter.noted(session, seen)}


async def history_of(viewer: Viewer, session: ReadSession, card: Scorecard) -> list[ScorecardQuality]:
    """How the quality of a scorecard in sight came about, oldest first."""
    mine = (ScorecardQuality.organization_id == viewer.organization_id) & (ScorecardQuality.scorecard_id == card.id)
    return list(await session.scalars(select(ScorecardQuality).where(mine).order_by(ScorecardQuality.day)))


async def cards_of(viewer: Viewer, session: ReadSession, cycle: str, unit_id: UUID | None) -> Select[UUID]:
    """Ids of the scorecards in sight of a cycle (id or code), of everybody or of who works today in a unit or below it. Raises NotFound."""
    found = await cycles.cycle(viewer, session, cycle)
    statement = visible(viewer).where(Scorecard.cycle_id == found.id).with_only_columns(Scorecard.id)
    if unit_id is None:
        return statement
    if await session.get(OrgUnit, (viewer.organization_id, unit_id)) is None:
        raise NotFound()
    return statement.where(Scorecard.person_id.in_(staff_of_unit(viewer.organization_id, viewer.today, unit_id)))


def staff_of_unit(organization_id: UUID, day: date, unit_id: UUID) -> Select[UUID]:
    """Ids of those whose primary work on a day is in a unit or below it."""
    units = select(OrgUnit.id).where(OrgUnit.organization_id == organization_id, OrgUnit.id == unit_id).cte(recursive=True)
    units = units.union(select(OrgUnit.id).where(OrgUnit.organization_id == organization_id, OrgUnit.parent_id == units.c.id))
    works = (Employment.organization_id == organization_id) & Employment.is_primary
    here = on_day(Employment.valid_from, Employment.valid_to, day)
    return select(Employment.person_id).where(works, here, Employment.unit_id.in_(select(units.c.id)))


async def findings_page(
    viewer: Viewer,
    session: ReadSession,
    page: PageRequest,
    *,
    cycle: str,
    unit_id: UUID | None = None,
    severity: Severity | None = None,
    code: str | None = None,
    muted: bool = False,
) -> Rows[Noted]:
    """Findings about scorecards in sight, by scorecard. `muted`: those that somebody let stand, else those nobody did. Raises NotFound."""
    cards = await cards_of(viewer, session, cycle, unit_id)
    scope = f"findings {viewer.subject} {cycle} {unit_id} {severity} {code} {muted}"
    after, skip = page.signer.read(scope, page.cursor) if page.cursor else (UUID(int=0), 0)
    wanted: list[tuple[Noted, int]] = []
    looked_at, last = 0, after
    async for chunk in in_chunks(session, await Linter.of(session), cards.where(Scorecard.id >= after)):
        for card_id, found in chunk:
            looked_at, last = looked_at + (card_id != after), card_id  # the one that the page before ended with is no news
            kept = [noted for noted in found if _is_wanted(noted, severity, code, muted=muted)]
            wanted += [(noted, place) for place, noted in enumerate(kept, start=1) if card_id != after or place > skip]
        if len(wanted) > page.limit or looked_at >= LOOKED_AT:
            return _rows(wanted, page, scope, (last, EVERY_FINDING))
    return _rows(wanted, page, scope, None)


def _is_wanted(noted: Noted, severity: Severity | None, code: str | None, *, muted: bool) -> bool:
    rule = noted.finding.rule
    return (noted.muting is not None) == muted and severity in {None, rule.severity} and code in {None, rule.code}


def _rows(wanted: list[tuple[Noted, int]], page: PageRequest, scope: str, behind: tuple[UUID, int] | None) -> Rows[Noted]:
    """A page; `behind` is where the next one begins if everything found so far fits on this one, None at the end of the list."""
    places = {id(noted): (noted.card.id, place) for noted, place in wanted}
    rows = Rows([noted for noted, _ in wanted[: page.limit]], lambda noted: page.signer.sign(scope, places[id(noted)]), last=True)
    if len(wanted) > page.limit:
        rows.next = rows.cursor_of(rows[-1])
    elif behind is not None:
        rows.next = page.signer.sign(scope, behind)
    return rows


async def in_chunks(session: ReadSession, linter: Linter, cards: Select[UUID]) -> AsyncIterator[list[tuple[UUID, list[Noted]]]]:
    """What is found about these scorecards, some hundred at a time, so that a cycle takes no more memory than a few."""
    after: UUID | None = None
    while True:
        statement = cards if after is None else cards.where(Scorecard.id > after)
        ids = (await session.scalars(statement.order_by(Scorecard.id).limit(CHUNK))).all()
        if ids:
            yield [(card.id, found) for card, found in await linter.noted(session, ids)]
        if len(ids) < CHUNK:
            return
        after = ids[-1]


async def quality_over_time(viewer: Viewer, session: ReadSession, cycle: str, unit_id: UUID | None) -> QualityOverTime:
    """The mean quality of the scorecards in sight on each day on which one of them changed. Raises NotFound.

    A scorecard counts with what was found last: so each day's sums are those of the day before and what changed.
    """
    cards = await cards_of(viewer, session, cycle, unit_id)
    row = ScorecardQuality
    first = case((_before(row.id).is_(None), 1), else_=0)
    changes = [getattr(row, name) - func.coalesce(_before(getattr(row, name)), 0) for name in SUMMED]
    mine = (row.organization_id == viewer.organization_id) & row.scorecard_id.in_(cards)
    steps = select(row.day, first.label("scorecards"), *(change.label(name) for name, change in zip(SUMMED, changes, strict=True)))
    step = steps.where(mine).subquery()
    sums = [cast(func.sum(func.sum(step.c[name])).over(order_by=step.c.day), Integer) for name in ("scorecards", *SUMMED)]
    found = await session.execute(select(step.c.day, *sums).group_by(step.c.day).order_by(step.c.day))
    return QualityOverTime(cycle_code=cycle, unit_id=unit_id, days=[MeanQuality.of(*row) for row in found])


def _before(column: Any) -> Any:
    """What stood there on the scorecard's last day before."""
    return func.lag(column).over(partition_by=ScorecardQuality.scorecard_id, order_by=ScorecardQuality.day)


SUMMED: Final = ("points", "errors", "warnings", "information")


def led_units(viewer: Viewer) -> Select[OrgUnit]:
    """Units of which the viewer is told what is found about them: those they lead, or any for who sees every KPI."""
    units = select(OrgUnit).where(OrgUnit.organization_id == viewer.organization_id)
    return units if viewer.sees_all("kpi") else units.where(OrgUnit.id.in_(portfolio(viewer)))


def mutings(viewer: Viewer) -> Select[Any]:
    """Mutings in sight: those of the whole organization or a cycle, those of scorecards in sight, and those of units that one leads."""
    card = visible(viewer).where(Scorecard.id == FindingMuting.scorecard_id).with_only_columns(Scorecard.id)
    unit = led_units(viewer).where(OrgUnit.id == FindingMuting.unit_id).with_only_columns(OrgUnit.id)
    mine = FindingMuting.organization_id == viewer.organization_id
    common = FindingMuting.scorecard_id.is_(None) & FindingMuting.unit_id.is_(None)
    return select(FindingMuting).where(mine, or_(common, exists(card), exists(unit)))


async def mutings_page(viewer: Viewer, session: ReadSession, page: PageRequest, *, scorecard_id: UUID | None = None) -> Rows[FindingMuting]:
    """Mutings in sight, oldest first; of one scorecard, or of all."""
    statement = mutings(viewer)
    if scorecard_id is not None:
        statement = statement.where(FindingMuting.scorecard_id == scorecard_id)
    scope = f"finding_mutings {viewer.subject} {scorecard_id}"
    return await fetch_page(session, statement, page, keys=[(FindingMuting.id, lambda row: row.id)], scope=scope)
