"""Every door that changes something, by everybody."""

import pytest

from tests.attack.attacking import Attack
from tests.attack.cast import Cast
from tests.attack.doors import WRITES
from tests.attack.report import report
from tests.attack.staging import make_cast
from tests.world import World


@pytest.fixture
async def cast(world: World) -> Cast:
    """A cast of each test's own, since it is written over."""
    return await make_cast(world)


@pytest.mark.deep
async def test_nobody_changes_what_is_not_theirs(cast: Cast) -> None:
    tally = await Attack(cast).run(WRITES)
    report("writes", tally)
    assert tally.wrong == []
    assert tally.denied >= 2000


async def test_nobody_changes_what_is_not_theirs_sampled(cast: Cast) -> None:
    tally = await Attack(cast, sampled=True).run(WRITES)
    report("writes, sampled", tally)
    assert tally.wrong == []
    assert tally.operations == {door.operation for door in WRITES}
    assert tally.denied >= 500
