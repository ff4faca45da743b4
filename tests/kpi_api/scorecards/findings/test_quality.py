"""Quality: a stated formula, kept by day where it changed, and as a mean of what each viewer sees."""

from decimal import Decimal

import pytest

from chassis.jobs import Job
from kpi_api.findings.quality import mean_points, quality_of
from kpi_api.scorecards.findings.jobs import KEEP_QUALITY, keep_quality
from tests.kpi_api.scorecards.findings.scene import Scene, Spoilt, set_scene
from tests.kpi_api.scorecards.findings.test_finding_lists import second_card
from tests.world import Organization


@pytest.mark.parametrize(
    ("severities", "points"),
    [([], 100), (["warning"], 90), (["error", "warning", "information"], 64), (["error"] * 4, 0), (["warning"] * 11, 0)],
)
def test_points(severities: list[str], points: int) -> None:
    assert quality_of(severities).points == points  # type: ignore[arg-type]


def test_the_mean_is_rounded_half_up_and_null_without_scorecards() -> None:
    assert (mean_points(201, 2), mean_points(1, 800), mean_points(0, 0)) == (Decimal("100.50"), Decimal("0.00"), None)
    assert mean_points(1, 200) == Decimal("0.01")


async def keep(scene: Scene, now: str) -> None:
    await scene.organization.set_clock(now)
    await keep_quality(Job(scene.organization.world.kpi_api.database, scene.organization.id, {}))


async def test_a_day_is_kept_only_where_something_changed(organization: Organization) -> None:
    scene = await set_scene(organization, Spoilt(unlinked=("calls",)))
    client = await scene.client("max")
    await keep(scene, "2026-02-01T01:00:00Z")
    await keep(scene, "2026-02-02T01:00:00Z")
    muting = {"code": "orphan", "scorecard_id": str(scene.card.id), "reason": "r", "ends_on": "2026-12-31"}
    assert (await client.post("/v1/findings/mutings", json=muting)).status_code == 201
    await keep(scene, "2026-02-03T01:00:00Z")
    await keep(scene, "2026-02-03T02:00:00Z")
    read = (await client.get(f"/v1/scorecards/{scene.card.id}/findings")).json()
    assert read["quality"] == {"points": 96, "errors": 0, "warnings": 0, "information": 4}
    assert [(day["day"], day["points"], day["warnings"]) for day in read["history"]] == [("2026-02-01", 86, 1), ("2026-02-03", 96, 0)]


async def test_everybody_reads_the_mean_of_what_they_see(organization: Organization) -> None:
    scene = await set_scene(organization)
    await keep(scene, "2026-02-01T01:00:00Z")
    await second_card(scene)
    await keep(scene, "2026-02-05T01:00:00Z")
    means = {}
    for who in ("max", "ann", "eve"):
        days = (await (await scene.client(who)).get("/v1/findings/quality", params={"cycle": "2026"})).json()["days"]
        means[who] = [(day["day"], day["scorecards"], day["mean_points"], day["errors"]) for day in days]
    assert means == {
        "max": [("2026-02-01", 1, "95.00", 0), ("2026-02-05", 2, "85.00", 1)],
        "ann": [("2026-02-01", 1, "95.00", 0)],
        "eve": [],
    }


def test_it_is_kept_once_a_day(organization: Organization) -> None:
    assert organization.world.kpi_api.service.periodic[KEEP_QUALITY] == 24 * 3600
