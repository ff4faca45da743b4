"""The text of a scorecard after a change: what was signed stays as it was signed, and only what is asked for is written anew."""

from collections.abc import Collection, Mapping, Sequence
from datetime import date
from decimal import Decimal
from typing import Any
from uuid import UUID

from sqlalchemy import select

from chassis.database import ReadSession
from chassis.identifiers import new_id
from chassis.numbers import from_scaled, largest_remainder
from kpi_api.cascade.models import Kpi, KpiTarget
from kpi_api.cascade.queries import among, targets
from kpi_api.cascade.storing import target_row
from kpi_api.dictionary.models import DefinitionVersion, KpiDefinition
from kpi_api.dictionary.target_schemas import Target
from kpi_api.people.leaves.rules import TimeRules
from kpi_api.scorecards.changes.models import ScorecardChange
from kpi_api.scorecards.changes.schemas import ChangedLine
from kpi_api.scorecards.differences import differences
from kpi_api.scorecards.models import Scorecard, ScorecardLine
from kpi_api.scorecards.presence.reading import rules_of_today
from kpi_api.scorecards.presence.rules import pro_rating, signed_rules
from kpi_api.scorecards.queries import LineFacts, line_terms
from kpi_api.scorecards.schemas import COMPONENT
from kpi_api.scorecards.terms import Document, Terms, make_terms

FULL_WEIGHT = 100_00
"""Percent in hundredths."""


async def asked_terms(session: ReadSession, card: Scorecard, change: ScorecardChange, signed: Document) -> Terms:
    """The text that is asked for, as it would be signed now."""
    in_place = change.effective_from == card.window_start
    id_ = UUID(change.document["scorecard_id"]) if change.document else card.id if in_place else new_id()
    days = (change.effective_from, card.window_end)
    if change.kpi_id is None:
        lines = [ChangedLine.model_validate(line) for line in change.lines or []]
        rules = await rules_of_today(session, card.person_id, change.effective_from) if change.takes_time_rules else None
        return await changed_terms(session, signed, id_, days, lines, rules)
    if change.kind == "kpi_withdrawn":
        return without_kpi(signed, id_, days, change.kpi_id)
    facts = await kpi_facts(session, [change.kpi_id])
    return with_kpi_as_it_stands(signed, id_, days, facts[change.kpi_id])


def told(signed: Document, terms: Terms) -> list[str]:
    """What a text changes about the signed one, as sentences; its days are told by the request."""
    days = {name: signed[name] for name in ("window_start", "window_end")}
    return differences(signed, terms.document | days)


async def changed_terms(
    session: ReadSession, signed: Document, scorecard_id: UUID, days: tuple[date, date], lines: Sequence[ChangedLine],
    rules_of_today: tuple[TimeRules, Document] | None = None,
) -> Terms:
    """The text of scorecard `scorecard_id` for these days, with these lines: a KPI that was signed keeps its signed target, unless a line
    gives another; a new one is taken as it stands now. Its rules for time away stay, unless those of today are given.
    """
    then = {line["kpi_id"]: line for line in signed["lines"]}
    facts = await kpi_facts(session, [line.kpi_id for line in lines])
    rules, stated = rules_of_today or (signed_rules(signed), {"time_rules": signed.get("time_rules")})
    written = [_line(number, line, then.get(str(line.kpi_id)), facts[line.kpi_id], rules) for number, line in enumerate(lines, start=1)]
    return make_terms({**_head(signed, scorecard_id, days), "time_rules": None, **stated}, written)


def _line(number: int, given: ChangedLine, signed: Document | None, facts: LineFacts, rules: TimeRules) -> Mapping[str, Any]:
    component = given.component or (signed or {}).get("component", COMPONENT)
    own = {"line": number, "weight": given.weight, "component": component, "status": facts.kpi.status}
    if signed is not None and given.targets is None:
        return signed | own | {"pro_rated_by": pro_rating(rules, signed, own=facts.kpi.level == "individual")}
    if given.targets is not None:
        facts = LineFacts(facts.line, facts.kpi, facts.version, facts.definition_code, _as_rows(facts.kpi.id, given.targets))
    return line_terms(number, facts, rules) | own


def _as_rows(kpi_id: UUID, given: Sequence[Target]) -> list[KpiTarget]:
    return [KpiTarget(**target_row(kpi_id, place, target)) for place, target in enumerate(given, start=1)]


def _head(signed: Document, scorecard_id: UUID, days: tuple[date, date]) -> Document:
    first, last = days
    head = {name: value for name, value in signed.items() if name != "lines"}
    return head | {"scorecard_id": str(scorecard_id), "window_start": first.isoformat(), "window_end": last.isoformat()}


async def kpi_facts(session: ReadSession, kpi_ids: Collection[UUID]) -> dict[UUID, LineFacts]:
    """What a line says of each of these KPIs now, on a line without weight."""
    found = await session.execute(
        select(Kpi, DefinitionVersion, KpiDefinition.code)
        .join(DefinitionVersion, DefinitionVersion.id == Kpi.definition_version_id)
        .join(KpiDefinition, KpiDefinition.id == DefinitionVersion.definition_id)
        .where(among(Kpi.id, kpi_ids))
    )
    rows = found.all()
    by_kpi = await targets(session, [kpi.id for kpi, _, _ in rows])
    blank = ScorecardLine(weight=None, component="")
    return {kpi.id: LineFacts(blank, kpi, version, code, by_kpi[kpi.id]) for kpi, version, code in rows}


def with_kpi_as_it_stands(signed: Document, scorecard_id: UUID, days: tuple[date, date], facts: LineFacts) -> Terms:
    """The signed text with one KPI's line as the KPI stands now."""
    rules = signed_rules(signed)
    lines = [_refreshed(line, facts, rules) if line["kpi_id"] == str(facts.kpi.id) else line for line in signed["lines"]]
    return make_terms(_head(signed, scorecard_id, days), lines)


def _refreshed(line: Document, facts: LineFacts, rules: TimeRules) -> Mapping[str, Any]:
    now = line_terms(line["line"], facts, rules)
    return now | {name: line[name] for name in ("weight", "component")}


def without_kpi(signed: Document, scorecard_id: UUID, days: tuple[date, date], kpi_id: UUID) -> Terms:
    """The signed text without one KPI, whose weight goes to the others in proportion to theirs: hundredths of a percent by largest
    remainder, ties to the earlier line, so that they total 100.00.
    """
    kept = [line for line in signed["lines"] if line["kpi_id"] != str(kpi_id)]
    numbers = list(range(len(kept)))
    shares = largest_remainder(FULL_WEIGHT, {number: Decimal(kept[number]["weight"]) for number in numbers}, numbers) if kept else {}
    lines = [line | {"line": n + 1, "weight": from_scaled(shares[n], 2)} for n, line in enumerate(kept)]
    return make_terms(_head(signed, scorecard_id, days), lines)
