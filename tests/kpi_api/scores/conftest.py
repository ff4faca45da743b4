"""Fixtures of scores."""

import pytest

from tests.kpi_api.scorecards.scene import Scene, set_scene
from tests.world import Organization


@pytest.fixture
async def scene(organization: Organization) -> Scene:
    return await set_scene(organization)
