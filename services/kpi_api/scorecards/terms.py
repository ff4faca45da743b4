"""The text of a scorecard: everything that two sides sign, as one document with one digest. Pure.

It holds each line's weight and KPI with definition version, window and targets, so that what was agreed stays readable, and scores and pay
are computed from it, whatever happens to the KPI later. Numbers are text in canonical form, and what is null is left out.
"""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from chassis.documents import digest, dump_canonical
from chassis.problems import FieldError
from kpi_api.findings import Card, Line, Part, errors_of_card

Document = dict[str, Any]


@dataclass(frozen=True)
class Terms:
    """A text and its digest."""

    document: Document
    digest: str


def make_terms(head: Mapping[str, Any], lines: Sequence[Mapping[str, Any]]) -> Terms:
    """The text of a scorecard: its head (ids, window) and its lines in order. Values are text, Decimals, and lists and mappings of them."""
    document = json.loads(dump_canonical(_without_nulls({**head, "lines": list(lines)})))
    return Terms(document, digest(document))


def _without_nulls(value: Any) -> Any:
    if isinstance(value, Mapping):
        return {key: _without_nulls(item) for key, item in value.items() if item is not None}
    if isinstance(value, list | tuple):
        return [_without_nulls(item) for item in value]
    return value


def errors_in(document: Document) -> list[FieldError]:
    """What forbids proposing, agreeing to or forcing this text: the design linter's errors (`kpi_api.findings.rules.errors`)."""
    card = Card(tuple(_line_facts(number, line) for number, line in enumerate(document["lines"], start=1)))
    return [
        FieldError(field=f"/lines/{found.line.number - 1}" if found.line else "/lines", code=found.rule.code, message=found.sentence)
        for found in errors_of_card(card)
    ]


def _line_facts(number: int, line: Document) -> Line:
    return Line(
        number=number,
        name=line["name"],
        status=line["status"],
        weight=Decimal(line["weight"]) if "weight" in line else None,
        parts=tuple(_part_facts(part) for part in line["parts"]),
    )


def _part_facts(part: Document) -> Part:
    others = (Decimal(part[name]) if name in part else None for name in ("value_high", "baseline"))
    return Part(Decimal(part["value"]), *others)
