"""Brings a changed table back: each draft that says something else is written as by its doors, all or none; a preview takes it back."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any
from uuid import UUID

from pydantic import ValidationError

from chassis.access import Viewer
from chassis.database import WriteSession
from chassis.field_errors import code_of, plain_words
from chassis.problems import FieldError, Problem
from kpi_api.cascade.actions import change_targets
from kpi_api.cascade.queries import among, targets
from kpi_api.cascade.references import as_id
from kpi_api.dictionary.target_schemas import Target
from kpi_api.scorecards import queries
from kpi_api.scorecards.actions import replace_lines
from kpi_api.scorecards.differences import differences
from kpi_api.scorecards.draft_table.problems import DraftsRefused
from kpi_api.scorecards.draft_table.schemas import Change, DraftRow, DraftsImported
from kpi_api.scorecards.draft_table.table import READ_ONLY, Row, as_text, rows_of
from kpi_api.scorecards.models import Scorecard
from kpi_api.scorecards.schemas import LineInput, LinesInput

Given = tuple[int, Mapping[str, str]]
Place = tuple[str, str]
"""A KPI and the part of it."""


@dataclass
class Plan:
    """What the rows of one draft come to."""

    scorecard_id: UUID | None
    rows: Sequence[Given]
    card: Scorecard | None
    present: Mapping[Place, Row]
    lines: list[LineInput] = field(default_factory=list)
    values: dict[Place, tuple[int, dict[str, str]]] = field(default_factory=dict)
    change: Change = "unchanged"
    sentences: list[str] = field(default_factory=list)
    errors: list[FieldError] = field(default_factory=list)

    @property
    def row(self) -> int:
        return self.rows[0][0]

    def refuse(self, column: str, code: str, message: str, row: int | None = None) -> None:
        self.change = "error"
        self.errors.append(FieldError(field=f"/{column}", code=code, message=message, row=row or self.row))


async def import_drafts(viewer: Viewer, session: WriteSession, rows: Sequence[Given], *, preview: bool) -> DraftsImported:
    """What changed, or in a preview would change. Raises DraftsRefused with everything that is wrong; then nothing is written."""
    plans = await _plans(viewer, session, rows)
    for plan in plans:
        _check(plan)
    async with session.begin_nested() as written:
        for plan in sorted(plans, key=lambda plan: str(plan.scorecard_id)):
            if not plan.errors and plan.card is not None:
                await _write(viewer, session, plan, plan.card)
        shown = [_shown(plan) for plan in plans]
        if preview:
            await written.rollback()
        else:
            _refuse(plans)
    counts = {change: sum(one.change == change for one in shown) for change in ("changed", "unchanged", "error")}
    return DraftsImported(preview=preview, scorecards=shown, **counts)


def _shown(plan: Plan) -> DraftRow:
    return DraftRow(row=plan.row, scorecard_id=plan.scorecard_id, change=plan.change, sentences=plan.sentences, errors=plan.errors)


def _refuse(plans: Sequence[Plan]) -> None:
    errors = [error for plan in plans for error in plan.errors]
    if errors:
        more = f" ({len(errors)} faults in all.)" if len(errors) > 1 else ""
        detail = f"Row {errors[0].row}, {errors[0].field.removeprefix('/')}: {errors[0].message}{more} Nothing was written."
        raise DraftsRefused(detail, errors=errors)


async def _plans(viewer: Viewer, session: WriteSession, rows: Sequence[Given]) -> list[Plan]:
    grouped: dict[str, list[Given]] = {}
    for row, cells in rows:
        plain = {column: cell.strip() for column, cell in cells.items()}
        grouped.setdefault(plain["scorecard_id"].lower(), []).append((row, plain))
    ids = {id_ for text in grouped if (id_ := as_id(text))}
    cards = {card.id: card for card in await session.scalars(queries.visible(viewer).where(among(Scorecard.id, ids)))}
    present = await rows_of(session, cards.values())
    return [_plan(as_id(text), of, cards, present) for text, of in grouped.items()]


def _plan(id_: UUID | None, rows: Sequence[Given], cards: Mapping[UUID, Scorecard], present: Mapping[UUID, Sequence[Row]]) -> Plan:
    card = cards.get(id_) if id_ else None
    of = present[card.id] if card else ()
    return Plan(id_ if card else None, rows, card, {(as_text(row["kpi_id"]), as_text(row["part"])): row for row in of})


def _check(plan: Plan) -> None:
    """The draft is there and stands where it stood; what is only to read is as it was; weights and values can be read."""
    if plan.card is None:
        plan.refuse("scorecard_id", "unknown_scorecard", "There is no such scorecard that you may see.")
        return
    if plan.rows[0][1].get("state") != str(plan.card.version):
        plan.refuse("state", "changed_meanwhile", "It was changed since the table was written. Export it again.")
        return
    seen: dict[str, Mapping[str, str]] = {}
    for row, cells in plan.rows:
        _check_row(plan, row, cells, seen)
    try:
        LinesInput(lines=plan.lines)
    except ValidationError as invalid:
        plan.refuse("kpi_id", code_of(invalid.errors()[0]), plain_words(invalid.errors()[0]))


def _check_row(plan: Plan, row: int, cells: Mapping[str, str], seen: dict[str, Mapping[str, str]]) -> None:
    kpi_id = cells["kpi_id"].lower()
    place = kpi_id, cells.get("part", "") or "main"
    there = plan.present.get(place)
    for column in READ_ONLY if there else ():
        if column in cells and cells[column] != as_text(there[column] if there else None).strip():
            plan.refuse(column, "only_to_read", "This is only to read here. Leave it as it was exported.", row)
    if there:
        plan.values[place] = row, {name: cells[name] for name in ("value", "value_high") if cells.get(name)}
    first = seen.setdefault(kpi_id, cells)
    if first is cells:
        _read_line(plan, row, cells)
    elif any(cells.get(name) != first.get(name) for name in ("weight", "component")):
        plan.refuse("weight", "rows_disagree", "The rows of one KPI say the same weight and component.", row)


def _read_line(plan: Plan, row: int, cells: Mapping[str, str]) -> None:
    said = {name: cells[name] for name in ("kpi_id", "weight", "component") if cells.get(name)}
    try:
        plan.lines.append(LineInput.model_validate(said))
    except ValidationError as invalid:
        for error in invalid.errors():
            plan.refuse(str(error["loc"][0]) if error["loc"] else "kpi_id", code_of(error), plain_words(error), row)


async def _write(viewer: Viewer, session: WriteSession, plan: Plan, card: Scorecard) -> None:
    """Write what differs; what only shows then is told by row, too."""
    before = (await queries.present_terms(session, card)).document
    try:
        await _write_targets(viewer, session, plan)
        if _lines_differ(plan):
            await replace_lines(viewer, session, card.id, plan.lines, f'"{plan.rows[0][1]["state"]}"')
    except Problem as problem:
        code = "changed_meanwhile" if problem.status == 412 else problem.errors[0].code if problem.errors else problem.code
        plan.refuse("state" if problem.status == 412 else "scorecard_id", code, problem.detail)
        return
    if plan.errors:
        return
    plan.sentences = differences(before, (await queries.present_terms(session, card)).document)
    plan.change = "changed" if plan.sentences else "unchanged"


def _lines_differ(plan: Plan) -> bool:
    there = {as_text(row["kpi_id"]): (row["weight"], row["component"]) for row in plan.present.values()}
    asked = [(str(line.kpi_id), line.weight, line.component) for line in plan.lines]
    return list(there.items()) != [(id_, (weight, component or there.get(id_, (None, None))[1])) for id_, weight, component in asked]


async def _write_targets(viewer: Viewer, session: WriteSession, plan: Plan) -> None:
    changed = {place: said for place, (_, said) in plan.values.items() if _differs(plan.present[place], said)}
    for kpi_id in dict.fromkeys(kpi for kpi, _ in changed):
        stored = (await targets(session, [UUID(kpi_id)]))[UUID(kpi_id)]
        given = [_target(plan, target, changed.get((kpi_id, target.part), {}), kpi_id) for target in stored]
        if not plan.errors:
            await change_targets(viewer, session, UUID(kpi_id), [target for target in given if target], "*")


def _differs(there: Row, said: Mapping[str, str]) -> bool:
    return any(said.get(name, "") != as_text(there[name]) and not _equal(said.get(name), there[name]) for name in ("value", "value_high"))


def _equal(said: str | None, there: Any) -> bool:
    try:
        return bool(Decimal(said or "") == there)
    except ArithmeticError:
        return False


def _target(plan: Plan, stored: Any, said: Mapping[str, str], kpi_id: str) -> Target | None:
    facts: dict[str, Any] = {name: getattr(stored, name) for name in Target.model_fields}
    if said:
        facts |= {"value_high": None, **said}
    try:
        return Target.model_validate(facts)
    except ValidationError as invalid:
        row, _ = plan.values[kpi_id, stored.part]
        for error in invalid.errors():
            plan.refuse(str(error["loc"][0]) if error["loc"] else "value", code_of(error), plain_words(error), row)
        return None
