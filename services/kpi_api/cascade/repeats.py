"""The same rows sent again: a KPI whose code exists is left as it is when it says the same, and refused when it says something else."""

from collections.abc import Iterable, Sequence
from typing import Any

from sqlalchemy import select

from chassis.access import Viewer
from chassis.database import ReadSession
from kpi_api.cascade import queries
from kpi_api.cascade.drafts import Draft
from kpi_api.cascade.models import Kpi
from kpi_api.cascade.sight import may_change
from kpi_api.dictionary.models import DefinitionVersion


async def find_repeats(viewer: Viewer, session: ReadSession, drafts: Sequence[Draft]) -> None:
    """Mark the drafts whose code is there already, among the stored KPIs or earlier in the same request."""
    coded = [draft for draft in drafts if draft.given.code]
    _refuse_repeated(coded)
    statement = (
        select(Kpi, DefinitionVersion.definition_id, may_change(viewer).label("changeable"))
        .join(DefinitionVersion, DefinitionVersion.id == Kpi.definition_version_id)
        .where(Kpi.code.in_({draft.given.code for draft in coded}))
    )
    stored = {row.Kpi.code: row for row in await session.execute(statement)} if coded else {}
    targets = await queries.targets(session, [row.Kpi.id for row in stored.values()])
    for draft in coded:
        row = stored.get(draft.given.code)
        if row is None:
            continue
        if row.changeable and _stored_facts(row, targets[row.Kpi.id]) == _given_facts(draft):
            draft.existing_id = row.Kpi.id
        else:
            draft.code_taken = True


def refuse_taken(drafts: Sequence[Draft]) -> None:
    """Refuse the drafts whose code names another KPI, unless something else is wrong with them, too.

    So whoever could not create the KPI anyway does not learn which codes others have.
    """
    for draft in drafts:
        if draft.code_taken and not draft.errors:
            draft.refuse("/code", "code_taken", f"`{draft.given.code}` names another KPI. Choose another code.")


def _refuse_repeated(drafts: Iterable[Draft]) -> None:
    seen: dict[str | None, int] = {}
    for draft in drafts:
        first = seen.setdefault(draft.given.code, draft.row)
        if first != draft.row:
            draft.refuse("/code", "duplicate_code", f"Row {first} has the same code.")


def _given_facts(draft: Draft) -> tuple[Any, ...]:
    version, cycle = draft.version, draft.cycle
    owner = (draft.owner_person_id, draft.owner_unit_id)
    about = (version and version.definition_id, cycle and cycle.id, draft.given.level, *owner, _given_window(draft))
    return *about, draft.given.roll_up, draft.given.roll_up_of, _target_facts(draft.given.targets)


def _stored_facts(row: Any, targets: Iterable[Any]) -> tuple[Any, ...]:
    kpi = row.Kpi
    owner = (kpi.owner_person_id, kpi.owner_unit_id)
    about = (row.definition_id, kpi.cycle_id, kpi.level, *owner, _stored_window(kpi))
    return *about, kpi.roll_up, kpi.roll_up_of, _target_facts(targets)


def _given_window(draft: Draft) -> tuple[Any, ...] | None:
    """The days, or the event with which they begin, whenever that is."""
    event = draft.given.window_event
    return (draft.event.name if draft.event else event.name, draft.given.window_days) if event else draft.window


def _stored_window(kpi: Kpi) -> tuple[Any, ...]:
    return (kpi.window_event, kpi.window_days) if kpi.window_event else (kpi.window_start, kpi.window_end)


def _target_facts(targets: Iterable[Any]) -> list[tuple[Any, ...]]:
    return sorted((t.part, t.comparison, t.value, t.value_high, t.unit, t.period, t.baseline) for t in targets)
