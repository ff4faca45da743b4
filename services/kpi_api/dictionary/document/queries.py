"""What the document shows: every definition in force, which is everybody's."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import select

from chassis.access import Viewer
from chassis.database import ReadSession
from kpi_api.dictionary import queries as dictionary
from kpi_api.dictionary.models import DefinitionVersion, KpiDefinition, Outcome
from kpi_api.dictionary.schemas import VersionOutput


@dataclass(frozen=True)
class Entry:
    """A definition in force today; `state` is what it stands at, so that who brings it back later is told of changes."""

    definition: KpiDefinition
    version: VersionOutput
    outcome: Outcome | None
    history: Sequence[DefinitionVersion]

    @property
    def state(self) -> str:
        return f"{self.version.number}.{self.definition.version}"


async def entries(viewer: Viewer, session: ReadSession) -> list[Entry]:
    """Every definition with a version in force today, by code."""
    every = (await session.scalars(dictionary.definitions(viewer).order_by(KpiDefinition.code))).all()
    in_force = await dictionary.versions_in_force(session, [row.id for row in every], session.today)
    outcomes = {row.id: row for row in await session.scalars(dictionary.outcomes(viewer))}
    history = await _history(session)
    return [
        Entry(
            definition=row,
            version=VersionOutput.model_validate(version),
            outcome=outcomes.get(version.outcome_id) if version.outcome_id else None,
            history=history.get(row.id, []),
        )
        for row in every
        if (version := in_force.get(row.id))
    ]


async def _history(session: ReadSession) -> Mapping[UUID, Sequence[DefinitionVersion]]:
    """By definition, the versions that were approved, the latest first."""
    decided = select(DefinitionVersion).where(DefinitionVersion.status.in_(dictionary.DECIDED))
    history: dict[UUID, list[DefinitionVersion]] = {}
    for version in await session.scalars(decided.order_by(DefinitionVersion.number.desc())):
        history.setdefault(version.definition_id, []).append(version)
    return history
