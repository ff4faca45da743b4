"""Brings a changed table back: says what would change, and writes the next version of each template that differs. All of it or nothing."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Final

from pydantic import ValidationError

from chassis.access import Viewer
from chassis.database import WriteSession
from chassis.etags import etag
from chassis.field_errors import code_of, plain_words
from chassis.problems import FieldError, Problem
from kpi_api.dictionary import queries as dictionary
from kpi_api.dictionary.document.table import CellProblem
from kpi_api.dictionary.models import ScorecardTemplate
from kpi_api.dictionary.templates import actions
from kpi_api.dictionary.templates.queries import content
from kpi_api.dictionary.templates.schemas import TemplateContent, TemplateInput
from kpi_api.scorecards.offers.offering import told
from kpi_api.scorecards.template_table.problems import TableRefused
from kpi_api.scorecards.template_table.schemas import Change, TemplateRow, TemplatesImported
from kpi_api.scorecards.template_table.table import OF_TEMPLATE, Row, read_lines

COLUMN_OF: Final = {"name": "template_name", "lines": "weight", "targets": "value", "code": "template_code"}
"""Columns whose names differ from the fields'."""


@dataclass
class Plan:
    """What the rows of one template come to."""

    code: str
    rows: Sequence[Row]
    template: ScorecardTemplate | None
    given: TemplateContent | None = None
    change: Change = "unchanged"
    sentences: list[str] = field(default_factory=list)
    errors: list[FieldError] = field(default_factory=list)
    places: list[list[int]] = field(default_factory=list)
    number: int | None = None

    @property
    def row(self) -> int:
        return self.rows[0][0]

    def refuse(self, column: str, code: str, message: str, row: int | None = None) -> None:
        self.change = "error"
        self.errors.append(FieldError(field=f"/{column}", code=code, message=message, row=row or self.row))

    def refuse_at(self, path: Sequence[Any], code: str, message: str) -> None:
        """An error of the content, at the row and column that its path leads to."""
        names = [step for step in path if isinstance(step, str)]
        numbers = [step for step in path if isinstance(step, int)]
        row = self.row
        if numbers and numbers[0] < len(self.places):
            of_line = self.places[numbers[0]]
            row = of_line[numbers[1]] if len(numbers) > 1 and numbers[1] < len(of_line) else of_line[0]
        column = names[-1] if names else "weight"
        self.refuse(COLUMN_OF.get(column, column), code, message, row)


async def import_table(viewer: Viewer, session: WriteSession, rows: Sequence[Row], *, preview: bool) -> TemplatesImported:
    """What would change; without `preview` it is written, each change as a version.

    Raises NotAllowed, and TableRefused with everything that is wrong, by row and column; then nothing is written.
    """
    viewer.require("templates.write")
    plans = await _plans(viewer, session, rows)
    for plan in plans:
        await _settle(session, plan)
    if not preview:
        _refuse(plans)
        for plan in plans:
            await _write(viewer, session, plan)
        _refuse(plans)
    counts = {change: sum(plan.change == change for plan in plans) for change in ("new", "changed", "unchanged", "error")}
    return TemplatesImported(preview=preview, templates=[_shown(plan) for plan in plans], **counts)


def _shown(plan: Plan) -> TemplateRow:
    return TemplateRow(
        row=plan.row, template_code=plan.code, change=plan.change, sentences=plan.sentences, errors=plan.errors, number=plan.number
    )


def _refuse(plans: Sequence[Plan]) -> None:
    errors = [error for plan in plans for error in plan.errors]
    if errors:
        more = f" ({len(errors)} faults in all.)" if len(errors) > 1 else ""
        detail = f"Row {errors[0].row}, {errors[0].field.removeprefix('/')}: {errors[0].message}{more} Nothing was written."
        raise TableRefused(detail, errors=errors)


async def _plans(viewer: Viewer, session: WriteSession, rows: Sequence[Row]) -> list[Plan]:
    grouped: dict[str, list[Row]] = {}
    for row, cells in rows:
        plain = {column: cell.strip() for column, cell in cells.items()}
        grouped.setdefault(plain["template_code"], []).append((row, plain))
    wanted = dictionary.templates(viewer).where(ScorecardTemplate.code.in_(grouped.keys())).order_by(ScorecardTemplate.id)
    known = {template.code: template for template in await session.scalars(wanted.with_for_update())}
    return [Plan(code, of, known.get(code)) for code, of in grouped.items()]


async def _settle(session: WriteSession, plan: Plan) -> None:
    """What the rows say, whether it may be written, and how it differs from what stands there."""
    _check_rows(plan)
    _check_state(plan)
    before = await content(session, plan.template) if plan.template else None
    if not plan.errors:
        _read(plan, before)
    if plan.given is not None:
        await _check_lines(session, plan, plan.given)
    if plan.given is not None and not plan.errors:
        _compare(plan, before, plan.given)


def _check_rows(plan: Plan) -> None:
    """The rows of one template say the same of it."""
    first = plan.rows[0][1]
    for row, cells in plan.rows[1:]:
        for column in OF_TEMPLATE:
            if cells.get(column, "") != first.get(column, ""):
                message = f"Row {row} says something else than row {plan.row} about `{plan.code}`. Say the same in both."
                plan.refuse(column, "rows_disagree", message, row)


def _check_state(plan: Plan) -> None:
    """The template stands where it stood when the table was written."""
    state = plan.rows[0][1].get("state", "")
    if plan.template is None and state:
        plan.refuse("template_code", "unknown_template", f"There is no template `{plan.code}`. For a new one leave `state` empty.")
    elif plan.template is not None and plan.template.retired_on is not None:
        plan.refuse("template_code", "template_retired", f"`{plan.code}` was retired on {plan.template.retired_on}.")
    elif plan.template is not None and not state:
        plan.refuse("state", "state_missing", "Keep the `state` of the exported table, so that nobody's later change is overwritten.")
    elif plan.template is not None and state != str(plan.template.version):
        plan.refuse("state", "changed_meanwhile", f"`{plan.code}` was changed since the table was written. Export it again.")


def _read(plan: Plan, before: TemplateContent | None) -> None:
    first = plan.rows[0][1]
    try:
        lines, plan.places = read_lines(plan.rows)
        head: dict[str, Any] = {"name": first["template_name"], "role_code": first.get("role_code") or None}
        eligibility = before.eligibility.model_dump() if before else {}
        plan.given = TemplateContent.model_validate({**head, "eligibility": eligibility, "lines": lines})
        TemplateInput.model_validate({"code": plan.code, **plan.given.model_dump()})
    except CellProblem as problem:
        plan.refuse(problem.column, "unreadable_cell", problem.message)
    except ValidationError as invalid:
        plan.given = None
        for error in invalid.errors():
            plan.refuse_at(error["loc"], code_of(error), plain_words(error))


async def _check_lines(session: WriteSession, plan: Plan, given: TemplateContent) -> None:
    try:
        await actions.check_lines(session, given)
    except Problem as problem:
        for error in problem.errors:
            plan.refuse_at(_path(error.field), error.code, error.message)


def _path(field: str) -> list[str | int]:
    return [int(step) if step.isdigit() else step for step in field.strip("/").split("/")]


def _compare(plan: Plan, before: TemplateContent | None, given: TemplateContent) -> None:
    if before is None:
        plan.change, plan.sentences = "new", [f"“{given.name}” is new, with {len(given.lines)} KPIs."]
        return
    heads = {"Name": (before.name, given.name), "Role": (before.role_code, given.role_code)}
    sentences = [f"{word}: {was or 'none'}, now {is_now or 'none'}." for word, (was, is_now) in heads.items() if was != is_now]
    sentences += told(before.lines, given.lines)
    if before != given:
        plan.change, plan.sentences = "changed", sentences


async def _write(viewer: Viewer, session: WriteSession, plan: Plan) -> None:
    """Write as everybody does; what only shows then is told by row, too."""
    if plan.given is None or plan.change not in {"new", "changed"}:
        plan.number = plan.template.number if plan.template else None
        return
    try:
        if plan.template is None:
            made = await actions.create_template(viewer, session, TemplateInput(code=plan.code, **_fields(plan.given)))
        else:
            made = await actions.change_template(viewer, session, plan.template.id, plan.given, etag(plan.template))
    except Problem as problem:
        plan.refuse("template_code", problem.code, problem.detail)
    else:
        plan.number = made.number


def _fields(given: TemplateContent) -> Mapping[str, Any]:
    return {name: getattr(given, name) for name in TemplateContent.model_fields}
