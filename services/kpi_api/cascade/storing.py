"""Writes checked drafts, contributions and stakeholders, set-based: thousands of KPIs are a handful of statements."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any, cast
from uuid import UUID

from sqlalchemy import Table, text

from chassis import events, inserting
from chassis.database import WriteSession
from kpi_api.cascade.drafts import Draft
from kpi_api.cascade.models import Contribution, Kpi, KpiStakeholder, KpiTarget
from kpi_api.database import Base
from kpi_api.dictionary.target_schemas import Target

IDS_PER_EVENT = 1000

LOCK = text("SELECT pg_advisory_xact_lock(hashtextextended('contributions:' || :organization_id, 0))")


async def lock_contributions(session: WriteSession) -> None:
    """One organization changes its contributions and stakeholders one transaction at a time: two at once could each add half of a circle,
    and each would miss what the other adds to people's lines of sight. The trigger on contributions takes the same lock."""
    await session.execute(LOCK, {"organization_id": str(session.organization_id)})


async def store(session: WriteSession, drafts: Sequence[Draft]) -> None:
    """Insert KPIs with targets, contributions and stakeholders, and say so in events."""
    await insert_rows(session, Kpi, [_kpi_row(draft) for draft in drafts])
    await insert_rows(
        session,
        KpiTarget,
        [target_row(draft.id, place, target) for draft in drafts for place, target in enumerate(draft.given.targets, start=1)],
    )
    await insert_rows(
        session,
        Contribution,
        [{"child_id": draft.id, "parent_id": link.parent_id, "weight": link.weight} for draft in drafts for link in draft.links],
    )
    await insert_rows(
        session, KpiStakeholder, [{"kpi_id": draft.id, **carrier._asdict()} for draft in drafts for carrier in draft.carriers]
    )
    await record_events(session, "kpi.created", [draft.id for draft in drafts])


async def insert_rows(session: WriteSession, model: type[Base], rows: Iterable[Mapping[str, Any]]) -> None:
    """Many rows of one table; ids are made here where a row has none."""
    await inserting.insert_rows(session, cast("Table", model.__table__), rows)


async def replace_targets(session: WriteSession, kpi_id: UUID, targets: Sequence[Target]) -> None:
    await session.execute(text("DELETE FROM kpi_targets WHERE organization_id = :organization AND kpi_id = :kpi"),
                          {"organization": session.organization_id, "kpi": kpi_id})  # fmt: skip
    await insert_rows(session, KpiTarget, [target_row(kpi_id, place, target) for place, target in enumerate(targets, start=1)])


async def record_events(session: WriteSession, type_: str, kpi_ids: Sequence[UUID]) -> None:
    """One event for up to a thousand KPIs; `kpi_ids` names them all."""
    for start in range(0, len(kpi_ids), IDS_PER_EVENT):
        ids = kpi_ids[start : start + IDS_PER_EVENT]
        await events.record(session, type_, "kpi", ids[0], kpi_ids=[str(id_) for id_ in ids])


def _kpi_row(draft: Draft) -> dict[str, Any]:
    given, version, cycle, window = draft.given, draft.version, draft.cycle, draft.window
    if version is None or cycle is None or window is None:
        raise ValueError("only a checked draft can be stored")
    return {
        "id": draft.id,
        "code": given.code,
        "definition_version_id": version.id,
        "cycle_id": cycle.id,
        "name": given.name or version.name,
        "why": given.why or version.description,
        "level": given.level,
        "owner_person_id": draft.owner_person_id,
        "owner_unit_id": draft.owner_unit_id,
        "collaborative": given.collaborative,
        "window_start": window[0],
        "window_end": window[1],
        "controllability": given.controllability or version.controllability,
        "status": "waiting" if draft.waiting else "active",
        "calendar_id": draft.calendar.id,
        **_beginning(draft),
        "roll_up": given.roll_up,
        "roll_up_of": given.roll_up_of,
        "copied_from_id": draft.copied_from_id,
        "version": 1,
    }


def _beginning(draft: Draft) -> dict[str, Any]:
    """The event with which the window begins, if one does."""
    if draft.given.window_event is None:
        return {"window_event": None, "window_event_id": None, "window_days": None}
    name = draft.event.name if draft.event else draft.given.window_event.name
    return {"window_event": name, "window_event_id": draft.event.id if draft.event else None, "window_days": draft.given.window_days}


def target_row(kpi_id: UUID, position: int, target: Target) -> dict[str, Any]:
    phasing = [str(value) for value in target.phasing] if target.phasing is not None else None
    lateness = target.lateness.model_dump(mode="json", exclude_none=True) if target.lateness else None
    return {"kpi_id": kpi_id, "position": position, **target.model_dump(), "phasing": phasing, "lateness": lateness}
