"""Resolving two definitions that look alike: merge one into the other, rename it, or state what the difference is."""

from collections.abc import Sequence
from datetime import timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import func, select
from sqlalchemy.dialects.postgresql import insert

from chassis import events
from chassis.access import Viewer
from chassis.database import ReadSession, WriteSession
from chassis.identifiers import new_id
from chassis.problems import NotAllowed
from kpi_api.dictionary import queries as dictionary
from kpi_api.dictionary.actions import add_version, require_answering, require_unmerged
from kpi_api.dictionary.duplicates.likeness import Described, likeness
from kpi_api.dictionary.duplicates.models import StatedDifference
from kpi_api.dictionary.duplicates.queries import described, similar_names_from
from kpi_api.dictionary.duplicates.schemas import Resolution, Resolved
from kpi_api.dictionary.models import DefinitionVersion, KpiDefinition, ScorecardTemplate, TemplateLine
from kpi_api.dictionary.problems import NotAlike, NotLive, StillAlike, TemplatesDoNotFit
from kpi_api.dictionary.rewriting import written_again
from kpi_api.dictionary.target_schemas import Target
from kpi_api.dictionary.targets_fit import misfits
from kpi_api.dictionary.templates.actions import parts_of

Pair = tuple[KpiDefinition, KpiDefinition]


async def resolve(viewer: Viewer, session: WriteSession, given: Resolution) -> Resolved:
    """Raises NotFound, NotAllowed, DefinitionMerged, NotLive, NotAlike, StillAlike, TemplatesDoNotFit, InvalidFormula."""
    pair = await _locked(viewer, session, given)
    merged_into, draft_number = None, None
    if given.by == "merge":
        require_mergeable(viewer, *pair)
        merged_into = await _merge(viewer, session, pair, given.note)
    elif given.by == "rename":
        require_answering(viewer, pair[0])
        draft_number = await _rename(viewer, session, pair, given.name or "", given.note)
    else:
        require_knowing(viewer, *pair)
        await _state_difference(viewer, session, pair, given.note)
    named = {"definition_id": given.definition_id, "other_id": given.other_id}
    return Resolved(by=given.by, **named, merged_into=merged_into, draft_number=draft_number)


async def _locked(viewer: Viewer, session: WriteSession, given: Resolution) -> Pair:
    """Both rows, locked in one order, so that of two who merge them crosswise the second is refused."""
    ids = (given.definition_id, given.other_id)
    for id_ in ids:
        await dictionary.definition(viewer, session, id_)
    rows = select(KpiDefinition).where(KpiDefinition.id.in_(ids)).order_by(KpiDefinition.id).with_for_update()
    found = {row.id: row for row in await session.scalars(rows.execution_options(populate_existing=True))}
    for row in found.values():
        await require_unmerged(session, row)
    return found[ids[0]], found[ids[1]]


def require_mergeable(viewer: Viewer, gone: KpiDefinition, survivor: KpiDefinition) -> None:
    """Raises NotAllowed."""
    viewer.require("definitions.retire")


def require_knowing(viewer: Viewer, one: KpiDefinition, other: KpiDefinition) -> None:
    """Who answers for one of the two, or HR, knows how they differ. Raises NotAllowed."""
    mine = viewer.person_id is not None and viewer.person_id in {one.owner_id, other.owner_id}
    if not mine and not viewer.may("definitions.write_any"):
        raise NotAllowed("The owner of either definition or HR does this.")


async def _live(viewer: Viewer, session: ReadSession, pair: Pair) -> tuple[Described, Described]:
    """Both as they stand in force. Raises NotLive."""
    found = {one.definition_id: one for one in await described(viewer, session, [row.id for row in pair])}
    for row in pair:
        if row.id not in found:
            raise NotLive(f"`{row.code}` has no approved version in force.")
    return found[pair[0].id], found[pair[1].id]


async def _merge(viewer: Viewer, session: WriteSession, pair: Pair, note: str) -> str:
    """Retire every approved version of one today and point to the other. Its KPIs keep their version; templates take the other."""
    gone, survivor = pair
    await _live(viewer, session, pair)
    await _move_templates(session, gone, survivor)
    statement = select(DefinitionVersion).where(DefinitionVersion.definition_id == gone.id, DefinitionVersion.status == "approved")
    for version in await session.scalars(statement.order_by(DefinitionVersion.number).with_for_update()):
        version.status, version.retired_from = "retired", session.today
        facts: dict[str, Any] = {"number": version.number, "from_day": str(session.today)}
        await events.record(session, "definition.retired", "definition", gone.id, **facts)
    gone.merged_into_id, gone.merge_note = survivor.id, note
    await session.flush()
    await events.record(session, "definition.merged", "definition", gone.id, into_id=str(survivor.id))
    return survivor.code


async def _move_templates(session: WriteSession, gone: KpiDefinition, survivor: KpiDefinition) -> None:
    """Lines of templates name the survivor from now on, if their targets fit it and it is not there already. Raises TemplatesDoNotFit."""
    version = (await dictionary.versions_in_force(session, [survivor.id], session.today))[survivor.id]
    there = set(await session.scalars(select(TemplateLine.template_id).where(TemplateLine.definition_code == survivor.code)))
    lines = select(TemplateLine, ScorecardTemplate.name).join(ScorecardTemplate, ScorecardTemplate.id == TemplateLine.template_id)
    moved = (await session.execute(lines.where(TemplateLine.definition_code == gone.code).order_by(ScorecardTemplate.name))).all()
    refused = [f"“{name}”" for line, name in moved if line.template_id in there or _misfit(version, line)]
    if refused:
        detail = f"The targets of the templates {', '.join(refused)} do not fit `{survivor.code}`, or it stands in them already."
        raise TemplatesDoNotFit(f"{detail} Change these templates first.")
    for line, _ in moved:
        line.definition_code = survivor.code
    await session.flush()


def _misfit(version: DefinitionVersion, line: TemplateLine) -> Sequence[object]:
    return misfits(parts_of(version), [Target.model_validate(target) for target in line.targets])


async def _rename(viewer: Viewer, session: WriteSession, pair: Pair, name: str, note: str) -> int:
    """A draft like the version in force under another name, in effect once somebody else has approved it."""
    one, other = await _live(viewer, session, pair)
    found = likeness(Described(**{**vars(one), "name": name}), other, await similar_names_from(viewer, session))
    if found and found.why[0] != "same_formula":
        raise StillAlike(f"“{name}” still looks like “{other.name}”. Choose another name.", field="/name")
    version = (await dictionary.versions_in_force(session, [pair[0].id], session.today))[pair[0].id]
    decided = (DefinitionVersion.definition_id == pair[0].id, DefinitionVersion.status.in_(dictionary.DECIDED))
    last = await session.scalar(select(func.max(DefinitionVersion.effective_from)).where(*decided))
    day = max(session.today, (last or session.today) + timedelta(days=1))
    given = await written_again(session, version, name=name, note=note, effective_from=day)
    return (await add_version(viewer, session, pair[0].id, given)).number


async def _state_difference(viewer: Viewer, session: WriteSession, pair: Pair, note: str) -> None:
    one, other = await _live(viewer, session, pair)
    if likeness(one, other, await similar_names_from(viewer, session)) is None:
        raise NotAlike(f"“{one.name}” and “{other.name}” do not look alike, so there is no difference to state.")
    first, second = sorted((one, other), key=lambda described: described.definition_id)
    said = {
        "first_version_id": first.version_id,
        "second_version_id": second.version_id,
        "note": note,
        "stated_by": viewer.subject,
        "stated_at": session.now,
    }
    ids: dict[str, UUID] = {"organization_id": session.organization_id, "first_id": first.definition_id, "second_id": second.definition_id}
    statement = insert(StatedDifference).values(id=new_id(), **ids, **said)
    await session.execute(statement.on_conflict_do_update(index_elements=list(ids), set_=said))
    await events.record(session, "definition.difference_stated", "definition", pair[0].id, other_id=str(pair[1].id))
