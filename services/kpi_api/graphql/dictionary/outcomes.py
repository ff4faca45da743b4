"""Outcomes and outcome areas in the graph, and their changes."""

from typing import Annotated, Any
from uuid import UUID

import strawberry

from chassis.database import WriteSession
from chassis.problems import NotFound
from kpi_api.dictionary import models
from kpi_api.dictionary.outcomes import actions, areas, queries, schemas
from kpi_api.graphql.dictionary.words import DefinitionStatus
from kpi_api.graphql.kpis import load_unit
from kpi_api.graphql.nodes import DEFAULT_FIRST, After, Connection, First, Id, Info, Node, connection, global_id, id_of, page_request
from kpi_api.graphql.people import Unit
from kpi_api.graphql.problems import ChangedProblem, ConflictProblem, InvalidProblem, NotAllowedProblem, NotFoundProblem
from kpi_api.graphql.roles import Role, load_role
from kpi_api.graphql.writing import attempt, found, given, tag, validated


@strawberry.type(description="A field in which the organization wants results.")
class OutcomeArea:
    code: str
    name: str
    description: str
    shipped: bool = strawberry.field(description="With the library; false for one of the organization's own.")


@strawberry.type(description="A definition that serves an outcome, by the version in force or, where none is, the newest in sight.")
class ServingDefinition:
    definition_uuid: UUID
    code: str
    name: str
    number: int
    status: DefinitionStatus


@strawberry.type(description="A directional commitment that KPIs serve.")
class Outcome(Node):
    uuid: UUID
    code: str
    name: str
    area: str
    description: str
    version: int = strawberry.field(description="Counts its states; `changeOutcome` asks for the one that was read.")
    owner_unit_id: strawberry.Private[UUID | None]
    owner_role_id: strawberry.Private[UUID | None]

    @strawberry.field(description="The unit that answers for it, if one does.")
    async def owner_unit(self, info: Info) -> Unit | None:
        return await load_unit(info, self.owner_unit_id)

    @strawberry.field(description="The role that answers for it, if one does.")
    async def owner_role(self, info: Info) -> Role | None:
        return await load_role(info, self.owner_role_id)

    @strawberry.field(description="What serves it now, as far as one sees it, by code.")
    async def definitions(self, info: Info) -> list[ServingDefinition]:
        return [_serving(one) for one in await info.context.loaders.serving_definitions.load(self.uuid) or []]

    @classmethod
    def of(cls, row: models.Outcome) -> "Outcome":
        names = ("code", "name", "area", "description", "version", "owner_unit_id", "owner_role_id")
        return cls(id=global_id("Outcome", row.id), uuid=row.id, **{name: getattr(row, name) for name in names})


def _serving(one: schemas.ServingDefinition) -> ServingDefinition:
    return ServingDefinition(
        definition_uuid=one.definition_id, code=one.code, name=one.name, number=one.number, status=DefinitionStatus(one.status)
    )


@strawberry.input(description="An outcome, in an area that `outcomeAreas` lists; a unit or a role may own it.")
class OutcomeInput:
    code: str
    name: str
    area: str
    description: str = ""
    owner_unit: strawberry.ID | None = None
    owner_role: strawberry.ID | None = None


@strawberry.input(description="What to change of an outcome. What is left out stays; null takes an owner away.")
class OutcomeChangeInput:
    name: str | None = strawberry.UNSET
    area: str | None = strawberry.UNSET
    description: str | None = strawberry.UNSET
    owner_unit: strawberry.ID | None = strawberry.UNSET
    owner_role: strawberry.ID | None = strawberry.UNSET


@strawberry.input(description="An area of the organization's own.")
class OutcomeAreaInput:
    code: str
    name: str
    description: str = ""


def _said(input_: Any) -> dict[str, Any]:
    """An input's values by their names in REST. Raises NotFound for what is no id."""
    said = given(input_)
    owners = {"owner_unit": "Unit", "owner_role": "Role"}
    ids = {f"{name}_id": said.pop(name) for name in owners if name in said}
    return said | {name: id_ if id_ is None else found(owners[name.removesuffix("_id")], id_) for name, id_ in ids.items()}


@strawberry.type(description="The outcome as it stands now.")
class OutcomeChanged:
    outcome: Outcome


@strawberry.type(description="The area that was added.")
class OutcomeAreaChanged:
    area: OutcomeArea


OutcomeResult = Annotated[
    OutcomeChanged | NotFoundProblem | NotAllowedProblem | ChangedProblem | ConflictProblem | InvalidProblem,
    strawberry.union("OutcomeResult", description="The outcome, or why it did not change."),
]
OutcomeAreaResult = Annotated[
    OutcomeAreaChanged | NotFoundProblem | NotAllowedProblem | ChangedProblem | ConflictProblem | InvalidProblem,
    strawberry.union("OutcomeAreaResult", description="The area, or why it was not added."),
]


async def load_outcome(info: Info, outcome_id: UUID | None) -> Outcome | None:
    """None for what is not there."""
    if outcome_id is None:
        return None
    try:
        async with info.context.read() as session:
            return Outcome.of(await queries.outcome(info.context.viewer, session, outcome_id))
    except NotFound:
        return None


@strawberry.type
class OutcomeQuery:
    @strawberry.field(description="The areas that ship, then the organization's own by code.")
    async def outcome_areas(self, info: Info) -> list[OutcomeArea]:
        async with info.context.read() as session:
            found_areas = await areas.outcome_areas(info.context.viewer, session)
        return [OutcomeArea(**area.model_dump()) for area in found_areas]

    @strawberry.field(description="An outcome; null for what is not there.")
    async def outcome(self, info: Info, id_: Id) -> Outcome | None:
        return await load_outcome(info, id_of("Outcome", id_))

    @strawberry.field(description="Outcomes by code.")
    async def outcomes(self, info: Info, first: First = DEFAULT_FIRST, after: After = None) -> Connection[Outcome]:
        page = page_request(info, first, after)
        async with info.context.read() as session:
            rows = await queries.outcomes_page(info.context.viewer, session, page)
        return connection(rows, after, Outcome.of)


@strawberry.type
class OutcomeMutation:
    @strawberry.mutation(description="Add an outcome area of the organization's own.")
    async def create_outcome_area(self, info: Info, area: OutcomeAreaInput) -> OutcomeAreaResult:
        async def write(session: WriteSession) -> OutcomeAreaChanged:
            new = validated(schemas.OutcomeAreaInput, given(area))
            made = await areas.create_outcome_area(info.context.viewer, session, new)
            return OutcomeAreaChanged(area=OutcomeArea(**made.model_dump()))

        result: OutcomeAreaResult = await attempt(info, write)
        return result

    @strawberry.mutation(description="Add an outcome, which definitions name by its code.")
    async def create_outcome(self, info: Info, outcome: OutcomeInput) -> OutcomeResult:
        async def write(session: WriteSession) -> OutcomeChanged:
            new = validated(schemas.OutcomeInput, _said(outcome))
            return OutcomeChanged(outcome=Outcome.of(await actions.create_outcome(info.context.viewer, session, new)))

        result: OutcomeResult = await attempt(info, write)
        return result

    @strawberry.mutation(description="Change an outcome. Refused, with what stands there now, when somebody changed it since.")
    async def change_outcome(self, info: Info, id_: Id, version: int, changes: OutcomeChangeInput) -> OutcomeResult:
        async def write(session: WriteSession) -> OutcomeChanged:
            change, outcome_id = validated(schemas.OutcomeChange, _said(changes)), found("Outcome", id_)
            row = await actions.change_outcome(info.context.viewer, session, outcome_id, change, tag(version))
            return OutcomeChanged(outcome=Outcome.of(row))

        result: OutcomeResult = await attempt(info, write)
        return result
