"""KPIs of several parts: met by all, their mean, or the share of parts that are met."""

from decimal import Decimal
from typing import Any

import pytest

from scoring.engine import load_plan, score
from scoring.engine.rows import Line, Person, tables

PLAN = load_plan("plan: p\nsteps:\n  - {name: attainment, kind: attainment}\n")
OPENED = {"direction": "higher", "comparison": "above", "target": "28"}
CLICKED = {"direction": "higher", "comparison": "above", "target": "4"}


def attained(combine: str, *parts: dict[str, Any]) -> tuple[Decimal | None, str | None]:
    alone = Line(scorecard_id="a", line=1, kpi_id="k", direction="higher", target=10, actual=5)
    whole = Line(scorecard_id="a", line=2, kpi_id="k", direction="higher", combine=combine, parts=list(parts))
    rows = score(PLAN, *tables([alone, whole], [Person(scorecard_id="a", person_id="p")])).lines.to_pylist()
    assert rows[0]["attainment_raw"] == Decimal("0.5")
    return rows[1]["attainment_raw"], rows[1]["reason_code"]


@pytest.mark.parametrize(
    ("combine", "opened", "clicked", "expected"),
    [
        ("all", "35", "3", "0.75"),
        ("all", "35", "5", "1.25"),
        ("mean", "35", "3", "1"),
        ("count", "35", "3", "0.5"),
        ("count", "35", "4", "0.5"),
        ("count", "28.01", "4.01", "1"),
    ],
)
def test_open_rate_and_click_through(combine: str, opened: str, clicked: str, expected: str) -> None:
    """Given open rate above 28 and click-through above 4, then each combination counts them as it says; exactly 4 is not above 4."""
    assert attained(combine, {**OPENED, "actual": opened}, {**CLICKED, "actual": clicked})[0] == Decimal(expected)


def test_a_part_that_is_not_there() -> None:
    assert attained("all", {**OPENED, "actual": "35"}, {**CLICKED, "actual": None}) == (None, "actual_missing")
    assert attained("mean", {**OPENED, "actual": "35"}, {**CLICKED, "actual": "4", "target": "0"}) == (None, "target_not_positive")
    assert attained("mean") == (None, "parts_missing")
