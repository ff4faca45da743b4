"""The page that teaches the language: every plan on it can be read as it stands, and it names every kind of step."""

import re
from pathlib import Path

import pytest

from scoring.engine import check_plan, load_plan, plan_json_schema

PAGE = (Path(__file__).parents[3] / "docs" / "plan-language.md").read_text(encoding="utf-8")
PLANS = re.findall(r"```yaml\n(.*?)```", PAGE, re.DOTALL)


@pytest.mark.parametrize("text", PLANS, ids=lambda text: text.split("\n")[0])
def test_a_plan_of_the_page_is_a_plan(text: str) -> None:
    plan = load_plan(text)
    assert plan.document.composite
    assert not [finding for finding in check_plan(plan) if finding.severity == "warning"]


def test_the_five_structures_and_every_kind_are_there() -> None:
    assert len(PLANS) == 5
    kinds = plan_json_schema()["properties"]["steps"]["items"]["discriminator"]["mapping"]
    assert [kind for kind in kinds if f"`{kind}`" not in PAGE] == []
