"""Calendars in the graph: working days, closings and sprints, the periods of cycles, and their changes."""

from datetime import date
from typing import Annotated
from uuid import UUID

import strawberry
from graphql import GraphQLError

from chassis.database import WriteSession
from chassis.problems import NotFound
from kpi_api.cycles import models, periods
from kpi_api.cycles.calendars import actions, queries
from kpi_api.cycles.calendars.schemas import MONTH, CalendarIn, SprintsIn
from kpi_api.cycles.queries import cycle as find_cycle
from kpi_api.cycles.queries import window
from kpi_api.graphql.nodes import Id, Info, Node, global_id, id_of, wanted_id
from kpi_api.graphql.problems import ChangedProblem, ConflictProblem, InvalidProblem, NotAllowedProblem, NotFoundProblem
from kpi_api.graphql.words import TargetPeriod
from kpi_api.graphql.writing import attempt, by_name, found, given, tag, validated

COLUMNS = (
    "time_zone", "fiscal_year_start_month", "fiscal_year_start_day", "working_weekdays", "holidays", "closes_after_working_days", "version",
)  # fmt: skip


@strawberry.type(description="A sprint of a calendar, first and last day included.")
class Sprint:
    uuid: UUID
    name: str
    starts_on: date
    ends_on: date

    @classmethod
    def of(cls, row: models.Sprint) -> "Sprint":
        return cls(uuid=row.id, name=row.name, starts_on=row.starts_on, ends_on=row.ends_on)


@strawberry.type(description="The day on which the books of a month close, where the rule does not hold.")
class ClosingDay:
    month: str
    closed_on: date


@strawberry.type(description="Working days of the organization or of one legal entity, its fiscal year, and when its books close.")
class Calendar(Node):
    uuid: UUID
    legal_entity_uuid: UUID | None = strawberry.field(description="Null for the organization's.")
    time_zone: str
    fiscal_year_start_month: int
    fiscal_year_start_day: int
    working_weekdays: list[int] = strawberry.field(description="1 Monday to 7 Sunday.")
    holidays: list[date]
    closes_after_working_days: int
    closing_days: list[ClosingDay]
    version: int = strawberry.field(description="Counts its states; `writeCalendar` asks for the one that was read.")

    @strawberry.field(description="In their order.")
    async def sprints(self, info: Info) -> list[Sprint]:
        return [Sprint.of(row) for row in await info.context.loaders.sprints.load(self.uuid) or []]

    @classmethod
    def of(cls, row: models.Calendar) -> "Calendar":
        days = [ClosingDay(month=month, closed_on=date.fromisoformat(day)) for month, day in sorted(row.closing_days.items())]
        return cls(
            id=global_id("Calendar", row.id),
            uuid=row.id,
            legal_entity_uuid=row.legal_entity_id,
            closing_days=days,
            **{name: getattr(row, name) for name in COLUMNS},
        )


@strawberry.type(description="When a month's books close, and where a day stands to that.")
class CalendarClosing:
    month: str
    closed_on: date
    day: date | None
    business_days_after_close: int | None = strawberry.field(description="Of `day`: 0 on the closing day and before. Null without a day.")


@strawberry.type(description="A period, first and last day included.")
class CyclePeriod:
    start: date
    end: date


@strawberry.input(description="The day on which the books of a month, such as 2026-03, close.")
class ClosingDayInput:
    month: str
    closed_on: date


@strawberry.input(description="A calendar as it is to be: the organization's, or that of the legal entity named.")
class CalendarInput:
    legal_entity_uuid: UUID | None = None
    time_zone: str | None = strawberry.field(default=None, description="The organization's when left out.")
    fiscal_year_start_month: int = 1
    fiscal_year_start_day: int = 1
    working_weekdays: list[int] = strawberry.field(default_factory=lambda: [1, 2, 3, 4, 5])
    holidays: list[date] = strawberry.field(default_factory=list)
    closes_after_working_days: int = 0
    closing_days: list[ClosingDayInput] = strawberry.field(default_factory=list)

    def read(self) -> CalendarIn:
        said = given(self)
        said["legal_entity_id"] = said.pop("legal_entity_uuid")
        return validated(CalendarIn, said | {"closing_days": by_name(self.closing_days, "month", "closed_on", "/closing_days")})


@strawberry.input(description="A sprint, first and last day included.")
class SprintInput:
    name: str
    starts_on: date
    ends_on: date


@strawberry.input(description="Sprints of one length, one after the other: the last is the one that holds `until`.")
class SprintSeriesInput:
    starts_on: date
    until: date
    length_days: int = 14
    name: str = strawberry.field(default="Sprint", description="Each is called so, with its number.")


@strawberry.type(description="The calendar as it stands now.")
class CalendarChanged:
    calendar: Calendar


@strawberry.type(description="All sprints of the calendar as they stand now.")
class SprintsChanged:
    sprints: list[Sprint]


CalendarResult = Annotated[
    CalendarChanged | NotFoundProblem | NotAllowedProblem | ChangedProblem | ConflictProblem | InvalidProblem,
    strawberry.union("CalendarResult", description="The calendar, or why it did not change."),
]
SprintsResult = Annotated[
    SprintsChanged | NotFoundProblem | NotAllowedProblem | ChangedProblem | ConflictProblem | InvalidProblem,
    strawberry.union("SprintsResult", description="The sprints, or why they did not change."),
]


async def load_calendar(info: Info, calendar_id: UUID) -> Calendar | None:
    try:
        async with info.context.read() as session:
            return Calendar.of(await queries.calendar(info.context.viewer, session, calendar_id))
    except NotFound:
        return None


@strawberry.type
class CalendarQuery:
    @strawberry.field(description="By global id, or by the id that REST gives; null for what is not there.")
    async def calendar(self, info: Info, id_: Id) -> Calendar | None:
        calendar_id = id_of("Calendar", id_)
        return await load_calendar(info, calendar_id) if calendar_id else None

    @strawberry.field(description="The organization's calendar, if it has one, then those of legal entities.")
    async def calendars(self, info: Info) -> list[Calendar]:
        async with info.context.read() as session:
            return [Calendar.of(row) for row in await queries.calendars(info.context.viewer, session)]

    @strawberry.field(description="When a month's books (2026-03) close, by the legal entity's calendar or the organization's.")
    async def calendar_closing(
        self, info: Info, month: str, day: date | None = None, legal_entity_id: strawberry.ID | None = None
    ) -> CalendarClosing:
        if not MONTH.fullmatch(month):
            raise GraphQLError('Write a month as "2026-03".', extensions={"code": "month_format"})
        async with info.context.read() as session:
            row = await queries.calendar_for(info.context.viewer, session, wanted_id("LegalEntity", legal_entity_id))
        calendar, first = queries.business_calendar(row), queries.month_of(month)
        count = None if day is None else calendar.business_days_after_close(first, day)
        return CalendarClosing(month=month, closed_on=calendar.closes_on(first), day=day, business_days_after_close=count)

    @strawberry.field(description="The periods of a cycle, by its id or code, in order; null for a cycle that is not there.")
    async def cycle_periods(self, info: Info, cycle: str, length: TargetPeriod) -> list[CyclePeriod] | None:
        try:
            async with info.context.read() as session:
                row = await find_cycle(info.context.viewer, session, cycle)
        except NotFound:
            return None
        return [CyclePeriod(start=one.start, end=one.end) for one in periods.periods(window(row), length.value)]


@strawberry.type
class CalendarMutation:
    @strawberry.mutation(description="Write the calendar of the organization or of a legal entity; one that is there asks for its version.")
    async def write_calendar(self, info: Info, calendar: CalendarInput, version: int | None = None) -> CalendarResult:
        async def write(session: WriteSession) -> CalendarChanged:
            read = None if version is None else tag(version)
            return CalendarChanged(calendar=Calendar.of(await actions.write_calendar(info.context.viewer, session, calendar.read(), read)))

        result: CalendarResult = await attempt(info, write)
        return result

    @strawberry.mutation(description="Add sprints to a calendar, listed or as a series: all of them or none. One that is there stays.")
    async def create_sprints(
        self, info: Info, id_: Id, sprints: list[SprintInput] | None = None, series: SprintSeriesInput | None = None
    ) -> SprintsResult:
        async def write(session: WriteSession) -> SprintsChanged:
            said = {"sprints": [given(one) for one in sprints or []], "series": given(series) if series else None}
            wanted = validated(SprintsIn, said).listed()
            return _sprints(await actions.add_sprints(info.context.viewer, session, found("Calendar", id_), wanted))

        result: SprintsResult = await attempt(info, write)
        return result

    @strawberry.mutation(description="Take out a sprint, by the id that REST gives; one that has begun stays.")
    async def delete_sprint(self, info: Info, calendar_id: strawberry.ID, uuid: UUID) -> SprintsResult:
        viewer = info.context.viewer

        async def write(session: WriteSession) -> SprintsChanged:
            calendar = found("Calendar", calendar_id)
            await actions.remove_sprint(viewer, session, calendar, uuid)
            return _sprints((await queries.sprints_of_calendars(viewer, session, [calendar]))[calendar])

        result: SprintsResult = await attempt(info, write)
        return result


def _sprints(rows: list[models.Sprint]) -> SprintsChanged:
    return SprintsChanged(sprints=[Sprint.of(row) for row in rows])
