"""Writes to the cascade: create KPIs, link them upward, name who carries them together, change their targets."""

from collections.abc import Sequence
from uuid import UUID

from sqlalchemy import select

from chassis.access import Viewer
from chassis.bulk import RowResult
from chassis.database import ReadSession, WriteSession
from chassis.etags import require_match
from chassis.problems import NotAllowed
from kpi_api.cascade import placement, queries, references, storing
from kpi_api.cascade.drafts import Carrier, Draft
from kpi_api.cascade.levels import UnitTree
from kpi_api.cascade.models import Kpi, KpiStakeholder
from kpi_api.cascade.problems import NOT_YOURS, KpiRefused, StakeholderRefused
from kpi_api.cascade.repeats import find_repeats, refuse_taken
from kpi_api.cascade.schemas import Holder, NewKpi, NewStakeholder, RollUpChoice
from kpi_api.cascade.sight import may_change
from kpi_api.cascade.sights import refresh_sights_of_kpis
from kpi_api.cascade.windows.dates import phasing_errors, with_due_days
from kpi_api.cascade.windows.queries import window_and_calendar
from kpi_api.cascade.withdrawing import require_open_cycle
from kpi_api.dictionary.models import DefinitionVersion
from kpi_api.dictionary.target_schemas import Part, Target
from kpi_api.dictionary.targets_fit import misfits


async def create_kpi(viewer: Viewer, session: WriteSession, given: NewKpi) -> RowResult:
    """One KPI. Raises KpiRefused with everything that is wrong, NotAllowed when the owner is not the viewer's to lead."""
    result = (await create_kpis(viewer, session, [Draft(1, given)]))[0]
    if result.errors:
        errors = [error.model_copy(update={"row": None}) for error in result.errors]
        if errors[0].code == "not_allowed":
            raise NotAllowed(errors[0].message, errors=errors)
        raise KpiRefused(errors[0].message, errors=errors)
    return result


async def create_kpis(viewer: Viewer, session: WriteSession, drafts: Sequence[Draft]) -> list[RowResult]:
    """Many KPIs, each with targets, contributions and stakeholders. A draft with errors stops only itself and those that build on it."""
    await prepare(viewer, session, drafts)
    await store_new(session, drafts)
    return [draft.result() for draft in drafts]


async def prepare(viewer: Viewer, session: WriteSession, drafts: Sequence[Draft]) -> None:
    """Look up what the drafts name and write into each what is wrong with it."""
    if any(draft.given.contributes_to or draft.given.stakeholders for draft in drafts):
        await storing.lock_contributions(session)
    units = await references.load_units(session)
    led = await references.led_units(viewer, session)
    people = await references.load_people(viewer, session, [holder for draft in drafts for holder in _holders(draft.given)])
    cycles = await references.load_cycles(session, {draft.given.cycle_code for draft in drafts})
    calendars = await references.load_calendars(viewer, session)
    happenings = await references.load_events(session, [draft.given.window_event for draft in drafts])
    for draft in drafts:
        draft.cycle = cycles.get(draft.given.cycle_code)
        placement.place_owner(draft, people, units, led)
        placement.find_event(draft, happenings)
        placement.place_in_time(draft)
        placement.follow_calendar(draft, people.get(draft.given.owner), calendars)
        placement.name_carriers(draft, people, units)
    await _settle_versions(session, drafts)
    await find_repeats(viewer, session, drafts)
    await _link(viewer, session, drafts, units)
    refuse_taken(drafts)
    _refuse_those_built_on_refused(drafts)


def _holders(given: NewKpi) -> list[Holder]:
    return [given.owner, *given.stakeholders]


async def _settle_versions(session: WriteSession, drafts: Sequence[Draft]) -> None:
    """The version that was named, or the one in force when the window starts, or today where that is later."""
    wanted = {
        draft.id: (
            draft.given.definition_code,
            draft.given.definition_version,
            max(draft.window[0], session.today) if draft.window else session.today,
        )
        for draft in drafts
    }
    versions = await references.load_versions(session, set(wanted.values()))
    parts: dict[UUID, list[Part]] = {}
    for draft in drafts:
        draft.version = versions.get(*wanted[draft.id])
        if draft.version is not None and draft.version.id not in parts:
            parts[draft.version.id] = [Part.model_validate(part) for part in draft.version.parts]
        of_version = parts[draft.version.id] if draft.version else []
        placement.check_targets(draft, of_version, versions.survivors.get(draft.given.definition_code))


async def _link(viewer: Viewer, session: WriteSession, drafts: Sequence[Draft], units: UnitTree) -> None:
    kpis = await references.load_kpis(viewer, session, {parent.parent for draft in drafts for parent in draft.given.contributes_to})
    by_code = {draft.given.code: draft for draft in drafts if draft.given.code} | {str(draft.id): draft for draft in drafts}
    for draft in drafts:
        placement.link_upward(draft, by_code, kpis, units)


def _refuse_those_built_on_refused(drafts: Sequence[Draft]) -> None:
    """A KPI whose parent in the same request is refused is refused too, and so on downward."""
    by_id = {draft.id: draft for draft in drafts}
    while True:
        fallen = [
            (draft, link)
            for draft in drafts
            if not draft.errors
            for link in draft.links
            if link.parent_id in by_id and by_id[link.parent_id].errors
        ]
        if not fallen:
            return
        for draft, link in fallen:
            draft.refuse(link.field, "parent_refused", f"Row {by_id[link.parent_id].row}, to which it contributes, is refused.")


async def store_new(session: WriteSession, drafts: Sequence[Draft]) -> None:
    """Store the drafts without errors that are not there yet."""
    new = [draft for draft in drafts if draft.is_new]
    if new:
        await storing.store(session, new)
        await refresh_sights_of_kpis(session, [draft.id for draft in new if draft.links or draft.carriers])


async def changeable_kpi(viewer: Viewer, session: WriteSession, kpi_id: UUID) -> Kpi:
    """A KPI that the viewer may change, locked until the transaction ends. Raises NotFound, NotAllowed, KpiRefused in a closed cycle."""
    await queries.kpi(viewer, session, kpi_id)
    kpi = await require_changeable(viewer, session, kpi_id, lock=True)
    await require_open_cycle(session, kpi)
    return kpi


async def require_changeable(viewer: Viewer, session: ReadSession, kpi_id: UUID, *, lock: bool = False) -> Kpi:
    """The KPI, of which the caller has found that the viewer sees it whole. Raises NotAllowed."""
    statement = select(Kpi).where(Kpi.id == kpi_id, may_change(viewer)).execution_options(populate_existing=True)
    found = await session.scalar(statement.with_for_update(of=Kpi) if lock else statement)
    if found is None:
        raise NotAllowed(NOT_YOURS)
    return found


def require_collaborative(kpi: Kpi) -> None:
    """Raises StakeholderRefused."""
    if not kpi.collaborative:
        raise StakeholderRefused("Only a collaborative KPI has stakeholders.")


async def add_stakeholders(viewer: Viewer, session: WriteSession, kpi_id: UUID, given: Sequence[NewStakeholder]) -> list[RowResult]:
    """Name who carries a collaborative KPI together (S1); somebody named already stays, and who had left is one again.

    Raises NotFound, NotAllowed, StakeholderRefused. Row errors: unknown_stakeholder.
    """
    await storing.lock_contributions(session)
    require_collaborative(await changeable_kpi(viewer, session, kpi_id))
    people = await references.load_people(viewer, session, given)
    units = await references.load_units(session)
    statement = select(KpiStakeholder).where(KpiStakeholder.kpi_id == kpi_id)
    there = {row.person_id or row.unit_id: row for row in await session.scalars(statement)}
    carriers = [placement.find_carrier(stakeholder, stakeholder.part, people, units) for stakeholder in given]
    results = [await _add_stakeholder(session, kpi_id, row, carrier, there) for row, carrier in enumerate(carriers, start=1)]
    if any(result.status == "created" for result in results):
        await refresh_sights_of_kpis(session, [kpi_id])
        await storing.record_events(session, "kpi.changed", [kpi_id])
    return results


async def _add_stakeholder(
    session: WriteSession, kpi_id: UUID, row: int, carrier: Carrier | None, there: dict[UUID | None, KpiStakeholder]
) -> RowResult:
    if carrier is None:
        return placement.refused(row, "", "unknown_stakeholder", "There is no such person or unit that you may see.")
    key = carrier.person_id or carrier.unit_id
    if key in there and there[key].left_at is None:
        return RowResult(row=row, status="unchanged", id=there[key].id)
    stakeholder = there.setdefault(key, KpiStakeholder(kpi_id=kpi_id))
    stakeholder.person_id, stakeholder.unit_id, stakeholder.part = carrier
    stakeholder.left_at = stakeholder.left_reason = None
    session.add(stakeholder)
    await session.flush()
    return RowResult(row=row, status="created", id=stakeholder.id)


async def change_targets(viewer: Viewer, session: WriteSession, kpi_id: UUID, targets: Sequence[Target], if_match: str | None) -> Kpi:
    """Give a KPI other targets. What was agreed and signed keeps its own copy.

    Raises NotFound, NotAllowed, KpiRefused, PreconditionRequired, PreconditionFailed.
    """
    kpi = await changeable_kpi(viewer, session, kpi_id)
    require_match(if_match, kpi)
    await put_targets(session, kpi, await fitting_targets(session, kpi, targets))
    return kpi


async def fitting_targets(session: ReadSession, kpi: Kpi, targets: Sequence[Target]) -> Sequence[Target]:
    """The targets with their due days, if they fit the KPI's parts and window. Raises KpiRefused."""
    version = await session.scalar(select(DefinitionVersion).where(DefinitionVersion.id == kpi.definition_version_id))
    errors = misfits([Part.model_validate(part) for part in version.parts] if version else [], targets)
    window, calendar = await window_and_calendar(session, kpi)
    errors += phasing_errors(targets, window)
    if errors:
        raise KpiRefused(errors[0].message, errors=errors)
    return with_due_days(targets, calendar, kpi.window_start)


async def put_targets(session: WriteSession, kpi: Kpi, targets: Sequence[Target]) -> None:
    """Give a KPI targets that fit. The caller has checked that this may be done."""
    await storing.replace_targets(session, kpi.id, targets)
    kpi.version += 1
    await session.flush()
    await storing.record_events(session, "kpi.changed", [kpi.id])


async def change_roll_up(viewer: Viewer, session: WriteSession, kpi_id: UUID, choice: RollUpChoice, if_match: str | None) -> Kpi:
    """Say how a KPI comes about (domain "Roll-up"). Values that were recorded stay.

    Raises NotFound, NotAllowed, PreconditionRequired, PreconditionFailed.
    """
    kpi = await changeable_kpi(viewer, session, kpi_id)
    require_match(if_match, kpi)
    if (kpi.roll_up, kpi.roll_up_of) != (choice.roll_up, choice.roll_up_of):
        kpi.roll_up, kpi.roll_up_of = choice.roll_up, choice.roll_up_of
        await session.flush()
        await storing.record_events(session, "kpi.changed", [kpi_id])
    return kpi
