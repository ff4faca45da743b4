"""Import of people with their units, roles and managers from a table, a hundred thousand rows in one transaction.

Each row is one person and their primary employment line from `valid_from` on. A row is written whole or not at all: what is wrong with it
is named and the other rows go in. Rows whose managers would make a circle are refused together. A column that the file does not have
leaves what is stored alone; an empty cell empties it.
"""


from sqlalchemy import text

from chassis.access import Viewer
from chassis.bulk import BulkResult, RowResult
from chassis.database import WriteSession
from chassis.problems import FieldError
from chassis.query_plans import planned_for
from chassis.tabular import Rows
from kpi_api.people import changes, reporting
from kpi_api.people.import_references import fill_in_references
from kpi_api.people.import_rows import LINE_PROBLEMS, Import, read_import
from kpi_api.people.lines import end_lines, resolve_managers, set_lines
from kpi_api.people.persons import UserNamesTaken, write_persons
from kpi_api.people.problems import ReportingLineTooDeep
from kpi_api.people.schemas import ImportResult

PENDING = text(
    "SELECT DISTINCT person_id, manager_external_id FROM employments WHERE organization_id = :organization_id"
    " AND person_id = ANY(:person_ids) AND manager_id IS NULL AND manager_external_id IS NOT NULL"
)


class _DryRun(Exception):
    """Undoes what was tried."""


class _RowsRefused(Exception):
    """Undoes what was tried, to be tried again without the rows refused since."""


async def import_people(
    viewer: Viewer, session: WriteSession, table: Rows, *, create_missing: bool = False, dry_run: bool = False
) -> ImportResult:
    """Import a table (see `chassis.tabular.read_rows`; the columns are those of `ImportRow`).

    `create_missing` makes units and roles that are named but not there; `dry_run` answers the same and writes nothing.
    Raises NotAllowed, ReportingLineTooDeep, and TableProblem `duplicate_ids` for two rows of one person; else rows stand for themselves.
    """
    viewer.require("people.write")
    found = read_import(table)
    try:
        async with session.begin_nested():
            await reporting.lock(session)
            await fill_in_references(session, found, create_missing=create_missing)
            await _write_valid_rows(session, found)
            result = _result(found, await _pending(session, found), dry_run=dry_run)
            if dry_run:
                raise _DryRun
    except _DryRun:
        pass
    except reporting.TooDeep:
        raise ReportingLineTooDeep(f"More than {reporting.MAX_DEPTH} managers would stand above somebody. Nothing was imported.") from None
    return result


async def _write_valid_rows(session: WriteSession, found: Import) -> None:
    """Write the rows; each time the database shows some to be wrong, undo everything and write the others anew."""
    while True:
        found.drop_refused()
        try:
            async with session.begin_nested(), planned_for(session, len(found.rows)):
                await _write(session, found)
            return
        except _RowsRefused:
            pass
        except UserNamesTaken as taken:
            for row, name in taken.rows.items():
                found.refuse(row, "user_name", "duplicate_person", f"Somebody else has the user name {name!r}.")
        except reporting.CircleFound as circle:
            _refuse_circle(found, circle)


def _refuse_circle(found: Import, circle: reporting.CircleFound) -> None:
    for incoming in found.rows:
        if incoming.person_id in circle.circles:
            around = circle.around(incoming.person_id)
            message = f"With this manager {incoming.values.external_id} would report to themselves. In the circle: {around}."
            found.refuse(incoming.row, "manager", "circular_reporting_line", message)


async def _write(session: WriteSession, found: Import) -> None:
    persons = await write_persons(session, [incoming.person() for incoming in found.rows], found.given)
    for incoming in found.rows:
        incoming.person_id, incoming.person_status = persons[incoming.row]
    statuses = await set_lines(session, [incoming.line() for incoming in found.rows], found.attributes)
    for incoming in found.rows:
        incoming.line_status = statuses[incoming.row]
        if incoming.line_status in LINE_PROBLEMS:
            found.refuse(incoming.row, *LINE_PROBLEMS[incoming.line_status])
    if any(incoming.row in found.errors for incoming in found.rows):
        raise _RowsRefused
    await _write_reporting(session, found)


async def _write_reporting(session: WriteSession, found: Import) -> None:
    ids = [incoming.person_id for incoming in found.rows]
    changed = {incoming.person_id for incoming in found.rows if incoming.line_status != "unchanged"}
    if "termination_date" in found.given:
        changed |= await end_lines(session, ids)
    changed |= await resolve_managers(session, ids)
    if changed:
        await changes.record_employment_changed(session, await reporting.rebuild(session, changed))
    await changes.record_person_changed(session, {i.person_id for i in found.rows if i.person_status != "unchanged"})


async def _pending(session: WriteSession, found: Import) -> list[FieldError]:
    """The rows whose manager is not there yet, each with whom it names."""
    keys = {"organization_id": session.organization_id, "person_ids": [incoming.person_id for incoming in found.rows]}
    rows = {incoming.person_id: incoming.row for incoming in found.rows}
    pending = [_not_there(rows[found.person_id], found.manager_external_id) for found in await session.execute(PENDING, keys)]
    return sorted(pending, key=lambda note: note.row or 0)


def _not_there(row: int, manager: str) -> FieldError:
    message = f"Nobody is called {manager} here yet. The line to them starts when they are there; correct it if the id is wrong."
    return FieldError(row=row, field="/manager", code="manager_not_there", message=message)


def _result(found: Import, pending: list[FieldError], *, dry_run: bool) -> ImportResult:
    written = [RowResult(row=i.row, status=i.status, id=None if dry_run else i.person_id, errors=[]) for i in found.rows]
    refused = [RowResult(row=row, status="error", errors=errors) for row, errors in found.errors.items()]
    counted = BulkResult.of([*written, *refused])
    return ImportResult(**dict(counted), pending_managers=len(pending), notes=pending, dry_run=dry_run)
