"""People, their roles and competencies, and what is for them: fields of the root."""

from datetime import date

import strawberry

from kpi_api.graphql.applicability import ApplicableDefinitions, load_applicable
from kpi_api.graphql.competencies import Competency, competencies_page, load_competency
from kpi_api.graphql.nodes import DEFAULT_FIRST, After, Connection, First, Id, Info, connection, id_of, page_request
from kpi_api.graphql.people import Person, load_person
from kpi_api.graphql.roles import Role, load_role, roles_page
from kpi_api.people import queries as people


@strawberry.type
class PeopleQuery:
    @strawberry.field(description="By global id, or by the id that REST gives.")
    async def person(self, info: Info, id_: Id) -> Person | None:
        return await load_person(info, id_of("Person", id_))

    @strawberry.field(description="People in sight by name.")
    async def people(
        self, info: Info, first: First = DEFAULT_FIRST, after: After = None, search: str | None = None, active: bool | None = None
    ) -> Connection[Person]:
        page = page_request(info, first, after)
        async with info.context.read() as session:
            rows = await people.people(info.context.viewer, session, page, search=search, active=active)
        return connection(rows, after, Person.of)

    @strawberry.field(description="A role as it is on a day, today when left out; null for what is not there.")
    async def role(self, info: Info, id_: Id, as_of: date | None = None) -> Role | None:
        return await load_role(info, id_of("Role", id_), as_of)

    @strawberry.field(description="Roles by code, as they are on a day, today when left out.")
    async def roles(self, info: Info, first: First = DEFAULT_FIRST, after: After = None, as_of: date | None = None) -> Connection[Role]:
        return await roles_page(info, first, after, as_of)

    @strawberry.field(description="A competency; null for what is not there.")
    async def competency(self, info: Info, id_: Id) -> Competency | None:
        return await load_competency(info, id_of("Competency", id_))

    @strawberry.field(description="Competencies by code.")
    async def competencies(self, info: Info, first: First = DEFAULT_FIRST, after: After = None) -> Connection[Competency]:
        return await competencies_page(info, first, after)

    @strawberry.field(description="The definitions that are for a person on a day, today when left out; null where out of sight.")
    async def applicable_definitions(self, info: Info, person_id: strawberry.ID, on: date | None = None) -> ApplicableDefinitions | None:
        return await load_applicable(info, id_of("Person", person_id), on)
