"""Ordinary first values beside rows that only look ordinary: each becomes what it would have become alone."""

from tests.kpi_api.measurements.conftest import Scene

JANUARY = {"kpi_code": "calls-ann", "period_start": "2026-01-01", "value": "90"}


async def test_an_ordinary_row_contradicted_in_another_writing_is_refused(scene: Scene) -> None:
    february = {**JANUARY, "period_start": "2026-02-01"}
    same_day = {"kpi_id": str(scene.calls.id).upper(), "period_start": "2026-W05-7", "value": "91"}
    answer = await scene.record(JANUARY, february, same_day)
    assert [r["status"] for r in answer["results"]] == ["created", "error", "error"]
    assert [r["errors"][0]["code"] for r in answer["results"][1:]] == ["said_differently"] * 2
    assert [v["period_start"] for v in (await scene.read(scene.calls))["values"]] == ["2026-01-01"]


async def test_an_ordinary_row_for_a_period_with_a_value_corrects_it(scene: Scene) -> None:
    await scene.record({**JANUARY, "source_record_id": "r1"})
    answer = await scene.record({**JANUARY, "period_start": "2026-02-01"}, {**JANUARY, "value": "95"})
    assert [r["status"] for r in answer["results"]] == ["created", "updated"]
    again = await scene.record({**JANUARY, "source_record_id": "r1"}, {**JANUARY, "period_start": "2026-02-01"})
    assert [r["status"] for r in again["results"]] == ["unchanged", "unchanged"]
    assert [(v["value"], v["revision"]) for v in (await scene.read(scene.calls))["values"]] == [("95", 2), ("90", 1)]


async def test_texts_and_numbers_arrive_as_they_were_sent(scene: Scene) -> None:
    sources = ["a\\b", "\\N", "\\.", "Größe, \"m²\"", "a\tb\nc", "x" * 500]
    rows = [{**JANUARY, "period_start": f"2026-{month:02}-01", "source": source} for month, source in enumerate(sources, start=1)]
    answer = await scene.record(*rows, {**JANUARY, "period_start": "2026-07-01", "value": "-0.00", "source_record_id": "\\N"})
    assert answer["created"] == 7
    values = (await scene.read(scene.calls))["values"]
    assert [v["source"] for v in values] == [*sources, "CRM"]
    assert [v["source_record_id"] for v in values] == [None] * 6 + ["\\N"]
    assert (values[6]["value"], values[0]["value"]) == ("0.00", "90")


async def test_a_row_that_names_the_kpi_twice_or_is_wrong_elsewhere_is_refused(scene: Scene) -> None:
    both = {**JANUARY, "kpi_id": str(scene.calls.id)}
    ratio = {**JANUARY, "kpi_code": "win-rate-ann"}
    answer = await scene.record(both, ratio, {**JANUARY, "source": "x" * 501}, {**JANUARY, "period_end": "2026-01-31"})
    assert [r["status"] for r in answer["results"]] == ["error", "error", "error", "created"]
    assert [[e["code"] for e in r["errors"]] for r in answer["results"]] == [["one_kpi"], ["ratio_needed"], ["too_long"], []]
