"""Leave of people in the graph: when somebody is away, recorded, changed and taken back."""

from datetime import date
from typing import Annotated
from uuid import UUID

import strawberry

from chassis.database import WriteSession
from kpi_api.graphql.nodes import Info
from kpi_api.graphql.problems import ChangedProblem, ConflictProblem, InvalidProblem, NotAllowedProblem, NotFoundProblem
from kpi_api.graphql.writing import attempt, found, given, tag, validated
from kpi_api.people import queries as people
from kpi_api.people.leaves import actions, queries
from kpi_api.people.leaves.schemas import LeaveInput as Wanted
from kpi_api.people.leaves.schemas import LeaveOutput


@strawberry.type(description="When somebody is away from work and stays employed.")
class Leave:
    uuid: UUID
    first_day: date
    last_day: date | None = strawberry.field(description="Null while it is not known.")
    kind: str | None = strawberry.field(description="Shown to the person and to who keeps people's facts.")
    version: int

    @classmethod
    def of(cls, leave: LeaveOutput) -> "Leave":
        return cls(uuid=leave.id, **leave.model_dump(exclude={"id", "person_id"}))


async def load_leaves(info: Info, person_id: UUID) -> list[Leave]:
    return [Leave.of(leave) for leave in await info.context.loaders.leaves.load(person_id) or []]


@strawberry.input(description="First and last day, both included; a last day that is not known yet is left out.")
class LeaveInput:
    first_day: date
    last_day: date | None = None
    kind: str | None = None


@strawberry.type(description="The leave as it stands now; null once it was taken back.")
class LeaveChanged:
    leave: Leave | None


LeaveResult = Annotated[
    LeaveChanged | NotFoundProblem | NotAllowedProblem | ChangedProblem | ConflictProblem | InvalidProblem,
    strawberry.union("LeaveResult", description="The leave, or why it was not written."),
]
Given = Annotated[LeaveInput, strawberry.argument(name="input")]


@strawberry.type
class LeaveMutation:
    @strawberry.mutation(description="Record that somebody is away.")
    async def record_leave(self, info: Info, person: strawberry.ID, input_: Given) -> LeaveResult:
        viewer = info.context.viewer

        async def write(session: WriteSession) -> LeaveChanged:
            row = await people.person(viewer, session, found("Person", person))
            leave = await actions.record(viewer, session, row, validated(Wanted, given(input_)))
            return LeaveChanged(leave=Leave.of(queries.shown(viewer, leave)))

        result: LeaveResult = await attempt(info, write)
        return result

    @strawberry.mutation(description="Other days of a leave, or another kind.")
    async def change_leave(self, info: Info, person: strawberry.ID, leave: UUID, version: int, input_: Given) -> LeaveResult:
        viewer = info.context.viewer

        async def write(session: WriteSession) -> LeaveChanged:
            wanted = validated(Wanted, given(input_))
            row = await actions.change(viewer, session, found("Person", person), leave, wanted, tag(version))
            return LeaveChanged(leave=Leave.of(queries.shown(viewer, row)))

        result: LeaveResult = await attempt(info, write)
        return result

    @strawberry.mutation(description="Take back a leave that was not to be.")
    async def remove_leave(self, info: Info, person: strawberry.ID, leave: UUID, version: int) -> LeaveResult:
        async def write(session: WriteSession) -> LeaveChanged:
            await actions.remove(info.context.viewer, session, found("Person", person), leave, tag(version))
            return LeaveChanged(leave=None)

        result: LeaveResult = await attempt(info, write)
        return result
