"""What two texts of a scorecard say differently, in words."""

from typing import Any

import pytest

from kpi_api.scorecards.differences import differences


def part(**other: Any) -> dict[str, Any]:
    return {"part": "main", "comparison": "at_least", "value": "100", "unit": "count", "direction": "higher"} | other


def line(kpi: str, **other: Any) -> dict[str, Any]:
    name = f"Calls {kpi}"
    return {"kpi_id": kpi, "name": name, "status": "active", "weight": "50", "component": "kpis", "parts": [part()]} | other


def document(*lines: dict[str, Any], **other: Any) -> dict[str, Any]:
    return {"window_start": "2026-01-01", "window_end": "2026-12-31", "lines": list(lines)} | other


BEFORE = document(line("a"), line("b"))
NO_WEIGHT = {name: value for name, value in line("b").items() if name != "weight"}


@pytest.mark.parametrize(
    ("after", "told"),
    [
        (document(line("a"), line("b")), []),
        (document(line("a", weight="60"), line("b", weight="40")),
         ["Weight of “Calls a”: 50.00, now 60.00.", "Weight of “Calls b”: 50.00, now 40.00."]),
        (document(line("a"), NO_WEIGHT), ["Weight of “Calls b”: 50.00, now none."]),
        (document(line("a")), ["“Calls b” was removed."]),
        (document(line("a"), line("b"), line("c")), ["“Calls c” was added with a weight of 50.00."]),
        (document(line("b"), line("a")), ["The lines stand in another order."]),
        (document(line("a", parts=[part(value="120", period="month")]), line("b")),
         ["Target of “Calls a”: 100, now 120.", "Period of the target of “Calls a”: none, now month."]),
        (document(line("a", parts=[part(), part(part="quality", value="4.5")]), line("b")),
         ["Target of “Calls a”, quality: none, now 4.5.", "Comparison of “Calls a”, quality: none, now at least.",
          "Unit of “Calls a”, quality: none, now count.", "Direction of “Calls a”, quality: none, now higher."]),
        (document(line("a", name="Talks"), line("b", status="withdrawn")),
         ["“Calls a” is called “Talks” now.", "“Calls b” is withdrawn now."]),
        (document(line("a"), line("b"), window_end="2026-06-30"), ["Last day of the scorecard: 2026-12-31, now 2026-06-30."]),
    ],
)  # fmt: skip
def test_every_difference_is_a_sentence(after: dict[str, Any], told: list[str]) -> None:
    assert differences(BEFORE, after) == told
