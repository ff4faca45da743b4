"""Recording over HTTP: first values, repeats, corrections, wrong rows, closed cycles, two senders at once."""

import asyncio
from typing import Any

from sqlalchemy import func, select, update

from chassis.events import Event
from kpi_api.cycles.models import Cycle
from kpi_api.measurements.models import Measurement
from tests.kpi_api import given
from tests.kpi_api.measurements.conftest import Scene

JANUARY = {"kpi_code": "calls-ann", "period_start": "2026-01-01", "value": "90"}


async def stored(scene: Scene) -> int:
    return await given.count(scene.organization, select(func.count()).select_from(Measurement))


async def events_of(scene: Scene) -> list[dict[str, Any]]:
    async with scene.organization.world.kpi_api.database.read(scene.organization.id) as session:
        return list(await session.scalars(select(Event.data).where(Event.type == "measurement.recorded").order_by(Event.id)))


def counts(answer: dict[str, Any]) -> dict[str, int]:
    return {name: answer[name] for name in ("created", "updated", "unchanged", "error") if answer[name]}


async def test_a_year_adds_up_against_twelve_months_target(scene: Scene) -> None:
    months = [{**JANUARY, "period_start": f"2026-{month:02}-01", "value": "90.5"} for month in range(1, 12)]
    answer = await scene.record(*months)
    assert counts(answer) == {"created": 11}
    read = await scene.read(scene.calls)
    actual = read["actuals"][0]
    assert (actual["actual"], actual["target"]) == ("995.5", "1200.000000000000")
    assert (actual["periods"], actual["missing"], actual["measured_until"]) == (12, 1, "2026-11-30")
    assert await events_of(scene) == [{"kpi_ids": [str(scene.calls.id)]}]


async def test_without_values_the_actual_is_null_not_nought(scene: Scene) -> None:
    actual = (await scene.read(scene.calls))["actuals"][0]
    assert (actual["actual"], actual["missing"]) == (None, 12)


async def test_a_ratio_is_taken_over_sums_in_percent(scene: Scene) -> None:
    rows = [
        {"kpi_id": str(scene.win_rate.id), "period_start": "2026-01-01", "numerator": "1", "denominator": "1"},
        {"kpi_id": str(scene.win_rate.id), "period_start": "2026-02-01", "numerator": "1", "denominator": "5"},
    ]
    assert counts(await scene.record(*rows)) == {"created": 2}
    actual = (await scene.read(scene.win_rate))["actuals"][0]
    assert (actual["actual"], actual["target"]) == ("33.333333333333", "30")


async def test_the_same_again_changes_nothing(scene: Scene) -> None:
    first = await scene.record(JANUARY, {**JANUARY, "period_start": "2026-02-01", "source_record_id": "r1"})
    again = await scene.record({**JANUARY, "value": "90.00"}, {**JANUARY, "period_start": "2026-02-01", "source_record_id": "r1"})
    assert counts(again) == {"unchanged": 2}
    assert [r["id"] for r in again["results"]] == [r["id"] for r in first["results"]]
    assert await stored(scene) == 2
    assert len(await events_of(scene)) == 1


async def test_another_value_is_a_correction_and_both_are_kept(scene: Scene) -> None:
    await scene.organization.set_clock("2090-02-03T08:00:00Z")
    await scene.record({**JANUARY, "source_record_id": "r1"})
    await scene.organization.set_clock("2090-02-10T08:00:00Z")
    assert counts(await scene.record({**JANUARY, "value": "95", "source_record_id": "r1"})) == {"updated": 1}
    now = await scene.read(scene.calls)
    assert [(v["value"], v["revision"]) for v in now["values"]] == [("95", 2)]
    before = await scene.read(scene.calls, as_of="2090-02-05T00:00:00Z")
    assert [(v["value"], v["revision"]) for v in before["values"]] == [("90", 1)]
    assert before["actuals"][0]["actual"] == "90"
    everything = await scene.read(scene.calls, history="true")
    assert [v["value"] for v in everything["values"]] == ["95", "90"]


async def test_a_replayed_record_does_not_undo_a_later_correction_by_somebody_else(scene: Scene) -> None:
    await scene.record({**JANUARY, "source_record_id": "r1"})
    await scene.record({**JANUARY, "value": "97", "source": "HR"})
    assert counts(await scene.record({**JANUARY, "source_record_id": "r1"})) == {"unchanged": 1}
    assert [v["value"] for v in (await scene.read(scene.calls))["values"]] == ["97"]


async def test_the_same_value_twice_in_one_request_is_said_once(scene: Scene) -> None:
    answer = await scene.record(JANUARY, JANUARY)
    assert [r["status"] for r in answer["results"]] == ["created", "unchanged"]
    assert await stored(scene) == 1


async def test_rows_that_contradict_each_other_refuse_each_other_however_often_they_are_sent(scene: Scene) -> None:
    february = {**JANUARY, "period_start": "2026-02-01"}
    for expected in ("created", "unchanged"):
        answer = await scene.record(JANUARY, february, {**JANUARY, "value": "91"})
        assert [r["status"] for r in answer["results"]] == ["error", expected, "error"]
        messages = [answer["results"][place]["errors"][0] for place in (0, 2)]
        assert [error["code"] for error in messages] == ["said_differently"] * 2
        assert ["Row 3" in messages[0]["message"], "Row 1" in messages[1]["message"]] == [True, True]
    assert await stored(scene) == 1


async def test_wrong_rows_are_named_and_stop_only_themselves(scene: Scene) -> None:
    answer = await scene.record(
        JANUARY,
        {**JANUARY, "kpi_code": "nobody's"},
        {**JANUARY, "period_start": "2026-01-15"},
        {**JANUARY, "period_start": "2027-01-01"},
        {**JANUARY, "period_start": "2026-02-01", "period_end": "2026-02-27"},
        {**JANUARY, "period_start": "2026-03-01", "value": "0.0000000000001"},
        {**JANUARY, "period_start": "2026-04-01", "value": "1e5"},
        {**JANUARY, "period_start": "2026-05-01", "value": ""},
        {**JANUARY, "period_start": "01.06.2026"},
        {**JANUARY, "period_start": "2026-07-01", "part": "other"},
        {**JANUARY, "period_start": "2026-08-01", "numerator": "1", "denominator": "2"},
        {**JANUARY, "kpi_code": "win-rate-ann", "value": "0.5"},
        {**JANUARY, "source": ""},
    )
    errors = {r["row"]: [(e["field"], e["code"], e["row"]) for e in r["errors"]] for r in answer["results"] if r["status"] == "error"}
    assert errors == {
        2: [("/kpi_code", "unknown_kpi", 2)],
        3: [("/period_start", "wrong_period", 3)],
        4: [("/period_start", "outside_window", 4)],
        5: [("/period_end", "wrong_period", 5)],
        6: [("/value", "decimal_bounds", 6)],
        7: [("/value", "decimal_format", 7)],
        8: [("/", "value_missing", 8)],
        9: [("/period_start", "date_format", 9)],
        10: [("/part", "unknown_part", 10)],
        11: [("/", "value_ambiguous", 11)],
        12: [("/value", "ratio_needed", 12)],
        13: [("/source", "field_missing", 13)],
    }
    assert answer["results"][2]["errors"][0]["message"].endswith("runs from 2026-01-01 to 2026-01-31.")
    assert (answer["created"], await stored(scene)) == (1, 1)


async def test_csv_and_ndjson_are_read_too(scene: Scene) -> None:
    client = await scene.client()
    csv = "kpi_code,period_start,value,source\ncalls-ann,2026-01-01,90.10,sheet\n"
    ndjson = '{"kpi_code":"calls-ann","period_start":"2026-02-01","value":0.1,"source":"job"}\n'
    for body, kind in ((csv, "text/csv"), (ndjson, "application/x-ndjson")):
        answer = await client.post("/v1/measurements", content=body, headers={"Content-Type": kind})
        assert (answer.status_code, answer.json()["created"]) == (200, 1)
    assert [v["value"] for v in (await scene.read(scene.calls))["values"]] == ["90.10", "0.1"]


async def test_owner_and_manager_record_and_a_stranger_finds_nothing(scene: Scene) -> None:
    assert counts(await scene.record(JANUARY, by=scene.ann)) == {"created": 1}
    assert counts(await scene.record({**JANUARY, "value": "91"}, by=scene.max)) == {"updated": 1}
    refused = await scene.record({**JANUARY, "value": "99"}, by=scene.eve)
    unknown = await scene.record({**JANUARY, "value": "99", "kpi_code": "never-was"}, by=scene.eve)
    assert refused == unknown
    stranger = await scene.client(scene.eve)
    assert (await stranger.get(f"/v1/kpis/{scene.calls.id}/measurements")).status_code == 404
    assert [v["value"] for v in (await scene.read(scene.calls))["values"]] == ["91"]


async def close(scene: Scene) -> None:
    async with scene.organization.world.kpi_api.database.write(scene.organization.id) as session:
        await session.execute(update(Cycle).where(Cycle.id == scene.cycle.id).values(status="closing"))


async def test_a_closed_cycle_takes_only_corrections_with_a_reason_by_hr(scene: Scene) -> None:
    await scene.record(JANUARY)
    await close(scene)
    late = {**JANUARY, "value": "95"}
    for by, row in ((None, late), (scene.max, {**late, "correction_reason": "found late"}), (None, {**late, "period_start": "2026-02-01"})):
        answer = await scene.record(row, by=by)
        assert [e["code"] for e in answer["results"][0]["errors"]] == ["period_closed"]
    assert await stored(scene) == 1
    assert counts(await scene.record(JANUARY)) == {"unchanged": 1}
    assert counts(await scene.record({**late, "correction_reason": "found late"})) == {"updated": 1}
    value = (await scene.read(scene.calls))["values"][0]
    assert (value["value"], value["after_closing"], value["correction_reason"]) == ("95", True, "found late")


async def test_two_senders_at_once_leave_one_first_value(scene: Scene) -> None:
    rows = [{**JANUARY, "period_start": f"2026-{month:02}-01"} for month in range(1, 13)]
    answers = await asyncio.gather(scene.record(*rows), scene.record(*reversed(rows)), scene.record(*rows, by=scene.ann))
    assert sorted((answer["created"], answer["unchanged"]) for answer in answers) == [(0, 12), (0, 12), (12, 0)]
    assert await stored(scene) == 12
