"""The words of a text in any script, and how far a mistyped word is from a real one. Pure.

Case, accents and other marks are folded away. Scripts written without spaces give pairs of characters, as search engines read them.
"""

import unicodedata
from collections.abc import Iterator
from itertools import groupby, pairwise
from typing import Final

LONGEST: Final = 40
"""Longer words are cut, in what is searched and in what is searched for."""

WITHOUT_SPACES: Final = ("CJK ", "HIRAGANA", "KATAKANA", "THAI", "LAO ", "KHMER", "MYANMAR")
"""How Unicode's names of the characters of such scripts begin."""


def fold(text: str) -> str:
    """Lower case without accents and marks; width and ligatures made plain."""
    plain = unicodedata.normalize("NFKD", unicodedata.normalize("NFKC", text).casefold())
    return unicodedata.normalize("NFC", "".join(character for character in plain if unicodedata.category(character)[0] != "M"))


def words(text: str) -> list[str]:
    """The words of a text to be found by, in order, each once."""
    folded = "".join(character if character.isalnum() else " " for character in fold(text))
    return list(dict.fromkeys(word[:LONGEST] for run in folded.split() for word in _split(run)))


def wanted(text: str) -> list[str]:
    """The words of what somebody types: each must be found, or a word that begins with it."""
    folded = "".join(character if character.isalnum() else " " for character in fold(text))
    return list(dict.fromkeys(word[:LONGEST] for run in folded.split() for word in _split(run, ends=False)))


def _split(run: str, *, ends: bool = True) -> Iterator[str]:
    """A run of letters as it is; where spaces are not written, each pair of characters and, with `ends`, the last one alone."""
    for spaced, group in groupby(run, _is_spaced):
        part = "".join(group)
        if spaced or len(part) == 1:
            yield part
            continue
        yield from (first + second for first, second in pairwise(part))
        if ends:
            yield part[-1]


def _is_spaced(character: str) -> bool:
    return character.isascii() or not unicodedata.name(character, "").startswith(WITHOUT_SPACES)


def trigrams(word: str) -> set[str]:
    """Every three neighbours in a word, with two spaces before it and one after."""
    padded = f"  {word} "
    return {padded[n : n + 3] for n in range(len(padded) - 2)}


def allowed_errors(word: str) -> int:
    """How many typing errors a word of its length may have: none in one or two letters, one in up to five, two in more."""
    return 0 if len(word) < 3 else 1 if len(word) < 6 else 2


def errors_between(typed: str, real: str) -> int:
    """Letters added, left out, exchanged, or swapped with their neighbour, at least, from one word to the other
    (optimal string alignment)."""
    *_, row = _alignment(typed, real)
    return row[-1]


def has_errors(typed: str, real: str, *, more_than: int) -> bool:
    """There are more errors between the words, looked for no further than it takes to know."""
    before = 0
    for row in _alignment(typed, real):
        least = min(row)
        if least > more_than and before > more_than:  # a swap reaches back over one row
            return True
        before = least
    return row[-1] > more_than


def _alignment(typed: str, real: str) -> Iterator[list[int]]:
    """The least errors from what was typed so far, one letter more in each row, to each beginning of the real word."""
    before: list[int] = []
    row = list(range(len(real) + 1))
    yield row
    for n, letter in enumerate(typed, start=1):
        earlier, before, row = before, row, [n]
        for m, other in enumerate(real, start=1):
            least = min(before[m] + 1, row[m - 1] + 1, before[m - 1] + (letter != other))
            if n > 1 and m > 1 and letter == real[m - 2] and typed[n - 2] == other:
                least = min(least, earlier[m - 2] + 1)
            row.append(least)
        yield row
