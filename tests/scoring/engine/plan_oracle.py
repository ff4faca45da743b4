"""A second, slow reading of whole plans in exact fractions, one person and one step at a time, written from docs/plan-language.md.

It shares nothing with the engine but the document. A value per line is a list, one per person a `Value`; what is not there is `Missing`.
"""

from collections.abc import Callable, Mapping, Sequence
from fractions import Fraction
from functools import reduce
from itertools import pairwise
from math import floor
from operator import add, mul
from typing import Any

from tests.scoring.engine.oracle import Missing, Value, rounded

Step = Mapping[str, Any]
ZERO = Fraction(0)
FAILED, LEFT_OUT = Missing("failed"), Missing("empty_left_out")
COMPARED: Mapping[str, Callable[[Any, Any], bool]] = {
    "at_least": lambda value, limit: value >= limit,
    "above": lambda value, limit: value > limit,
    "at_most": lambda value, limit: value <= limit,
    "below": lambda value, limit: value < limit,
}


def scored(plan: Mapping[str, Any], people: Sequence[Mapping[str, Any]], of_lines: Sequence[str]) -> list[dict[str, Any]]:
    """The value of every step for every person. A person is {"id", "figures": {name: Value}, "lines": [{name: Value or word}]}; the
    figures of lines are `of_lines`."""
    known: list[dict[str, Any]] = [dict(person["figures"]) for person in people]
    for person, values in zip(people, known, strict=True):
        values |= {name: [line[name] for line in person["lines"]] for name in of_lines}
    for step in plan["steps"]:
        if step["kind"] in {"total", "pool", "rank"}:
            pooled = step["kind"] == "pool"
            together = _pool(step, known, [person["id"] for person in people]) if pooled else TOGETHER[step["kind"]](step, known)
            for values, value in zip(known, together, strict=True):
                values[step["name"]] = _limited(step, value, values, None)
            continue
        for person, values in zip(people, known, strict=True):
            values[step["name"]] = _of_person(step, person["lines"], values)
    return known


def operands(step: Any) -> list[str]:
    """Every name a step mentions (kinds and words that are no names do no harm)."""
    if isinstance(step, Mapping):
        return [name for key, part in step.items() if key not in {"name", "kind", "only"} for name in operands(part)]
    if isinstance(step, list | tuple):
        return [name for part in step for name in operands(part)]
    return [step] if isinstance(step, str) else []


def _of_person(step: Step, lines: Sequence[Mapping[str, Any]], values: Mapping[str, Any]) -> Any:
    if step["kind"] in GATHERING:
        return _limited(step, GATHERING[step["kind"]](step, lines, values), values, None)
    if not any(isinstance(values[name], list) for name in operands(step) if name in values):
        return _one(step, values, None)
    found: list[Value] = []
    for row, line in enumerate(lines):
        if step["kind"] == "running_total" and _selected(step, line):
            found.append(_limited(step, _running(step, lines, values, row), values, row))
        elif not _selected(step, line):
            first = step["of"][0] if isinstance(step["of"], list) else step["of"]
            found.append(_at_places(step, _operand(first, values, row)))
        else:
            found.append(_one(step, values, row))
    return found


def _running(step: Step, lines: Sequence[Mapping[str, Any]], values: Mapping[str, Any], row: int) -> Value:
    counted = [_operand(step["of"], values, place) for place in range(row + 1) if _selected(step, lines[place])]
    if any(isinstance(value, Missing) and not value.left_out for value in counted):
        return FAILED
    return sum((value for value in counted if not isinstance(value, Missing)), ZERO)


def _one(step: Step, values: Mapping[str, Any], row: int | None) -> Value:
    return _limited(step, SINGLE[step["kind"]](step, values, row), values, row)


def _operand(operand: Any, values: Mapping[str, Any], row: int | None) -> Value:
    if not isinstance(operand, str):
        return Fraction(operand)
    value = values[operand]
    return value[row] if isinstance(value, list) else value


def _selected(step: Step, line: Mapping[str, Any]) -> bool:
    return all(line[field] in ([words] if isinstance(words, str) else words) for field, words in (step.get("only") or {}).items())


def _at_places(step: Step, value: Value) -> Value:
    return value if isinstance(value, Missing) else rounded(value, step.get("places", 12), step.get("rounding", "half_up"))


def _limited(step: Step, value: Value, values: Mapping[str, Any], row: int | None) -> Value:
    """Rounded once, then capped, then floored."""
    value = _at_places(step, value)
    for field, pick in (("cap", min), ("floor", max)):
        limit = None if step.get(field) is None else _operand(step[field], values, row)
        if limit is not None and not isinstance(value, Missing):
            value = limit if isinstance(limit, Missing) else _at_places(step, pick(value, limit))
    return value


def _all_known(compute: Callable[..., Value]) -> Callable[[Step, Mapping[str, Any], int | None], Value]:
    """Nothing is reckoned from what is not there."""

    def guarded(step: Step, values: Mapping[str, Any], row: int | None) -> Value:
        found = [_operand(operand, values, row) for operand in _taken(step)]
        return next((value for value in found if isinstance(value, Missing)), None) or compute(step, *found)

    return guarded


def _taken(step: Step) -> list[Any]:
    match step["kind"]:
        case "divide":
            return [step["of"], step["by"]]
        case "grid":
            return [step["row"], step["column"]]
        case "amount":
            return [step["basis"], *step["factors"]]
        case "interpolation":
            return [step["of"], *(operand for point in step["points"] for operand in point)]
    return step["of"] if isinstance(step["of"], list) else [step["of"]]


def _curve(step: Step, value: Fraction) -> Value:
    points = [(Fraction(x), Fraction(y)) for x, y in step["points"]]
    return _along(points, value, step)


def _interpolation(step: Step, value: Fraction, *flat: Fraction) -> Value:
    points = list(zip(flat[::2], flat[1::2], strict=True))
    turned = -1 if points[0][0] > points[-1][0] else 1
    if any(turned * x > turned * following for (x, _), (following, _) in pairwise(points)):
        return FAILED
    return _along(points, value, step)


def _along(points: list[tuple[Fraction, Fraction]], value: Fraction, step: Step) -> Fraction:
    """The result of a curve, read from its points one after the other."""
    turned = -1 if points[0][0] > points[-1][0] else 1
    inclusive = step.get("upper_bounds") == "inclusive"
    reached = sum(turned * value > turned * x if inclusive else turned * value >= turned * x for x, _ in points)
    if reached == 0:
        return _beyond(step.get("below", "zero"), points[0], points[:2], value, turned)
    if reached == len(points):
        if step.get("above", "flat") == "zero" and value == points[-1][0]:
            return points[-1][1]
        return _beyond(step.get("above", "flat"), points[-1], points[-2:], value, turned)
    (x, y), (next_x, next_y) = points[reached - 1], points[reached]
    return y if step.get("between") == "step" or x == next_x else y + (value - x) * (next_y - y) / (next_x - x)


def _beyond(rule: Any, end: tuple[Fraction, Fraction], two: Sequence[tuple[Fraction, Fraction]], value: Fraction, turned: int) -> Fraction:
    if rule == "zero":
        return ZERO
    if rule == "flat":
        return end[1]
    if rule == "extend":
        (x, y), (next_x, next_y) = two
        return y + (value - x) * (next_y - y) / (next_x - x) if x != next_x else end[1]
    return end[1] + (value - end[0]) * turned * Fraction(rule["slope"])


def _tiers(step: Step, value: Fraction) -> Fraction:
    tiers = [
        (None if tier.get("up_to") is None else Fraction(tier["up_to"]), Fraction(tier.get("rate", 0)), Fraction(tier.get("flat", 0)))
        for tier in step["tiers"]
    ]
    inclusive = step.get("upper_bounds") == "inclusive"
    place = sum(value > end if inclusive else value >= end for end, _, _ in tiers[:-1] if end is not None)
    last = tiers[-1][0]
    value = value if last is None else min(value, last)
    if step["how"] == "whole":
        return value * tiers[place][1] + tiers[place][2]
    starts = [ZERO, *(end or ZERO for end, _, _ in tiers)]
    return sum(
        (((value if number == place else tiers[number][0]) or ZERO) - starts[number]) * tiers[number][1] + tiers[number][2]
        for number in range(place + 1)
    )


def _grid(step: Step, row: Fraction, column: Fraction) -> Fraction:
    inclusive = step.get("upper_bounds") == "inclusive"
    before, down = _axis(row, step["rows"], inclusive)
    outside, across = _axis(column, step["columns"], inclusive)
    if step.get("below") == "zero" and (before or outside):
        return ZERO
    cells = [[Fraction(cell) for cell in cells] for cells in step["cells"]]
    if step.get("between") != "linear":
        return cells[down][across]
    down, ahead = _between(row, step["rows"])
    across, over = _between(column, step["columns"])
    lower, right = min(down + 1, len(cells) - 1), min(across + 1, len(cells[0]) - 1)
    top = cells[down][across] * (1 - over) + cells[down][right] * over
    bottom = cells[lower][across] * (1 - over) + cells[lower][right] * over
    return top * (1 - ahead) + bottom * ahead


def _axis(value: Fraction, starts: Sequence[Any], inclusive: bool) -> tuple[bool, int]:
    reached = sum(value > Fraction(start) if inclusive else value >= Fraction(start) for start in starts)
    return reached == 0, max(reached - 1, 0)


def _between(value: Fraction, starts: Sequence[Any]) -> tuple[int, Fraction]:
    """After which start the value lies, and how far on the way to the next."""
    exact = [Fraction(start) for start in starts]
    value = min(max(value, exact[0]), exact[-1])
    place = max([number for number, start in enumerate(exact[:-1]) if value >= start], default=0)
    return (place, (value - exact[place]) / (exact[place + 1] - exact[place])) if len(exact) > 1 else (0, ZERO)


def _rounding(step: Step, value: Fraction) -> Fraction:
    unit = Fraction(step["to_nearest"])
    return rounded(value / unit, 0, step.get("rounding", "half_up")) * unit


def _first_known(step: Step, values: Mapping[str, Any], row: int | None) -> Value:
    found = [_operand(operand, values, row) for operand in step["of"]]
    return next((value for value in found if not isinstance(value, Missing)), found[-1])


def _gate(step: Step, values: Mapping[str, Any], row: int | None) -> Value:
    met = _holds(step["when"], values, row)
    if met is None:
        return FAILED
    of, otherwise = _operand(step["of"], values, row), step.get("otherwise", "zero")
    if otherwise == "zero":
        return of if met or isinstance(of, Missing) else ZERO
    ((effect, operand),) = otherwise.items()
    other = _operand(operand, values, row)
    if met and effect != "forfeit_below":
        return of
    if effect == "instead":
        return other
    if isinstance(of, Missing):
        return of
    if effect == "forfeit_below":
        return ZERO if not met else other if isinstance(other, Missing) else max(of - other, ZERO)
    return other if isinstance(other, Missing) else min(of, other) if effect == "cap" else of * other


def _holds(when: Mapping[str, Any], values: Mapping[str, Any], row: int | None) -> bool | None:
    """Whether a condition is met; None where one of its figures is not there."""
    for word, join in (("all", all), ("any", any)):
        if word in when:
            found = [_holds(condition, values, row) for condition in when[word]]
            return None if None in found else join(found)
    value = _operand(when["value"], values, row)
    limits = [(word, _operand(when[word], values, row)) for word in COMPARED if word in when]
    if isinstance(value, Missing) or any(isinstance(limit, Missing) for _, limit in limits):
        return None
    return all(COMPARED[word](value, limit) for word, limit in limits)


def _counting(step: Step, lines: Sequence[Mapping[str, Any]], values: Mapping[str, Any], *figures: str) -> Missing | list[list[Fraction]]:
    """The figures of the lines that count; the error of the first line that has one."""
    rows = [row for row, line in enumerate(lines) if _selected(step, line)]
    found = [[_operand(figure, values, row) for figure in figures] for row in rows]
    if any(isinstance(value, Missing) and not value.left_out for known in found for value in known):
        return FAILED
    return [known for known in found if not any(isinstance(value, Missing) for value in known)]  # type: ignore[misc]


def _mean(step: Step, lines: Sequence[Mapping[str, Any]], values: Mapping[str, Any]) -> Value:
    if isinstance(step["of"], list):
        found = [(_operand(term["value"], values, None), _operand(term["weight"], values, None)) for term in step["of"]]
        if any(isinstance(weight, Missing) for _, weight in found):
            return FAILED
        found = [(value, weight) for value, weight in found if weight]
        if any(isinstance(value, Missing) and not value.left_out for value, _ in found):
            return FAILED
        pairs = [(value, weight) for value, weight in found if not isinstance(value, Missing)]
    else:
        equal = step.get("weights") == "equal"
        counting = _counting(step, lines, values, step["of"], *([] if equal else ["weight"]))
        if isinstance(counting, Missing):
            return counting
        if step.get("weights_total") is not None and lines:
            given = sum((values["weight"][row] for row, line in enumerate(lines) if _selected(step, line)), ZERO)
            if given != Fraction(step["weights_total"]):
                return FAILED
        pairs = [(known[0], Fraction(1) if equal else known[1]) for known in counting]
    weight = sum((weight for _, weight in pairs), ZERO)
    if weight == 0:
        return {"block": FAILED, "renormalise": LEFT_OUT, "zero": ZERO}[step.get("empty", "block")]
    return sum((value * own for value, own in pairs), ZERO) / weight


def _sum(step: Step, lines: Sequence[Mapping[str, Any]], values: Mapping[str, Any]) -> Value:
    counting = _counting(step, lines, values, step["of"], "weight")
    return counting if isinstance(counting, Missing) else sum((value * weight for value, weight in counting), ZERO)


def _over_lines(step: Step, lines: Sequence[Mapping[str, Any]], values: Mapping[str, Any]) -> Value:
    counting = _counting(step, lines, values, step["of"])
    if isinstance(counting, Missing):
        return counting
    return _extreme(step["how"], [value for (value,) in counting])


def _extreme(how: str, found: list[Fraction], of_nothing: Value = FAILED) -> Value:
    if how == "count":
        return Fraction(len(found))
    if not found:
        return of_nothing
    return {"sum": sum, "lowest": min, "highest": max, "mean": lambda all_: sum(all_, ZERO) / len(all_)}[how](found)


def _groups(step: Step, known: Sequence[Mapping[str, Any]]) -> dict[Any, list[int]]:
    groups: dict[Any, list[int]] = {}
    for place, values in enumerate(known):
        own = ZERO if step.get("per") is None else values[step["per"]]
        if not isinstance(own, Missing):
            groups.setdefault(own, []).append(place)
    return groups


def _total(step: Step, known: Sequence[Mapping[str, Any]]) -> list[Value]:
    how, found = step.get("how", "sum"), [FAILED] * len(known)
    for members in _groups(step, known).values():
        values = [known[place][step["of"]] for place in members]
        total = _extreme(how, [value for value in values if not isinstance(value, Missing)], ZERO if how == "sum" else FAILED)
        for place in members:
            found[place] = total
    return found


def _rank(step: Step, known: Sequence[Mapping[str, Any]]) -> list[Value]:
    found: list[Value] = [FAILED] * len(known)
    best = 1 if step.get("best", "highest") == "highest" else -1
    for members in _groups(step, known).values():
        ranked = {place: best * value for place in members if not isinstance(value := known[place][step["of"]], Missing)}
        for place, value in ranked.items():
            if step["how"] == "position":
                found[place] = Fraction(1 + sum(other > value for other in ranked.values()))
            elif len(ranked) > 1:
                found[place] = Fraction(sum(other < value for other in ranked.values()), len(ranked) - 1)
    return found


def _pool(step: Step, known: Sequence[Mapping[str, Any]], ids: Sequence[str]) -> list[Value]:
    found: list[Value] = [FAILED] * len(known)
    unit = Fraction(step.get("unit_paid", "0.01"))
    for members in _groups(step, known).values():
        sizes = {size for place in members if not isinstance(size := _operand(step["size"], known[place], None), Missing)}
        claims = {place: known[place][step["of"]] for place in members}
        claiming = {place: claim for place, claim in claims.items() if not isinstance(claim, Missing)}
        if len(sizes) != 1:
            continue
        size, claimed = max(sizes.pop(), ZERO), sum(claiming.values(), ZERO)
        paid = sum((rounded(claim, step.get("places", 12), step.get("rounding", "half_up")) for claim in claiming.values()), ZERO)
        if step.get("when") == "over" and max(claimed, paid) <= size:
            found = [claiming.get(place, value) for place, value in enumerate(found)]
            continue
        units = floor(size / unit)
        if claimed == 0:
            found = [(FAILED if units else ZERO) if place in claiming else value for place, value in enumerate(found)]
            continue
        shares = {place: floor(claim * units / claimed) for place, claim in claiming.items()}
        rest = {place: claim * units / claimed - shares[place] for place, claim in claiming.items() if claim}
        for place in sorted(rest, key=lambda place: (-rest[place], ids[place]))[: units - sum(shares.values())]:
            shares[place] += 1
        found = [shares[place] * unit if place in shares else value for place, value in enumerate(found)]
    return found


TOGETHER = {"total": _total, "rank": _rank}
SINGLE: Mapping[str, Callable[[Step, Mapping[str, Any], int | None], Value]] = {
    "multiply": _all_known(lambda step, *found: reduce(mul, found)),
    "amount": _all_known(lambda step, *found: reduce(mul, found)),
    "add": _all_known(lambda step, *found: reduce(add, found)),
    "subtract": _all_known(lambda step, first, *rest: first - sum(rest)),
    "minimum": _all_known(lambda step, *found: min(found)),
    "maximum": _all_known(lambda step, *found: max(found)),
    "divide": _all_known(lambda step, of, by: of / by if by else FAILED),
    "first_known": _first_known,
    "curve": _all_known(_curve),
    "interpolation": _all_known(_interpolation),
    "tiers": _all_known(_tiers),
    "grid": _all_known(_grid),
    "rounding": _all_known(_rounding),
    "gate": _gate,
}
GATHERING = {"weighted_mean": _mean, "weighted_sum": _sum, "over_lines": _over_lines}
