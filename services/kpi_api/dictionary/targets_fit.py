"""Whether targets fit the definition that they are set for. Pure."""

from collections.abc import Sequence

from chassis.problems import FieldError
from kpi_api.dictionary.target_schemas import Part, Target
from kpi_api.dictionary.vocabulary import Direction


def misfits(parts: Sequence[Part], targets: Sequence[Target]) -> list[FieldError]:
    """What is wrong, empty when every part has exactly one target in its own unit and of its own kind."""
    wrong = [_wrong(f"/targets/{n}", "duplicate_part", f"The part `{t.part}` has two targets.") for n, t in _repeated(targets)]
    by_code = {part.code: part for part in parts}
    for n, target in enumerate(targets):
        part = by_code.get(target.part)
        if part is None:
            message = f"The definition has no part `{target.part}`; it has {_names(parts)}."
            wrong.append(_wrong(f"/targets/{n}/part", "unknown_part", message))
        elif target.unit != part.unit:
            wrong.append(_wrong(f"/targets/{n}/unit", "wrong_unit", f"`{part.code}` is measured in {part.unit}, not {target.unit}."))
        elif reason := _wrong_kind(part.direction, target):
            wrong.append(_wrong(f"/targets/{n}", "target_kind", reason))
    missing = [part.code for part in parts if part.code not in {target.part for target in targets}]
    return wrong + [_wrong("/targets", "missing_target", f"The part `{code}` has no target.") for code in missing]


def _wrong_kind(direction: Direction, target: Target) -> str | None:
    match direction:
        case "zero_tolerance" if target.comparison != "at_most" or target.value != 0:
            return "Zero tolerance means `at_most` 0."
        case "higher" if target.comparison in {"at_most", "below"}:
            return "Higher is better here, so the target is `at_least` or `above` a value, or `within` two."
        case "lower" if target.comparison in {"at_least", "above"}:
            return "Lower is better here, so the target is `at_most` or `below` a value, or `within` two."
        case "band" if target.comparison != "within":
            return "A band has a target `within` two values."
    return None


def _repeated(targets: Sequence[Target]) -> list[tuple[int, Target]]:
    return [(n, target) for n, target in enumerate(targets) if target.part in {earlier.part for earlier in targets[:n]}]


def _names(parts: Sequence[Part]) -> str:
    return ", ".join(f"`{part.code}`" for part in parts)


def _wrong(field: str, code: str, message: str) -> FieldError:
    return FieldError(field=field, code=code, message=message)
