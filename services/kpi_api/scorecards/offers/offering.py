"""Which changes of a template a scorecard does not have yet. Pure.

Offered is what differs between the version that the scorecard was opened with and the present one, unless the scorecard says it already.
What its sides have changed themselves stays as they put it.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any, Literal

from kpi_api.dictionary.target_schemas import Target
from kpi_api.dictionary.templates.schemas import TemplateContent, TemplateLineInput
from kpi_api.scorecards.differences import differences

FACTS = (
    "part", "comparison", "value", "value_high", "unit", "period", "baseline", "threshold", "stretch", "scale_minimum", "scale_maximum",
)  # fmt: skip
"""What makes two targets the same; days due follow from the KPI's own window."""

Facts = list[tuple[Any, ...]]


@dataclass(frozen=True)
class Present:
    """A line of the scorecard as it stands."""

    weight: Decimal | None
    component: str
    targets: Facts


@dataclass(frozen=True)
class Offer:
    """One line's part of the offer: what is null stays as it is. `sentences` tell it."""

    change: Literal["add", "remove", "change"]
    definition_code: str
    weight: Decimal | None
    component: str | None
    targets: Sequence[Target] | None
    sentences: Sequence[str]


def facts_of(targets: Sequence[Any]) -> Facts:
    """What targets say, from inputs or rows, in one order."""
    return sorted((tuple(getattr(target, name) for name in FACTS) for target in targets), key=str)


def offers(before: TemplateContent, now: TemplateContent, present: Mapping[str, Present], names: Mapping[str, str]) -> list[Offer]:
    """What is offered, in the order of the present version, what comes off at last. `names` are the definitions' by code."""
    then = {line.definition_code: line for line in before.lines}
    there = {line.definition_code: line for line in now.lines}
    return [*_offered(then, there, present, names), *_removed(then, there, present, names)]


def _offered(
    then: Mapping[str, TemplateLineInput],
    there: Mapping[str, TemplateLineInput],
    present: Mapping[str, Present],
    names: Mapping[str, str],
) -> Iterator[Offer]:
    for code, line in there.items():
        earlier, has = then.get(code), present.get(code)
        if earlier is None and has is None:
            yield Offer("add", code, line.weight, line.component, line.targets, _told(None, line, names))
        elif earlier is not None and has is not None:
            yield from _changed(earlier, line, has, names)


def _changed(earlier: TemplateLineInput, line: TemplateLineInput, has: Present, names: Mapping[str, str]) -> Iterator[Offer]:
    weight = line.weight if line.weight not in (earlier.weight, has.weight) else None
    component = line.component if line.component not in (earlier.component, has.component) else None
    differ = facts_of(line.targets) not in (facts_of(earlier.targets), has.targets)
    if weight is not None or component is not None or differ:
        told = earlier.model_copy(update={
            "weight": earlier.weight if weight is not None else line.weight,
            "component": earlier.component if component is not None else line.component,
            "targets": earlier.targets if differ else line.targets,
        })  # fmt: skip
        targets = line.targets if differ else None
        yield Offer("change", line.definition_code, weight, component, targets, _told(told, line, names))


def _removed(
    then: Mapping[str, TemplateLineInput],
    there: Mapping[str, TemplateLineInput],
    present: Mapping[str, Present],
    names: Mapping[str, str],
) -> Iterator[Offer]:
    for code, line in then.items():
        if code not in there and code in present:
            yield Offer("remove", code, None, None, None, _told(line, None, names))


def told(before: Sequence[TemplateLineInput], now: Sequence[TemplateLineInput]) -> list[str]:
    """What two versions of a template's lines say differently, in the words in which changes of scorecards are told."""
    then, there = ({"lines": [_as_text(line, {}) for line in lines]} for lines in (before, now))
    return differences(then, there)


def _told(before: TemplateLineInput | None, now: TemplateLineInput | None, names: Mapping[str, str]) -> list[str]:
    """In the words in which changes of scorecards are told."""
    then, there = ({"lines": [_as_text(line, names)] if line else []} for line in (before, now))
    return differences(then, there)


def _as_text(line: TemplateLineInput, names: Mapping[str, str]) -> dict[str, Any]:
    code = line.definition_code
    same = {"kpi_id": code, "name": names.get(code, code), "status": "active", "component": line.component, "weight": str(line.weight)}
    return {**same, "parts": [target.model_dump(mode="json", exclude_none=True) for target in line.targets]}
