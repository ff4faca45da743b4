"""`docs/security.md` shows the matrix as it is, and each promise names a test that exists."""

import re
from collections import defaultdict
from pathlib import Path

from chassis.access import Matrix
from kpi_api.access.matrix import MATRIX as KPI_API
from scoring.access.matrix import MATRIX as SCORING

ROOT = Path(__file__).parents[2]
PAGE = (ROOT / "docs" / "security.md").read_text()


def sights_table(matrix: Matrix) -> str:
    """By kind of record, through which relations it is seen; the roles that one needs beside in parentheses."""
    seen: defaultdict[str, list[str]] = defaultdict(list)
    for rule in matrix.sights:
        roles = ", ".join(sorted(rule.roles))
        seen[rule.record].append(f"{rule.relation.replace('_', ' ')} ({roles})" if roles else rule.relation.replace("_", " "))
    rows = [f"| {record.replace('_', ' ')} | {'; '.join(relations)} |" for record, relations in sorted(seen.items())]
    return "\n".join(["| record | seen by |", "|---|---|", *rows])


def permits_table(matrix: Matrix) -> str:
    rows = [f"| `{permit}` | {', '.join(sorted(roles))} |" for permit, roles in sorted(matrix.permits.items())]
    return "\n".join(["| permit | roles |", "|---|---|", *rows])


def test_the_page_shows_the_matrix_as_it_is() -> None:
    for table in (sights_table(KPI_API), permits_table(KPI_API), sights_table(SCORING), permits_table(SCORING)):
        assert table in PAGE, f"docs/security.md should hold this table:\n\n{table}"


def test_each_promise_names_tests_that_exist() -> None:
    named = re.findall(r"`(tests/[\w/]+\.py)(?:::(\w+))?`", PAGE)
    assert len(named) >= 30
    for path, test in named:
        assert (ROOT / path).is_file(), path
        assert not test or f"def {test}(" in (ROOT / path).read_text(), f"{path}::{test}"
