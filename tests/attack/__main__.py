"""`make attack`: the whole matrix, then one line, `cells N, leaks N`. Fails on a leak, a failed test, or fewer than 1,000 cells."""

import sys

import pytest

SAMPLED = (
    "tests/attack/test_attack.py::test_nobody_reads_what_is_not_theirs_sampled",
    "tests/attack/test_writes.py::test_nobody_changes_what_is_not_theirs_sampled",
)


def main() -> int:
    failed = pytest.main(["tests/attack", "-q", *(f"--deselect={test}" for test in SAMPLED), *sys.argv[1:]])
    from tests.attack.report import TALLIES, summary  # pytest must come first, since it rewrites what it imports

    print(summary())  # noqa: T201
    return int(bool(failed) or sum(tally.cells for tally in TALLIES.values()) < 1000)


sys.exit(main())
