"""`sightline scorecard verify --offline` computes the digest of a kept agreement anew."""

import json
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner

from chassis.documents import digest
from sightline.cli import app
from sightline.problems import BadUsage

DOCUMENT = {"scorecard_id": "0198c5d2-0000-7000-8000-000000000003", "lines": [{"line": 1, "weight": "60"}]}
KEPT: dict[str, Any] = {"scorecard_id": DOCUMENT["scorecard_id"], "document": DOCUMENT, "digest": digest(DOCUMENT)}


def verify(tmp_path: Path, content: str) -> tuple[int, str]:
    file = tmp_path / "agreement.json"
    file.write_text(content)
    answer = CliRunner().invoke(app, ["scorecard", "verify", str(file), "--offline", "--json"])
    return answer.exit_code, answer.stdout


def test_what_was_kept_as_it_was_is_intact(tmp_path: Path) -> None:
    code, told = verify(tmp_path, json.dumps(KEPT, indent=2))
    assert (code, json.loads(told)["intact"], json.loads(told)["signed"]) == (0, True, None)


@pytest.mark.parametrize("weight", ["61", 60.0])
def test_a_changed_text_is_not(tmp_path: Path, weight: object) -> None:
    changed = KEPT | {"document": DOCUMENT | {"lines": [{"line": 1, "weight": weight}]}}
    code, told = verify(tmp_path, json.dumps(changed))
    assert (code, json.loads(told)["intact"]) == (1, False)


@pytest.mark.parametrize("content", ["", "[]", "{}", '{"scorecard_id": 1, "document": {}, "digest": "x"}'])
def test_what_is_no_agreement_is_named(tmp_path: Path, content: str) -> None:
    file = tmp_path / "agreement.json"
    file.write_text(content)
    answer = CliRunner().invoke(app, ["scorecard", "verify", str(file), "--offline"])
    assert isinstance(answer.exception, BadUsage)
    assert "holds no agreement" in answer.exception.message
