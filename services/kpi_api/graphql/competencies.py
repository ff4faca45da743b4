"""Competencies in the graph, and their changes."""

from typing import Annotated
from uuid import UUID

import strawberry

from chassis.database import WriteSession
from chassis.problems import NotFound
from kpi_api.dictionary import models
from kpi_api.dictionary.competencies import actions, queries, schemas
from kpi_api.graphql.nodes import Connection, Info, Node, connection, global_id, page_request
from kpi_api.graphql.problems import ChangedProblem, ConflictProblem, InvalidProblem, NotAllowedProblem, NotFoundProblem
from kpi_api.graphql.writing import attempt, found, tag


@strawberry.type(description="A definition that refers to a competency.")
class CompetencyUse:
    definition_uuid: UUID
    code: str
    name: str
    number: int = strawberry.field(description="Of the version.")
    status: str


@strawberry.type(description="A value, behaviour or skill that behavioural KPIs are held against.")
class Competency(Node):
    uuid: UUID
    code: str
    name: str
    description: str
    levels: list[str] = strawberry.field(description="What somebody does at each level, the lowest first.")
    for_managers: bool = strawberry.field(description="Only for people with direct reports.")
    version: int = strawberry.field(description="Counts its states; `changeCompetency` asks for the one that was read.")

    @strawberry.field(description="The definitions that refer to it, as far as one sees them, by code.")
    async def uses(self, info: Info) -> list[CompetencyUse]:
        uses = await info.context.loaders.competency_uses.load(self.code) or []
        names = ("code", "name", "number", "status")
        return [CompetencyUse(definition_uuid=use.definition_id, **{name: getattr(use, name) for name in names}) for use in uses]

    @classmethod
    def of(cls, row: models.Competency) -> "Competency":
        names = ("code", "name", "description", "levels", "for_managers", "version")
        return cls(id=global_id("Competency", row.id), uuid=row.id, **{name: getattr(row, name) for name in names})


@strawberry.input(description="What a competency is.")
class CompetencyInput:
    name: str
    description: str = ""
    levels: list[str] = strawberry.field(default_factory=list)
    for_managers: bool = False


@strawberry.type(description="The competency as it stands now.")
class CompetencyChanged:
    competency: Competency


CompetencyResult = Annotated[
    CompetencyChanged | NotFoundProblem | NotAllowedProblem | ChangedProblem | ConflictProblem | InvalidProblem,
    strawberry.union("CompetencyResult", description="The competency, or why it did not change."),
]


async def load_competency(info: Info, competency_id: UUID | None) -> Competency | None:
    """None for what is not there."""
    if competency_id is None:
        return None
    try:
        async with info.context.read() as session:
            return Competency.of(await queries.competency(info.context.viewer, session, competency_id))
    except NotFound:
        return None


async def competencies_page(info: Info, first: int, after: str | None) -> Connection[Competency]:
    page = page_request(info, first, after)
    async with info.context.read() as session:
        rows = await queries.competencies(info.context.viewer, session, page)
    return connection(rows, after, Competency.of)


async def create_competency(info: Info, code: str, given: CompetencyInput) -> CompetencyResult:
    async def write(session: WriteSession) -> CompetencyChanged:
        new = schemas.NewCompetency(code=code, **vars(given))
        return CompetencyChanged(competency=Competency.of(await actions.create_competency(info.context.viewer, session, new)))

    result: CompetencyResult = await attempt(info, write)
    return result


async def change_competency(info: Info, id_: str, version: int, given: CompetencyInput) -> CompetencyResult:
    async def write(session: WriteSession) -> CompetencyChanged:
        change, competency_id = schemas.CompetencyChange(**vars(given)), found("Competency", id_)
        row = await actions.change_competency(info.context.viewer, session, competency_id, change, tag(version))
        return CompetencyChanged(competency=Competency.of(row))

    result: CompetencyResult = await attempt(info, write)
    return result
