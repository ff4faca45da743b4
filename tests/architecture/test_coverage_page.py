"""`docs/coverage.md` names operations and tests that exist."""

import json
import re
from pathlib import Path

ROOT = Path(__file__).parents[2]
ROWS = [line for line in (ROOT / "docs" / "coverage.md").read_text().splitlines() if line.startswith("| ") and "`tests/" in line]


def test_each_statement_names_an_operation_that_exists() -> None:
    documents = [json.loads((ROOT / "openapi" / f"{service}.json").read_text()) for service in ("kpi_api", "scoring")]
    there = {f"{method.upper()} {path}" for one in documents for path, methods in one["paths"].items() for method in methods}
    named = [operation for row in ROWS for operation in re.findall(r"`([A-Z]+ /v1/[^`]+)`", row)]
    assert len(named) == len(ROWS) >= 40
    assert set(named) - there == set()


def test_each_statement_names_a_test_that_exists() -> None:
    for row in ROWS:
        for path, test in re.findall(r"`(tests/[\w/]+\.py)::(\w+)`", row):
            assert f"def {test}(" in (ROOT / path).read_text(), f"{path}::{test}"
