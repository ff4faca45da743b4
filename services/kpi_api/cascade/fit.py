"""Individual KPIs whose definition is not for their owner: allowed, and said (domain "applicability")."""

from collections import defaultdict
from collections.abc import Sequence
from datetime import date
from typing import NamedTuple
from uuid import UUID

from sqlalchemy import select

from chassis.access import Viewer
from chassis.database import ReadSession
from chassis.problems import FieldError
from kpi_api.cascade.drafts import Draft
from kpi_api.cascade.models import Kpi
from kpi_api.dictionary.applicability.fitting import why_not
from kpi_api.dictionary.applicability.queries import competencies_of_managers
from kpi_api.dictionary.applicability.standing import Standing, standings
from kpi_api.dictionary.models import DefinitionVersion


class Given(NamedTuple):
    """A definition's version that somebody has for a KPI, and the row it came in."""

    person_id: UUID
    version: DefinitionVersion
    day: date
    row: int | None = None


def day_that_counts(window: tuple[date, date], today: date) -> date:
    """The day on which a KPI's owner must be whom the definition is for: today, within the window."""
    return min(max(window[0], today), window[1])


async def misfits_of_drafts(viewer: Viewer, session: ReadSession, drafts: Sequence[Draft]) -> list[FieldError]:
    """Warnings about those that are right otherwise, by row."""
    given = [
        Given(draft.owner_person_id, draft.version, day_that_counts(draft.window, viewer.today), draft.row)
        for draft in drafts
        if not draft.errors and draft.given.level == "individual" and draft.owner_person_id and draft.version and draft.window
    ]
    return await _misfits(viewer, session, given)


async def misfits_of_kpi(viewer: Viewer, session: ReadSession, kpi_id: UUID) -> list[FieldError]:
    """The warning about a KPI that the viewer sees whole, or none."""
    statement = select(Kpi, DefinitionVersion).join(DefinitionVersion, DefinitionVersion.id == Kpi.definition_version_id)
    kpi, version = (await session.execute(statement.where(Kpi.id == kpi_id))).one()
    if kpi.level != "individual" or kpi.owner_person_id is None:
        return []
    day = day_that_counts((kpi.window_start, kpi.window_end), viewer.today)
    return await _misfits(viewer, session, [Given(kpi.owner_person_id, version, day)])


async def _misfits(viewer: Viewer, session: ReadSession, given: Sequence[Given]) -> list[FieldError]:
    of_managers = await competencies_of_managers(viewer, session, {one.version.competency_code or "" for one in given})
    limited = [one for one in given if _limits(one.version) or one.version.competency_code in of_managers]
    standing = await _standings(viewer, session, limited)
    found = []
    for one in limited:
        fit = one.version.applicability, standing[one.person_id, one.day]
        reasons = why_not(*fit, for_managers=one.version.competency_code in of_managers)
        if reasons:
            message = f"The definition “{one.version.name}” is not meant for its owner. {' '.join(reasons)}"
            found.append(FieldError(field="/definition_code", code="does_not_apply", message=message, row=one.row))
    return found


def _limits(version: DefinitionVersion) -> bool:
    return any(value not in (None, []) for value in version.applicability.values())


async def _standings(viewer: Viewer, session: ReadSession, given: Sequence[Given]) -> dict[tuple[UUID, date], Standing]:
    by_day: defaultdict[date, set[UUID]] = defaultdict(set)
    for one in given:
        by_day[one.day].add(one.person_id)
    found = {day: await standings(viewer, session, people, day) for day, people in by_day.items()}
    return {(id_, day): standing for day, people in found.items() for id_, standing in people.items()}
