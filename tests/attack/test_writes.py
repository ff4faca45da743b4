"""Every door that changes something, by everybody. Named to come after the reads and their mutants, since it changes the cast."""

from tests.attack.attacking import Attack
from tests.attack.cast import Cast
from tests.attack.doors import WRITES
from tests.attack.report import report


async def test_nobody_changes_what_is_not_theirs(cast: Cast) -> None:
    tally = await Attack(cast).run(WRITES)
    report("writes", tally)
    assert tally.caught == []
    assert tally.denied >= 1000
