"""`make attack`: the whole matrix, then one line, `cells N, leaks N`. Fails on a leak, a failed test, or fewer than 1,000 cells."""

import sys

import pytest

from tests.attack.report import TALLIES, summary

failed = pytest.main(["tests/attack", "-q", "--deselect", "tests/attack/test_attack.py::test_nobody_reads_what_is_not_theirs_sampled", *sys.argv[1:]])
print(summary())  # noqa: T201
enough = sum(tally.cells for tally in TALLIES.values()) >= 1000
sys.exit(bool(failed) or not enough)
