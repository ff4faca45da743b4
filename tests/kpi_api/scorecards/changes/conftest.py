"""Ann's scorecard of the year is agreed and active; it is the first of April."""

import pytest

from tests.kpi_api.scorecards.changes.year import AgreedYear
from tests.kpi_api.scorecards.scene import set_scene
from tests.world import Organization


@pytest.fixture
async def agreed(organization: Organization) -> AgreedYear:
    await organization.set_clock("2026-04-01T09:00:00Z")
    scene = await set_scene(organization)
    card = await scene.opened()
    await scene.act(card, "propose", "max")
    assert (await scene.act(card, "agree", "ann")).json()["status"] == "active"
    return AgreedYear(scene, card)
