"""The definitions that are for a person, in the graph."""

from datetime import date
from uuid import UUID

import strawberry

from kpi_api.dictionary import models
from kpi_api.dictionary import queries as dictionary
from kpi_api.dictionary.applicability.queries import applicable_definitions
from kpi_api.dictionary.applicability.standing import Standing, standings
from kpi_api.graphql.nodes import DEFAULT_FIRST, After, Connection, First, Info, connection, page_request


@strawberry.type(description="A definition that is for somebody, by its version in force on the day.")
class ApplicableDefinition:
    uuid: UUID
    code: str
    name: str
    number: int = strawberry.field(description="Of the version.")

    @classmethod
    def of(cls, row: models.KpiDefinition, version: models.DefinitionVersion) -> "ApplicableDefinition":
        return cls(uuid=row.id, code=row.code, name=version.name, number=version.number)


@strawberry.type(description="What a person is on a day, and the definitions that are for them.")
class ApplicableDefinitions:
    day: date
    role_code: str | None
    grade: str | None
    has_direct_reports: bool
    person_id: strawberry.Private[UUID]

    @strawberry.field(description="By code.")
    async def definitions(self, info: Info, first: First = DEFAULT_FIRST, after: After = None) -> Connection[ApplicableDefinition]:
        viewer, page = info.context.viewer, page_request(info, first, after)
        standing = Standing(self.role_code, self.grade, self.has_direct_reports)
        async with info.context.read() as session:
            rows = await applicable_definitions(viewer, session, page, self.person_id, standing, self.day)
            shown = await dictionary.versions_in_force(session, [row.id for row in rows], self.day)
        return connection(rows, after, lambda row: ApplicableDefinition.of(row, shown[row.id]) if row.id in shown else None)


async def load_applicable(info: Info, person_id: UUID | None, on: date | None) -> ApplicableDefinitions | None:
    """None where the person is out of sight."""
    person = await info.context.loaders.people.load(person_id) if person_id else None
    if person is None:
        return None
    viewer = info.context.viewer
    day = on or viewer.today
    async with info.context.read() as session:
        standing = (await standings(viewer, session, [person.id], day))[person.id]
    return ApplicableDefinitions(day=day, person_id=person.id, **standing._asdict())
