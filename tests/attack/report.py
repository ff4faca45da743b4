"""What came of the attacks of this session, added up for the line that `make attack` ends with."""

from tests.attack.attacking import Tally

TALLIES: dict[str, Tally] = {}


def report(name: str, tally: Tally) -> None:
    """Keep a tally, and print what was wrong."""
    TALLIES[name] = tally
    for line in tally.wrong:
        print(line[:600])  # noqa: T201


def summary() -> str:
    """The last line: cells counted and leaks found."""
    cells, leaks = sum(tally.cells for tally in TALLIES.values()), sum(len(tally.wrong) for tally in TALLIES.values())
    return f"cells {cells}, leaks {leaks}"
