"""What two texts of a scorecard say differently, line by line in words, so that nobody agrees to what changed unseen (S1). Pure."""

from collections.abc import Iterator, Mapping
from decimal import Decimal
from typing import Any, Final

from kpi_api.scorecards.terms import Document

PART_WORDS: Final = {
    "value": "Target", "value_high": "Upper end of the target", "baseline": "Baseline", "threshold": "Threshold", "stretch": "Stretch",
    "comparison": "Comparison", "unit": "Unit", "period": "Period of the target", "phasing": "Phasing", "due_on": "Due day",
    "scale_minimum": "Lower end of the scale", "scale_maximum": "Upper end of the scale", "lateness": "Rule for being late",
    "direction": "Direction",
}  # fmt: skip
LINE_WORDS: Final = {
    "component": "Component", "definition_version": "Version of the definition", "window_start": "First day", "window_end": "Last day",
    "pro_rated_by": "What pro-rates the target",
}  # fmt: skip


def differences(before: Document, after: Document) -> list[str]:
    """Every difference as a sentence, in the order of the lines; none when the texts say the same."""
    then, now = ({line["kpi_id"]: line for line in document["lines"]} for document in (before, after))
    return [
        *(_changed(word, before.get(name), after.get(name)) for name, word in WINDOW.items() if before.get(name) != after.get(name)),
        *(f"“{line['name']}” was removed." for id_, line in then.items() if id_ not in now),
        *(sentence for id_, line in now.items() for sentence in (_of_line(then[id_], line) if id_ in then else [_added(line)])),
        *_of_order([id_ for id_ in then if id_ in now], [id_ for id_ in now if id_ in then]),
    ]


WINDOW: Final = {
    "window_start": "First day of the scorecard", "window_end": "Last day of the scorecard", "time_rules": "Rules for leave and part-time",
}  # fmt: skip


def _added(line: Mapping[str, Any]) -> str:
    return f"“{line['name']}” was added{f' with a weight of {_weight(line)}' if 'weight' in line else ''}."


def _of_line(before: Mapping[str, Any], after: Mapping[str, Any]) -> Iterator[str]:
    name = after["name"]
    if before["name"] != name:
        yield f"“{before['name']}” is called “{name}” now."
    if before["status"] != after["status"]:
        yield f"“{name}” is {after['status']} now."
    if before.get("weight") != after.get("weight"):
        yield _changed(f"Weight of “{name}”", _weight(before), _weight(after))
    for field, word in LINE_WORDS.items():
        if before.get(field) != after.get(field):
            yield _changed(f"{word} of “{name}”", before.get(field), after.get(field))
    yield from _of_parts(name, *({part["part"]: part for part in line["parts"]} for line in (before, after)))


def _of_parts(name: str, before: Mapping[str, Mapping[str, Any]], after: Mapping[str, Mapping[str, Any]]) -> Iterator[str]:
    for part in [*after, *(part for part in before if part not in after)]:
        of = f"of “{name}”" if part == "main" else f"of “{name}”, {part}"
        then, now = before.get(part, {}), after.get(part, {})
        for field, word in PART_WORDS.items():
            if then.get(field) != now.get(field):
                yield _changed(f"{word} {of}", then.get(field), now.get(field))


def _of_order(before: list[str], after: list[str]) -> list[str]:
    return ["The lines stand in another order."] if before != after else []


def _weight(line: Mapping[str, Any]) -> str | None:
    return f"{Decimal(line['weight']):.2f}" if "weight" in line else None


def _changed(what: str, before: Any, after: Any) -> str:
    return f"{what}: {_told(before)}, now {_told(after)}."


def _told(value: Any) -> str:
    if value is None:
        return "none"
    if isinstance(value, list):
        return ", ".join(map(_told, value))
    if isinstance(value, Mapping):
        return ", ".join(f"{name.replace('_', ' ')} {_told(given)}" for name, given in sorted(value.items()))
    return str(value).replace("_", " ")
