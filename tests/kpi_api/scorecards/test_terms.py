"""The text that is signed: one digest for one meaning, and what forbids signing it."""

from decimal import Decimal
from typing import Any

import pytest

from kpi_api.scorecards.terms import errors_in, make_terms

HEAD = {"scorecard_id": "s", "window_start": "2026-01-01"}


def line(weight: str = "100", status: str = "active", **part: Any) -> dict[str, Any]:
    parts = [{"part": "main", "value": Decimal("5.0"), "baseline": None} | part]
    return {"name": "Calls", "weight": Decimal(weight), "status": status, "parts": parts}


def test_the_same_text_has_the_same_digest_however_its_numbers_are_written() -> None:
    first = make_terms(HEAD, [line("100.00", value=Decimal(5))])
    second = make_terms(dict(reversed(HEAD.items())), [line("100", value=Decimal("5.000"), baseline=None)])
    assert first == second
    assert first.document["lines"][0] == {"name": "Calls", "weight": "100", "status": "active", "parts": [{"part": "main", "value": "5"}]}


@pytest.mark.parametrize("other", [[line("99.99")], [line(value=Decimal("5.1"))], [line(), line()], []])
def test_another_text_has_another_digest(other: list[dict[str, Any]]) -> None:
    assert make_terms(HEAD, other).digest != make_terms(HEAD, [line()]).digest


@pytest.mark.parametrize(
    ("lines", "errors"),
    [
        ([line()], []),
        ([], [("/lines", "no_lines")]),
        ([line("30"), line("69.99")], [("/lines", "weights_total")]),
        ([line("0.75"), line("0.75"), line("98.50")], []),
        ([line("50"), line("50", baseline=Decimal("5.00"))], [("/lines/1", "target_equals_baseline")]),
        ([line(baseline=Decimal(5), value_high=Decimal(7))], []),
        ([line(status="withdrawn")], [("/lines/0", "kpi_withdrawn")]),
    ],
)
def test_errors(lines: list[dict[str, Any]], errors: list[tuple[str, str]]) -> None:
    assert [(error.field, error.code) for error in errors_in(make_terms(HEAD, lines).document)] == errors
