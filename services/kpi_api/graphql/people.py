"""People and units in the graph."""

from datetime import date
from decimal import Decimal
from typing import TYPE_CHECKING, Annotated
from uuid import UUID

import strawberry

from kpi_api.graphql.nodes import DEFAULT_FIRST, After, Connection, First, Info, Node, connection, global_id, page_request
from kpi_api.people import models
from kpi_api.scorecards.queries import scorecards

if TYPE_CHECKING:
    from kpi_api.graphql.development import DevelopmentGoal, DevelopmentStatus
    from kpi_api.graphql.kpis import Kpi
    from kpi_api.graphql.leaves import Leave
    from kpi_api.graphql.roles import Role
    from kpi_api.graphql.scorecards import Scorecard


@strawberry.type(description="A company, business unit, function or team.")
class Unit(Node):
    uuid: UUID
    code: str
    name: str
    kind: str
    value_statement: str | None = strawberry.field(description="How it creates value, and for whom.")
    version: int = strawberry.field(description="Counts its states; `changeUnit` and `moveUnit` ask for the one that was read.")
    head_id: strawberry.Private[UUID | None]

    @strawberry.field(description="Null where out of sight.")
    async def head(self, info: Info) -> "Person | None":
        return await load_person(info, self.head_id)

    @classmethod
    def of(cls, row: models.OrgUnit) -> "Unit":
        return cls(
            id=global_id("Unit", row.id),
            uuid=row.id,
            code=row.code,
            name=row.name,
            kind=row.kind,
            value_statement=row.value_statement,
            version=row.version,
            head_id=row.head_id,
        )


@strawberry.type(description="Where somebody works today, and as what.")
class Employment:
    valid_from: date
    valid_to: date | None
    fte: Decimal
    grade: str | None
    unit_id: strawberry.Private[UUID | None]
    role_id: strawberry.Private[UUID | None]
    manager_id: strawberry.Private[UUID | None]

    @strawberry.field
    async def unit(self, info: Info) -> Unit | None:
        row = await info.context.loaders.units.load(self.unit_id) if self.unit_id else None
        return Unit.of(row) if row else None

    @strawberry.field
    async def role(self, info: Info) -> str | None:
        row = await info.context.loaders.roles.load(self.role_id) if self.role_id else None
        return row.name if row else None

    @strawberry.field(description="The role with its core responsibilities, as it is today.")
    async def position(self, info: Info) -> Annotated["Role", strawberry.lazy("kpi_api.graphql.roles")] | None:
        from kpi_api.graphql.roles import load_role

        return await load_role(info, self.role_id)

    @strawberry.field(description="Null where out of sight.")
    async def manager(self, info: Info) -> "Person | None":
        return await load_person(info, self.manager_id)


@strawberry.type(description="Somebody who works or worked here.")
class Person(Node):
    uuid: UUID
    external_id: str
    display_name: str
    user_name: str | None
    email: str | None
    active: bool
    hire_date: date | None

    @strawberry.field(description="The primary line of today; null for somebody who has none.")
    async def employment(self, info: Info) -> Employment | None:
        row = await info.context.loaders.employments.load(self.uuid)
        if row is None:
            return None
        return Employment(
            valid_from=row.valid_from,
            valid_to=row.valid_to,
            fte=row.fte,
            grade=row.grade,
            unit_id=row.unit_id,
            role_id=row.role_id,
            manager_id=row.manager_id,
        )

    @strawberry.field(description="When the person is or was on leave, oldest first.")
    async def leaves(self, info: Info) -> list[Annotated["Leave", strawberry.lazy("kpi_api.graphql.leaves")]]:
        from kpi_api.graphql.leaves import load_leaves

        return await load_leaves(info, self.uuid)

    @strawberry.field(description="The person's scorecards, oldest first.")
    async def scorecards(
        self, info: Info, first: First = DEFAULT_FIRST, after: After = None, cycle_code: str | None = None
    ) -> Connection[Annotated["Scorecard", strawberry.lazy("kpi_api.graphql.scorecards")]]:
        from kpi_api.graphql.scorecards import Scorecard

        page = page_request(info, first, after)
        async with info.context.read() as session:
            rows = await scorecards(info.context.viewer, session, page, cycle_code=cycle_code, person_id=self.uuid)
        return connection(rows, after, Scorecard.of)

    @strawberry.field(description="KPIs that the person owns or carries with others, as far as the viewer sees them whole, oldest first.")
    async def kpis(
        self, info: Info, first: First = DEFAULT_FIRST, after: After = None, cycle_code: str | None = None
    ) -> Connection[Annotated["Kpi", strawberry.lazy("kpi_api.graphql.kpis")]]:
        from kpi_api.cascade.queries import kpis_of_person
        from kpi_api.graphql.kpis import Kpi

        page = page_request(info, first, after)
        async with info.context.read() as session:
            rows = await kpis_of_person(info.context.viewer, session, page, self.uuid, cycle_code)
        views = await info.context.loaders.kpis.load_many([row.id for row in rows])
        shown = {view.id: view for view in views if view is not None}
        return connection(rows, after, lambda row: Kpi.of(shown[row.id]) if row.id in shown else None)

    @strawberry.field(description="The person's development goals, oldest first.")
    async def development_goals(
        self,
        info: Info,
        first: First = DEFAULT_FIRST,
        after: After = None,
        status: Annotated["DevelopmentStatus", strawberry.lazy("kpi_api.graphql.development")] | None = None,
    ) -> Connection[Annotated["DevelopmentGoal", strawberry.lazy("kpi_api.graphql.development")]]:
        from kpi_api.graphql.development import goals_page

        return await goals_page(info, first, after, self.uuid, status)

    @classmethod
    def of(cls, row: models.Person) -> "Person":
        return cls(
            id=global_id("Person", row.id),
            uuid=row.id,
            external_id=row.external_id,
            display_name=row.display_name,
            user_name=row.user_name,
            email=row.email,
            active=row.active,
            hire_date=row.hire_date,
        )


async def load_person(info: Info, person_id: UUID | None) -> Person | None:
    row = await info.context.loaders.people.load(person_id) if person_id else None
    return Person.of(row) if row else None
