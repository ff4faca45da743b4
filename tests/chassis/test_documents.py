"""Strict documents: numbers arrive as written, and what two readers could read differently is refused with the remedy."""

from contextlib import suppress
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chassis.documents import MAXIMUM_BYTES, DocumentProblem, digest, dump_canonical, load_document


def problem_of(text: str) -> DocumentProblem:
    with pytest.raises(DocumentProblem) as caught:
        load_document(text)
    return caught.value


def test_numbers_are_read_exactly_as_written() -> None:
    document = load_document("whole: 3\nfraction: 0.10\nlong: 12345678901234567890.123456789012345678\nminus: -4.20")

    assert document == {
        "whole": 3,
        "fraction": Decimal("0.10"),
        "long": Decimal("12345678901234567890.123456789012345678"),
        "minus": Decimal("-4.20"),
    }
    assert str(document["fraction"]) == "0.10"
    assert [type(value) for value in document.values()] == [int, Decimal, Decimal, Decimal]


def test_json_is_read_by_the_same_rules() -> None:
    assert load_document('{"x": [1, 2.50, true, null, "no", "\\/"], "y": {}}') == {
        "x": [1, Decimal("2.50"), True, None, "no", "/"],
        "y": {},
    }


def test_text_that_only_looks_special_stays_text() -> None:
    document = load_document("date: 2026-01-31\nshare: 90%\nquoted: 'no'\ncode: \"012\"\ny: a\nblock: |\n  on\n")

    assert document == {"date": "2026-01-31", "share": "90%", "quoted": "no", "code": "012", "y": "a", "block": "on\n"}


@pytest.mark.parametrize(
    ("text", "code", "line", "column", "path"),
    [
        ("paid: no", "ambiguous_boolean", 1, 7, "/paid"),
        ("a: 1\nb: [x, Yes]", "ambiguous_boolean", 2, 8, "/b/1"),
        ("on: 1", "ambiguous_boolean", 1, 1, ""),
        ("a: TRUE", "ambiguous_boolean", 1, 4, "/a"),
        ("a: ~", "ambiguous_null", 1, 4, "/a"),
        ("a:", "empty_value", 1, 3, "/a"),
        ("code: 012", "leading_zero", 1, 7, "/code"),
        ("a: 0x1F", "number_base", 1, 4, "/a"),
        ("at: 1:30", "sexagesimal", 1, 5, "/at"),
        ("a: -.inf", "not_finite", 1, 4, "/a"),
        ("a: .NaN", "not_finite", 1, 4, "/a"),
        ("a: Infinity", "not_finite", 1, 4, "/a"),
        ("a: 1e400", "exponent", 1, 4, "/a"),
        ("a: +1", "number_format", 1, 4, "/a"),
        ("a: 1_000", "number_format", 1, 4, "/a"),
        ("a: .5", "number_format", 1, 4, "/a"),
        ("a: " + "1" * 39, "too_many_digits", 1, 4, "/a"),
        ("a: !!python/object:os.system x", "tag", 1, 4, "/a"),
        ("a: &x [1]\nb: *x", "reference", 1, 4, "/a"),
        ("<<: {a: 1}", "merge_key", 1, 1, ""),
        ("a: {b/c: 1, b/c: 1}", "duplicate_key", 1, 13, "/a/b~1c"),
        ("1: x", "key_not_text", 1, 1, ""),
        ("? [a]\n: x", "key_not_text", 1, 3, ""),
        ("a: 1\n---\nb: 2", "several_documents", 2, 1, ""),
        ("%YAML 1.1\n--- a", "directive", 1, 1, ""),
        ("a:\n\tb: 1", "tab", 2, 1, ""),
        ("[" * 41, "too_deep", 1, 41, "/0" * 40),
        ("a: [1", "syntax", 2, 1, ""),
        ("", "empty_document", 1, 1, ""),
    ],
)
def test_what_readers_disagree_about_is_refused_where_it_stands(text: str, code: str, line: int, column: int, path: str) -> None:
    problem = problem_of(text)

    assert (problem.code, problem.line, problem.column, problem.path) == (code, line, column, path)


def test_the_message_tells_the_remedy() -> None:
    assert str(problem_of("paid: no")) == 'line 1, column 7: Only true and false are booleans; if the word "no" is meant, quote it.'


def test_depth_of_forty_is_read() -> None:
    assert load_document("[" * 40 + "]" * 40)


@pytest.mark.parametrize("text", ["[" * 999_999, "- " * 499_999, "{a: " * 200_000])
def test_a_nesting_bomb_is_refused(text: str) -> None:
    assert problem_of(text).code == "too_deep"


def test_size_counts_bytes_not_characters() -> None:
    assert load_document("a" * MAXIMUM_BYTES) == "a" * MAXIMUM_BYTES
    assert problem_of("é" * (MAXIMUM_BYTES // 2 + 1)).code == "too_large"


@given(st.text(st.sampled_from("ab1.0e+-:[]{},&*!|>'\"%@`#?~<=\n \t\\\x00é\ufeff"), max_size=60))
def test_no_text_does_more_than_be_read_or_refused(text: str) -> None:
    with suppress(DocumentProblem):
        assert dump_canonical(load_document(text))


def test_half_a_character_is_refused() -> None:
    assert problem_of("a: \ud800").code == "syntax"


def test_canonical_bytes_do_not_depend_on_order_or_notation() -> None:
    first = {"b": [Decimal("1.50"), Decimal("1E+3"), Decimal("-0.0")], "a": "é", "n": None, "t": True, "i": 7}
    second = {"i": 7, "t": True, "n": None, "a": "é", "b": (Decimal("1.5"), Decimal(1000), Decimal(0))}

    assert dump_canonical(first) == '{"a":"é","b":["1.5","1000","0"],"i":7,"n":null,"t":true}'.encode()
    assert digest(first) == digest(second)
    # sha256 of "{}" as any tool prints it
    assert digest({}) == "sha256:44136fa355b3678a1146ad16f7e8649e94fb4fc21fe77e8310c060f61caaff8a"


@pytest.mark.parametrize("value", [0.1, {"a": [0.5]}, {1: "x"}, {1, 2}, b"x"])
def test_what_has_no_canonical_form_is_refused(value: Any) -> None:
    with pytest.raises(TypeError):
        dump_canonical(value)


def test_infinity_has_no_canonical_form() -> None:
    with pytest.raises(ValueError, match="not a finite number"):
        dump_canonical(Decimal("Infinity"))
