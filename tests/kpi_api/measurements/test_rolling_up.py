"""Rolling up over HTTP: sums of what lies below, missing values named, corrections followed, and what cannot be added refused."""

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
    return [(period["period_start"], period["sum"], period["status"], period["missing"]) for period in result["periods"]]


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
