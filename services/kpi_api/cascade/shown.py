"""How KPIs look to a viewer: whole, or as an ancestor."""

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from sqlalchemy import Row, select

from chassis.access import Viewer
from chassis.database import ReadSession
from chassis.problems import FieldError, NotFound
from chassis.verbs import VerbOutput, verb_output
from kpi_api.cascade import actions, queries
from kpi_api.cascade.fit import misfits_of_kpi
from kpi_api.cascade.models import Contribution, Kpi
from kpi_api.cascade.schemas import (
    AncestorKpi,
    KpiDetail,
    KpiDetailView,
    KpiOutput,
    KpiView,
    PersonName,
    StakeholderOutput,
    TargetOutput,
    UnitName,
)
from kpi_api.cascade.windows.actions import require_recordable
from kpi_api.cascade.windows.dates import phasing_warnings
from kpi_api.cascade.windows.queries import beginning, window_and_calendar
from kpi_api.cascade.withdrawing import require_open_cycle
from kpi_api.dictionary.models import DefinitionVersion
from kpi_api.dictionary.targets import target_sentence


def target_shown(target: Any) -> TargetOutput:
    """A target row, or its columns as a dict, with its sentence."""
    shown = TargetOutput.model_validate({"sentence": "", **target} if isinstance(target, dict) else _columns(target))
    return shown.model_copy(update={"sentence": target_sentence(shown)})


def _columns(row: Any) -> dict[str, Any]:
    return {"sentence": "", **{name: getattr(row, name) for name in TargetOutput.model_fields if name != "sentence"}}


async def kpi_view(viewer: Viewer, session: ReadSession, kpi_id: UUID) -> KpiDetailView:
    """One KPI in sight, whole with what the viewer may do with it, or as an ancestor. Raises NotFound."""
    views = await kpi_views(viewer, session, [kpi_id])
    if not views:
        raise NotFound()
    (view,) = views
    if not isinstance(view, KpiOutput):
        return view
    return KpiDetail(**dict(view), warnings=await warnings(viewer, session, view), verbs=await verbs(viewer, session, kpi_id))


async def warnings(viewer: Viewer, session: ReadSession, view: KpiOutput) -> list[FieldError]:
    """What seems wrong with a KPI seen whole though it is allowed: a definition not for its owner, phases that do not add up."""
    return [*await misfits_of_kpi(viewer, session, view.id), *await _phases(session, view)]


async def _phases(session: ReadSession, view: KpiOutput) -> list[FieldError]:
    """Phases of a total that do not add up to it."""
    if not any(target.phasing for target in view.targets):
        return []
    statement = select(Kpi, DefinitionVersion.combine).join(DefinitionVersion, DefinitionVersion.id == Kpi.definition_version_id)
    kpi, combine = (await session.execute(statement.where(Kpi.id == view.id))).one()
    window, _ = await window_and_calendar(session, kpi)
    return list(phasing_warnings(view.targets, window, combine)) if window else []


async def verbs(viewer: Viewer, session: ReadSession, kpi_id: UUID) -> list[VerbOutput]:
    """What the viewer may do with a KPI that they see whole and, where not, why. Who changes its targets also links it upward."""

    async def require_open() -> Kpi:
        kpi = await actions.require_changeable(viewer, session, kpi_id)
        await require_open_cycle(session, kpi)
        return kpi

    async def require_room_for_stakeholders() -> None:
        actions.require_collaborative(await require_open())

    change = await verb_output("change_targets", require_open)
    alike = [change.model_copy(update={"verb": verb}) for verb in ("change_roll_up", "contribute")]
    return [
        change,
        *alike,
        await verb_output("add_stakeholders", require_room_for_stakeholders),
        await verb_output("record_window_event", lambda: require_recordable(viewer, session, kpi_id)),
    ]


async def kpi_views(viewer: Viewer, session: ReadSession, kpi_ids: Sequence[UUID]) -> list[KpiView]:
    """KPIs in sight in the order of their ids given; those out of sight are left out."""
    facts = await queries.kpi_facts(viewer, session, kpi_ids)
    ids = [kpi_id for kpi_id in kpi_ids if kpi_id in facts]
    targets = await queries.targets(session, ids)
    shown_targets = {kpi_id: [target_shown(target) for target in targets[kpi_id]] for kpi_id in ids}
    whole = [kpi_id for kpi_id in ids if facts[kpi_id].whole]
    carriers = await queries.stakeholders(session, whole)
    parents = await queries.parents(session, whole)
    return [
        _whole(facts[kpi_id], shown_targets[kpi_id], carriers[kpi_id], parents[kpi_id])
        if facts[kpi_id].whole
        else _ancestor(facts[kpi_id], shown_targets[kpi_id])
        for kpi_id in ids
    ]


def _unit(id_: UUID | None, name: str | None) -> UnitName | None:
    return UnitName(id=id_, name=name or "") if id_ else None


def _person(id_: UUID | None, name: str | None) -> PersonName | None:
    return PersonName(id=id_, name=name or "") if id_ else None


def _ancestor(facts: Row[Any], targets: list[TargetOutput]) -> AncestorKpi:
    kpi: Kpi = facts.Kpi
    return AncestorKpi(
        id=kpi.id,
        name=kpi.name,
        why=kpi.why,
        level=kpi.level,
        owning_unit=_unit(facts.unit_id, facts.unit_name),
        targets=targets,
        status=kpi.status,
    )


def _whole(facts: Row[Any], targets: list[TargetOutput], carriers: list[Row[Any]], parents: list[Contribution]) -> KpiOutput:
    kpi: Kpi = facts.Kpi
    return KpiOutput(
        id=kpi.id,
        code=kpi.code,
        name=kpi.name,
        why=kpi.why,
        level=kpi.level,
        owner=_person(kpi.owner_person_id, facts.owner_name),
        owning_unit=_unit(facts.unit_id, facts.unit_name),
        collaborative=kpi.collaborative,
        definition_id=facts.definition_id,
        definition_code=facts.definition_code,
        definition_version=facts.definition_version,
        cycle_id=kpi.cycle_id,
        window_start=None if kpi.status == "waiting" else kpi.window_start,
        window_end=None if kpi.status == "waiting" else kpi.window_end,
        window_event=beginning(kpi),
        controllability=kpi.controllability,
        status=kpi.status,
        roll_up=kpi.roll_up,
        roll_up_of=kpi.roll_up_of,
        version=kpi.version,
        targets=targets,
        stakeholders=[_carrier(row) for row in carriers],
        contributes_to=[contribution.parent_id for contribution in parents],
    )


def _carrier(row: Row[Any]) -> StakeholderOutput:
    carrier = row.KpiStakeholder
    return StakeholderOutput(
        id=carrier.id, person=_person(carrier.person_id, row.person_name), unit=_unit(carrier.unit_id, row.unit_name), part=carrier.part
    )
