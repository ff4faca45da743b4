"""Strategies for whole plans and the people they are tried on: every kind of step that reckons with plain numbers, on anything above it.

Figures come from few round numbers, so that ties, equal points and zero divisors are common; huge, fine, negative and absent ones are
there too.
"""

from decimal import Decimal
from typing import Any

from hypothesis import strategies as st

LINE_FIGURES = ("actual", "target", "threshold", "stretch", "weight")
INPUTS = ("a", "b", "huge", "unit_number", "share")
MODES = ["half_up", "half_down", "half_even", "up", "down", "ceiling", "floor"]

numbers = st.sampled_from([Decimal(text) for text in ("0", "0.5", "1", "-1", "0.8", "1.2", "2", "10", "-2.5", "0.333333333333")])
ascending = st.lists(st.sampled_from([Decimal(units) / 4 for units in range(-8, 13)]), min_size=1, max_size=4, unique=True).map(sorted)
figures = st.one_of(
    st.none(),
    st.sampled_from([Decimal(number) for number in (-10, -1, 0, 1, 2, 3, 5, 10)]),
    st.integers(-(10**5), 10**5).map(lambda units: Decimal(units) / 100),
    st.integers(-(10**6), 10**6).map(lambda units: Decimal(units).scaleb(-12)),
)
huge = st.one_of(
    st.none(), st.sampled_from([Decimal(10) ** 12, -(Decimal(10) ** 12), Decimal(10) ** 13 + 1, Decimal("999999999999.999999999999")])
)
numbers_of_units = st.sampled_from([None, Decimal(1), Decimal(2)])
shares = st.sampled_from([Decimal(0), Decimal("0.4")])
weights = st.sampled_from([Decimal(1), Decimal("2.5"), "unit_number", "share"])
rows = st.fixed_dictionaries(
    {
        **dict.fromkeys(("actual", "target", "threshold", "stretch"), figures),
        "weight": st.sampled_from([Decimal(number) for number in (0, 20, 25, 50, 100)]),
        "kpi_code": st.sampled_from(["x", "y"]),
        "component": st.sampled_from(["output", "quality"]),
    }
)
people = st.lists(
    st.fixed_dictionaries(
        {
            "lines": st.lists(rows, max_size=4),
            "inputs": st.fixed_dictionaries(
                {
                    "a": figures,
                    "b": figures,
                    "huge": huge,
                    "unit_number": st.sampled_from([None, Decimal(1), Decimal(2)]),
                    "share": st.sampled_from([Decimal(0), Decimal("0.4")]),
                }
            ),
        }
    ),
    min_size=1,
    max_size=5,
)
selections = st.sampled_from([{"kpi": "x"}, {"component": ["output"]}, {"kpi": ["x", "y"], "component": "quality"}])


@st.composite
def plans(draw: Any) -> dict[str, Any]:
    """A plan of a few steps, each named s0, s1, …"""
    lines, persons, steps = list(LINE_FIGURES), list(INPUTS), []
    everyone = False
    for place in range(draw(st.integers(1, 6))):
        of_lines = not everyone and draw(st.booleans())
        kinds = PER_LINE if of_lines else PER_PERSON_AFTER if everyone else PER_PERSON
        kind = draw(st.sampled_from(kinds))
        names = lines + persons if of_lines else persons
        step = {"name": f"s{place}", "kind": kind} | draw(DRAWN[kind](names, lines if not everyone else []))
        step |= draw(st.sampled_from([{}, {}, {"places": 2}, {"places": 0}])) if kind != "grid" else {}
        step |= {"rounding": draw(st.sampled_from(MODES))}
        if kind in {"divide", "interpolation"}:
            step |= LIMITS
        elif draw(st.integers(0, 3)) == 0:
            step |= {"cap": draw(numbers if kind == "amount" else numbers | st.sampled_from(persons))}
        if kind == "pool":
            steps.append({"name": f"claims{place}", "kind": "maximum", "of": [step["of"], Decimal(0)]})
            step["of"] = f"claims{place}"
        if of_lines and "of" in step and kind != "divide" and draw(st.integers(0, 3)) == 0:
            step["only"] = draw(selections)
        steps.append(step)
        everyone = everyone or kind in TOGETHER
        made_of_lines = kind not in GATHERING and bool(_names(step) & set(lines))
        if kind != "amount":
            (lines if made_of_lines else persons).append(step["name"])
    inputs: list[dict[str, Any]] = [{"name": name, "minimum": -1000, "maximum": 1000} for name in ("a", "b")]
    inputs += [{"name": name, "minimum": 0, "maximum": 1000} for name in ("unit_number", "share")]
    return {"plan": "any", "inputs": [*inputs, {"name": "huge"}], "steps": steps}


LIMITS = {"cap": Decimal(1000), "floor": Decimal(-1000)}


def _names(part: Any) -> set[str]:
    if isinstance(part, dict):
        return {name for key, value in part.items() if key not in {"name", "kind", "only"} for name in _names(value)}
    if isinstance(part, list | tuple):
        return {name for value in part for name in _names(value)}
    return {part} if isinstance(part, str) else set()


def _one(names: list[str]) -> st.SearchStrategy[Any]:
    return st.sampled_from(names)


def _any(names: list[str]) -> st.SearchStrategy[Any]:
    return st.one_of(st.sampled_from(names), st.sampled_from(names), numbers)


def _several(names: list[str], lines: list[str]) -> Any:
    return st.tuples(_one(names), st.lists(_any(names), min_size=1, max_size=2)).map(lambda found: {"of": [found[0], *found[1]]})


def _divided(names: list[str], lines: list[str]) -> Any:
    return st.fixed_dictionaries({"of": _one(names), "by": st.one_of(_one(names), numbers.filter(bool))})


def _curve(names: list[str], lines: list[str]) -> Any:
    def points(found: tuple[list[Decimal], list[Decimal], bool, int | None]) -> list[list[Decimal]]:
        values, results, descending, jump = found
        values = values[::-1] if descending else values
        listed = [[value, result] for value, result in zip(values, results, strict=False)]
        return listed if jump is None else [*listed[:jump], [listed[min(jump, len(listed) - 1)][0], Decimal("-0.7")], *listed[jump:]]

    listed = st.tuples(ascending, st.lists(numbers, min_size=4, max_size=4), st.booleans(), st.none() | st.just(0)).map(points)
    sides = st.sampled_from(["zero", "flat", {"slope": Decimal("0.5")}, {"slope": Decimal("-0.333333333333")}])
    return st.fixed_dictionaries(
        {"of": _one(names), "points": listed, "below": sides, "above": sides, "between": st.sampled_from(["linear", "step"]), **_bounds}
    )


_bounds = {"upper_bounds": st.sampled_from(["exclusive", "inclusive"])}


def _interpolation(names: list[str], lines: list[str]) -> Any:
    sides = st.sampled_from(["zero", "flat", "extend"])
    points = st.lists(st.tuples(_any(names), _any(names)).map(list), min_size=2, max_size=4)
    between = st.sampled_from(["linear", "linear", "step"])
    return st.fixed_dictionaries({"of": _one(names), "points": points, "below": sides, "above": sides, "between": between, **_bounds}).map(
        lambda step: step | ({"below": "zero", "above": "flat"} if step["between"] == "step" else {})
    )


def _tiers(names: list[str], lines: list[str]) -> Any:
    def tiers(found: tuple[list[Decimal], list[Decimal], bool]) -> list[dict[str, Any]]:
        bounds, rates, endless = found
        ends: list[Decimal | None] = [bound for bound in bounds if bound > 0]
        ends = [*ends, None] if endless or not ends else ends
        return [{"up_to": end, "rate": rates[place % 4], "flat": rates[(place + 1) % 4]} for place, end in enumerate(ends)]

    listed = st.tuples(ascending, st.lists(numbers, min_size=4, max_size=4), st.booleans()).map(tiers)
    return st.fixed_dictionaries({"of": _one(names), "how": st.sampled_from(["marginal", "whole"]), "tiers": listed, **_bounds})


def _grid(names: list[str], lines: list[str]) -> Any:
    def cells(step: dict[str, Any]) -> dict[str, Any]:
        given = step.pop("cells")
        width = len(step["columns"])
        return step | {
            "cells": [[given[(row * width + column) % len(given)] for column in range(width)] for row in range(len(step["rows"]))]
        }

    return st.fixed_dictionaries(
        {
            "row": _one(names),
            "column": _one(names),
            "rows": ascending,
            "columns": ascending,
            "cells": st.lists(numbers, min_size=5, max_size=16),
            "between": st.sampled_from(["step", "linear"]),
            "below": st.sampled_from(["first", "zero"]),
            **_bounds,
        }
    ).map(cells)


def _gate(names: list[str], lines: list[str]) -> Any:
    compared = st.tuples(_one(names), st.sampled_from(["at_least", "above", "at_most", "below"]), _any(names))
    condition = compared.map(lambda found: {"value": found[0], found[1]: found[2]})
    nested = st.one_of(condition, st.lists(condition, min_size=1, max_size=2).map(lambda all_: {"all": all_}))
    when = st.one_of(condition, st.lists(nested, min_size=1, max_size=2).map(lambda any_: {"any": any_}))
    effects = st.tuples(st.sampled_from(["cap", "scale", "forfeit_below", "instead"]), _any(names)).map(lambda found: {found[0]: found[1]})
    return st.fixed_dictionaries({"of": _one(names), "when": when, "otherwise": st.just("zero") | effects})


def _gathered(names: list[str], lines: list[str]) -> Any:
    return st.fixed_dictionaries({"of": _one(lines)}, optional={"only": selections})


def _mean(names: list[str], lines: list[str]) -> Any:
    empty = st.sampled_from(["block", "renormalise", "zero"])
    of_lines = st.fixed_dictionaries(
        {"of": _one(lines), "empty": empty},
        optional={"only": selections, "weights_total": st.just(Decimal(1))},
    ) | st.fixed_dictionaries({"of": _one(lines), "empty": empty, "weights": st.just("equal")}, optional={"only": selections})
    persons = [name for name in names if name not in lines]
    terms = st.lists(
        st.fixed_dictionaries({"value": _one(persons), "weight": weights}),
        min_size=1,
        max_size=3,
    )
    return of_lines | st.fixed_dictionaries({"of": terms, "empty": empty})


DRAWN: dict[str, Any] = {
    **dict.fromkeys(("add", "subtract", "multiply", "minimum", "maximum", "first_known"), _several),
    "divide": _divided,
    "curve": _curve,
    "interpolation": _interpolation,
    "tiers": _tiers,
    "grid": _grid,
    "gate": _gate,
    "rounding": lambda names, lines: st.fixed_dictionaries(
        {"of": _one(names), "to_nearest": st.sampled_from([Decimal(text) for text in ("0.01", "0.05", "1", "3", "10000")])}
    ),
    "amount": lambda names, lines: st.fixed_dictionaries(
        {"basis": st.just(Decimal("1234.56")), "factors": st.lists(_one(names), min_size=1, max_size=2)}
    ),
    "weighted_mean": _mean,
    "weighted_sum": _gathered,
    "over_lines": lambda names, lines: st.tuples(
        _gathered(names, lines), st.sampled_from(["sum", "mean", "lowest", "highest", "count"])
    ).map(lambda found: found[0] | {"how": found[1]}),
    "total": lambda names, lines: st.fixed_dictionaries(
        {"of": _one(names), "how": st.sampled_from(["sum", "mean", "lowest", "highest", "count"])}, optional={"per": st.just("unit_number")}
    ),
    "running_total": lambda names, lines: st.fixed_dictionaries({"of": _one(lines)}),
    "rank": lambda names, lines: st.fixed_dictionaries(
        {"of": _one(names), "how": st.sampled_from(["position", "percentile"])},
        optional={"per": st.just("unit_number"), "best": st.just("lowest")},
    ),
    "pool": lambda names, lines: st.fixed_dictionaries(
        {"of": _one(names), "size": st.one_of(_one(names), st.sampled_from([Decimal(100), Decimal("0.05"), Decimal("99.999")]))},
        optional={"per": st.just("unit_number"), "when": st.just("over"), "unit_paid": st.sampled_from([Decimal("0.01"), Decimal(1)])},
    ),
}
TOGETHER = {"total", "pool", "rank"}
GATHERING = {"weighted_mean", "weighted_sum", "over_lines"}
PER_LINE = [kind for kind in DRAWN if kind not in {*GATHERING, *TOGETHER}]
PER_PERSON = [kind for kind in DRAWN if kind != "running_total"]
PER_PERSON_AFTER = [kind for kind in PER_PERSON if kind not in GATHERING]
