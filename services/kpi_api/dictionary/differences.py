"""What changed from one version of a definition to another, as data and in words, so that a trend break can be read (S2, step 2). Pure."""

from collections.abc import Callable, Iterator, Mapping
from typing import Any, Final
from uuid import UUID

from kpi_api.dictionary.schemas import Difference, VersionOutput

LABELS: Final = {
    "name": "Name",
    "description": "Description",
    "direction": "Direction",
    "unit": "Unit",
    "precision": "Digits shown",
    "dimension": "Dimension",
    "combine": "How periods combine",
    "combine_parts": "How parts combine",
    "source_of_truth": "Source of truth",
    "update_frequency": "Update frequency",
    "decision_speed_days": "Days until someone can act",
    "exclusion_rules": "Exclusion rules",
    "leads_to_code": "KPI that it leads to",
    "leads_to_lag_days": "Lag in days to the KPI that it leads to",
    "kind": "Result or process",
    "competency_code": "Competency",
    "controllability": "Controllability",
    "controllability_cause": "What limits control",
}
"""Fields of one value, as they begin a sentence, in the order in which they are told."""

WORDS: Final = {
    "direction", "dimension", "combine", "combine_parts", "update_frequency", "kind", "controllability", "controllability_cause",
}  # fmt: skip
"""Fields whose value is a word of the vocabulary, told without quotation marks."""

Told = Iterator[Difference]


def differences(before: VersionOutput, after: VersionOutput, outcomes: Mapping[UUID, str]) -> list[Difference]:
    """Every difference in what the two versions mean; none when they mean the same. `outcomes` are names of outcomes by id."""
    outcome_before, outcome_after = (outcomes.get(version.outcome_id) if version.outcome_id else None for version in (before, after))
    return [
        *(found for field, label in LABELS.items() for found in _value(field, label, getattr(before, field), getattr(after, field))),
        *_value("outcome_id", "Outcome", outcome_before, outcome_after),
        *_leading(before.leading, after.leading),
        *_by_name("parts", "Part", _parts(before), _parts(after), _part_in_words),
        *_by_name("measures", "Measure", before.measures, after.measures, lambda unit: f"in {unit}"),
        *_formulas(before.formulas, after.formulas),
        *_applicability(before.applicability.model_dump(), after.applicability.model_dump()),
        *_effective(before, after),
    ]


def _value(field: str, label: str, before: Any, after: Any) -> Told:
    if before == after or (not before and not after and before != 0 and after != 0):
        return
    if before in (None, ""):
        sentence = f"{label}: added {_told(field, after)}."
    elif after in (None, ""):
        sentence = f"{label}: removed {_told(field, before)}."
    else:
        sentence = f"{label}: {_told(field, before)} became {_told(field, after)}."
    yield Difference(field=f"/{field}", before=before, after=after, sentence=sentence)


def _told(field: str, value: Any) -> str:
    if field in WORDS:
        return str(value).replace("_", " ")
    return f"“{value.removesuffix('.')}”" if isinstance(value, str) else str(value)


def _leading(before: bool, after: bool) -> Told:
    if before != after:
        sentence = "It became a leading KPI." if after else "It became a lagging KPI."
        yield Difference(field="/leading", before=before, after=after, sentence=sentence)


def _parts(version: VersionOutput) -> dict[str, Any]:
    return {part.code: part.model_dump() for part in version.parts}


def _part_in_words(part: Mapping[str, Any]) -> str:
    return f"“{part['name']}” in {part['unit']}, {part['direction'].replace('_', ' ')}"


def _by_name(field: str, what: str, before: Mapping[str, Any], after: Mapping[str, Any], words: Callable[[Any], str]) -> Told:
    """Of things that have names: which came, went, or changed."""
    for name in sorted(before.keys() | after.keys()):
        old, new = before.get(name), after.get(name)
        if old == new:
            continue
        if old is None:
            sentence = f"{what} {name}: added, {words(new)}."
        elif new is None:
            sentence = f"{what} {name}: removed."
        else:
            sentence = f"{what} {name}: {words(old)} became {words(new)}."
        yield Difference(field=f"/{field}/{name}", before=old, after=new, sentence=sentence)


def _formulas(before: Mapping[str, str], after: Mapping[str, str]) -> Told:
    for part in sorted(before.keys() | after.keys()):
        label = "Formula" if part == "main" else f"Formula of {part}"
        yield from _value(f"formulas/{part}", label, before.get(part), after.get(part))


def _applicability(before: Mapping[str, Any], after: Mapping[str, Any]) -> Told:
    if before != after:
        sentence = f"It applies to {applies_to(after)} instead of {applies_to(before)}."
        yield Difference(field="/applicability", before=before, after=after, sentence=sentence)


def applies_to(applicability: Mapping[str, Any]) -> str:
    """Whom a definition is for, in words."""
    roles, grades, leads = applicability["roles"], applicability["grades"], applicability["has_direct_reports"]
    limits = [
        f"in the role {' or '.join(roles)}" if roles else "",
        f"of grade {' or '.join(grades)}" if grades else "",
        {None: "", True: "with direct reports", False: "without direct reports"}[leads],
    ]
    return " ".join(["everybody", *filter(None, limits)])


def _effective(before: VersionOutput, after: VersionOutput) -> Told:
    if before.effective_from != after.effective_from:
        sentence = f"It takes effect on {after.effective_from} instead of {before.effective_from}."
        days = str(before.effective_from), str(after.effective_from)
        yield Difference(field="/effective_from", before=days[0], after=days[1], sentence=sentence)
