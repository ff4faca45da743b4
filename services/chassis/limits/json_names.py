"""Names that a JSON object holds twice, and text that no database holds: where they are, for the few bodies that have them.

A parser takes the last of two equal names without a word, so a reader and a checker of the same body may see different values. Most bodies
are cleared by counting: each name is followed by a colon, so as many colons behind quotation marks as names were read means that none
was lost.
"""

import json
import re
from collections import Counter
from collections.abc import Iterator
from typing import Any

from chassis.field_errors import json_pointer

SPACE_BEFORE_COLON = re.compile(rb'"[ \t\r\n]+:')
ZERO = "\0"
Place = tuple[str | int, ...]


class _Pairs(list[tuple[str, Any]]):
    """An object as it is written, with names that come twice."""


def repeated_name(body: bytes, found: Any) -> str | None:
    """The JSON pointer of the first name that an object of the body holds twice; `found` is what was read from it."""
    if SPACE_BEFORE_COLON.search(body) is None and body.count(b'":') == _count_names(found):
        return None
    written = json.loads(body, object_pairs_hook=_Pairs, parse_int=str, parse_float=str)
    for place, value in _values(written):
        if isinstance(value, _Pairs):
            twice = [name for name, times in Counter(name for name, _ in value).items() if times > 1]
            if twice:
                return json_pointer((*place, twice[0]))
    return None


def zero_character(body: bytes, found: Any) -> str | None:
    """The JSON pointer of the first text or name that holds U+0000; `found` is what was read from the body."""
    if b"\\u0000" not in body:
        return None
    for place, value in _values(found):
        if (isinstance(value, str) and ZERO in value) or (place and ZERO in str(place[-1])):
            return json_pointer(place).replace(ZERO, "\\u0000")
    return None


def _count_names(found: Any) -> int:
    """How many names all objects of a document have. (A loop with few calls: it goes through each value of a large body.)"""
    names, waiting = 0, [found]
    while waiting:
        value = waiting.pop()
        if type(value) is dict:
            names += len(value)
            waiting += [each for each in value.values() if type(each) is dict or type(each) is list]
        elif type(value) is list:
            waiting += [each for each in value if type(each) is dict or type(each) is list]
    return names


def _values(document: Any) -> Iterator[tuple[Place, Any]]:
    """Every value of a document with its place, in the order written."""
    waiting: list[tuple[Place, Any]] = [((), document)]
    while waiting:
        place, value = waiting.pop()
        yield place, value
        waiting += [((*place, name), each) for name, each in reversed(_parts(value))]


def _parts(value: Any) -> list[tuple[str | int, Any]]:
    match value:
        case _Pairs():
            return list(value)
        case dict():
            return list(value.items())
        case list():
            return list(enumerate(value))
    return []
