"""Texts in boxes: whole where there is room, wrapped at words, and cut with an ellipsis in any script."""

import pytest

from kpi_api.cascade.pictures.labels import ellipsised, text_width, wrapped


def test_what_fits_stays_whole() -> None:
    assert ellipsised("Deal closure rate", 11, 200) == "Deal closure rate"
    assert wrapped("Deal closure rate", 11, 200, 2) == ["Deal closure rate"]


def test_a_long_name_wraps_at_words_and_ends_in_an_ellipsis() -> None:
    lines = wrapped("Customer retention after the first renewal of a contract", 11, 130, 2)

    assert lines == ["Customer retention after", "the first renewal of a c…"]


@pytest.mark.parametrize("text", ["x" * 300, "顧客維持率" * 30, "Удержание клиентов " * 20, "é" * 200, "احتفاظ العملاء " * 20])
def test_nothing_is_wider_than_its_room(text: str) -> None:
    lines = wrapped(text, 11, 150, 2)

    assert 1 <= len(lines) <= 2
    assert lines[-1].endswith("…")
    assert all(text_width(line, 11) <= 150 for line in lines)


def test_east_asian_characters_take_twice_the_room() -> None:
    assert text_width("顧客", 10) == 20
    assert text_width("e\u0301", 10) == text_width("e", 10)


def test_no_text_is_one_empty_line() -> None:
    assert wrapped("", 11, 150, 2) == [""]
