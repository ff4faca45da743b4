"""The text of a scorecard: everything that two sides sign, as one document with one digest. Pure.

It holds each line's weight and KPI with definition version, window and targets, so that what was agreed stays readable, and scores and pay
are computed from it, whatever happens to the KPI later. Numbers are text in canonical form, and what is null is left out.
"""

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any, Final

from chassis.documents import digest, dump_canonical
from chassis.problems import FieldError

Document = dict[str, Any]

FULL_WEIGHT: Final = Decimal(100)


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
    """What forbids proposing, agreeing to or forcing this text. Weights total 100.00 exactly; each target differs from its baseline."""
    lines: list[Document] = document["lines"]
    if not lines:
        return [FieldError(field="/lines", code="no_lines", message="The scorecard has no KPIs.")]
    return [*_weight_errors(lines), *(error for number, line in enumerate(lines) for error in _line_errors(number, line))]


def _weight_errors(lines: list[Document]) -> Iterator[FieldError]:
    total = sum((Decimal(line["weight"]) for line in lines), Decimal())
    if total != FULL_WEIGHT:
        yield FieldError(field="/lines", code="weights_total", message=f"The weights total {total:.2f}; they must total 100.00.")


def _line_errors(number: int, line: Document) -> Iterator[FieldError]:
    if line["status"] == "waiting":
        message = f"“{line['name']}” waits for the event with which its window begins; record its day first, or take it off."
        yield FieldError(field=f"/lines/{number}", code="kpi_waiting", message=message)
    elif line["status"] != "active":
        message = f"“{line['name']}” is {line['status']}; take it off the scorecard."
        yield FieldError(field=f"/lines/{number}", code="kpi_withdrawn", message=message)
    for part in line["parts"]:
        if "value_high" not in part and part.get("baseline") == part["value"]:
            message = f"“{line['name']}” has a target equal to its baseline, so there is nothing to achieve."
            yield FieldError(field=f"/lines/{number}", code="target_equals_baseline", message=message)
