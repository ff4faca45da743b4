"""Brings a changed document back: says what would change, and writes drafts that somebody else approves. All of it or nothing."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from uuid import UUID

from pydantic import ValidationError

from chassis.access import Viewer
from chassis.database import ReadSession, WriteSession
from chassis.field_errors import code_of, plain_words
from chassis.problems import FieldError, Problem
from kpi_api.dictionary import actions
from kpi_api.dictionary import queries as dictionary
from kpi_api.dictionary.competencies.queries import competency_codes
from kpi_api.dictionary.differences import differences
from kpi_api.dictionary.document.queries import Entry, entries
from kpi_api.dictionary.document.schemas import Change, DefinitionRow, Imported
from kpi_api.dictionary.document.table import OF_A_PART, CellProblem, read_version, unguarded
from kpi_api.dictionary.formulas.checking import check_formulas
from kpi_api.dictionary.models import KpiDefinition, Outcome
from kpi_api.dictionary.problems import DocumentRefused
from kpi_api.dictionary.schemas import NewDefinition, VersionInput

NOTE = "Changed in the dictionary's document."
COLUMN_OF = {"parts": "part", "formulas": "formula", "applicability": "roles"}
"""Columns whose names differ from the fields'."""


@dataclass
class Plan:
    """What the rows of one definition come to."""

    row: int
    code: str
    entry: Entry | None
    given: VersionInput | None = None
    change: Change = "unchanged"
    sentences: list[str] = field(default_factory=list)
    errors: list[FieldError] = field(default_factory=list)
    draft_number: int | None = None

    def refuse(self, column: str, code: str, message: str) -> None:
        self.change = "error"
        self.errors.append(FieldError(field=f"/{column}", code=code, message=message, row=self.row))


@dataclass(frozen=True)
class Known:
    """What the document is compared with."""

    entries: Mapping[str, Entry]
    others: frozenset[str]
    outcome_ids: Mapping[str, UUID]
    outcome_names: Mapping[UUID, str]
    competencies: frozenset[str]


async def import_document(viewer: Viewer, session: WriteSession, rows: Sequence[tuple[int, dict[str, str]]], *, preview: bool) -> Imported:
    """What would change; without `preview` it is written, each change as a draft.

    Raises DocumentRefused with everything that is wrong, by row and column, and then nothing is written.
    """
    plans = await _plans(viewer, session, rows)
    if not preview:
        _refuse(plans)
        for plan in sorted(plans, key=lambda plan: plan.code):
            await _write(viewer, session, plan)
        _refuse(plans)
    counts = {change: sum(plan.change == change for plan in plans) for change in ("new", "changed", "unchanged", "error")}
    return Imported(preview=preview, definitions=[_shown(plan) for plan in plans], **counts)


def _shown(plan: Plan) -> DefinitionRow:
    facts = {name: getattr(plan, name) for name in ("row", "code", "change", "sentences", "errors", "draft_number")}
    return DefinitionRow(**facts)


def _refuse(plans: Sequence[Plan]) -> None:
    errors = [error for plan in plans for error in plan.errors]
    if errors:
        more = f" ({len(errors)} faults in all.)" if len(errors) > 1 else ""
        detail = f"Row {errors[0].row}, {errors[0].field.removeprefix('/')}: {errors[0].message}{more} Nothing was written."
        raise DocumentRefused(detail, errors=errors)


async def _plans(viewer: Viewer, session: ReadSession, rows: Sequence[tuple[int, dict[str, str]]]) -> list[Plan]:
    known = await _known(viewer, session)
    grouped: dict[str, list[tuple[int, dict[str, str]]]] = {}
    for row, cells in rows:
        plain = {column: unguarded(cell) for column, cell in cells.items()}
        grouped.setdefault(plain["code"].strip(), []).append((row, plain))
    return [_plan(viewer, session.today, code, of, known) for code, of in grouped.items()]


async def _known(viewer: Viewer, session: ReadSession) -> Known:
    found = {entry.definition.code: entry for entry in await entries(viewer, session)}
    every = await session.scalars(dictionary.definitions(viewer).with_only_columns(KpiDefinition.code))
    outcomes: Sequence[Outcome] = (await session.scalars(dictionary.outcomes(viewer))).all()
    ids, names = {row.code: row.id for row in outcomes}, {row.id: row.name for row in outcomes}
    return Known(found, frozenset(every) - found.keys(), ids, names, await competency_codes(viewer, session))


def _plan(viewer: Viewer, today: date, code: str, rows: Sequence[tuple[int, dict[str, str]]], known: Known) -> Plan:
    cells = rows[0][1]
    plan = Plan(rows[0][0], code, known.entries.get(code))
    _check_rows(plan, rows)
    if not plan.errors:
        _check_state(plan, cells.get("state", ""), known)
        plan.given = _read(plan, [of for _, of in rows], known)
    if plan.given is not None:
        _compare(plan, plan.given, known, today, cells.get("note", ""))
    if plan.change in {"new", "changed"}:
        _check_right(viewer, plan)
    return plan


def _check_rows(plan: Plan, rows: Sequence[tuple[int, dict[str, str]]]) -> None:
    """The rows of one definition say the same but for its parts."""
    first = rows[0][1]
    for row, cells in rows[1:]:
        for column in first.keys() - set(OF_A_PART):
            if cells[column] != first[column]:
                message = f"Row {row} says something else than row {plan.row} about `{plan.code}`. Say the same in both."
                plan.refuse(column, "rows_disagree", message)


def _check_state(plan: Plan, state: str, known: Known) -> None:
    """The definition stands where it stood when the document was written."""
    if plan.entry is None:
        if state or plan.code in known.others:
            plan.refuse("code", "not_in_force", f"`{plan.code}` has no version in force now.")
    elif not state:
        plan.refuse("state", "state_missing", "Keep the `state` of the exported document, so that nobody's later change is overwritten.")
    elif state.strip() != plan.entry.state:
        message = f"`{plan.code}` was changed since the document was written. Export it again."
        plan.refuse("state", "changed_meanwhile", message)


def _read(plan: Plan, rows: Sequence[Mapping[str, str]], known: Known) -> VersionInput | None:
    try:
        given = VersionInput.model_validate(read_version(rows))
        check_formulas(given)
    except CellProblem as problem:
        plan.refuse(problem.column, "unreadable_cell", problem.message)
    except ValidationError as invalid:
        for error in invalid.errors():
            place = str(error["loc"][0]) if error["loc"] else "code"
            plan.refuse(COLUMN_OF.get(place, place), code_of(error), plain_words(error))
    except Problem as problem:
        plan.refuse("measures" if problem.errors[0].field.startswith("/measures") else "formula", problem.code, problem.detail)
    else:
        if given.outcome_code is not None and given.outcome_code not in known.outcome_ids:
            plan.refuse("outcome_code", "unknown_reference", f"There is no outcome `{given.outcome_code}`.")
        elif given.competency_code is not None and given.competency_code not in known.competencies:
            plan.refuse("competency_code", "unknown_reference", f"There is no competency `{given.competency_code}`.")
        else:
            return given
    return None


def _compare(plan: Plan, given: VersionInput, known: Known, today: date, note: str) -> None:
    """What is different from the version in force, in words; the change takes effect on the day given, or as soon as it may."""
    if plan.entry is None:
        plan.change, plan.sentences = _kept(plan, "new"), [f"“{given.name}” is new."]
        plan.given = given.model_copy(update={"note": note or NOTE})
        return
    before = plan.entry.version
    outcome_id = known.outcome_ids[given.outcome_code] if given.outcome_code else None
    facts = given.model_dump(exclude={"parts", "outcome_code", "note"}) | {"parts": given.all_parts(), "outcome_id": outcome_id}
    found = differences(before, before.model_copy(update=facts | {"applicability": given.applicability}), known.outcome_names)
    if not found:
        return
    plan.change, plan.sentences = _kept(plan, "changed"), [one.sentence for one in found]
    dated = given.effective_from
    if dated == before.effective_from:
        last = max(version.effective_from for version in plan.entry.history)
        dated = max(today, last + timedelta(days=1))
        plan.sentences.append(f"It takes effect on {dated}.")
    plan.given = given.model_copy(update={"note": note or NOTE, "effective_from": dated})


def _kept(plan: Plan, change: Change) -> Change:
    return "error" if plan.errors else change


def _check_right(viewer: Viewer, plan: Plan) -> None:
    try:
        if plan.entry is None:
            viewer.require("definitions.write")
        else:
            actions.require_answering(viewer, plan.entry.definition)
    except Problem as problem:
        plan.refuse("code", problem.code, problem.detail)


async def _write(viewer: Viewer, session: WriteSession, plan: Plan) -> None:
    """Write a draft as everybody does; what only shows then is told by row, too."""
    if plan.given is None or plan.change not in {"new", "changed"}:
        return
    try:
        if plan.entry is None:
            _, version = await actions.create_definition(viewer, session, NewDefinition(code=plan.code, version=plan.given))
        else:
            state = f'"{plan.entry.definition.version}"'
            version = await actions.add_version(viewer, session, plan.entry.definition.id, plan.given, state)
    except ValidationError as invalid:
        plan.refuse("code", code_of(invalid.errors()[0]), plain_words(invalid.errors()[0]))
    except Problem as problem:
        code = "changed_meanwhile" if problem.status == 412 else problem.code
        plan.refuse("effective_from" if "effective" in problem.code else "state" if problem.status == 412 else "code", code, problem.detail)
    else:
        plan.draft_number = version.number
