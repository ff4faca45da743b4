"""Names in any script, and what would deceive a reader: refused with what to write instead."""

import time
import tracemalloc
import unicodedata

import pytest

from chassis.expressions import ExpressionProblem, Unit, parse

RATIO = Unit.read("ratio")


def problem_of(text: str, *names: str) -> ExpressionProblem:
    with pytest.raises(ExpressionProblem) as caught:
        parse(text, dict.fromkeys(names, RATIO))
    return caught.value


@pytest.mark.parametrize("name", ["выручка", "έσοδα", "收入", "売上高", "매출", "إيرادات", "आय", "กำไร", "crème", "größe_2", "הכנסות"])
def test_a_measure_is_called_by_a_name_of_any_script(name: str) -> None:
    assert parse(f"{name} / 2", {name: RATIO}).evaluate({name: 3}) == parse("a / 2", {"a": RATIO}).evaluate({"a": 3})


def test_composed_and_decomposed_accents_are_one_name() -> None:
    decomposed = unicodedata.normalize("NFD", "crème")

    assert parse(f"{decomposed} + 1", {"crème": RATIO}).measures == {"crème": RATIO}


@pytest.mark.parametrize(
    ("text", "names", "code", "position", "said"),
    [
        ("1 + \ufb01rst", ["first"], "name_form", 5, 'write "first"'),
        ("ａ + 1", ["a"], "name_form", 1, 'write "a"'),
        ("first", ["\ufb01rst"], "name_form", None, 'write "first"'),
        ("\u0430 + 1", ["a"], "unknown_measure", 1, "known: a"),
        ("s\u0430les", ["sales"], "mixed_scripts", 1, "Cyrillic and Latin"),
        ("a + \u0430", ["a", "\u0430"], "confusable_names", None, "Latin"),
        ("a", ["a", "\u0430"], "confusable_names", None, "Cyrillic"),
        ("a + \u202eb", ["a", "b"], "hidden_character", 5, "U+202E"),
        ("a\u200b + 1", ["a"], "hidden_character", 2, "U+200B"),
        ("a + \x00", ["a"], "hidden_character", 5, "U+0000"),
        ("a * ٣٫٥", ["a"], "sign", 6, '"."'),
        ("a * ٣٥", ["a"], "digits", 5, '"35"'),
        ("a + १२", ["a"], "digits", 5, '"12"'),
        ("a + １２", ["a"], "digits", 5, '"12"'),
        ("a × 2", ["a"], "sign", 3, 'Write "*"'),
        ("a − 2", ["a"], "sign", 3, 'Write "-"'),
        ("a", ["a", "net income"], "measure_name", None, '"net income" is no name'),
        ("a", ["a", "lambda"], "measure_name", None, "word of the language"),
    ],
)
def test_what_deceives_a_reader_is_refused(text: str, names: list[str], code: str, position: int | None, said: str) -> None:
    problem = problem_of(text, *names)

    assert (problem.code, problem.position) == (code, position)
    assert said in problem.message


@pytest.mark.parametrize(
    ("text", "code"),
    [
        (" + ".join(["a"] * 10_000), "too_long"),
        ("a" * 4_000_000, "too_long"),
        ("+".join(["1"] * 2_000), "too_complex"),
        ("(" * 1_500 + "a" + ")" * 1_500, "too_complex"),
        ("not " * 999 + "a", "too_complex"),
        ("abs(" * 150 + "a" + ")" * 150, "too_complex"),
        ("a if a < 1 else " * 240 + "a", "too_complex"),
    ],
)
def test_what_is_too_large_is_refused_at_once(text: str, code: str) -> None:
    tracemalloc.start()
    begun = time.perf_counter()
    problem = problem_of(text, "a")
    seconds, (_, memory) = time.perf_counter() - begun, tracemalloc.get_traced_memory()
    tracemalloc.stop()

    assert problem.code == code
    assert seconds < 1
    assert memory < 20_000_000
