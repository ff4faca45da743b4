"""What somebody who types words looks for: those that begin with each, or those that a mistyped one was meant for, as ranges of words."""

from collections.abc import Sequence
from typing import Final, NamedTuple

from sqlalchemy import text

from chassis.database import ReadSession
from kpi_api.dictionary.search.words import allowed_errors, has_errors

MOST_ALIKE: Final = 200
"""So many words that share the most trigrams are compared letter by letter."""

BEFORE_ANY: Final = "\x01"
"""Sorts before every character that a word may have."""


class Range(NamedTuple):
    """Words from `first` on and before `beyond`, which the word at this `place` of what was typed finds."""

    place: int
    first: str
    beyond: str


# Trigrams as in `words.trigrams`. First the typed words with which no word of the dictionary begins; then which words share most with each.
_ALIKE: Final = text(
    """
    WITH unknown AS MATERIALIZED (
      SELECT typed.* FROM unnest((SELECT CAST(:words AS text[])), (SELECT CAST(:beyond AS text[])), (SELECT CAST(:errors AS int[])))
        WITH ORDINALITY AS typed (word, beyond, errors, place)
      WHERE errors > 0 AND NOT EXISTS (
        SELECT FROM definition_words w WHERE w.organization_id = :organization_id AND w.word >= typed.word AND w.word < typed.beyond)
    )
    SELECT u.place, alike.word FROM unknown u CROSS JOIN LATERAL (
      SELECT t.word FROM word_trigrams t
      WHERE t.organization_id = :organization_id
        AND t.trigram = ANY (ARRAY(SELECT substr('  ' || u.word || ' ', n, 3) FROM generate_series(1, length(u.word) + 1) n))
        AND length(t.word) BETWEEN length(u.word) - u.errors AND length(u.word) + u.errors
      GROUP BY t.word ORDER BY count(*) DESC, t.word LIMIT :most
    ) alike
    """
)


async def meant(session: ReadSession, typed: Sequence[str]) -> list[Range]:
    """The ranges that find each typed word, by one statement. One with which no word of the dictionary begins may have typing errors."""
    beginnings = [Range(place, word, _beyond(word)) for place, word in enumerate(typed)]
    parameters = {
        "organization_id": session.organization_id,
        "words": list(typed),
        "beyond": [found.beyond for found in beginnings],
        "errors": [allowed_errors(word) for word in typed],
        "most": MOST_ALIKE,
    }
    alike = [(place - 1, word) for place, word in await session.execute(_ALIKE, parameters)] if typed else []
    corrected = [
        Range(n, word, word + BEFORE_ANY) for n, word in alike if not has_errors(typed[n], word, more_than=allowed_errors(typed[n]))
    ]
    return beginnings + corrected


def _beyond(word: str) -> str:
    """What sorts after all that begin with a word, by code point."""
    return word[:-1] + chr(ord(word[-1]) + 1)
