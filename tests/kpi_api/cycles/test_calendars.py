"""Closings, fiscal years and sprints of calendars."""

import asyncio
from datetime import date
from typing import Any

import httpx
import pytest

from kpi_api.cycles.calendars.business import BusinessCalendar, month_end_since
from kpi_api.cycles.periods import Days, Period, Window, periods
from kpi_api.cycles.working_days import WorkingDays
from tests.world import Organization

APRIL = BusinessCalendar(fiscal_start=(4, 6))


async def calendar_of(client: httpx.AsyncClient, **given: Any) -> str:
    answer = await client.put("/v1/calendars", json=given)
    assert answer.status_code == 200, answer.text
    return str(answer.json()["id"])


def test_books_close_on_the_last_working_day_or_so_many_after_or_as_listed() -> None:
    """31 January 2026 is a Saturday."""
    holidays = WorkingDays(holidays={date(2026, 1, 30)})

    assert BusinessCalendar().closes_on(date(2026, 1, 10)) == date(2026, 1, 30)
    assert BusinessCalendar(holidays).closes_on(date(2026, 1, 10)) == date(2026, 1, 29)
    assert BusinessCalendar(closes_after=2).closes_on(date(2026, 1, 10)) == date(2026, 2, 3)
    assert BusinessCalendar(closes_after=2, closing_days={"2026-01": "2026-02-10"}).closes_on(date(2026, 1, 10)) == date(2026, 2, 10)


def test_within_three_business_days_of_the_close_is_counted_from_the_close() -> None:
    calendar = BusinessCalendar()

    assert calendar.deadline(date(2026, 1, 1), 3) == date(2026, 2, 4)
    days = [date(2026, 1, 28), date(2026, 1, 30), date(2026, 2, 1), date(2026, 2, 4), date(2026, 2, 5)]
    assert [calendar.business_days_after_close(date(2026, 1, 1), day) for day in days] == [0, 0, 0, 3, 4]


@pytest.mark.parametrize(
    ("calendar", "quarter", "since", "end"),
    [
        (BusinessCalendar(), 3, date(2026, 1, 1), date(2026, 9, 30)),
        (BusinessCalendar(), 3, date(2026, 9, 30), date(2026, 9, 30)),
        (BusinessCalendar(), 3, date(2026, 10, 1), date(2027, 9, 30)),
        (BusinessCalendar(fiscal_start=(7, 1)), 3, date(2026, 7, 1), date(2027, 3, 31)),
        (BusinessCalendar(fiscal_start=(7, 1)), 4, date(2026, 1, 1), date(2026, 6, 30)),
        (APRIL, 1, date(2026, 4, 6), date(2026, 7, 5)),
        (APRIL, 4, date(2026, 4, 5), date(2026, 4, 5)),
    ],
)
def test_by_a_quarter_is_by_the_end_of_that_fiscal_quarter(calendar: BusinessCalendar, quarter: int, since: date, end: date) -> None:
    assert calendar.quarter_end(quarter, since) == end


def test_by_december_is_by_its_end() -> None:
    assert month_end_since(12, date(2026, 1, 1)) == date(2026, 12, 31)
    assert month_end_since(2, date(2027, 12, 31)) == date(2028, 2, 29)


def test_quarters_of_a_year_that_starts_within_a_month_start_within_months() -> None:
    year = Window(date(2026, 4, 6), date(2027, 4, 5), date(2026, 4, 6))

    assert [(period.start, period.end) for period in periods(year, "quarter")] == [
        (date(2026, 4, 6), date(2026, 7, 5)),
        (date(2026, 7, 6), date(2026, 10, 5)),
        (date(2026, 10, 6), date(2027, 1, 5)),
        (date(2027, 1, 6), date(2027, 4, 5)),
    ]
    assert periods(year, "month")[0] == Period(date(2026, 4, 6), date(2026, 4, 30), periods(year, "month")[0].share)


def test_sprints_are_the_calendars_and_fourteen_days_where_it_has_none() -> None:
    sprints = (Days(date(2026, 1, 5), date(2026, 1, 18)), Days(date(2026, 1, 20), date(2026, 2, 2)))
    january = Window(date(2026, 1, 1), date(2026, 1, 31), date(2026, 1, 1), sprints)

    assert [(period.start, period.end) for period in periods(january, "sprint")] == [
        (date(2026, 1, 5), date(2026, 1, 18)),
        (date(2026, 1, 20), date(2026, 1, 31)),
    ]
    assert periods(january._replace(sprints=()), "sprint")[0].end == date(2026, 1, 14)
    assert periods(january._replace(start=date(2026, 3, 1), end=date(2026, 3, 31)), "sprint")[0].start == date(2026, 3, 1)


async def test_a_closing_is_read_with_the_business_days_after_it(organization: Organization) -> None:
    client = (await organization.admin()).kpi_api
    await calendar_of(client, closes_after_working_days=1, holidays=["2026-02-02"], closing_days={"2026-03": "2026-04-07"})

    january = (await client.get("/v1/calendar-closings?month=2026-01&day=2026-02-06")).json()
    march = (await client.get("/v1/calendar-closings?month=2026-03")).json()
    wrong = await client.get("/v1/calendar-closings?month=2026-13")
    before = await client.put("/v1/calendars", json={"closing_days": {"2026-03": "2026-02-27"}})

    assert (january["closed_on"], january["business_days_after_close"]) == ("2026-02-03", 3)
    assert (march["closed_on"], march["business_days_after_close"]) == ("2026-04-07", None)
    assert (wrong.status_code, wrong.json()["errors"][0]["code"]) == (422, "month_format")
    assert (before.status_code, before.json()["errors"][0]["code"]) == (422, "closes_too_early")


async def test_a_calendar_has_a_time_zone_the_organizations_unless_said(organization: Organization) -> None:
    client = (await organization.admin()).kpi_api

    own = await client.put("/v1/calendars", json={"time_zone": "Europe/Athens"})
    wrong = await client.put("/v1/calendars", json={"time_zone": "Mars/Olympus"})

    assert own.json()["time_zone"] == "Europe/Athens"
    assert (wrong.status_code, wrong.json()["errors"][0]["code"]) == (422, "unknown_time_zone")


async def test_a_series_of_sprints_is_added_and_one_that_overlaps_is_refused_naming_both(organization: Organization) -> None:
    client = (await organization.admin()).kpi_api
    path = f"/v1/calendars/{await calendar_of(client)}/sprints"
    series = {"series": {"starts_on": "2026-01-05", "length_days": 14, "until": "2026-02-10"}}

    added = await client.post(path, json=series)
    again = await client.post(path, json=series)
    overlapping = {"name": "Extra", "starts_on": "2026-01-18", "ends_on": "2026-01-18"}
    fitting = {"name": "Later", "starts_on": "2026-06-01", "ends_on": "2026-06-05"}
    refused = await client.post(path, json={"sprints": [fitting, overlapping]})

    days = [("Sprint 1", "2026-01-05", "2026-01-18"), ("Sprint 2", "2026-01-19", "2026-02-01"), ("Sprint 3", "2026-02-02", "2026-02-15")]
    assert [(row["name"], row["starts_on"], row["ends_on"]) for row in added.json()] == days
    assert again.json() == added.json()
    assert (refused.status_code, refused.json()["code"]) == (409, "sprints_overlap")
    assert [(error["field"], error["message"]) for error in refused.json()["errors"]] == [
        ("/sprints/1", "“Extra” (2026-01-18 to 2026-01-18) overlaps “Sprint 1” (2026-01-05 to 2026-01-18).")
    ]
    # All or none: the one that fits was not added either.
    assert [row["name"] for row in (await client.get(path)).json()["items"]] == ["Sprint 1", "Sprint 2", "Sprint 3"]


async def test_of_two_who_add_overlapping_sprints_at_once_one_is_refused(organization: Organization) -> None:
    client = (await organization.admin()).kpi_api
    path = f"/v1/calendars/{await calendar_of(client)}/sprints"

    async def add(name: str, start: str, end: str) -> httpx.Response:
        return await client.post(path, json={"sprints": [{"name": name, "starts_on": start, "ends_on": end}]})

    answers = await asyncio.gather(add("A", "2026-01-05", "2026-01-18"), add("B", "2026-01-12", "2026-01-25"))

    assert sorted(answer.status_code for answer in answers) == [200, 409]
    (refused,) = [answer.json() for answer in answers if answer.status_code == 409]
    assert refused["code"] == "sprints_overlap"
    assert "“A”" in refused["detail"]
    assert "“B”" in refused["detail"]
    assert len((await client.get(path)).json()["items"]) == 1


async def test_a_sprint_that_has_begun_stays(organization: Organization) -> None:
    await organization.set_clock("2026-01-20T09:00:00Z")
    client = (await organization.admin()).kpi_api
    path = f"/v1/calendars/{await calendar_of(client)}/sprints"
    series = {"starts_on": "2026-01-05", "length_days": 14, "until": "2026-02-10"}
    first, second, third = (await client.post(path, json={"series": series})).json()

    begun = await client.delete(f"{path}/{second['id']}")
    ahead = await client.delete(f"{path}/{third['id']}")

    assert (begun.status_code, begun.json()["code"]) == (409, "sprint_begun")
    assert ahead.status_code == 204
    assert [row["id"] for row in (await client.get(path)).json()["items"]] == [first["id"], second["id"]]
