"""Every door, by everybody, on everybody's records: no leak, and no door without its entry."""

from tests.attack.attacking import Attack, Tally
from tests.attack.cast import Cast
from tests.attack.doors import DOORS


async def test_nobody_is_told_what_is_not_theirs(cast: Cast) -> None:
    tally = await Attack(cast).run(DOORS)
    report(tally)
    assert not tally.caught
    assert tally.denied >= 1000


def report(tally: Tally) -> None:
    """What was caught, and the line that `make attack` ends with."""
    for line in tally.caught:
        print(line[:1500])  # noqa: T201
    print(f"cells {tally.cells}, leaks {len(tally.leaks)}")  # noqa: T201
