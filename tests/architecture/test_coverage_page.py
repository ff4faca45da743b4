"""`docs/coverage.md` names operations and tests that exist."""

import json
import re
from pathlib import Path

ROOT = Path(__file__).parents[2]
ROWS = [line for line in (ROOT / "docs" / "coverage.md").read_text().splitlines() if line.startswith("| ") and "`tests/" in line]


def test_each_statement_names_an_operation_that_exists() -> None:
    paths = json.loads((ROOT / "openapi" / "kpi_api.json").read_text())["paths"]
    there = {f"{method.upper()} {path}" for path, methods in paths.items() for method in methods}
    named = [operation for row in ROWS for operation in re.findall(r"`([A-Z]+ /v1/[^`]+)`", row)]
    assert len(named) == len(ROWS) >= 40
    assert set(named) - there == set()


def test_each_statement_names_a_test_that_exists() -> None:
    for row in ROWS:
        for path, test in re.findall(r"`(tests/[\w/]+\.py)::(\w+)`", row):
            assert f"def {test}(" in (ROOT / path).read_text(), f"{path}::{test}"
