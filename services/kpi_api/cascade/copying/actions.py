"""Copies a cascade into another cycle. A repeat copies only what is missing."""

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, case, or_, select

from chassis.access import Viewer
from chassis.bulk import RowStatus
from chassis.database import WriteSession
from chassis.problems import FieldError
from kpi_api.cascade import queries
from kpi_api.cascade.actions import prepare, store_new
from kpi_api.cascade.copying.drafts import Cycles, Original, copy_of
from kpi_api.cascade.copying.queries import copies, originals, with_definitions
from kpi_api.cascade.copying.schemas import Copied, CopyInput, CopyResult
from kpi_api.cascade.drafts import Draft
from kpi_api.cascade.levels import LEVELS
from kpi_api.cascade.models import Kpi
from kpi_api.cascade.problems import CopyRefused
from kpi_api.cascade.storing import lock_contributions
from kpi_api.cycles.models import Cycle
from kpi_api.people.models import OrgUnit, Person

MAX_COPIED = 20_000


async def copy_cascade(viewer: Viewer, session: WriteSession, given: CopyInput) -> CopyResult:
    """Copy the live KPIs of a cycle, each whole or not at all. Raises NotAllowed, CopyRefused for unknown cycles or too many KPIs."""
    viewer.require("kpis.place_anywhere")
    await lock_contributions(session)
    cycles = await _cycles(session, given)
    found = await _originals(viewer, session, given, cycles.source)
    there = await copies(session, cycles.target, [original.kpi.id for original in found])
    drafts = _drafts(found, there, cycles, given)
    await prepare(viewer, session, list(drafts.values()))
    await _refuse_of_leavers(session, drafts)
    if not given.preview:
        await store_new(session, list(drafts.values()))
    results = [_result(original, drafts, there, preview=given.preview) for original in found]
    counts = {status: sum(result.status == status for result in results) for status in ("created", "unchanged", "error")}
    return CopyResult(preview=given.preview, results=results, **counts)


async def _cycles(session: WriteSession, given: CopyInput) -> Cycles:
    codes = (given.from_cycle, given.to_cycle)
    found = {cycle.code: cycle for cycle in await session.scalars(select(Cycle).where(Cycle.code.in_(codes)))}
    for code, field in zip(codes, ("/from_cycle", "/to_cycle"), strict=True):
        if code not in found:
            raise CopyRefused(f"There is no cycle `{code}`.", field=field)
    if given.from_cycle == given.to_cycle:
        raise CopyRefused("Name another cycle to copy into.", field="/to_cycle")
    return Cycles(found[given.from_cycle], found[given.to_cycle])


async def _originals(viewer: Viewer, session: WriteSession, given: CopyInput, cycle: Cycle) -> list[Original]:
    wanted = with_definitions(Kpi.cycle_id == cycle.id, Kpi.status != "withdrawn", *await _wanted(viewer, session, given))
    by_level = case({level: n for n, level in enumerate(LEVELS)}, value=Kpi.level)
    rows = (await session.execute(wanted.order_by(by_level, Kpi.id).limit(MAX_COPIED + 1))).all()
    if len(rows) > MAX_COPIED:
        raise CopyRefused(f"At most {MAX_COPIED} KPIs are copied at once: copy by levels or units, from the top.", field="/unit_codes")
    return await originals(session, rows)


async def _wanted(viewer: Viewer, session: WriteSession, given: CopyInput) -> list[ColumnElement[bool]]:
    conditions: list[ColumnElement[bool]] = [Kpi.level.in_(given.levels)] if given.levels else []
    if given.unit_codes:
        units = dict((await session.execute(select(OrgUnit.code, OrgUnit.id).where(OrgUnit.code.in_(given.unit_codes)))).all())
        for n, code in enumerate(given.unit_codes):
            if code not in units:
                raise CopyRefused(f"There is no unit `{code}`.", field=f"/unit_codes/{n}")
        unit, is_owning = queries.owning_unit(viewer.today)
        inside = select(unit.id).where(is_owning, unit.id.in_(units.values())).correlate(Kpi)
        conditions.append(or_(Kpi.owner_unit_id.in_(units.values()), inside.exists()))
    return conditions


def _drafts(found: Sequence[Original], there: dict[UUID, UUID], cycles: Cycles, given: CopyInput) -> dict[UUID, Draft]:
    """By original that has no copy yet, the draft of its copy. Parents come first, so that a copy can refer to theirs."""
    references = {id_: str(copy) for id_, copy in there.items()}
    drafts: dict[UUID, Draft] = {}
    waiting = [original for original in found if original.kpi.id not in there]
    known = {original.kpi.id for original in found}
    while waiting:
        ready = [original for original in waiting if not _missing(original, known, references)]
        for original in ready:
            parents = [(link.parent_id, references[link.parent_id]) for link in original.contributions if link.parent_id in references]
            draft = copy_of(len(drafts) + 1, original, cycles, parents, given.target_change_percent)
            drafts[original.kpi.id], references[original.kpi.id] = draft, str(draft.id)
        waiting = [original for original in waiting if original.kpi.id not in drafts]
    return drafts


def _missing(original: Original, known: set[UUID], references: dict[UUID, str]) -> bool:
    """Whether something to which it contributes is still to be drafted."""
    return any(link.parent_id in known and link.parent_id not in references for link in original.contributions)


async def _refuse_of_leavers(session: WriteSession, drafts: dict[UUID, Draft]) -> None:
    owners = {draft.owner_person_id for draft in drafts.values() if draft.owner_person_id}
    gone = set(await session.scalars(select(Person.id).where(queries.among(Person.id, owners), ~Person.active)))
    for draft in drafts.values():
        if draft.owner_person_id in gone:
            draft.refuse("/owner", "owner_left", "They have left. Give the KPI to whoever follows them.")


def _result(original: Original, drafts: dict[UUID, Draft], there: dict[UUID, UUID], *, preview: bool) -> Copied:
    kpi = original.kpi
    draft = drafts.get(kpi.id)
    errors = draft.errors if draft else []
    status: RowStatus = "unchanged" if draft is None else "error" if errors else "created"
    version = draft.version.number if draft and draft.version else None
    parents = [link.parent_id for link in original.contributions]
    facts: dict[str, Any] = {"definition_version_before": original.definition_version, "definition_version": version}
    return Copied(
        source_id=kpi.id,
        name=kpi.name,
        status=status,
        id=there.get(kpi.id) if draft is None else None if errors or preview else draft.id,
        definition_changed=version is not None and version != original.definition_version,
        dropped_parents=[id_ for id_ in parents if id_ not in drafts and id_ not in there],
        errors=_without_rows(errors),
        **facts,
    )


def _without_rows(errors: Sequence[FieldError]) -> list[FieldError]:
    return [error.model_copy(update={"row": None}) for error in errors]
