"""Windows that begin with an event, and phases of targets."""

import asyncio
from typing import Any

import httpx

from tests.kpi_api.cascade.company import Company, kpi

STAR = {"If-Match": "*"}


def launch(of: str = "launch", **event: Any) -> dict[str, Any]:
    """S1: "in the first 60 days"."""
    target = {"value": "1000", "unit": "USD"}
    return kpi(of, "functional", unit="sales", window_days=60, window_event=event or {"name": "launch"}, targets=[target])


def measurement(code: str, day: str) -> list[dict[str, str]]:
    return [{"kpi_code": code, "period_start": day, "value": "500", "source": "CRM"}]


async def test_a_kpi_waits_for_its_event_and_is_measured_from_then_on(company: Company) -> None:
    client = await company.admin()

    waiting = (await client.post("/v1/kpis", json=launch())).json()

    assert (waiting["status"], waiting["window_start"], waiting["window_end"]) == ("waiting", None, None)
    assert waiting["window_event"]["sentence"] == "first 60 days after launch"
    refused = (await client.post("/v1/measurements", json=measurement("launch", "2026-01-01"))).json()["results"][0]["errors"]
    assert [error["code"] for error in refused] == ["kpi_waiting"]
    # Nothing is missing, since nothing is measured.
    assert (await client.get(f"/v1/kpis/{waiting['id']}/measurements")).json()["actuals"] == []

    begun = await client.post(f"/v1/kpis/{waiting['id']}/window-event", json={"occurred_on": "2026-03-10"}, headers=STAR)

    body = begun.json()
    assert (body["status"], body["window_start"], body["window_end"]) == ("active", "2026-03-10", "2026-05-08")
    recorded = (await client.post("/v1/measurements", json=measurement("launch", "2026-03-10"))).json()
    assert recorded["created"] == 1
    (actual,) = (await client.get(f"/v1/kpis/{waiting['id']}/measurements")).json()["actuals"]
    assert (actual["actual"], actual["periods"], actual["missing"]) == ("500", 3, 2)
    # The same row again says the same, though the window is known by now.
    again = await client.post("/v1/kpis", json=launch())
    assert (again.status_code, again.json()["id"]) == (200, waiting["id"])


async def test_a_window_that_was_measured_stays_where_it_is(company: Company) -> None:
    client = await company.admin()
    made = (await client.post("/v1/kpis", json=launch(name="launch", occurred_on="2026-03-10"))).json()
    path = f"/v1/kpis/{made['id']}/window-event"

    moved = await client.post(path, json={"occurred_on": "2026-04-01"}, headers=STAR)
    await client.post("/v1/measurements", json=measurement("launch", "2026-04-01"))
    late = await client.post(path, json={"occurred_on": "2026-05-01"}, headers=STAR)
    outside = await client.post(path, json={"occurred_on": "2028-01-01"}, headers=STAR)
    blind = await client.post(path, json={"occurred_on": "2026-05-01"})

    assert (moved.status_code, moved.json()["window_start"]) == (200, "2026-04-01")
    assert (late.status_code, late.json()["code"]) == (409, "window_measured")
    assert (outside.status_code, outside.json()["code"]) == (409, "window_measured")
    assert blind.status_code == 428
    assert (await client.get(f"/v1/kpis/{made['id']}")).json()["window_start"] == "2026-04-01"


async def test_one_event_begins_the_windows_of_many(company: Company) -> None:
    client = await company.admin()
    event = (await client.post("/v1/window-events", json={"code": "launch_greece", "name": "launch in Greece"})).json()
    ids = await company.create(launch("one", code="launch_greece"), launch("two", code="launch_greece"))
    alone = await client.post(f"/v1/kpis/{ids['one']}/window-event", json={"occurred_on": "2026-03-10"}, headers=STAR)
    unknown = await client.post("/v1/kpis", json=launch("three", code="nowhere"))

    path, tag = f"/v1/window-events/{event['id']}/occurrence", {"If-Match": '"1"'}
    occurred = await client.post(path, json={"occurred_on": "2026-03-10"}, headers=tag)
    stale = await client.post(path, json={"occurred_on": "2026-03-11"}, headers=tag)

    assert (alone.status_code, alone.json()["code"]) == (409, "no_window_event")
    assert [(error["field"], error["code"]) for error in unknown.json()["errors"]] == [("/window_event/code", "unknown_window_event")]
    assert (occurred.status_code, stale.status_code) == (200, 412)
    shown = [(await client.get(f"/v1/kpis/{id_}")).json() for id_ in ids.values()]
    assert [(row["status"], row["window_start"]) for row in shown] == [("active", "2026-03-10")] * 2
    # A KPI that is given later begins at once.
    (third,) = (await company.create(launch("three", code="launch_greece"))).values()
    assert (await client.get(f"/v1/kpis/{third}")).json()["window_end"] == "2026-05-08"


async def test_only_who_may_change_the_kpi_records_its_event_and_only_hr_that_of_many(company: Company) -> None:
    (id_,) = (await company.create(launch())).values()
    event = (await (await company.admin()).post("/v1/window-events", json={"code": "launch", "name": "launch"})).json()
    eli, cleo = await company.client("eli"), await company.client("cleo")
    day = {"occurred_on": "2026-03-10"}

    assert (await eli.post(f"/v1/kpis/{id_}/window-event", json=day, headers=STAR)).status_code == 404
    assert (await cleo.post(f"/v1/window-events/{event['id']}/occurrence", json=day, headers=STAR)).status_code == 403
    assert (await cleo.post("/v1/window-events", json={"code": "x", "name": "x"})).status_code == 403
    assert (await cleo.post(f"/v1/kpis/{id_}/window-event", json=day, headers=STAR)).status_code == 200


async def test_two_who_record_different_days_at_once_do_not_overwrite_each_other(company: Company) -> None:
    (id_,) = (await company.create(launch())).values()
    client = await company.admin()
    tag = (await client.get(f"/v1/kpis/{id_}")).headers["ETag"]

    async def begin(day: str) -> httpx.Response:
        return await client.post(f"/v1/kpis/{id_}/window-event", json={"occurred_on": day}, headers={"If-Match": tag})

    answers = await asyncio.gather(begin("2026-03-10"), begin("2026-04-10"))

    assert sorted(answer.status_code for answer in answers) == [200, 412]


async def test_phases_need_one_value_for_each_period_and_say_when_they_do_not_add_up(company: Company) -> None:
    client = await company.admin()
    target = {"value": "100", "unit": "USD", "period": "quarter"}
    phased = kpi("phased", "individual", person="eli", targets=[target | {"phasing": ["50", "100", "100", "100"]}])

    made = await client.post("/v1/kpis", json=phased)
    path = f"/v1/kpis/{made.json()['id']}/targets"
    three = await client.put(path, json={"targets": [target | {"phasing": ["1", "2", "3"]}]}, headers=STAR)
    even = await client.put(path, json={"targets": [target | {"phasing": ["50", "100", "100", "150"]}]}, headers=STAR)

    assert [(warning["field"], warning["code"], warning["message"]) for warning in made.json()["warnings"]] == [
        ("/targets/0/phasing", "phasing_total", "The phases add up to 350, the target over the window to 400; the phases count.")
    ]
    assert made.json()["targets"][0]["sentence"] == "at least 100 USD per quarter, phased 50, 100, 100, 100"
    assert [(error["field"], error["code"]) for error in three.json()["errors"]] == [("/targets/0/phasing", "phasing_length")]
    assert even.json()["warnings"] == []


async def test_better_is_no_target(company: Company) -> None:
    given = kpi("better", "individual", person="eli", targets=[{"value": "better", "unit": "USD"}])

    answer = await (await company.admin()).post("/v1/kpis", json=given)

    (error,) = answer.json()["errors"]
    assert (answer.status_code, error["field"], error["code"]) == (422, "/targets/0/value", "target_not_a_number")
    assert error["message"].startswith('A target is a number with a unit, such as {"value": "28", "unit": "percent"}')
