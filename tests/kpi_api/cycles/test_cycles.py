"""Planning and opening a year, and the calendar that counts its working days."""

from datetime import date

from hypothesis import given
from hypothesis import strategies as some

from kpi_api.cycles.working_days import WorkingDays
from tests.kpi_api.people.test_moves import join
from tests.world import Organization

YEAR = {"code": "2026", "name": "Year 2026", "starts_on": "2026-01-01", "ends_on": "2026-12-31"}


async def test_a_year_is_planned_changed_and_opened(organization: Organization) -> None:
    client = (await organization.admin()).kpi_api

    planned = await client.post("/v1/cycles", json=YEAR)
    changed = await client.patch("/v1/cycles/2026", json={"mid_year_on": "2026-06-30"}, headers={"If-Match": planned.headers["ETag"]})
    opened = await client.post("/v1/cycles/2026/open")
    again = await client.post("/v1/cycles/2026/open")

    assert (planned.status_code, planned.json()["status"], planned.json()["mid_year_on"]) == (201, "planned", "2026-07-02")
    assert changed.json()["mid_year_on"] == "2026-06-30"
    assert (opened.json()["status"], again.json()["status"]) == ("open", "open")
    assert (await client.get(f"/v1/cycles/{opened.json()['id']}")).json() == opened.json() == (await client.get("/v1/cycles/2026")).json()


async def test_dates_of_an_open_year_stand(organization: Organization) -> None:
    client = (await organization.admin()).kpi_api
    opened = await client.post("/v1/cycles", json=YEAR | {"status": "open"})

    answer = await client.patch("/v1/cycles/2026", json={"ends_on": "2027-01-31"}, headers={"If-Match": opened.headers["ETag"]})

    assert (answer.status_code, answer.json()["code"]) == (409, "cycle_transition")
    assert (await client.get("/v1/cycles/2026")).json()["ends_on"] == "2026-12-31"


async def test_years_that_make_no_sense_are_refused_by_field(organization: Organization) -> None:
    client = (await organization.admin()).kpi_api
    await client.post("/v1/cycles", json=YEAR)

    ends_first = await client.post("/v1/cycles", json=YEAR | {"code": "b", "ends_on": "2025-12-31"})
    outside = await client.post("/v1/cycles", json=YEAR | {"code": "c", "mid_year_on": "2027-01-01"})
    twice = await client.post("/v1/cycles", json=YEAR)

    refused = [(answer.status_code, answer.json()["code"], answer.json()["errors"][0]["field"]) for answer in (ends_first, outside, twice)]
    assert refused == [
        (422, "cycle_invalid", "/ends_on"),
        (422, "cycle_invalid", "/mid_year_on"),
        (409, "duplicate_code", "/code"),
    ]
    assert [cycle["code"] for cycle in (await client.get("/v1/cycles")).json()["items"]] == ["2026"]


async def test_everybody_reads_cycles_and_only_hr_writes_them(organization: Organization) -> None:
    await (await organization.admin()).kpi_api.post("/v1/cycles", json=YEAR)
    client = (await organization.as_person(await join(organization, "one"))).kpi_api

    assert (await client.get("/v1/cycles/2026")).status_code == 200
    assert (await client.post("/v1/cycles", json=YEAR | {"code": "x"})).status_code == 403
    assert (await client.post("/v1/cycles/2026/open")).status_code == 403
    assert (await client.get("/v1/cycles/2025")).status_code == 404


async def test_periods_of_a_year(organization: Organization) -> None:
    client = (await organization.admin()).kpi_api
    await client.post("/v1/cycles", json=YEAR)

    quarters = (await client.get("/v1/cycles/2026/periods?length=quarter")).json()["periods"]

    assert quarters[0] == {"start": "2026-01-01", "end": "2026-03-31"}
    assert [quarter["end"] for quarter in quarters] == ["2026-03-31", "2026-06-30", "2026-09-30", "2026-12-31"]


async def test_a_legal_entity_has_its_own_working_days(organization: Organization) -> None:
    client = (await organization.admin()).kpi_api
    entity = (await client.post("/v1/legal-entities", json={"code": "north", "name": "North Ltd", "currency": "GBP"})).json()

    await client.put("/v1/calendars", json={"working_weekdays": [1, 2, 3, 4], "holidays": ["2026-12-25"]})
    await client.put("/v1/calendars", json={"legal_entity_id": entity["id"], "fiscal_year_start_month": 4})
    unread = await client.put("/v1/calendars", json={"working_weekdays": [1, 2, 3, 4, 5]})
    assert (unread.status_code, unread.json()["code"]) == (428, "precondition_required")
    changed = await client.put("/v1/calendars", json={"working_weekdays": [1, 2, 3, 4, 5]}, headers={"If-Match": '"1"'})
    stale = await client.put("/v1/calendars", json={"holidays": ["2026-12-26"]}, headers={"If-Match": '"1"'})
    assert (changed.status_code, changed.headers["ETag"]) == (200, '"2"')
    assert (stale.status_code, stale.json()["changes"]) == (412, ["`holidays` is empty now."])

    found = (await client.get("/v1/calendars")).json()
    assert [(row["legal_entity_id"], row["fiscal_year_start_month"], row["holidays"]) for row in found] == [
        (None, 1, []),
        (entity["id"], 4, []),
    ]
    unknown = await client.put("/v1/calendars", json={"legal_entity_id": str(organization.person_id)})
    assert (unknown.status_code, unknown.json()["code"]) == (422, "calendar_invalid")


def test_three_working_days_after_the_month_end_close_pass_over_the_holidays() -> None:
    """S0: "within 3 business days of month-end close". 31 December 2025 is a Wednesday, 1 January a holiday."""
    days = WorkingDays(holidays={date(2026, 1, 1)})

    assert days.after(date(2025, 12, 31), 3) == date(2026, 1, 6)
    assert days.between(date(2025, 12, 31), date(2026, 1, 6)) == 3


@given(some.dates(date(2020, 1, 1), date(2030, 1, 1)), some.integers(0, 60))
def test_counting_there_and_back_agrees(day: date, count: int) -> None:
    days = WorkingDays(holidays={date(2026, 1, 1)})

    assert days.between(day, days.after(day, count)) == count
