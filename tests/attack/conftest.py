"""The cast is made once per session."""

import pytest

from tests.attack.cast import Cast
from tests.attack.staging import make_cast
from tests.world import World


@pytest.fixture(scope="session")
async def cast(world: World) -> Cast:
    """Two organizations with every kind of record."""
    return await make_cast(world)
