"""The committed contract files are what the code says."""

import json
from typing import Any

import pytest

from sightline.contracts import FOLDER, contracts

CONTRACTS = contracts()


@pytest.mark.parametrize("name", sorted(CONTRACTS))
def test_contract_file_is_current(name: str) -> None:
    assert (FOLDER / name).read_text() == CONTRACTS[name], f"openapi/{name} is out of date: run `make contracts` and look at what changed"


NOTHING_SAYS_NOTHING = {"SprintsIn", "EvidenceInput", "CounterInput"}
"""Bodies of which one field or another must be there."""


@pytest.mark.parametrize("name", ["kpi_api.json", "scoring.json"])
def test_a_verb_that_needs_nothing_said_needs_no_body(name: str) -> None:
    document = json.loads(CONTRACTS[name])
    asked = [_body(operation) for path in document["paths"].values() for verb, operation in path.items() if verb == "post"]
    needless = {schema for schema in asked if schema and not document["components"]["schemas"][schema].get("required")}
    assert needless - NOTHING_SAYS_NOTHING == set()


def _body(operation: dict[str, Any]) -> str | None:
    """The schema of a body that must be there."""
    body = operation.get("requestBody", {})
    content = body.get("content", {}).get("application/json", {}).get("schema", {})
    return str(content["$ref"]).rpartition("/")[2] if body.get("required") and "$ref" in content else None
