"""Ask for an assignment of a template, and undo one. The work itself is the worker's (`jobs`)."""

from collections.abc import Sequence
from decimal import Decimal
from typing import Any, Final
from uuid import UUID

from sqlalchemy import select

from chassis import audit, jobs
from chassis.access import Viewer
from chassis.database import WriteSession
from chassis.identifiers import new_id
from chassis.problems import FieldError, NotAllowed
from kpi_api.cascade.storing import insert_rows
from kpi_api.cycles.models import Cycle
from kpi_api.dictionary import queries as dictionary
from kpi_api.dictionary.models import ScorecardTemplate
from kpi_api.dictionary.problems import TemplateRetired
from kpi_api.dictionary.templates.queries import retired_codes
from kpi_api.scorecards.assignments import queries
from kpi_api.scorecards.assignments.models import TemplateAssignment, TemplateAssignmentResult
from kpi_api.scorecards.assignments.picking import Picked, picked
from kpi_api.scorecards.assignments.problems import AssignmentRefused, PreviewOnly, StillRunning
from kpi_api.scorecards.assignments.schemas import ForWhom, NewAssignment

ASSIGN: Final = "template_assignments.assign"
UNDO: Final = "template_assignments.undo"


async def assign_template(viewer: Viewer, session: WriteSession, given: NewAssignment) -> TemplateAssignment:
    """Begin to give a template's present version to many people. The answer does not wait for the work.

    Raises NotAllowed for an integration, NotFound for an unknown template, TemplateRetired, AssignmentRefused.
    """
    template = await dictionary.template(viewer, session, given.template_code)
    await _require_given(session, template)
    cycle = await open_cycle(session, given.cycle_code, "/cycle_code")
    parents = [parent.model_dump(mode="json") for parent in given.contributes_to]
    of = {"template_id": template.id, "template_number": template.number, "contributes_to": parents}
    return await begin(viewer, session, given, cycle, preview=given.preview, **of)


async def begin(viewer: Viewer, session: WriteSession, whom: ForWhom, cycle: Cycle, *, preview: bool, **of: Any) -> TemplateAssignment:
    """Begin an assignment of a template, or of copies; `of` is what it gives. Raises NotAllowed for an integration, AssignmentRefused."""
    requester_id, people = viewer.require_person(), await picked(viewer, session, whom)
    assignment = TemplateAssignment(
        id=new_id(), cycle_id=cycle.id, requester_id=requester_id, status="running", people=len(people), requested_at=session.now,
        preview=preview, **({"contributes_to": [], "target_change_percent": Decimal(0)} | of),
    )  # fmt: skip
    session.add(assignment)
    await session.flush()
    await _store_results(session, assignment, people)
    await audit.record(session, viewer.subject, "template.assigned", "template_assignment", assignment.id, people=len(people))
    await jobs.enqueue(session, ASSIGN, {"assignment_id": assignment.id}, once_key=str(assignment.id))
    return assignment


async def undo_assignment(viewer: Viewer, session: WriteSession, assignment_id: UUID) -> TemplateAssignment:
    """Begin to remove the drafts that an assignment opened and nobody has touched since. Again changes nothing.

    Raises NotFound, NotAllowed, StillRunning, PreviewOnly.
    """
    await queries.assignment(viewer, session, assignment_id)
    wanted = select(TemplateAssignment).where(TemplateAssignment.id == assignment_id).execution_options(populate_existing=True)
    assignment = (await session.scalars(wanted.with_for_update())).one()
    if viewer.person_id != assignment.requester_id and not viewer.may("scorecards.act_as_hr"):
        raise NotAllowed("Only who asked for it, or HR, may undo it.")
    if assignment.preview:
        raise PreviewOnly("A preview opened nothing, so there is nothing to undo.")
    if assignment.status == "running":
        raise StillRunning("It is still being worked on. Undo it once it is finished.")
    if assignment.status == "finished":
        assignment.status, assignment.finished_at = "undoing", None
        await session.flush()
        await audit.record(session, viewer.subject, "template.assignment_undone", "template_assignment", assignment.id)
        await jobs.enqueue(session, UNDO, {"assignment_id": assignment.id}, once_key=str(assignment.id))
    return assignment


async def _require_given(session: WriteSession, template: ScorecardTemplate) -> None:
    """Raises TemplateRetired, AssignmentRefused naming the definitions that are in force no more."""
    if template.retired_on is not None:
        raise TemplateRetired(f"It was retired on {template.retired_on}.", field="/template_code")
    codes = [line.definition_code for line in (await dictionary.template_lines(session, [template.id]))[template.id]]
    gone = await retired_codes(session, codes, session.today)
    if gone:
        names = ", ".join(f"`{code}`" for code in sorted(gone))
        message = f"The template names {names}, which is in force no more. Change the template first."
        raise AssignmentRefused(message, errors=[FieldError(field="/template_code", code="definition_retired", message=message)])


async def open_cycle(session: WriteSession, code: str, field: str) -> Cycle:
    """The cycle, open or planned. Raises AssignmentRefused."""
    cycle = await session.scalar(select(Cycle).where(Cycle.code == code))
    if cycle is None:
        raise AssignmentRefused(f"There is no cycle “{code}”.", field=field)
    if cycle.status not in {"planned", "open"}:
        raise AssignmentRefused(f"The cycle “{code}” is {cycle.status}.", field=field)
    return cycle


async def _store_results(session: WriteSession, assignment: TemplateAssignment, people: Sequence[Picked]) -> None:
    rows = (
        {"assignment_id": assignment.id, "position": position, "status": "waiting", "kpi_ids": [], **one._asdict()}
        for position, one in enumerate(people, start=1)
    )
    await insert_rows(session, TemplateAssignmentResult, rows)
