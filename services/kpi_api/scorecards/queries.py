"""Reads of scorecards. A person sees their own, managers those of their reports and subtree, HR and auditors all."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, Select, and_, func, select

from chassis.access import Viewer
from chassis.database import ReadSession
from chassis.pagination import PageRequest, Rows, fetch_page
from chassis.problems import NotFound
from kpi_api.access.sight import sees_of_person
from kpi_api.cascade.models import Kpi, KpiTarget
from kpi_api.cascade.queries import targets
from kpi_api.cycles.models import Cycle
from kpi_api.dictionary.counting import counted_part
from kpi_api.dictionary.models import DefinitionVersion, KpiDefinition
from kpi_api.people.leaves.rules import TimeRules
from kpi_api.people.queries import manager_on
from kpi_api.scorecards.lifecycle import Side, Status
from kpi_api.scorecards.models import Scorecard, ScorecardComment, ScorecardHistory, ScorecardLine, ScorecardSignature
from kpi_api.scorecards.presence.reading import rules_of_today
from kpi_api.scorecards.presence.rules import pro_rating
from kpi_api.scorecards.reminders.waiting import is_late, reminder_days, waits_for
from kpi_api.scorecards.schemas import HistoryOutput
from kpi_api.scorecards.terms import Terms, make_terms
from kpi_api.scorecards.withdrawals import carries_withdrawn

TARGET_FACTS = (
    "part", "comparison", "value", "value_high", "baseline", "threshold", "stretch", "unit", "period", "phasing", "scale_minimum",
    "scale_maximum", "due_on", "lateness",
)  # fmt: skip


def visible(viewer: Viewer) -> Select[Scorecard]:
    """Scorecards in the viewer's sight; the board's is also that of whoever has no manager, since it agrees to theirs (S0)."""
    in_sight = sees_of_person(viewer, "scorecard", Scorecard.person_id)
    return select(Scorecard).where(Scorecard.organization_id == viewer.organization_id, in_sight)


async def scorecard(viewer: Viewer, session: ReadSession, scorecard_id: UUID) -> Scorecard:
    """Raises NotFound."""
    found = await session.scalar(visible(viewer).where(Scorecard.id == scorecard_id))
    if found is None:
        raise NotFound()
    return found


async def scorecards(
    viewer: Viewer,
    session: ReadSession,
    page: PageRequest,
    *,
    cycle_code: str | None = None,
    person_id: UUID | None = None,
    status: Status | None = None,
    withdrawn: bool | None = None,
    waiting_for_me: bool = False,
    late: bool | None = None,
) -> Rows[Scorecard]:
    """Scorecards in sight by age; `withdrawn`: only those that carry a withdrawn KPI, or only those that carry none.

    `waiting_for_me`: only those that await the viewer's answer; `late`: only those whose answer is overdue, or only the others.
    """
    statement = visible(viewer).where(*_filters(cycle_code, person_id, status))
    if withdrawn is not None:
        statement = statement.where(carries_withdrawn() if withdrawn else ~carries_withdrawn())
    if waiting_for_me:
        statement = statement.where(waits_for(viewer))
    if late is not None:
        overdue = func.coalesce(is_late(session.now, await reminder_days(session)), False)
        statement = statement.where(overdue if late else ~overdue)
    return await fetch_page(
        session,
        statement,
        page,
        keys=[(Scorecard.id, lambda row: row.id)],
        scope=f"scorecards {viewer.subject} {cycle_code} {person_id} {status} {withdrawn} {waiting_for_me} {late}",
    )


def _filters(cycle_code: str | None, person_id: UUID | None, status: Status | None) -> list[ColumnElement[bool]]:
    filters: list[ColumnElement[bool]] = []
    if cycle_code is not None:
        filters.append(Scorecard.cycle_id.in_(select(Cycle.id).where(Cycle.code == cycle_code)))
    if person_id is not None:
        filters.append(Scorecard.person_id == person_id)
    if status is not None:
        filters.append(Scorecard.status == status)
    return filters


async def sides(viewer: Viewer, session: ReadSession, card: Scorecard) -> set[Side]:
    """As what the viewer may act on a scorecard: the person, the manager of the day, HR. Who has no manager agrees with the board (S0).

    On their own scorecard everybody is the person and nothing else, also when they are HR: nobody settles their own alone.
    """
    if viewer.person_id == card.person_id:
        return {"person"}
    found: set[Side] = {"hr"} if viewer.may("scorecards.act_as_hr") else set()
    manager_id = await manager_on(session, card.person_id, viewer.today)
    if manager_id in viewer.leads_as or (manager_id is None and viewer.may("scorecards.act_as_board")):
        found.add("manager")
    return found


@dataclass(frozen=True)
class LineFacts:
    """A line with its KPI, definition and targets."""

    line: ScorecardLine
    kpi: Kpi
    version: DefinitionVersion
    definition_code: str
    targets: Sequence[KpiTarget]


async def lines(session: ReadSession, scorecard_id: UUID) -> list[LineFacts]:
    """The lines of a scorecard that the viewer was found to see, in order."""
    found = await session.execute(
        select(ScorecardLine, Kpi, DefinitionVersion, KpiDefinition.code)
        .join(Kpi, Kpi.id == ScorecardLine.kpi_id)
        .join(DefinitionVersion, DefinitionVersion.id == Kpi.definition_version_id)
        .join(KpiDefinition, KpiDefinition.id == DefinitionVersion.definition_id)
        .where(ScorecardLine.scorecard_id == scorecard_id)
        .order_by(ScorecardLine.position)
    )
    rows = found.all()
    by_kpi = await targets(session, [row.Kpi.id for row in rows])
    return [LineFacts(line, kpi, version, code, by_kpi[kpi.id]) for line, kpi, version, code in rows]


async def present_terms(session: ReadSession, card: Scorecard) -> Terms:
    """The text of a scorecard as it stands now."""
    cycle = await session.get_one(Cycle, (card.organization_id, card.cycle_id))
    rules, time_rules = await rules_of_today(session, card.person_id, card.window_start)
    head = {
        "scorecard_id": str(card.id),
        "person_id": str(card.person_id),
        "cycle": {"id": str(cycle.id), "code": cycle.code, "starts_on": cycle.starts_on.isoformat()},
        "window_start": card.window_start.isoformat(),
        "window_end": card.window_end.isoformat(),
        **time_rules,
    }
    return make_terms(head, [line_terms(number, facts, rules) for number, facts in enumerate(await lines(session, card.id), start=1)])


def line_terms(number: int, facts: LineFacts, rules: TimeRules) -> dict[str, Any]:
    """A line of the text, which names what pro-rates its targets."""
    line = _line_terms(number, facts)
    return line | {"pro_rated_by": pro_rating(rules, line, own=facts.kpi.level == "individual")}


def _line_terms(number: int, facts: LineFacts) -> dict[str, Any]:
    kpi, version, line = facts.kpi, facts.version, facts.line
    return {
        "line": number,
        "kpi_id": str(kpi.id),
        "kpi_code": facts.definition_code,
        "name": kpi.name,
        "status": kpi.status,
        "component": line.component,
        "weight": line.weight,
        "definition_version_id": str(version.id),
        "definition_version": version.number,
        "direction": version.direction,
        "combine": version.combine,
        "combine_parts": version.combine_parts,
        "counted_part": counted_part(version),
        "update_frequency": version.update_frequency,
        "window_start": kpi.window_start.isoformat(),
        "window_end": kpi.window_end.isoformat(),
        "parts": [_part_terms(target, version) for target in facts.targets],
    }


def _part_terms(target: KpiTarget, version: DefinitionVersion) -> dict[str, Any]:
    directions = {part["code"]: part["direction"] for part in version.parts}
    values = {name: getattr(target, name) for name in TARGET_FACTS}
    due_on = target.due_on.isoformat() if target.due_on else None
    return {**values, "due_on": due_on, "direction": directions.get(target.part, version.direction)}


async def signatures(session: ReadSession, scorecard_id: UUID) -> Sequence[ScorecardSignature]:
    """Every signature on a scorecard, oldest first; those of the agreement carry its digest."""
    statement = select(ScorecardSignature).where(ScorecardSignature.scorecard_id == scorecard_id).order_by(ScorecardSignature.id)
    return (await session.scalars(statement)).all()


async def history(session: ReadSession, scorecard_id: UUID) -> list[HistoryOutput]:
    """The steps of a scorecard's life with the comments given, oldest first."""
    same = and_(ScorecardComment.organization_id == ScorecardHistory.organization_id, ScorecardComment.id == ScorecardHistory.id)
    columns = [getattr(ScorecardHistory, name) for name in HistoryOutput.model_fields if name != "comment"]
    statement = select(*columns, ScorecardComment.text.label("comment")).outerjoin(ScorecardComment, same)
    statement = statement.where(ScorecardHistory.scorecard_id == scorecard_id)
    rows = await session.execute(statement.order_by(ScorecardHistory.happened_at, ScorecardHistory.id))
    return [HistoryOutput.model_validate(row) for row in rows]
