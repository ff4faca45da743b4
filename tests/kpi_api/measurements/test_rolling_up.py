"""Rolling up over HTTP: sums and means of what lies below, missing values named, corrections followed, and what cannot be added refused."""

from typing import Any

import pytest
from sqlalchemy import func, select, update

from chassis.identifiers import new_id
from kpi_api.cascade.models import Contribution, Kpi, KpiTarget
from kpi_api.dictionary.models import DefinitionVersion
from kpi_api.measurements.models import Measurement
from tests.kpi_api import given
from tests.kpi_api.measurements.conftest import Scene


@pytest.fixture
async def team(scene: Scene) -> Kpi:
    """Ann's and Eve's calls, each per month, lead to Max's calls, per quarter; Eve's begin in April."""
    version = await one(scene, select(DefinitionVersion).where(DefinitionVersion.id == scene.calls.definition_version_id))
    eves = given.a_kpi(version, scene.cycle, scene.eve, code="calls-eve", window_start=given.date(2026, 4, 1))
    team = given.a_kpi(version, scene.cycle, scene.max, code="calls-team")
    links = [Contribution(id=new_id(), child_id=kpi.id, parent_id=team.id, weight=given.Decimal(1)) for kpi in (scene.calls, eves)]
    targets = [given.a_target(eves, "100"), given.a_target(team, "600", period="quarter")]
    await given.store(scene.organization, eves, team, *targets, *links)
    return team


async def one(scene: Scene, statement: Any) -> Any:
    async with scene.organization.world.kpi_api.database.read(scene.organization.id) as session:
        return await session.scalar(statement)


async def roll_up(scene: Scene, *kpis: str, **more: Any) -> list[dict[str, Any]]:
    answer = await (await scene.client()).post("/v1/roll-ups", json={"kpis": list(kpis), **more})
    assert answer.status_code == 200, answer.text
    results: list[dict[str, Any]] = answer.json()["results"]
    return results


async def months(scene: Scene, code: str, values: dict[int, str]) -> None:
    await scene.record(*({"kpi_code": code, "period_start": f"2026-{month:02}-01", "value": value} for month, value in values.items()))


def told(result: dict[str, Any]) -> list[tuple[str, str, str, list[str]]]:
    return [(period["period_start"], period["value"], period["status"], period["missing"]) for period in result["periods"]]


async def test_months_below_make_the_quarters_above(scene: Scene, team: Kpi) -> None:
    await months(scene, "calls-ann", dict.fromkeys(range(1, 7), "100.5"))
    await months(scene, "calls-eve", dict.fromkeys(range(4, 7), "7"))

    (result,) = await roll_up(scene, "calls-team")

    assert told(result) == [("2026-01-01", "301.5", "created", []), ("2026-04-01", "322.5", "created", [])]
    actual = (await scene.read(team))["actuals"][0]  # type: ignore[index]
    assert (actual["actual"], actual["missing"]) == ("624.0", 2)
    value = await one(scene, select(Measurement).where(Measurement.kpi_id == team.id, Measurement.period_start == given.date(2026, 4, 1)))
    assert (value.source, value.provenance) == ("Roll-up", "system")


async def test_a_missing_value_is_named_and_counts_as_nought_only_where_accepted(scene: Scene, team: Kpi) -> None:
    await months(scene, "calls-ann", {1: "100", 2: "100"})

    (held_back,) = await roll_up(scene, "calls-team")
    none = await given.count(scene.organization, select(func.count()).select_from(Measurement).where(Measurement.kpi_id == team.id))
    (accepted,) = await roll_up(scene, "calls-team", accept_missing=True)

    assert told(held_back) == [("2026-01-01", "200", "incomplete", [str(scene.calls.id)])]
    assert none == 0
    assert told(accepted) == [("2026-01-01", "200", "created", [str(scene.calls.id)])]


async def test_again_nothing_changes_until_a_value_below_is_corrected(scene: Scene, team: Kpi) -> None:
    await months(scene, "calls-ann", {1: "100", 2: "100", 3: "100"})
    await roll_up(scene, "calls-team")

    (same,) = await roll_up(scene, "calls-team")
    await months(scene, "calls-ann", {3: "90"})
    (corrected,) = await roll_up(scene, "calls-team")

    assert told(same) == [("2026-01-01", "300", "unchanged", [])]
    assert told(corrected) == [("2026-01-01", "290", "updated", [])]


async def say(scene: Scene, kpi: Kpi, **choice: str) -> None:
    client = await scene.client()
    answer = await client.put(f"/v1/kpis/{kpi.id}/roll-up", json=choice, headers={"If-Match": "*"})
    assert answer.status_code == 200, answer.text
    assert (answer.json()["roll_up"], answer.headers["ETag"]) == (choice["roll_up"], '"2"')


@pytest.mark.parametrize(
    ("method", "expected"),
    # Ann's 301 and Eve's 100, with weights 2 and 1: 401 / 2, and 702 / 3.
    [("sum", "401"), ("mean", "200.500000000000"), ("weighted_mean", "234.000000000000")],
)
async def test_a_kpi_says_how_it_rolls_up(scene: Scene, team: Kpi, method: str, expected: str) -> None:
    links = [{"child": "calls-ann", "parent": "calls-team", "weight": "2"}]
    assert (await (await scene.client()).post("/v1/contributions", json={"contributions": links})).json()["updated"] == 1
    await say(scene, team, roll_up=method)
    await months(scene, "calls-ann", {4: "100", 5: "100", 6: "101"})
    await months(scene, "calls-eve", {4: "50", 5: "25", 6: "25"})

    (result,) = await roll_up(scene, "calls-team")

    assert told(result) == [("2026-04-01", expected, "created", [])]


async def test_a_mean_that_does_not_end_is_rounded_once_half_up_at_twelve_places(scene: Scene, team: Kpi) -> None:
    links = [{"child": "calls-ann", "parent": "calls-team", "weight": "5"}]
    await (await scene.client()).post("/v1/contributions", json={"contributions": links})
    await say(scene, team, roll_up="weighted_mean")
    await months(scene, "calls-ann", {4: "0", 5: "0", 6: "1"})
    await months(scene, "calls-eve", {4: "0", 5: "0", 6: "0"})

    (result,) = await roll_up(scene, "calls-team")

    assert told(result) == [("2026-04-01", "0.833333333333", "created", [])]


async def test_attainments_are_not_recorded_and_changes_need_the_state_last_read(scene: Scene, team: Kpi) -> None:
    client = await scene.client()
    blind = await client.put(f"/v1/kpis/{team.id}/roll-up", json={"roll_up": "mean"})
    stale = await client.put(f"/v1/kpis/{team.id}/roll-up", json={"roll_up": "mean"}, headers={"If-Match": '"7"'})
    await say(scene, team, roll_up="mean", roll_up_of="attainments")

    (refused,) = await roll_up(scene, "calls-team")

    assert (blind.status_code, stale.status_code) == (428, 412)
    assert [error["code"] for error in refused["errors"]] == ["attainments_are_read"]


async def test_what_cannot_be_added_up_is_refused_by_name_and_stops_only_itself(scene: Scene, team: Kpi) -> None:
    await months(scene, "calls-ann", {1: "100", 2: "100", 3: "100"})

    unknown, below, ratio, good = await roll_up(scene, "nothing", "calls-ann", "win-rate-ann", "calls-team")

    assert [result["errors"][0]["code"] for result in (unknown, below, ratio)] == ["unknown_kpi", "nothing_below", "not_a_total"]
    assert unknown["kpi_id"] is None
    assert told(good) == [("2026-01-01", "300", "created", [])]


async def test_another_unit_and_longer_periods_below_are_refused(scene: Scene, team: Kpi) -> None:
    await set_target(scene, "calls-ann", period="year")
    await months(scene, "calls-ann", {1: "1200"})
    (longer,) = await roll_up(scene, "calls-team")
    await set_target(scene, "calls-ann", unit="USD")
    (unit,) = await roll_up(scene, "calls-team")

    assert [result["errors"][0]["code"] for result in (longer, unit)] == ["periods_do_not_nest", "other_unit"]
    assert longer["periods"] == unit["periods"] == []


async def set_target(scene: Scene, code: str, **values: str) -> None:
    async with scene.organization.world.kpi_api.database.write(scene.organization.id) as session:
        kpi_id = await session.scalar(select(Kpi.id).where(Kpi.code == code))
        await session.execute(
            update(KpiTarget).where(KpiTarget.organization_id == scene.organization.id, KpiTarget.kpi_id == kpi_id).values(**values)
        )


async def test_only_hr_rolls_up_since_sums_tell_of_values_below(scene: Scene, team: Kpi) -> None:
    answer = await (await scene.client(scene.max)).post("/v1/roll-ups", json={"kpis": ["calls-team"]})
    assert (answer.status_code, answer.json()["code"]) == (403, "not_allowed")
