"""What the stakeholders of a collaborative KPI agree to: definition, measurement, benchmark and timeline, as one document. Pure.

Rule: S1, "Align on Definitions": what the KPI means, how it is measured, which benchmark is realistic and by when. Credit shares stand in
it where there are any. It holds ids, codes, numbers and the KPI's name, and no text about anybody. Numbers are text in canonical form.
"""

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from chassis.documents import digest, dump_canonical

Document = dict[str, Any]

WORDS: Final = {
    "name": "name", "definition_code": "definition", "definition_version": "version of the definition", "source_of_truth": "source",
    "update_frequency": "how often it is measured", "combine": "how periods add up", "window_start": "first day", "window_end": "last day",
    "value": "target", "value_high": "upper end of the target", "baseline": "baseline", "comparison": "comparison", "period": "period",
    "unit": "unit", "credit_share": "credit share",
}  # fmt: skip


@dataclass(frozen=True)
class Terms:
    """The document and its digest."""

    document: Document
    digest: str


def make_terms(head: Mapping[str, Any], targets: Sequence[Mapping[str, Any]], stakeholders: Sequence[Mapping[str, Any]]) -> Terms:
    """The terms of a KPI: its head, its targets in order, and its stakeholders (`id`, `credit_share`) by id."""
    ordered = sorted(stakeholders, key=lambda stakeholder: str(stakeholder["id"]))
    whole = {**head, "targets": [_without_nulls(target) for target in targets], "stakeholders": [_without_nulls(one) for one in ordered]}
    document: Document = json.loads(dump_canonical(_without_nulls(whole)))
    return Terms(document, digest(document))


def _without_nulls(values: Mapping[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in values.items() if value is not None}


def differences(before: Document, after: Document) -> list[str]:
    """What is not the same any more, in words: "target of main: 1000, now 1200"."""
    then, now = dict(_facts(before)), dict(_facts(after))
    keys = [*then, *(key for key in now if key not in then)]
    return [_changed(key, then.get(key), now.get(key)) for key in keys if then.get(key) != now.get(key)]


def _facts(document: Document) -> Iterator[tuple[tuple[str, str], str]]:
    """By name and, in a target, by part, each single thing that the document says."""
    for name, value in document.items():
        if name == "targets":
            yield from (((key, target["part"]), str(given)) for target in value for key, given in target.items() if key != "part")
        elif name == "stakeholders":
            yield from ((("stakeholder", one["id"]), "named") for one in value)
            yield from ((("credit_share", one["id"]), one["credit_share"]) for one in value if "credit_share" in one)
        else:
            yield (name, ""), str(value)


def _changed(key: tuple[str, str], before: str | None, after: str | None) -> str:
    name, part = key
    if name == "stakeholder":
        return "a stakeholder was added" if before is None else "a stakeholder left"
    about = WORDS.get(name, name.replace("_", " ")) + (f" of {part}" if part and name != "credit_share" else "")
    return f"{about}: {before or 'none'}, now {after or 'none'}"
