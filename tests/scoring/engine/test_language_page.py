"""The page of the language: its plans have nothing to warn of, its examples pay what it says, every kind and finding is named."""

import re
from pathlib import Path

import pytest

from chassis.documents import load_document
from scoring.engine import check_plan, load_plan, plan_json_schema
from scoring.engine.checking import RULES
from tests.cases.case import differences

PAGE = (Path(__file__).parents[3] / "docs" / "plan-language.md").read_text(encoding="utf-8")
BLOCKS = re.findall(r"```yaml\n(.*?)```", PAGE, re.DOTALL)
STRUCTURES = [block for block in BLOCKS if block.startswith("plan:")]
EXAMPLES = [block for block in BLOCKS if block.startswith("case:")]


@pytest.mark.parametrize("text", STRUCTURES, ids=lambda text: text.split("\n")[0])
def test_a_structure_of_the_page_is_a_plan_without_warnings(text: str) -> None:
    plan = load_plan(text)
    assert plan.document.composite
    assert [found for found in check_plan(plan) if found.severity == "warning"] == []


@pytest.mark.parametrize("text", EXAMPLES, ids=lambda text: text.split("\n")[0])
def test_an_example_of_the_page_pays_what_the_page_says(text: str, tmp_path: Path) -> None:
    """Given a real plan with its scorecards, then each is scored as expected, in any order, and the check has nothing to warn of."""
    file = tmp_path / "example.yaml"
    file.write_text(text, encoding="utf-8")
    assert differences(file) == []
    assert [found for found in check_plan(load_plan(load_document(text)["plan"])) if found.severity == "warning"] == []


def test_the_five_structures_ten_plans_and_every_kind_and_finding_are_there() -> None:
    assert (len(STRUCTURES), len(EXAMPLES), len(BLOCKS)) == (5, 10, 15)
    kinds = plan_json_schema()["properties"]["steps"]["items"]["discriminator"]["mapping"]
    assert [name for name in (*kinds, *RULES) if f"`{name}`" not in PAGE] == []
