"""Events that begin windows, in the graph: read, named for many KPIs, and the day on which one occurred."""

from datetime import date
from typing import Annotated
from uuid import UUID

import strawberry

from chassis.database import WriteSession
from chassis.pagination import fetch_page
from chassis.problems import NotFound
from kpi_api.cascade import models
from kpi_api.cascade.windows import actions, queries
from kpi_api.cascade.windows.schemas import NewWindowEvent
from kpi_api.graphql.cascade.changing import KpiResult, change
from kpi_api.graphql.nodes import DEFAULT_FIRST, After, Connection, First, Id, Info, Node, connection, global_id, id_of, page_request
from kpi_api.graphql.problems import ChangedProblem, ConflictProblem, InvalidProblem, NotAllowedProblem, NotFoundProblem
from kpi_api.graphql.writing import attempt, found, tag, validated


@strawberry.type(description="An event with which the windows of KPIs begin, such as the launch of a product.")
class WindowEvent(Node):
    uuid: UUID
    code: str
    name: str
    occurred_on: date | None = strawberry.field(description="Null until it has: the KPIs wait.")
    version: int = strawberry.field(description="Counts its states; `recordWindowEvent` asks for the one that was read.")

    @classmethod
    def of(cls, row: models.WindowEvent) -> "WindowEvent":
        names = ("code", "name", "occurred_on", "version")
        return cls(id=global_id("WindowEvent", row.id), uuid=row.id, **{name: getattr(row, name) for name in names})


@strawberry.input(description="An event that begins the windows of many KPIs, with its day if that is known.")
class WindowEventInput:
    code: str
    name: str
    occurred_on: date | None = None


@strawberry.type(description="The event as it stands now.")
class WindowEventChanged:
    window_event: WindowEvent


WindowEventResult = Annotated[
    WindowEventChanged | NotFoundProblem | NotAllowedProblem | ChangedProblem | ConflictProblem | InvalidProblem,
    strawberry.union("WindowEventResult", description="The event, or why it did not change."),
]


async def load_window_event(info: Info, event_id: UUID) -> WindowEvent | None:
    try:
        async with info.context.read() as session:
            return WindowEvent.of(await queries.window_event(info.context.viewer, session, event_id))
    except NotFound:
        return None


@strawberry.type
class WindowEventQuery:
    @strawberry.field(description="By global id, or by the id that REST gives; null for what is not there.")
    async def window_event(self, info: Info, id_: Id) -> WindowEvent | None:
        event_id = id_of("WindowEvent", id_)
        return await load_window_event(info, event_id) if event_id else None

    @strawberry.field(description="Events that begin windows, by code.")
    async def window_events(self, info: Info, first: First = DEFAULT_FIRST, after: After = None) -> Connection[WindowEvent]:
        viewer, page = info.context.viewer, page_request(info, first, after)
        async with info.context.read() as session:
            keys = [(models.WindowEvent.code, lambda row: row.code)]
            rows = await fetch_page(session, queries.window_events(viewer), page, keys=keys, scope=f"window_events {viewer.subject}")
        return connection(rows, after, WindowEvent.of)


@strawberry.type
class WindowEventMutation:
    @strawberry.mutation(description="Name an event for many KPIs, which give its code as the beginning of their windows.")
    async def create_window_event(self, info: Info, window_event: WindowEventInput) -> WindowEventResult:
        async def write(session: WriteSession) -> WindowEventChanged:
            event = await actions.create_window_event(info.context.viewer, session, validated(NewWindowEvent, vars(window_event)))
            return WindowEventChanged(window_event=WindowEvent.of(event))

        result: WindowEventResult = await attempt(info, write)
        return result

    @strawberry.mutation(description="The day of an event: the windows of all KPIs that wait for it begin.")
    async def record_window_event(self, info: Info, id_: Id, version: int, occurred_on: date) -> WindowEventResult:
        async def write(session: WriteSession) -> WindowEventChanged:
            event_id = found("WindowEvent", id_)
            event = await actions.record_occurrence(info.context.viewer, session, event_id, occurred_on, tag(version))
            return WindowEventChanged(window_event=WindowEvent.of(event))

        result: WindowEventResult = await attempt(info, write)
        return result

    @strawberry.mutation(description="The day on which a KPI's window begins, where that is with an event of its own.")
    async def record_kpi_window_event(self, info: Info, id_: Id, version: int, occurred_on: date) -> KpiResult:
        viewer = info.context.viewer
        return await change(info, id_, lambda s, kpi: actions.record_kpi_event(viewer, s, kpi, occurred_on, tag(version)))
