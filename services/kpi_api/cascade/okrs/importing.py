"""Import of OKRs from a table: objectives become outcomes, key results definitions with KPIs (S1: "KPIs, OKRs or goals").

A row goes in whole or not at all. A key result without a definition in the dictionary proposes one, which somebody else approves: until
then it waits, and the same file, sent again, gives the KPI. What is there and says the same is left as it is.
"""

from collections.abc import Mapping, Sequence
from uuid import UUID

from chassis.access import Viewer
from chassis.database import WriteSession
from chassis.tabular import Rows
from kpi_api.cascade import actions, references, storing
from kpi_api.cascade.drafts import Draft
from kpi_api.cascade.okrs.objectives import Dictionary, look_up
from kpi_api.cascade.okrs.rows import KeyResult, in_column, key_results, read_okrs
from kpi_api.cascade.okrs.schemas import OkrImportResult, OkrResult

WAITING = {"unknown_definition", "parent_refused"}
"""What is wrong with a KPI of which nothing but the approval of a definition is missing."""


class _Preview(Exception):
    """Undoes what was tried."""


async def import_okrs(viewer: Viewer, session: WriteSession, table: Rows, *, preview: bool = False) -> OkrImportResult:
    """Import a table of `OkrRow`s (see `chassis.tabular.read_rows`); `preview` answers the same and writes nothing.

    Outcomes and definitions are made for who may write the dictionary, KPIs for who leads their owner: each row's errors say so.
    """
    try:
        async with session.begin_nested():
            result = await _import(viewer, session, table, preview=preview)
            if preview:
                raise _Preview
    except _Preview:
        pass
    return result


async def _import(viewer: Viewer, session: WriteSession, table: Rows, *, preview: bool) -> OkrImportResult:
    await storing.lock_contributions(session)
    rows, errors = read_okrs(table)
    units = await references.load_units(session)
    cycles = await references.load_cycles(session, {given.cycle_code for _, given in rows})
    found = key_results(rows, units, cycles, errors)
    dictionary = await look_up(viewer, session, [result.given for result in found])
    await actions.prepare(viewer, session, [result.draft for result in found])
    _settle(viewer, found, dictionary)
    await dictionary.write(viewer, session, [result for result in found if result.waits_for])
    await actions.store_new(session, [result.draft for result in found])
    refused = [OkrResult(row=row, status="error", errors=faults) for row, faults in errors.items()]
    results = [_result(key_result, dictionary) for key_result in found]
    return OkrImportResult.of([*refused, *results], dictionary.new_outcomes, dictionary.new_definitions, preview=preview)


def _settle(viewer: Viewer, found: Sequence[KeyResult], dictionary: Dictionary) -> None:
    """Say what is wrong with each row, and which only wait."""
    for result in found:
        dictionary.check(viewer, result)
        if result.draft.code_taken and _codes(result) <= WAITING:
            result.refuse("code", "code_taken", f"`{result.given.code}` names another KPI. Choose another code.")
    waiting = {result.draft.id: result for result in found if _may_wait(result, dictionary)}
    drafts = {result.draft.id: result.draft for result in found}
    while fallen := [(id_, row) for id_, result in waiting.items() if (row := _refused_parent(result, drafts, waiting))]:
        for id_, row in fallen:
            waiting.pop(id_).refuse("contributes_to", "parent_refused", f"Row {row}, to which it contributes, is refused.")
    for result in waiting.values():
        result.waits_for = _missing(result, waiting)


def _codes(result: KeyResult) -> set[str]:
    return {error.code for error in result.draft.errors}


def _may_wait(result: KeyResult, dictionary: Dictionary) -> bool:
    """Nothing is wrong but that its definition, or that of a KPI above it in the file, is not approved yet."""
    codes = _codes(result)
    if not codes or not codes <= WAITING:
        return False
    return "unknown_definition" not in codes or dictionary.may_come(result.given.defined_as)


def _refused_parent(result: KeyResult, drafts: Mapping[UUID, Draft], waiting: Mapping[UUID, KeyResult]) -> int | None:
    """The row of a KPI to which it contributes and that does not even wait."""
    parents = [drafts[link.parent_id] for link in result.draft.links if link.parent_id in drafts]
    return next((parent.row for parent in parents if parent.errors and parent.id not in waiting), None)


def _missing(result: KeyResult, waiting: Mapping[UUID, KeyResult]) -> str:
    """The definition to approve: its own, else that of the nearest KPI above it that waits."""
    while "unknown_definition" not in _codes(result):
        result = next(waiting[link.parent_id] for link in result.draft.links if link.parent_id in waiting)
    return result.given.defined_as


def _result(result: KeyResult, dictionary: Dictionary) -> OkrResult:
    if result.waits_for is not None:
        proposed = result.given.defined_as in dictionary.new_definitions
        return OkrResult(row=result.row, status="created" if proposed else "unchanged", waits_for_definition=result.waits_for)
    plain = result.draft.result()
    errors = [in_column(error, result.given) for error in plain.errors]
    if dictionary.may_come(result.given.defined_as):
        errors = [error for error in errors if error.code != "unknown_definition"]
    errors = list({(error.field, error.code): error for error in errors}.values())
    return OkrResult(row=plain.row, status=plain.status, id=plain.id, errors=errors)
