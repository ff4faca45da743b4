"""What a rule is, and what it finds."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any, Generic, Literal, NamedTuple, TypeVar

from kpi_api.findings.facts import Card, Line, Unit
from kpi_api.findings.limits import Limits

Severity = Literal["error", "warning", "information"]
Subject = Literal["scorecard", "line", "unit"]
Source = Literal["S0", "S1", "S2", "field", "ours"]

Of = TypeVar("Of", Card, Unit)


@dataclass(frozen=True)
class Origin:
    """Where a rule comes from: one of our sources (docs/sources.md) with its section, what products of the field do, or us."""

    source: Source
    section: str = ""


class Found(NamedTuple):
    """What a rule found: a sentence with the facts in it, the facts as data (numbers as text), and the line, if it is about one."""

    sentence: str
    facts: Mapping[str, Any]
    line: Line | None = None


Find = Callable[[Of, Limits], Iterable[Found]]


@dataclass(frozen=True)
class Rule(Generic[Of]):
    """A rule: `reason` is why it is a finding, `consequence` what follows from leaving it, `fix` what to do."""

    code: str
    severity: Severity
    subject: Subject
    title: str
    reason: str
    consequence: str
    fix: str
    origin: Origin
    find: Find[Of] = field(repr=False)


class Finding(NamedTuple):
    """What was found, and by which rule."""

    rule: Rule[Any]
    sentence: str
    facts: Mapping[str, Any]
    line: Line | None


def about(line: Line, sentence: str, **facts: Any) -> Found:
    """Something about one line."""
    return Found(sentence, {"kpi": line.name, **facts}, line)
