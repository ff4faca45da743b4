"""Calendars with sprints and closings, and the periods of cycles, through the graph."""

from tests.kpi_api.given import a_person, store
from tests.kpi_api.graphql.asking import ask, errors_of
from tests.world import Organization

PROBLEM = "... on Problem { code detail errors { field code } }"
WRITE = f"""mutation ($calendar: CalendarInput!, $version: Int) {{ writeCalendar(calendar: $calendar, version: $version) {{ __typename
  ... on CalendarChanged {{ calendar {{ id uuid version holidays closingDays {{ month closedOn }} }} }} {PROBLEM} }} }}"""
CREATE = f"""mutation ($id: ID!, $sprints: [SprintInput!], $series: SprintSeriesInput) {{
  createSprints(id: $id, sprints: $sprints, series: $series) {{ __typename
  ... on SprintsChanged {{ sprints {{ uuid name startsOn endsOn }} }} {PROBLEM} }} }}"""
DELETE = f"""mutation ($id: ID!, $uuid: UUID!) {{ deleteSprint(calendarId: $id, uuid: $uuid) {{ __typename
  ... on SprintsChanged {{ sprints {{ name }} }} {PROBLEM} }} }}"""
CALENDAR = {"holidays": ["2026-02-02"], "closesAfterWorkingDays": 1, "closingDays": [{"month": "2026-03", "closedOn": "2026-04-07"}]}


async def test_a_calendar_is_written_by_who_read_it_and_a_stale_one_is_told_what_stands(organization: Organization) -> None:
    await store(organization, reader := a_person("reader"))
    client, colleague = (await organization.admin()).kpi_api, (await organization.as_person(reader.id)).kpi_api

    refused = (await ask(colleague, WRITE, calendar=CALENDAR))["writeCalendar"]
    made = (await ask(client, WRITE, calendar=CALENDAR))["writeCalendar"]["calendar"]
    unread = (await ask(client, WRITE, calendar={}))["writeCalendar"]
    stale = (await ask(client, WRITE, calendar={"closesAfterWorkingDays": 1}, version=7))["writeCalendar"]
    wrong = (await ask(client, WRITE, calendar={"timeZone": "Mars/Olympus"}, version=1))["writeCalendar"]
    twice = (await ask(client, WRITE, calendar={"closingDays": CALENDAR["closingDays"] * 2}, version=1))["writeCalendar"]  # type: ignore[operator]

    assert refused["__typename"] == "NotAllowedProblem"
    assert (made["version"], made["holidays"], made["closingDays"]) == (1, ["2026-02-02"], CALENDAR["closingDays"])
    assert (unread["__typename"], unread["code"]) == ("ChangedProblem", "precondition_required")
    assert stale["__typename"] == "ChangedProblem"
    assert "`holidays` is “2026-02-02” now. `closing_days` is “2026-03: 2026-04-07” now." in stale["detail"]
    assert (wrong["__typename"], wrong["errors"]) == ("InvalidProblem", [{"field": "/time_zone", "code": "unknown_time_zone"}])
    assert twice["errors"][0]["field"] == "/closing_days/1/month"
    seen = await ask(colleague, "{ calendars { uuid version legalEntityUuid } }")
    assert seen == {"calendars": [{"uuid": made["uuid"], "version": 1, "legalEntityUuid": None}]}


async def test_sprints_are_added_all_or_none_and_taken_out_before_they_begin(organization: Organization) -> None:
    await organization.set_clock("2026-01-20T09:00:00Z")
    client = (await organization.admin()).kpi_api
    id_ = (await ask(client, WRITE, calendar={}))["writeCalendar"]["calendar"]["id"]

    series = {"startsOn": "2026-01-05", "until": "2026-02-10"}
    added = (await ask(client, CREATE, id=id_, series=series))["createSprints"]["sprints"]
    extra = {"name": "Extra", "startsOn": "2026-01-18", "endsOn": "2026-01-18"}
    overlapping = (await ask(client, CREATE, id=id_, sprints=[extra]))["createSprints"]
    neither = (await ask(client, CREATE, id=id_))["createSprints"]
    begun = (await ask(client, DELETE, id=id_, uuid=added[1]["uuid"]))["deleteSprint"]
    ahead = (await ask(client, DELETE, id=id_, uuid=added[2]["uuid"]))["deleteSprint"]
    gone = (await ask(client, DELETE, id=id_, uuid=added[2]["uuid"]))["deleteSprint"]

    assert [(row["name"], row["startsOn"]) for row in added] == [
        ("Sprint 1", "2026-01-05"), ("Sprint 2", "2026-01-19"), ("Sprint 3", "2026-02-02"),
    ]  # fmt: skip
    assert (overlapping["__typename"], overlapping["code"]) == ("ConflictProblem", "sprints_overlap")
    assert neither["errors"][0]["code"] == "sprints_or_series"
    assert (begun["code"], gone["__typename"]) == ("sprint_begun", "NotFoundProblem")
    assert ahead["sprints"] == [{"name": "Sprint 1"}, {"name": "Sprint 2"}]
    query = "query ($id: ID!) { calendar(id: $id) { sprints { name } } node(id: $id) { ... on Calendar { version } } }"
    assert await ask(client, query, id=id_) == {"calendar": {"sprints": ahead["sprints"]}, "node": {"version": 1}}


async def test_closings_and_periods_are_as_rest_gives_them(organization: Organization) -> None:
    client = (await organization.admin()).kpi_api
    await ask(client, WRITE, calendar=CALENDAR)
    year = {"code": "2026", "name": "2026", "starts_on": "2026-01-01", "ends_on": "2026-12-31"}
    assert (await client.post("/v1/cycles", json=year)).status_code == 201

    seen = await ask(client, """{ january: calendarClosing(month: "2026-01", day: "2026-02-06") { closedOn businessDaysAfterClose }
      march: calendarClosing(month: "2026-03") { closedOn businessDaysAfterClose }
      cyclePeriods(cycle: "2026", length: QUARTER) { start end }
      none: cyclePeriods(cycle: "2031", length: YEAR) { start } }""")  # fmt: skip
    (wrong,) = await errors_of(client, '{ calendarClosing(month: "2026-13") { closedOn } }')

    assert seen["january"] == {"closedOn": "2026-02-03", "businessDaysAfterClose": 3}
    assert seen["march"] == {"closedOn": "2026-04-07", "businessDaysAfterClose": None}
    assert [row["end"] for row in seen["cyclePeriods"]] == ["2026-03-31", "2026-06-30", "2026-09-30", "2026-12-31"]
    assert seen["none"] is None
    assert wrong["extensions"]["code"] == "month_format"
