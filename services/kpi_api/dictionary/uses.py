"""Who uses a definition: its versions' KPIs, templates, and definitions that lead to it.

Domains above the dictionary name their own uses by `USERS`, which the application fills when it starts.
"""

from collections.abc import Awaitable, Callable, Sequence
from datetime import date
from uuid import UUID

from sqlalchemy import select

from chassis.access import Viewer
from chassis.database import ReadSession
from kpi_api.dictionary import queries
from kpi_api.dictionary.models import DefinitionVersion, KpiDefinition, ScorecardTemplate, TemplateLine
from kpi_api.dictionary.problems import InUse
from kpi_api.dictionary.schemas import Use

Users = Callable[[Viewer, ReadSession, UUID], Awaitable[Sequence[Use]]]
"""Of a definition, the uses that the viewer sees."""

USERS: list[Users] = []

NAMED = 5
"""So many users a refusal names; the rest are counted."""


async def uses(viewer: Viewer, session: ReadSession, definition_id: UUID) -> list[Use]:
    """Every use in sight, by kind. Raises NotFound."""
    definition = await queries.definition(viewer, session, definition_id)
    found = [*await _templates(session, definition), *await _leading(session, definition)]
    for users in USERS:
        found += await users(viewer, session, definition_id)
    return found


async def _templates(session: ReadSession, definition: KpiDefinition) -> list[Use]:
    statement = (
        select(ScorecardTemplate)
        .join(TemplateLine, TemplateLine.template_id == ScorecardTemplate.id)
        .where(TemplateLine.definition_code == definition.code)
        .order_by(ScorecardTemplate.code)
    )
    return [Use(kind="template", id=row.id, name=row.name) for row in await session.scalars(statement)]


async def _leading(session: ReadSession, definition: KpiDefinition) -> list[Use]:
    """Definitions whose version in force leads to this one."""
    leading = select(DefinitionVersion.definition_id).where(DefinitionVersion.leads_to_code == definition.code)
    in_force = await queries.versions_in_force(session, set(await session.scalars(leading)), session.today)
    found = [version for version in in_force.values() if version.leads_to_code == definition.code]
    return [Use(kind="leads_to", id=row.definition_id, name=row.name) for row in sorted(found, key=lambda row: row.name)]


async def require_unused(viewer: Viewer, session: ReadSession, version: DefinitionVersion, from_day: date) -> None:
    """Raises InUse, naming by whom, when KPIs use the version on or after a day, or templates give the definition."""
    found = [use for use in await uses(viewer, session, version.definition_id) if _uses_then(use, version.number, from_day)]
    if found:
        names = ", ".join(use.in_words() for use in found[:NAMED])
        more = f" and {len(found) - NAMED} more" if len(found) > NAMED else ""
        detail = f"It is used by {names}{more}. Give them another definition first, or retire it from a day after their windows."
        raise InUse(detail, uses=[use.model_dump(mode="json") for use in found])


def _uses_then(use: Use, number: int, day: date) -> bool:
    if use.kind == "kpi":
        return use.version_number == number and use.window_end is not None and use.window_end >= day
    return use.kind == "template"
