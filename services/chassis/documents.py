"""Documents people write: a strict subset of YAML 1.2 (JSON included), and one canonical byte form to sign and compare.

Two readers must never disagree about what a document says, so whatever YAML versions read differently is refused with the remedy:
`no` as a boolean, `012`, `1:30`, tags, anchors, duplicate keys, tabs. Numbers arrive exactly as written, as int or Decimal, never float.
"""

import hashlib
import json
import re
from collections.abc import Iterator, Mapping
from decimal import Decimal
from typing import Any, Final

import yaml

from chassis.numbers import plain_text

MAXIMUM_BYTES: Final = 1_000_000
MAXIMUM_DEPTH: Final = 40
MAXIMUM_DIGITS: Final = 38

_Event = Any  # the published types of yaml's events leave out most of their attributes
_NUMBER: Final = re.compile(r"-?(0|[1-9][0-9]*)(\.[0-9]+)?")
_AMBIGUOUS: Final = [
    (
        "ambiguous_boolean",
        re.compile(r"yes|no|on|off|true|false", re.IGNORECASE),
        "Only true and false are booleans; if the word {text} is meant, quote it.",
    ),
    ("ambiguous_null", re.compile(r"~|null", re.IGNORECASE), "Nothing is written null; if the text {text} is meant, quote it."),
    ("merge_key", re.compile(r"<<"), "Merge keys are not supported; repeat the entries."),
    (
        "leading_zero",
        re.compile(r"[-+]?0[0-9_]+(\.[0-9_]*)?"),
        "{text} begins with a zero, which some readers take as octal; drop the zero, or quote it if it is a code.",
    ),
    ("number_base", re.compile(r"[-+]?0[xob][0-9a-f_]+", re.IGNORECASE), "{text}: write numbers in base ten, or quote the text."),
    (
        "sexagesimal",
        re.compile(r"[-+]?[0-9][0-9_]*(:[0-5]?[0-9])+(\.[0-9_]*)?"),
        "{text} is a number in base sixty to some readers; quote it.",
    ),
    ("not_finite", re.compile(r"[-+]?(\.inf|infinity)|\.?nan", re.IGNORECASE), "{text} is not a number that can be counted with."),
    (
        "exponent",
        re.compile(r"[-+]?([0-9][0-9_]*\.?[0-9_]*|\.[0-9_]+)e[-+]?[0-9]+", re.IGNORECASE),
        "Write {text} without an exponent, or quote it if it is text.",
    ),
    (
        "number_format",
        re.compile(r"[-+]?([0-9][0-9_]*\.?[0-9_]*|\.[0-9][0-9_]*)"),
        "Write {text} as digits with at most one point between digits and no plus sign, or quote it if it is text.",
    ),
]


class DocumentProblem(ValueError):
    """Why a document cannot be read: a stable `code`, a `message` with the remedy, `line` and `column` counted from 1,
    and `path`, the JSON pointer of the value ("" for the whole document)."""

    def __init__(self, code: str, message: str, line: int = 1, column: int = 1, path: str = "") -> None:
        super().__init__(f"line {line}, column {column}: {message}")
        self.code, self.message, self.line, self.column, self.path = code, message, line, column, path


def load_document(text: str) -> Any:
    """Read one document into dict, list, str, bool, None, int and Decimal.

    Keys are text. Dates stay text. Raises DocumentProblem at the first thing that is wrong.
    """
    _check_text(text)
    try:
        reader = _Reader(yaml.parse(text, Loader=yaml.CSafeLoader))
        return reader.document()
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        at = (mark.line + 1, mark.column + 1) if mark else (1, 1)
        code = "too_deep" if error.problem == "exceeded maximum nesting depth" else "syntax"  # the scanner reads ahead of our own count
        raise DocumentProblem(code, _sentence(error.problem or str(error)), *at) from error
    except yaml.YAMLError as error:
        raise DocumentProblem("syntax", _sentence(str(error).splitlines()[0])) from error


def dump_canonical(value: Any) -> bytes:
    """The one byte form of a value: JSON in UTF-8, keys sorted by code point, no spaces, each Decimal a string without exponent or
    trailing zeros. Equal values give equal bytes. Raises TypeError for anything else, floats above all."""
    return json.dumps(_canonical(value), sort_keys=True, ensure_ascii=False, separators=(",", ":")).encode()


def digest(value: Any) -> str:
    """`sha256:` and the hexadecimal SHA-256 of the canonical bytes."""
    return f"sha256:{hashlib.sha256(dump_canonical(value)).hexdigest()}"


class _Reader:
    """Builds the value from the parser's events; the parser itself resolves nothing."""

    def __init__(self, events: Iterator[_Event]) -> None:
        self._events = events
        self._path: list[str | int] = []

    def document(self) -> Any:
        next(self._events)  # the stream's start
        start = next(self._events)
        if isinstance(start, yaml.StreamEndEvent):
            raise self._problem(start, "empty_document", "The document is empty.")
        if start.version or start.tags:
            raise self._problem(start, "directive", "Directives such as %YAML are not supported; remove the line.")
        value = self._value(next(self._events))
        next(self._events)  # the document's end
        following = next(self._events)
        if not isinstance(following, yaml.StreamEndEvent):
            raise self._problem(following, "several_documents", "One document only; remove everything from the second --- on.")
        return value

    def _value(self, event: _Event) -> Any:
        self._refuse_references(event)
        if isinstance(event, yaml.ScalarEvent):
            return self._scalar(event)
        if len(self._path) >= MAXIMUM_DEPTH:
            raise self._problem(event, "too_deep", f"Nested deeper than {MAXIMUM_DEPTH} levels.")
        return self._mapping() if isinstance(event, yaml.MappingStartEvent) else self._sequence()

    def _mapping(self) -> dict[str, Any]:
        entries: dict[str, Any] = {}
        while not isinstance(event := next(self._events), yaml.MappingEndEvent):
            key = self._key(event)
            self._path.append(key)
            if key in entries:
                raise self._problem(event, "duplicate_key", f'The key "{key}" stands here twice; keep one.')
            entries[key] = self._value(next(self._events))
            self._path.pop()
        return entries

    def _sequence(self) -> list[Any]:
        items: list[Any] = []
        while not isinstance(event := next(self._events), yaml.SequenceEndEvent):
            self._path.append(len(items))
            items.append(self._value(event))
            self._path.pop()
        return items

    def _key(self, event: _Event) -> str:
        key = self._value(event) if isinstance(event, yaml.ScalarEvent | yaml.AliasEvent) else None
        if not isinstance(key, str):
            raise self._problem(event, "key_not_text", "A key must be text; quote it.")
        return key

    def _scalar(self, event: yaml.ScalarEvent) -> Any:
        text: str = event.value
        if event.style or not event.implicit[0]:
            return text
        if text in _WORDS:
            return _WORDS[text]
        if not text:
            raise self._problem(event, "empty_value", 'A value is missing; write null for nothing, "" for empty text.')
        if _NUMBER.fullmatch(text):
            return self._number(event, text)
        for code, pattern, message in _AMBIGUOUS:
            if pattern.fullmatch(text):
                raise self._problem(event, code, message.format(text=_quoted(text)))
        return text

    def _number(self, event: _Event, text: str) -> int | Decimal:
        if sum(character.isdigit() for character in text) > MAXIMUM_DIGITS:
            raise self._problem(event, "too_many_digits", f"The number has more than {MAXIMUM_DIGITS} digits.")
        return Decimal(text) if "." in text else int(text)

    def _refuse_references(self, event: _Event) -> None:
        if isinstance(event, yaml.AliasEvent) or event.anchor is not None:
            raise self._problem(event, "reference", "Anchors (&) and aliases (*) are not supported; repeat the value, or quote the text.")
        if event.tag is not None:
            raise self._problem(event, "tag", f"Tags are not supported; remove {event.tag} or quote the text.")

    def _problem(self, event: _Event, code: str, message: str) -> DocumentProblem:
        pointer = "".join("/" + str(step).replace("~", "~0").replace("/", "~1") for step in self._path)
        return DocumentProblem(code, message, event.start_mark.line + 1, event.start_mark.column + 1, pointer)


_WORDS: Final[Mapping[str, bool | None]] = {"true": True, "false": False, "null": None}


def _check_text(text: str) -> None:
    if len(text.encode(errors="surrogatepass")) > MAXIMUM_BYTES:
        raise DocumentProblem("too_large", f"The document is larger than {MAXIMUM_BYTES:,} bytes.")
    at = re.search(r"[\t\ud800-\udfff]", text)
    if at is None:
        return
    line, column = text.count("\n", 0, at.start()) + 1, at.start() - text.rfind("\n", 0, at.start())
    if at[0] == "\t":
        raise DocumentProblem("tab", 'Tabs are not allowed; indent with spaces, and write "\\t" inside quotes.', line, column)
    raise DocumentProblem("syntax", "There is half a character (a lone surrogate) here.", line, column)


def _canonical(value: Any) -> Any:
    if value is None or isinstance(value, str | bool | int):
        return value
    if isinstance(value, Decimal):
        return _normalised(value)
    if isinstance(value, Mapping):
        return {_text_key(key): _canonical(item) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [_canonical(item) for item in value]
    raise TypeError(f"{type(value).__name__} has no canonical form")


def _normalised(value: Decimal) -> str:
    text = plain_text(value)
    return text.rstrip("0").rstrip(".") if "." in text else text


def _text_key(key: Any) -> str:
    if not isinstance(key, str):
        raise TypeError(f"keys must be text, not {type(key).__name__}")
    return key


def _quoted(text: str) -> str:
    return f'"{text if len(text) <= 40 else text[:40] + "…"}"'


def _sentence(text: str) -> str:
    return f"{text[:1].upper()}{text[1:]}."
